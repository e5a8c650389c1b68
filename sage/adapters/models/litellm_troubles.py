"""What litellm raises, told in Sage's words: never with a key in it, and with the nearest model where the name was wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

from sage.adapters.home.secret_store import Secret, hide_keys
from sage.adapters.models.litellm_library import known_models
from sage.adapters.models.model_servers import ollama_models, openai_models
from sage.core.errors import ModelTrouble, NoAnswer, NoKey, ProviderDown, StreamBroken, UnknownModel
from sage.core.providers import OLLAMA_PREFIXES, find_provider, provider_prefix

LIST_SECONDS = 2.0
LONGEST_REASON = 200
KEPT = "Your words are kept."

TOO_LONG = re.compile(r"(?i)context (length|window|size)|maximum context|too many tokens|prompt is too long")
NO_MODEL = re.compile(
    r"(?i)model\b.{0,80}(not found|not exist|does not exist|unknown|not a valid|invalid)|invalid model|no such model"
)
NO_JSON = re.compile(r"Expecting (property|value|',|':)|Unterminated string|Extra data|Invalid control")
NO_CREDIT = re.compile(r"(?i)insufficient_quota|credit balance|billing|quota exceeded|payment required")


WRAPPING = re.compile(r"^((litellm\.)?\w+Error: )+(\w+Exception - )?(Error code: \d+ - )?")
"""What litellm puts before a provider's own words."""


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
        trouble = await _told_unknown(library, model, base_url, key)
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


async def refuse_unlisted(model: str, base_url: str, key: Secret | None) -> None:
    """Raises UnknownModel when the server tells which models it has, and this is none of them."""
    names = await _server_models(model, base_url, key)
    if names and not {model, f"{model}:latest"} & set(names):
        raise _unknown(model, base_url, names, safe="Nothing was changed.")


def unknown_provider(library: Any, model: str) -> UnknownModel | None:
    """The trouble with a model's id that names nobody whom litellm knows, or None."""
    known = [str(getattr(provider, "value", provider)) for provider in library.provider_list]
    prefix = provider_prefix(model)
    if prefix in known:
        return None
    near = difflib.get_close_matches(prefix, known, n=1, cutoff=0.7)
    hint = f" Did you mean {near[0]}?" if near else ""
    return UnknownModel(
        f"There is no provider {prefix!r}, as in {model}.{hint}",
        safe="Nothing was sent anywhere.",
        do="Write provider/name, such as openai/gpt-5, or see: sage models list",
    )


async def _told_unknown(library: Any, model: str, base_url: str, key: Secret | None) -> UnknownModel:
    if base_url:
        return _unknown(model, base_url, await _server_models(model, base_url, key))
    names = known_models(library, provider_prefix(model))
    return _unknown(model, "", tuple(name for name in names if name != model))  # its own table may still have it


def _unknown(model: str, base_url: str, names: tuple[str, ...], safe: str = KEPT) -> UnknownModel:
    prefix, _, name = model.partition("/")
    near = difflib.get_close_matches(model, names, n=1, cutoff=0.4)
    if model in names:
        hint = "It is listed all the same: look at the server, or choose another with: sage models list"
    elif near:
        hint = f"The nearest known one is {near[0]}."
    elif base_url and prefix in OLLAMA_PREFIXES:
        hint = f"Fetch it first: ollama pull {name}"
    else:
        hint = "See those that can be used: sage models list"
    where = f" at {base_url}" if base_url else ""
    return UnknownModel(f"There is no model {model}{where}.", safe=safe, do=hint)


async def _server_models(model: str, base_url: str, key: Secret | None) -> tuple[str, ...]:
    """The ids of all that the server has, as litellm writes them; none if it does not tell."""
    prefix = provider_prefix(model)
    if prefix in OLLAMA_PREFIXES:
        listed = await ollama_models(base_url, seconds=LIST_SECONDS)
    else:
        listed = await openai_models(base_url, key=key.reveal() if key else None, seconds=LIST_SECONDS)
    return tuple(f"{prefix}/{name}" for name in listed or ())


