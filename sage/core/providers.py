"""Who can answer, by the first part of a model's id, and where each of them runs."""

from __future__ import annotations

import ipaddress
import re
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

Place = Literal["inside", "loopback", "elsewhere"]
"""Inside Sage itself; at a server on this machine; anywhere else."""

LIBRARIAN = "librarian"
EMBEDDED = "embedded:"

OLLAMA_URL = "http://127.0.0.1:11434"
LM_STUDIO_URL = "http://127.0.0.1:1234/v1"

OLLAMA_PREFIXES = ("ollama_chat", "ollama")


class Provider(Struct, frozen=True):
    """A company that answers for money.

    `prefix` begins its model ids, `key_env` is the environment variable its key is usually kept in, `model` the one that
    Sage proposes: its price is in US dollars per million tokens in and out (None: it depends), from the price map of
    litellm 1.106.2.
    """

    prefix: str
    label: str
    key_env: str
    model: str
    price_in: float | None = None
    price_out: float | None = None


PROVIDERS: tuple[Provider, ...] = (
    Provider("anthropic", "Anthropic", "ANTHROPIC_API_KEY", "anthropic/claude-sonnet-5-5", 2.0, 10.0),
    Provider("openai", "OpenAI", "OPENAI_API_KEY", "openai/gpt-5.4-mini", 0.75, 4.5),
    Provider("gemini", "Google", "GEMINI_API_KEY", "gemini/gemini-flash-latest", 0.75, 3.75),
    Provider("mistral", "Mistral", "MISTRAL_API_KEY", "mistral/mistral-medium-latest", 1.5, 7.5),
    Provider("groq", "Groq", "GROQ_API_KEY", "groq/openai/gpt-oss-120b", 0.15, 0.6),
    Provider("openrouter", "OpenRouter", "OPENROUTER_API_KEY", "openrouter/openrouter/auto"),
    Provider("deepseek", "DeepSeek", "DEEPSEEK_API_KEY", "deepseek/deepseek-v4-flash", 0.3, 1.2),
    Provider("xai", "xAI", "XAI_API_KEY", "xai/grok-4.5", 2.0, 6.0),
)


def provider_prefix(model: str) -> str:
    """The part of a model's id before the first slash ("" for what runs inside Sage)."""
    return model.partition("/")[0] if "/" in model else ""


def find_provider(model: str) -> Provider | None:
    """The provider whose model this is, if Sage knows it."""
    return next((provider for provider in PROVIDERS if provider.prefix == provider_prefix(model)), None)


def runs_inside(model: str) -> bool:
    """Whether Sage itself answers: the librarian, or a model embedded in it."""
    return model == LIBRARIAN or model.startswith(EMBEDDED)


def place_of(model: str, base_url: str = "") -> Place:
    """Where a model runs. What Ollama passes on to its cloud runs elsewhere."""
    if runs_inside(model):
        return "inside"
    if provider_prefix(model) in OLLAMA_PREFIXES:
        return "loopback" if is_loopback(base_url or OLLAMA_URL) and not is_ollama_cloud(model) else "elsewhere"
    return "loopback" if base_url and is_loopback(base_url) else "elsewhere"


def is_ollama_cloud(model: str) -> bool:
    """Whether an Ollama only passes this model on, as its names ending in `:cloud` or `-cloud` say."""
    return re.search(r"[:-]cloud$", model) is not None


def is_loopback(url: str) -> bool:
    """Whether an address stays on this machine, by its name alone: nothing is looked up."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
