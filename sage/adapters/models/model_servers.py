"""Which models a server has: Ollama's list, and that of whatever speaks the OpenAI protocol."""

from __future__ import annotations

from typing import Any

from sage.core.providers import is_loopback


async def ollama_models(address: str, *, seconds: float) -> tuple[str, ...] | None:
    """Names of the models that an Ollama at `http://host:port` has; None if none answers there in time."""
    listed = await _get_json(f"{address}/api/tags", None, seconds)
    return _names(listed, "models", "name")


async def openai_models(base_url: str, *, key: str | None = None, seconds: float) -> tuple[str, ...] | None:
    """Names of the models that a server at `http://host:port/v1` has; None if none answers there in time."""
    listed = await _get_json(f"{base_url}/models", key, seconds)
    return _names(listed, "data", "id")


async def _get_json(url: str, key: str | None, seconds: float) -> Any:
    import asyncio

    import httpx

    headers = {"Authorization": f"Bearer {key}"} if key else {}
    # A proxy from the environment must not see what is meant for this machine, which needs no certificates either.
    away = not is_loopback(url)
    try:
        async with asyncio.timeout(seconds), httpx.AsyncClient(trust_env=away, verify=away, headers=headers) as client:
            answer = await client.get(url)
            return answer.json() if answer.status_code == 200 else None
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError):
        return None


def _names(listed: Any, table: str, field: str) -> tuple[str, ...] | None:
    entries = listed.get(table) if isinstance(listed, dict) else None
    if not isinstance(entries, list):
        return None
    found = (entry.get(field) for entry in entries if isinstance(entry, dict))
    return tuple(name for name in found if isinstance(name, str) and name)
