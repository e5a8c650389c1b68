"""litellm, loaded so that it fetches, prints, logs and retries nothing by itself.

Read from the source of 1.106.2: at import it fetches a price map (and, at the first call to Anthropic, a table of beta
headers) unless told to use its own copies, and reads a stray `.env` unless in production mode. It has no telemetry of its own
left. Its loggers carry prompts and write to the terminal; a proxy from the environment would be used for this machine too.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import logging
import os
import threading
from collections.abc import Callable
from typing import Any

from sage.core.messages import Usage

SWITCHES = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOCAL_BLOG_POSTS": "True",
    "LITELLM_OFFLINE_MODE": "true",
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_LOG": "ERROR",
}
"""Set before the import. OFFLINE_MODE is not known to 1.106.2, but to others near it."""

LOGGERS = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy")
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")

_turn = threading.Lock()


async def load_library() -> Any:
    """The silenced module. The first time takes 3 to 5 s, in a thread so that the event loop goes on."""
    return await asyncio.to_thread(_load)


def _load() -> Any:
    with _turn:
        os.environ.update(SWITCHES)
        _spare_proxies_this_machine()
        import litellm

        # Otherwise the first call imports it, on the event loop: 0.3 to 0.6 s in which nothing else happens.
        importlib.import_module("openai.resources.chat")
        litellm.suppress_debug_info = True
        litellm.turn_off_message_logging = True
        litellm.disable_streaming_logging = True
        litellm.disable_hf_tokenizer_download = True
        # Missing usage is estimated by us, and marked; counting it here would only take time.
        litellm.disable_token_counter = True
        litellm.disable_aiohttp_transport = True
        litellm.num_retries = None
        litellm.DEFAULT_MAX_RETRIES = 0  # embedding takes it where a call says 0
        litellm.drop_params = True
        # Lets a talk with tool calls in it go on where no tools are offered any more (Anthropic refuses it otherwise).
        litellm.modify_params = True
        _keep_clients_in_hand()
        for name in LOGGERS:
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate, logger.disabled = False, True
        return litellm


def _spare_proxies_this_machine() -> None:
    for name in ("no_proxy", "NO_PROXY"):
        listed = [host for host in os.environ.get(name, "").split(",") if host]
        if listed != ["*"]:
            os.environ[name] = ",".join([*listed, *(host for host in THIS_MACHINE if host not in listed)])


def _keep_clients_in_hand() -> None:
    """A server that sends on to another address does not decide who reads what it was asked: litellm's clients would follow it.
    Nor does one that never ends fill the memory."""
    from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler
    from litellm.llms.openai.common_utils import BaseOpenAILLM

    for owner, name in ((AsyncHTTPHandler, "create_client"), (BaseOpenAILLM, "_get_async_http_client")):
        made: Any = getattr(owner, name)
        if not hasattr(made, "follows"):
            setattr(owner, name, _staying(made, static=owner is BaseOpenAILLM))


def _staying(made: Callable[..., Any], *, static: bool) -> Any:
    from sage.adapters.models.bounded_answers import bound

    @functools.wraps(made)
    def client(*given: Any, **named: Any) -> Any:
        found = made(*given, **named)
        found.follow_redirects = False
        bound(found)
        return found

    client.__dict__["follows"] = False
    return staticmethod(client) if static else client


async def close_connections(library: Any) -> None:
    """Closes the connections that litellm keeps open for all its callers; the next call opens new ones."""
    await library.close_litellm_async_clients()
    library.in_memory_llm_clients_cache.flush_cache()


def register_ollama(library: Any, model: str) -> None:
    """Puts a model of Ollama into litellm's table, as free.

    Else its accounting asks an Ollama for it after each answer: not the one that answers, but the one at localhost or
    wherever OLLAMA_API_BASE points.
    """
    free = {
        "litellm_provider": "ollama_chat",
        "mode": "chat",
        "input_cost_per_token": 0.0,
        "output_cost_per_token": 0.0,
    }
    library.model_cost.setdefault(model, free | {"supports_function_calling": True})


def context_of(library: Any, model: str) -> int | None:
    """How many tokens a model can read, by litellm's own table; None if it is not there."""
    found = _entry(library, model).get("max_input_tokens")
    return int(found) if isinstance(found, int | float) and found > 0 else None


def price_of(library: Any, model: str, usage: Usage, raw: Any = None) -> float | None:
    """US dollars for what was used, by litellm's own table; None if the price is not known (never 0 for that).

    `raw` is litellm's own usage object, which also knows of cached and reasoning tokens.
    """
    entry = _entry(library, model)
    if not (entry.get("input_cost_per_token") or entry.get("output_cost_per_token")):
        return None
    read, written = library.cost_per_token(
        model=model, prompt_tokens=usage.prompt_tokens, completion_tokens=usage.completion_tokens, usage_object=raw
    )
    return float(read + written)


def known_models(library: Any, prefix: str) -> tuple[str, ...]:
    """The ids of a provider's models in litellm's own table, each with the provider before it ("" for all providers)."""
    table = library.models_by_provider
    chosen = {prefix: table[prefix]} if prefix in table else table
    return tuple(
        name if name.startswith(f"{provider}/") else f"{provider}/{name}"
        for provider, names in chosen.items()
        for name in names
    )


def _entry(library: Any, model: str) -> dict[str, Any]:
    table = library.model_cost
    return table.get(model) or table.get(model.partition("/")[2]) or {}
