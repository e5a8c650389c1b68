"""Plugins and accounts over the desk: shown before anything runs, enabled by what was shown, each trouble its account's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.adapters.plugins.skeleton import write_skeleton
from sage.core.errors import BadInput, BadSetting, NoKey, NotFound
from sage.engine.bootstrap import House
from sage.engine.handlers import Desk
from tests.adapters.plugins.plugin_files import CONFIG, SOURCE, write_plugin
from tests.homes import make_home

Ask = Callable[[Any], Coroutine[Any, Any, Any]]


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    house = House.open(make_home(tmp_path, settings="\n# mine\n[person]\nname = 'Demo'  # me\n"))
    yield Desk(house)
    await house.close()


@pytest.fixture
def ask(desk: Desk) -> Ask:
    line: Any = type("Line", (), {"profile": "", "client": "tui"})()

    async def asked(request: Any) -> Any:
        return await desk.handle(request, line, lambda event: None)  # type: ignore[arg-type, return-value]

    return asked


@pytest.fixture
def plugins(desk: Desk) -> Path:
    return desk.house.home.plugins


async def enable(ask: Ask, account: str, **values: str) -> wire.PluginAccount:
    plugin, name = account.split("/")
    shown = await ask(wire.ShowPlugin(plugin, name))
    await ask(wire.EnablePlugin(plugin, name, shown.digest, values))
    tried: wire.PluginAccount = await ask(wire.TryPlugin(account))
    return tried


async def test_an_account_is_enabled_works_and_is_switched_off_with_its_settings_kept(
    desk: Desk, ask: Ask, plugins: Path, tmp_path: Path
) -> None:
    write_skeleton("demo", "tasks", plugins)
    file = str(tmp_path / "t.json")
    assert await enable(ask, "demo/mine", file=file, nudges="true") == wire.PluginAccount(
        "demo/mine", "demo", "mine", "on", "", pytest.approx(0, abs=1e12)
    )
    text = desk.house.home.settings.read_text()
    assert "# mine\n[person]\nname = 'Demo'  # me\n" in text
    assert f'[plugins.demo.mine]\nfile = "{file}"\nnudges = true\nenabled = true\n' in text
    assert await desk.house.accounts.ask("demo/mine", "list") == ()
    (demo,) = [one for one in (await ask(wire.ListPlugins())).plugins if one.name == "demo"]
    assert [(one.id, one.state) for one in demo.accounts] == [("demo/mine", "on")]
    assert (await ask(wire.DisablePlugin("demo/mine"))).state == "off"
    assert f'file = "{file}"' in desk.house.home.settings.read_text()
    assert (await enable(ask, "demo/mine")).state == "on"  # what was set stays set


async def test_several_accounts_of_one_plugin_are_apart(ask: Ask, plugins: Path, tmp_path: Path) -> None:
    write_skeleton("demo", "tasks", plugins)
    assert (await enable(ask, "demo/one", file=str(tmp_path / "1.json"))).state == "on"
    assert (await enable(ask, "demo/two", file="/no such folder/2.json")).words == "There is no folder /no such folder."
    (demo,) = [one for one in (await ask(wire.ListPlugins())).plugins if one.name == "demo"]
    assert [(one.id, one.state) for one in demo.accounts] == [("demo/one", "on"), ("demo/two", "parked")]


async def test_code_from_outside_tells_its_settings_only_once_it_was_agreed_to(
    ask: Ask, plugins: Path, tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    write_plugin(plugins, config=f"open({str(marker)!r}, 'w').close()\n" + CONFIG)
    shown = await ask(wire.ShowPlugin("demo", "mine"))
    await ask(wire.ListPlugins())
    assert not marker.exists() and not shown.keys and "only once you have agreed" in shown.untold
    shown = await ask(wire.ShowPlugin("demo", "mine", agreed=shown.digest))
    assert marker.exists() and [key.key for key in shown.keys] == ["path", "limit"]


async def test_code_that_changes_after_it_was_shown_or_enabled_asks_again(ask: Ask, plugins: Path) -> None:
    source = write_plugin(plugins) / "source.py"
    shown = await ask(wire.ShowPlugin("demo", "mine"))
    source.write_text(SOURCE + "# a")
    with pytest.raises(BadInput, match="changed while you looked"):
        await ask(wire.EnablePlugin("demo", "mine", shown.digest, {"path": "x"}))
    assert (await enable(ask, "demo/mine", path="x")).state == "on"
    source.write_text(SOURCE + "# b")
    now = await ask(wire.StartPlugin("demo/mine"))
    assert now.state == "parked" and "not those that you agreed to" in now.words
    assert "sage plugin enable demo mine" in now.words
    with pytest.raises(BadSetting):  # looking at it again is no yes: its code does not run
        await ask(wire.EnablePlugin("demo", "mine", (await ask(wire.ShowPlugin("demo"))).digest, {"limit": "30"}))
    assert (await ask(wire.ShowPlugin("demo", "mine"))).untold
    assert (await enable(ask, "demo/mine")).state == "on"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "`path` is missing."),
        ({"path": "x", "limit": "30"}, "`limit` must be a whole number from 1 to 9."),
        ({"path": "x", "limit": "many"}, "`limit` must be a whole number from 1 to 9."),
        ({"path": "x", "lmit": "3"}, "`lmit` is no setting of this plugin; did you mean `limit`?"),
        ({"path": "x", "nudges": "perhaps"}, "must be true or false"),
        ({"path": "x", "password": "hunter2"}, "`password` is a secret, and those never stand among settings."),
        ({"path": "x", "password_key": "a b"}, "must be the name of a key"),
        ({"path": "x", "pass_key": "SAGE_X"}, "`pass_key` names no secret of this plugin, which has password."),
        ({"path": "sk-canary-1234567890abcdef"}, "looks like a secret key"),
    ],
)
async def test_a_value_that_does_not_fit_is_told_and_nothing_written(
    desk: Desk, ask: Ask, plugins: Path, values: dict[str, str], says: str
) -> None:
    write_plugin(plugins, more='optional_secrets = ["password"]\n')
    before = desk.house.home.settings.read_text()
    with pytest.raises(BadInput) as caught:
        await enable(ask, "demo/mine", **values)
    assert says in caught.value.what and "hunter2" not in str(caught.value) and "canary" not in str(caught.value)
    assert desk.house.home.settings.read_text() == before


async def test_a_line_of_the_settings_that_does_not_fit_is_named(desk: Desk, ask: Ask, plugins: Path) -> None:
    write_plugin(plugins)
    settings = desk.house.home.settings
    settings.write_text(settings.read_text() + "\n[plugins.demo.mine]\npath = 'x'\nlimit = 30\n")
    line = len(settings.read_text().splitlines())
    with pytest.raises(BadSetting, match=f"settings.toml line {line}: `limit` must be a whole number from 1 to 9"):
        await enable(ask, "demo/mine")
    assert (await enable(ask, "demo/mine", limit="3")).state == "on"
    settings.write_text(settings.read_text() + "\n[plugins.demo.other]\nowner = 3\n")
    with pytest.raises(BadSetting, match="`owner` must be a list of texts"):
        await enable(ask, "demo/other", path="x")
    listed = await ask(wire.ListPlugins())
    (demo,) = [one for one in listed.plugins if one.name == "demo"]
    assert [(one.id, one.state) for one in demo.accounts] == [("demo/mine", "on"), ("demo/other", "parked")]


async def test_a_secret_has_to_be_there_and_is_handed_on_by_its_name(desk: Desk, ask: Ask, plugins: Path) -> None:
    source = SOURCE.replace("self.ctx.config.path", "self.ctx.secret('password').reveal()")
    write_plugin(plugins, more='secrets = ["password"]\n', source=source)
    with pytest.raises(NoKey, match="sage keys set SAGE_DEMO_AT_WORK_PASSWORD"):
        await enable(ask, "demo/at-work", path="x")
    (secret,) = (await ask(wire.ShowPlugin("demo", "at-work"))).secrets
    assert not secret.there
    await ask(wire.StoreKey(secret.kept_as, "open sesame"))
    assert (await enable(ask, "demo/at-work", path="x")).state == "on"
    assert f'password_key = "{secret.kept_as}"' in desk.house.home.settings.read_text()
    (task,) = await desk.house.accounts.ask("demo/at-work", "list")
    assert task.text == "open sesame"
    shown = str(await ask(wire.ShowPlugin("demo", "at-work"))) + str(await ask(wire.ListPlugins()))
    assert "open sesame" not in shown + desk.house.home.settings.read_text()


async def test_what_is_missing_comes_with_one_command(desk: Desk, ask: Ask, plugins: Path) -> None:
    write_plugin(plugins, more="needs = ['no_such_library']\ninstall = 'pip install no-such-library'\n")
    (demo,) = [one for one in (await ask(wire.ListPlugins())).plugins if one.name == "demo"]
    assert (demo.missing, demo.remedy) == (
        "The library no_such_library is missing.",
        "Run: pip install no-such-library",
    )
    with pytest.raises(BadInput, match="Run: pip install no-such-library"):
        await enable(ask, "demo/mine", path="x")
    assert "plugins.demo" not in desk.house.home.settings.read_text()


async def test_a_plugin_that_cannot_be_imported_parks_its_account_alone(
    ask: Ask, plugins: Path, tmp_path: Path
) -> None:
    write_skeleton("well", "tasks", plugins)
    write_plugin(plugins, source="raise RuntimeError('the words of others')")
    assert (await enable(ask, "well/mine", file=str(tmp_path / "t.json"))).state == "on"
    broken = await enable(ask, "demo/mine", path="x")
    assert broken.state != "on" and "RuntimeError in source.py line 1" in broken.words
    assert "the words of others" not in broken.words
    assert (await ask(wire.TryPlugin("well/mine"))).state == "on"


async def test_accounts_whose_plugin_is_gone_or_broken_are_listed_with_why(desk: Desk, ask: Ask, plugins: Path) -> None:
    (write_plugin(plugins, "torn") / "plugin.toml").write_text("name = ")
    settings = desk.house.home.settings
    settings.write_text(settings.read_text() + "\n[plugins.torn.a]\nenabled = true\n[plugins.gone.a]\nenabled = true\n")
    listed = await ask(wire.ListPlugins())
    assert [(one.id, one.state) for one in listed.strays] == [("torn/a", "parked"), ("gone/a", "parked")]
    assert "cannot be read as TOML" in listed.strays[0].words and "There is no plugin 'gone'" in listed.strays[1].words
    assert [one.name for one in listed.broken] == ["torn"]


@pytest.mark.parametrize("name", ["../x", "", "a b", "A", "a/b", "x" * 33, "\x1b[31m"])
async def test_a_hostile_name_of_an_account_is_refused(desk: Desk, ask: Ask, plugins: Path, name: str) -> None:
    write_plugin(plugins)
    digest = (await ask(wire.ShowPlugin("demo"))).digest
    with pytest.raises(BadInput, match="cannot be an account's name") as caught:
        await ask(wire.EnablePlugin("demo", name, digest, {"path": "x"}))
    assert "\x1b" not in str(caught.value) and "plugins.demo" not in desk.house.home.settings.read_text()


@pytest.mark.parametrize("request_of", [wire.DisablePlugin, wire.StartPlugin, wire.TryPlugin])
async def test_an_account_that_is_not_there_is_told(ask: Ask, request_of: Any) -> None:
    with pytest.raises(NotFound, match="There is no account 'nope/x'"):
        await ask(request_of("nope/x"))


async def test_what_a_plugin_is_like_is_told_in_words(ask: Ask) -> None:
    shown = await ask(wire.ShowPlugin("ics", "holidays"))
    assert shown.plugin.title == "Calendar feed" and shown.tier.startswith("tested against")
    assert [secret.kept_as for secret in shown.secrets][:1] == ["SAGE_ICS_HOLIDAYS_ADDRESS"]
    assert "url" in {key.key for key in shown.keys} and all(key.text for key in shown.keys)
    assert any("accounts/ics/holidays" in line for line in shown.gets) and not any("SHA" in line for line in shown.gets)
