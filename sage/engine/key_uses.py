"""What in a home's settings uses a key, so that whoever takes it away knows what will miss it."""

from __future__ import annotations

from collections.abc import Iterator

from sage.core.errors import BadInput
from sage.core.providers import find_provider
from sage.locations import Home
from sage.profile import DEFAULT, ModelPlace, Resolved, profile_names, resolve
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
    named = [
        (place, *resolved.keys_of(place, role))
        for role in ("talk", "quick", "deep", "local-only")
        for place in resolved.places(role)
    ]
    embedder = ModelPlace(memory.embedder, memory.embedder_url, memory.embedder_key_env)
    named.append((embedder, "memory.embedder", "memory.embedder_key_env"))
    for place, own, keyed in named:
        provider = find_provider(place.id) if not place.base_url else None
        if name == (place.key_env or (provider.key_env if provider else "")):
            yield f"{place.id} ({resolved.origin_of(keyed if place.key_env else own)})"


def _accounts(name: str, resolved: Resolved) -> Iterator[str]:
    for account in accounts_of(resolved):
        for secret, kept_as in account.secret_keys.items():
            if kept_as == name:
                off = "" if account.enabled else ", which is off"
                yield f"the account {account.id}{off} ({account.at(f'{secret}_key')})"
