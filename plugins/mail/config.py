"""The settings of a mailbox."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Tls = Literal["tls", "starttls"]
Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")]
"""Text without line breaks, so that none of it can become a command or a header of its own."""
Port = Annotated[int, Field(ge=1, le=65535)]


class Config(BaseModel):
    """`[plugins.mail.NAME]`. The connection is always encrypted and the server's certificate checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str = Field(
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$",
        description="The mailbox's own address, which mail is sent from",
    )
    name: Line = Field("", description="The name beside the address in what is sent")
    username: Line = Field("", description='Who signs in; "": the address')
    imap_host: Line = Field(min_length=1, description="The server that the mail is read from")
    imap_port: Port = Field(993, description="Its port")
    imap_tls: Tls = Field("tls", description="Encrypted from the first byte (tls) or after STARTTLS")
    smtp_host: Line = Field("", description='The server that takes what is sent; "": nothing is sent, drafts only')
    smtp_port: Port = Field(465, description="Its port; 587 is usual with starttls")
    smtp_tls: Tls = Field("tls", description="As `imap_tls`")
    ca_file: Line = Field(
        "", description="A file of certificates (PEM) to trust instead of the system's; \"\": the system's"
    )
    folders: tuple[Line, ...] = Field(
        ("INBOX",),
        min_length=1,
        max_length=20,
        description="The folders that are read; the first one is watched without pause",
    )
    poll_seconds: int = Field(
        60, ge=5, le=3600, description="Seconds between looks at the other folders, and at servers without IDLE"
    )
    drafts_folder: Line = Field("", description='Where drafts are left; "": the folder that the server marks for them')
    sent_folder: Line = Field("", description='Where sent mail is kept; "": the folder that the server marks for it')
    save_sent: bool = Field(True, description="Whether sent mail is put there, if the server did not do it itself")
    authserv_id: Line = Field(
        "",
        description="The name at the beginning of the Authentication-Results that your own server writes; "
        '"": no sender counts as verified',
    )
