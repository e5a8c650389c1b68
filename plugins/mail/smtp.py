"""Hands a mail to a server over SMTP (RFC 5321): to all of its recipients, or to none."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator
from typing import Any

from sage.plugin_api import AuthRefused, BadConfig, PluginError, RateLimited, Refused, Unreachable, Unsure

from .config import Config
from .imap import encrypted
from .writing import Mail

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 40.0
"""For each answer, also that to a whole mail, which a server may look through first."""


async def hand_over(config: Config, password: str, mail: Mail) -> None:
    """Hands it over. Raises Unsure if the connection ended while the server had it and had not answered."""
    import aiosmtplib

    async with _signed_in(config, password) as smtp:
        await smtp.mail(config.address, timeout=ANSWER_SECONDS)
        for address in mail.to:
            await smtp.rcpt(address, timeout=ANSWER_SECONDS)
        try:
            await smtp.data(mail.data, timeout=ANSWER_SECONDS)
        except aiosmtplib.SMTPResponseException:
            raise
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unsure(f"The connection to {config.smtp_host} was lost while it had the message.") from error


async def try_sign_in(config: Config, password: str) -> None:
    """Signs in and out. Raises AuthRefused, BadConfig, Unreachable."""
    async with _signed_in(config, password):
        pass


@contextlib.asynccontextmanager
async def _signed_in(config: Config, password: str) -> AsyncIterator[Any]:
    import aiosmtplib

    smtp = aiosmtplib.SMTP(
        hostname=config.smtp_host,
        port=config.smtp_port,
        use_tls=config.smtp_tls == "tls",
        start_tls=config.smtp_tls == "starttls",
        tls_context=encrypted(config.ca_file),
        timeout=CONNECT_SECONDS,
        local_hostname="[127.0.0.1]",  # this machine's name is nobody's business
    )
    try:
        await smtp.connect()
        await _sign_in(smtp, config.username or config.address, password)
        yield smtp
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await smtp.quit(timeout=2.0)
    except (aiosmtplib.SMTPException, OSError) as error:
        raise _told(error, config.smtp_host) from error
    finally:
        smtp.close()


async def _sign_in(smtp: Any, user: str, password: str) -> None:
    await smtp.ehlo(timeout=ANSWER_SECONDS)
    if "plain" in smtp.supported_auth_methods:
        await smtp.auth_plain(user, password, timeout=ANSWER_SECONDS)
    else:  # it tries all, and each one that fails counts against the account
        await smtp.login(user, password, timeout=ANSWER_SECONDS)


def _told(error: Exception, host: str) -> PluginError:
    """What the library raises, as what a plugin tells."""
    import aiosmtplib

    if isinstance(error, aiosmtplib.SMTPAuthenticationError) and error.code >= 500:
        return AuthRefused(f"{host} refuses the user name or the password.")
    if isinstance(error, aiosmtplib.SMTPRecipientRefused) and error.code >= 500:
        return Refused(f"{host} takes no mail for {error.recipient} ({error.code}).")
    if isinstance(error, aiosmtplib.SMTPResponseException):
        if error.code >= 500:
            return Refused(f"{host} does not take this message ({error.code}).")
        slower = RateLimited if "4.7." in error.message else Unreachable
        return slower(f"{host} takes no mail now ({error.code}).")
    for cause in (error, error.__cause__):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Unreachable(f"The certificate of {host} cannot be trusted ({cause.verify_message}).")
    if isinstance(error, OSError):
        return Unreachable(f"The connection to {host} was lost, or cannot be made.")
    return BadConfig(f"{host} takes no sign-in there, or no encryption.", "smtp_port")
