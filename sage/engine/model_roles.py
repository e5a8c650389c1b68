"""Who answers in which role, and what a choice of one writes into the settings."""

from __future__ import annotations

from typing import Any

from sage import wire
from sage.core.errors import BadInput
from sage.core.model_choice import ModelOption, ModelRole, RoleChain
from sage.core.providers import provider_prefix, runs_inside
from sage.profile import ModelPlace, Resolved

FALL_BACK = "talk"
"""In the place of a model's id: the role has nobody of its own any more."""
_CHAINS: tuple[ModelRole, ...] = ("quick", "talk", "deep", "local-only")


def role_chains(profile: Resolved) -> tuple[RoleChain, ...]:
    """Every role with all who answer in it."""
    chains = [
        RoleChain(role, tuple((place.id, place.stays) for place in profile.places(role)), profile.names(role))
        for role in _CHAINS
    ]
    memory = profile.settings.memory
    embedder = ModelPlace(memory.embedder, memory.embedder_url)
    inside = "/" not in memory.embedder
    return (*chains, RoleChain("embed", ((memory.embedder, inside or embedder.stays),)))


def own_options(profile: Resolved) -> tuple[ModelOption, ...]:
    """Who answers in any role, with the address and key at which it does."""
    places = dict.fromkeys(place for role in _CHAINS for place in profile.places(role))
    return tuple(
        ModelOption(
            place.id, place.id, "local" if place.stays else "hosted", base_url=place.base_url, key_env=place.key_env
        )
        for place in places
    )


def values_for(profile: Resolved, request: wire.UseModel) -> dict[tuple[str, ...], Any]:
    """What is set so that a model alone answers in a role. Raises BadInput for what cannot be."""
    given = ModelPlace(request.id, request.base_url, request.key_env)
    match request.role:
        case "embed":
            raise BadInput(
                "Who turns texts into vectors is chosen with memory, which they are kept in.",
                safe="Nothing was changed.",
                do=f"Choose it with: sage memory embedder {request.id}",
            )
        case "talk" if request.id == FALL_BACK:
            raise BadInput("talk is what other roles fall back on.", safe="Nothing was changed.", do="Name a model.")
        case "talk":
            place = given if provider_prefix(request.id) in profile.settings.servers else profile.place(given)
            return {
                ("model", "chain"): [request.id],
                ("model", "base_url"): place.base_url,
                ("model", "key_env"): place.key_env,
            }
    key = ("roles", request.role.replace("-", "_"))
    if request.id == FALL_BACK:
        return {key: None}
    place = profile.place(given)
    if request.role == "local-only" and not place.stays:
        raise BadInput(
            f"{request.id} runs elsewhere, and what is marked local-only stays on this machine.",
            safe="Nothing was changed.",
            do='Choose "librarian", "embedded:NAME" or a server on this machine.',
        )
    return {key: [request.id], **_server(profile, given)}


def _server(profile: Resolved, given: ModelPlace) -> dict[tuple[str, ...], Any]:
    """The address and key of its server, if they were given, where nobody else is asked at another one by that name."""
    if runs_inside(given.id) or not (given.base_url or given.key_env):
        return {}
    prefix = provider_prefix(given.id)
    others = {
        (place.base_url, place.key_env)
        for role in _CHAINS
        for place in profile.places(role)
        if provider_prefix(place.id) == prefix and place.id != given.id
    }
    if others - {(given.base_url, given.key_env)}:
        raise BadInput(
            f"Other models that begin with {prefix}/ are asked elsewhere, and would be asked there too.",
            safe="Nothing was changed.",
            do=f"Give the server a name of its own, such as: sage models use myserver/{given.id.partition('/')[2]}",
        )
    return {("servers", prefix, "base_url"): given.base_url, ("servers", prefix, "key_env"): given.key_env}
