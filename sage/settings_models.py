"""The schema of settings for models: who answers, in which role, and at which servers."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sage.settings_checks import server_address, variable_name


class Section(BaseModel):
    """A table of settings. Every field has a description, which is its documentation."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ModelSettings(Section):
    """Who answers."""

    chain: Annotated[list[str], Field(min_length=1)] = Field(
        default=["librarian"],
        description='Who answers, first to last: the next one answers when the one before cannot. "librarian" (no model), '
        '"embedded:NAME" (runs inside Sage), or an id of litellm, such as "anthropic/…", "ollama_chat/…", "openai/…".',
    )
    base_url: Annotated[str, AfterValidator(server_address)] = Field(
        default="",
        description="Address of your own model server, for the first such id in the chain and those that begin like it.",
    )
    key_env: Annotated[str, AfterValidator(variable_name)] = Field(
        default="",
        description="Environment variable with the key for those same ids (empty: the provider's usual one, none with a base_url).",
    )
    temperature: Annotated[float, Field(ge=0, le=2)] | None = Field(
        default=None, description="How freely the model words things, 0 to 2 (not set: the model's own default)."
    )
    max_tokens: int = Field(default=1024, ge=16, le=128_000, description="Longest answer of one model call, in tokens.")
    timeout_seconds: float = Field(
        default=300.0,
        ge=1,
        le=3600,
        description="Longest silence of a model, before and within its answer, in seconds.",
    )
    context_tokens: int = Field(
        default=0,
        ge=0,
        le=10_000_000,
        description="Tokens that prompt and answer may have together (0: what the model says).",
    )


class RoleSettings(Section):
    """Who answers besides `model.chain`, each a chain like it, and what `quick` is shown."""

    quick: list[str] = Field(
        default=[],
        description="Who answers what is easy: plain commands, and what they proved good enough for (empty: as model.chain).",
    )
    deep: list[str] = Field(
        default=[],
        description="Who answers what is important or what another model failed at (empty: as model.chain).",
    )
    local_only: list[str] = Field(
        default=[],
        description="Who answers from notes marked local-only; all of them on this machine (empty: those of model.chain there, "
        "else the librarian).",
    )
    quick_examples: bool = Field(
        default=False,
        description="Whether quick is shown some answers of a stronger model that you kept (`sage models examples`).",
    )


class ServerSettings(Section):
    """A server with models: `[servers.NAME]`."""

    base_url: Annotated[str, AfterValidator(server_address)] = Field(default="", description="Its address.")
    key_env: Annotated[str, AfterValidator(variable_name)] = Field(
        default="", description="Environment variable with its key (empty: none)."
    )
