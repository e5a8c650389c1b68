"""Who answers in which role, and what a choice writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from sage import wire
from sage.adapters.home.settings_file import write_settings
from sage.core.errors import BadInput
from sage.engine.model_roles import own_options, role_chains, values_for
from sage.locations import Home
from sage.profile import ModelPlace, Resolved, resolve

DESK = "http://127.0.0.1:8080/v1"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.path.mkdir()
    return made


def using(home: Home, *requests: wire.UseModel) -> Resolved:
    for request in requests:
        write_settings(home, values_for(resolve("default", home), request))
    return resolve("default", home)


def test_each_role_names_its_own_and_then_whoever_answers_when_that_cannot(home: Home) -> None:
    profile = using(
        home,
        wire.UseModel("anthropic/large"),
        wire.UseModel("desk/small", DESK, role="quick"),
        wire.UseModel("openai/larger", role="deep"),
    )
    shown = {chain.role: chain for chain in role_chains(profile)}
    assert shown["quick"].models == (("desk/small", True), ("anthropic/large", False))
    assert shown["deep"].models == (("openai/larger", False), ("anthropic/large", False))
    assert shown["local-only"].models == (("librarian", True),) and not shown["local-only"].own
    assert shown["embed"].models == (("wordllama", True),)
    assert profile.places("quick")[0] == ModelPlace("desk/small", DESK)
    assert [(each.id, each.kind, each.base_url) for each in own_options(profile)] == [
        ("desk/small", "local", DESK), ("anthropic/large", "hosted", ""), ("openai/larger", "hosted", ""),
        ("librarian", "local", ""),
    ]  # fmt: skip
    assert (profile.has("quick"), profile.has("deep"), profile.has("local-only")) == (True, True, False)


def test_a_role_falls_back_again(home: Home) -> None:
    profile = using(home, wire.UseModel("embedded:small", role="quick"), wire.UseModel("talk", role="quick"))
    assert not profile.has("quick") and profile.places("quick") == profile.models
    with pytest.raises(BadInput, match="fall back"):
        using(home, wire.UseModel("talk"))


def test_servers_are_told_apart_and_a_second_address_is_not_put_under_a_name_that_has_one(home: Home) -> None:
    profile = using(home, wire.UseModel("desk/a", DESK), wire.UseModel("attic/b", DESK + "2", "ATTIC", role="deep"))
    assert profile.places("deep") == (ModelPlace("attic/b", DESK + "2", "ATTIC"), ModelPlace("desk/a", DESK))
    assert profile.keys_of(profile.places("deep")[0], "deep") == ("roles.deep", "servers.attic.key_env")
    with pytest.raises(BadInput, match=r"asked elsewhere.*myserver/c"):
        using(home, wire.UseModel("desk/c", DESK + "3", role="quick"))


def test_what_is_local_only_goes_nowhere_else(home: Home) -> None:
    with pytest.raises(BadInput, match="stays on this machine"):
        using(home, wire.UseModel("openai/x", role="local-only"))
    home.settings.write_text('[roles]\nlocal_only = ["openai/x"]\n')
    with pytest.raises(BadInput, match=r"settings.toml line 2.*stays on this machine"):
        resolve("default", home)
    home.settings.write_text('[model]\nchain = ["openai/x", "ollama_chat/y"]\n')
    names = [place.id for place in resolve("default", home).places("local-only")]
    assert names == ["ollama_chat/y", "librarian"]


def test_where_only_this_machine_may_answer_no_role_asks_anybody_else(home: Home) -> None:
    home.settings.write_text('[roles]\ndeep = ["openai/x"]\nquick = ["anthropic/y", "ollama_chat/z"]\n')
    profile = resolve("offline", home)
    assert not profile.leaves("deep") and not profile.leaves("quick")
    assert profile.places("quick")[0].id == "ollama_chat/z" and not profile.has("deep")


def test_the_embedder_is_chosen_with_memory(home: Home) -> None:
    with pytest.raises(BadInput, match="sage memory embedder minilm"):
        using(home, wire.UseModel("minilm", role="embed"))