def _is_unknown_model(library: Any, model: str, error: Exception, status: Any, said: str) -> bool:
    if isinstance(error, library.NotFoundError) or status == 404:
        return True
    no_provider = provider_prefix(model) not in library.models_by_provider
    return isinstance(error, library.BadRequestError) and (no_provider or NO_MODEL.search(said) is not None)


def no_answer(model: str, base_url: str) -> ProviderDown:
    """The trouble with whoever answers as no model does, such as with a web page."""
    provider = find_provider(model)
    return ProviderDown(
        f"{base_url or (provider.label if provider else model)} answered with something that is no answer of a model.",
        safe=KEPT,
        do="Check its address: that of an OpenAI-compatible server often ends in /v1",
    )


def _down(library: Any, error: Exception, status: Any, said: str, model: str, base_url: str) -> ModelTrouble:
    import httpx

    provider = find_provider(model)
    who = base_url or (provider.label if provider else model)
    if NO_CREDIT.search(said):
        return ProviderDown(
            f"{who} says that the account's credit is used up.", safe=KEPT, do="Top it up, or choose another model."
        )
    if isinstance(error, library.RateLimitError) or status == 429:
        seconds = pause_of(error)
        pause, when = (f" of {seconds:g} s", f"in {seconds:g} s") if seconds else ("", "a little later")
        return ProviderDown(
            f"{who} asks for a pause{pause}: too many requests.",
            safe=KEPT,
            do=f"Ask again {when}, or let another answer: sage models list",
        )
    if isinstance(error, library.Timeout):
        return (NoAnswer if _was_taken(error) else ProviderDown)(
            f"{model} took too long.",
            safe=KEPT,
            do="Ask again, or allow it more time: model.timeout_seconds in settings.toml",
        )
    if _was_taken(error):
        return NoAnswer(
            f"{who} took the request, and the connection broke before an answer.",
            safe=KEPT,
            do="Ask again a little later.",
        )
    if re.search(r"Connection error|Cannot connect|Connection refused|connection attempts failed", said):
        do = "Start that server" if base_url else "Check the connection to the internet"
        do += ", or let another answer: sage models list"
        return ProviderDown(f"{who} cannot be reached.", safe=KEPT, do=do)
    if isinstance(error, library.APIConnectionError) and NO_JSON.search(said):
        return no_answer(model, base_url)
    if isinstance(status, int) and 300 <= status < 400:
        return ProviderDown(
            f"{who} sends on to another address. Nothing was sent there.",
            safe=KEPT,
            do="Check its address; if it has moved, give the new one: sage models use MODEL --base-url URL",
        )
    if isinstance(error, library.BadRequestError) or status in (400, 422):
        return ModelTrouble(
            f"{model} did not accept the request: {_reason(said)}",
            safe=KEPT,
            do="Ask in another way, or choose another model.",
        )
    answered = any(isinstance(one, httpx.HTTPStatusError) for one in _behind(error))
    code = f"HTTP {status}" if answered and status else "an error"
    return ProviderDown(
        f"{who} has a fault of its own: {code}, “{_reason(said).strip(' .')}”.",
        safe=KEPT,
        do="Ask again a little later, or let another answer: sage models list",
    )


def _reason(said: str) -> str:
    """A provider's own words, short."""
    return " ".join(WRAPPING.sub("", said).split())[:LONGEST_REASON]


def _was_taken(error: Exception) -> bool:
    """Whether the connection stood, so that the request may have been read and paid for, when it came to an end."""
    import httpx

    broken = httpx.ReadError | httpx.ReadTimeout | httpx.RemoteProtocolError
    return any(isinstance(one, broken) for one in _behind(error))


def pause_of(error: Exception) -> float | None:
    """The seconds after which a provider may be asked again, if it says so."""
    for one in _behind(error):
        headers = getattr(getattr(one, "response", None), "headers", None) or {}
        said = str(headers.get("retry-after", ""))
        if re.fullmatch(r"\d{1,6}(\.\d+)?", said):
            return float(said)
    return None


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those behind it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
