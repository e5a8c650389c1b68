"""What in a home's settings uses a key, so that whoever takes it away knows what will miss it."""

from __future__ import annotations

from collections.abc import Iterator

from sage.core.errors import BadInput
from sage.core.providers import find_provider
from sage.locations import Home
from sage.profile import DEFAULT, Resolved, profile_names, resolve
from sage.profile_plugins import accounts_of


def uses_of(name: str, home: Home) -> tuple[str, ...]:
    """Models, the embedder and accounts that read the key of that name, each in words with its place. Settings that cannot be
    read use nothing."""
    found: dict[str, None] = {}
    for profile in (DEFAULT, *profile_names(home)):
        try:
            resolved = resolve(profile, home)
        except BadInput:
            continue
        found |= dict.fromkeys((*_models(name, resolved), *_accounts(name, resolved)))
    return tuple(found)


def _models(name: str, resolved: Resolved) -> Iterator[str]:
    memory = resolved.settings.memory
    named = [(place.id, place.base_url, place.key_env, "model") for place in resolved.models]
    named.append((memory.embedder, memory.embedder_url, memory.embedder_key_env, "memory.embedder"))
    for model, url, key, table in named:
        provider = find_provider(model) if not url else None
        if name == (key or (provider.key_env if provider else "")):
            own = "model.key_env" if table == "model" else "memory.embedder_key_env"
            yield f"{model} ({resolved.origin_of(own if key else 'model.chain' if table == 'model' else table)})"


def _accounts(name: str, resolved: Resolved) -> Iterator[str]:
    for account in accounts_of(resolved):
        for secret, kept_as in account.secret_keys.items():
            if kept_as == name:
                off = "" if account.enabled else ", which is off"
                yield f"the account {account.id}{off} ({account.at(f'{secret}_key')})"
