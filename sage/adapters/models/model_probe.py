"""What this machine could answer with: keys in the environment, model servers on loopback, and what Sage brings itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from sage.adapters.models.model_servers import ollama_models, openai_models
from sage.core.model_catalogue import CATALOGUE, CatalogueModel
from sage.core.model_choice import Detected, ModelOption
from sage.core.providers import (
    EMBEDDED,
    LIBRARIAN,
    LM_STUDIO_URL,
    OLLAMA_URL,
    PROVIDERS,
    Provider,
    is_loopback,
    place_of,
)
from sage.locations import Home

PROBE_SECONDS = 0.3
"""How long a server on this machine may take to say what it has."""

MOST_SHOWN = 20
"""Models of one server that are offered; a server can have hundreds."""

NO_MODEL = ModelOption(
    id=LIBRARIAN,
    label="No model",
    kind="none",
    can="Finds the passages in your notes and messages that answer you, word for word, and keeps tasks, goals and reminders.",
)


async def detect(
    home: Home, environ: Mapping[str, str], *, ollama: str = OLLAMA_URL, servers: Sequence[str] = (LM_STUDIO_URL,)
) -> Detected:
    """All that could answer, the most private first. Asks addresses on loopback only, all at once.

    `ollama` is an address such as `http://127.0.0.1:11434`, `servers` are base URLs that end in `/v1`; what is not on
    loopback is left out. Of keys, only the names of their variables are looked at and kept.
    """
    near = [server for server in servers if is_loopback(server)]
    asked = [openai_models(server, seconds=PROBE_SECONDS) for server in near]
    if is_loopback(ollama):
        asked.append(ollama_models(ollama, seconds=PROBE_SECONDS))
    found = await asyncio.gather(*asked)
    options = [NO_MODEL, *(_embedded(model, home) for model in CATALOGUE if model.hub_repo)]
    if is_loopback(ollama):
        options += [_of_ollama(name, ollama) for name in _that_chat(found[-1])]
    for server, names in zip(near, found, strict=False):
        options += [_of_server(name, server) for name in _that_chat(names)]
    known = [provider for provider in PROVIDERS if environ.get(provider.key_env, "").strip()]
    options += [_hosted(provider) for provider in known]
    return Detected(tuple(options), tuple(provider.key_env for provider in known))


def _that_chat(names: tuple[str, ...] | None) -> tuple[str, ...]:
    return tuple(name for name in names or () if "embed" not in name.lower())[:MOST_SHOWN]


def _embedded(model: CatalogueModel, home: Home) -> ModelOption:
    installed = (home.models / model.file).is_file()
    return ModelOption(
        id=f"{EMBEDDED}{model.name}",
        label=f"{model.title}, inside Sage",
        kind="embedded",
        can=f"{model.can} {model.cannot}",
        needs="Nothing more." if installed else f"A download of {model.spoken_size}, once.",
        ready=installed,
        bytes=0 if installed else model.size,
    )


def _of_ollama(name: str, address: str) -> ModelOption:
    model = f"ollama_chat/{name}"
    here = place_of(model, address) == "loopback"
    return ModelOption(
        id=model,
        label=f"{name}, by Ollama",
        kind="local" if here else "hosted",
        can="Answers on this machine; nothing leaves it." if here else "Ollama passes it on to its cloud.",
        needs="Ollama running." if here else "An account at Ollama.",
        base_url="" if address == OLLAMA_URL else address,
    )


def _of_server(name: str, base_url: str) -> ModelOption:
    by = "LM Studio" if base_url == LM_STUDIO_URL else f"the server at {base_url}"
    return ModelOption(
        id=f"openai/{name}",
        label=f"{name}, by {by}",
        kind="local",
        can="Answers on this machine; nothing leaves it.",
        needs="That server running.",
        base_url=base_url,
    )


def _hosted(provider: Provider) -> ModelOption:
    price = "The price depends on the model it picks."
    if provider.price_in is not None and provider.price_out is not None:
        price = f"About ${provider.price_in:g} per million tokens read and ${provider.price_out:g} per million written."
    return ModelOption(
        id=provider.model,
        label=f"{provider.model.removeprefix(f'{provider.prefix}/')}, by {provider.label}",
        kind="hosted",
        can=f"The strongest answers. What you ask, with the passages found for it, is sent to {provider.label}.",
        needs=f"{price} Your key is in {provider.key_env}.",
        key_env=provider.key_env,
    )
