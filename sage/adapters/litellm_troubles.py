"""What litellm raises, told in Sage's words: never with a key in it, and with the nearest model where the name was wrong."""

from __future__ import annotations

import difflib
import re
from typing import Any

from sage.adapters.litellm_library import known_models
from sage.adapters.model_servers import ollama_models, openai_models
from sage.adapters.secret_store import Secret, hide_keys
from sage.core.errors import ModelTrouble, NoKey, ProviderDown, StreamBroken, UnknownModel
from sage.core.providers import OLLAMA_PREFIXES, find_provider, provider_prefix

LIST_SECONDS = 2.0
LONGEST_REASON = 200
KEPT = "Your words are kept."

TOO_LONG = re.compile(r"(?i)context (length|window|size)|maximum context|too many tokens|prompt is too long")
NO_MODEL = re.compile(
    r"(?i)model\b.{0,80}(not found|not exist|does not exist|unknown|not a valid|invalid)|invalid model|no such model"
)
NO_CREDIT = re.compile(r"(?i)insufficient_quota|credit balance|billing|quota exceeded|payment required")


class ProviderSaid(Exception):
    """A provider's own text without keys, kept as the cause of a told error."""


async def told_trouble(
    library: Any,
    error: Exception,
    *,
    model: str,
    base_url: str,
    key: Secret | None,
    advice: str,
    context: int,
    begun: bool,
) -> ModelTrouble:
    """The told error for one of litellm's. `begun`: part of the answer was streamed already."""
    error = getattr(error, "original_exception", None) or error
    status = getattr(error, "status_code", None)
    said = hide_keys(str(error))
    trouble: ModelTrouble
    if isinstance(error, library.ContextWindowExceededError) or TOO_LONG.search(said):
        trouble = _too_long(model, context)
    elif isinstance(error, library.AuthenticationError | library.PermissionDeniedError) or status in (401, 403):
        trouble = _no_key(model, key, advice)
    elif _is_unknown_model(library, model, error, status, said):
        trouble = await _unknown(library, model, base_url, key)
    elif begun:
        trouble = StreamBroken(f"{model} stopped in the middle of its answer.", safe=KEPT, do="Ask again.")
    else:
        trouble = _down(library, error, status, said, model, base_url)
    trouble.__cause__ = ProviderSaid(said[:2000])
    return trouble


def _too_long(model: str, context: int) -> ModelTrouble:
    return ModelTrouble(
        f"The question and what belongs to it are longer than {model} can read (taken to be {context:,} tokens).",
        safe=KEPT,
        do="Set model.context_tokens to what it can really read, begin a new conversation, or choose another model.",
    )


def _no_key(model: str, key: Secret | None, advice: str) -> NoKey:
    what = f"The key for {model} was refused." if key else f"{model} asks for a key."
    return NoKey(what, safe=KEPT, do=advice or "Name the environment variable that holds it: model.key_env")


async def _unknown(library: Any, model: str, base_url: str, key: Secret | None) -> UnknownModel:
    prefix, _, name = model.partition("/")
    if base_url:
        listed = await _server_models(prefix, base_url, key)
        names: tuple[str, ...] = tuple(f"{prefix}/{one}" for one in listed)
    else:
        names = known_models(library, provider_prefix(model))
    near = difflib.get_close_matches(model, names, n=1, cutoff=0.4)
    if near:
        hint = f"The nearest known one is {near[0]}."
    elif base_url and prefix in OLLAMA_PREFIXES:
        hint = f"Fetch it first: ollama pull {name}"
    else:
        hint = "See those that can be used: sage models list"
    where = f" at {base_url}" if base_url else ""
    return UnknownModel(f"There is no model {model}{where}.", safe=KEPT, do=hint)


async def _server_models(prefix: str, base_url: str, key: Secret | None) -> tuple[str, ...]:
    if prefix in OLLAMA_PREFIXES:
        return await ollama_models(base_url, seconds=LIST_SECONDS) or ()
    return await openai_models(base_url, key=key.reveal() if key else None, seconds=LIST_SECONDS) or ()


def _is_unknown_model(library: Any, model: str, error: Exception, status: Any, said: str) -> bool:
    if isinstance(error, library.NotFoundError) or status == 404:
        return True
    no_provider = provider_prefix(model) not in library.models_by_provider
    return isinstance(error, library.BadRequestError) and (no_provider or NO_MODEL.search(said) is not None)


def _down(library: Any, error: Exception, status: Any, said: str, model: str, base_url: str) -> ModelTrouble:
    provider = find_provider(model)
    who = base_url or (provider.label if provider else model)
    if NO_CREDIT.search(said):
        return ProviderDown(
            f"{who} says that the account's credit is used up.", safe=KEPT, do="Top it up, or choose another model."
        )
    if isinstance(error, library.RateLimitError) or status == 429:
        return ProviderDown(
            f"{who} asks for a pause: too many requests.{_pause(error)}", safe=KEPT, do="Ask again a little later."
        )
    if isinstance(error, library.Timeout):
        return ProviderDown(
            f"{model} took too long.", safe=KEPT, do="Ask again, or allow it more time: model.timeout_seconds"
        )
    if re.search(r"Connection error|Cannot connect|Connection refused|connection attempts failed", said):
        do = "Start that server." if base_url else "Check the connection to the internet."
        return ProviderDown(f"{who} cannot be reached.", safe=KEPT, do=do)
    if isinstance(error, library.BadRequestError) or status in (400, 422):
        reason = " ".join(said.split())[:LONGEST_REASON]
        return ModelTrouble(
            f"{model} did not accept the request: {reason}",
            safe=KEPT,
            do="Ask in another way, or choose another model.",
        )
    return ProviderDown(
        f"{who} is failing (it answered with {status or 'an error'}).", safe=KEPT, do="Ask again a little later."
    )


def _pause(error: Exception) -> str:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    seconds = headers.get("retry-after", "")
    return f" It names {seconds} seconds." if seconds.isdigit() else ""
