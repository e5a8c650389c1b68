"""Who answers from now on, at the engine's door."""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.core.errors import BadSetting, NoKey, NotFound, UnknownModel
from sage.engine.bootstrap import House
from sage.engine.handlers import Desk
from sage.engine.service import Line
from tests.homes import make_home


class Office:
    def __init__(self, folder: Path) -> None:
        self.house = House.open(make_home(folder))
        self.desk = Desk(self.house)

    @property
    def settings(self) -> bytes:
        return self.house.home.settings.read_bytes()

    async def do(self, request: Any) -> Any:
        async def emit(event: Any) -> None:
            """Nobody listens."""

        return await self.desk.handle(request, Line("", ""), emit)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    opened = Office(tmp_path)
    yield opened
    await opened.house.close()


async def test_a_model_is_used_and_rolled_back_byte_for_byte(office: Office) -> None:
    before = office.settings
    used = await office.do(wire.UseModel("ollama_chat/demo", setup=wire.Setup(temperature=0.2)))
    assert used.chain == ("ollama_chat/demo",) and b"temperature = 0.2" in office.settings
    listed = (await office.do(wire.ListSwaps())).swaps
    assert [(line.id, line.was, line.now, line.state) for line in listed] == [
        (used.swap, "librarian", "ollama_chat/demo", "in force")
    ]
    back = await office.do(wire.RollBack())
    assert back.identical and office.settings == before
    assert back.told == "librarian answers again; your settings are byte for byte as they were."
    with pytest.raises(NotFound):
        await office.do(wire.RollBack())


async def test_a_preview_tells_what_would_change_and_changes_nothing(office: Office) -> None:
    before = office.settings
    shown = await office.do(wire.UseModel("ollama_chat/demo", setup=wire.Setup(temperature=0.2), preview=True))
    assert shown.changes == ("model.chain: not set → ollama_chat/demo", "model.temperature: not set → 0.2")
    assert office.settings == before and not (await office.do(wire.ListSwaps())).swaps
    assert (
        await office.do(wire.UseModel("ollama_chat/demo", setup=wire.Setup(temperature=0.2)))
    ).changes == shown.changes
    assert not (await office.do(wire.UseModel("ollama_chat/demo", preview=True))).changes


async def test_a_rollback_says_what_it_left_alone(office: Office) -> None:
    await office.do(wire.UseModel("ollama_chat/demo", setup=wire.Setup(temperature=0.2)))
    office.house.home.settings.write_bytes(office.settings.replace(b"0.2", b"0.3"))
    back = await office.do(wire.RollBack())
    assert not back.identical and back.left == ("model.temperature",) and b"0.3" in office.settings
    assert back.told == (
        "Your settings were changed in between, so only model.chain, model.base_url, model.key_env are as before; "
        "model.temperature is another by now and was left alone."
    )


async def test_what_cannot_answer_is_no_swap(office: Office) -> None:
    before = office.settings
    for given, error in (
        ("no such model", UnknownModel),
        ("embedded:qwen2.5-1.5b", UnknownModel),
        ("anthropic/demo", NoKey),
    ):
        with pytest.raises(error):
            await office.do(wire.UseModel(given))
    assert office.settings == before and (await office.do(wire.ListSwaps())).swaps == ()


async def test_another_model_of_the_same_server_is_asked_there(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "demo")
    await office.do(wire.UseModel("openai/demo", "http://127.0.0.1:9/v1"))
    shown = await office.do(wire.UseModel("openai/other", preview=True))
    assert shown.changes == ("model.chain: openai/demo → openai/other",)
    shown = await office.do(wire.UseModel("openai/other", key_env="OPENAI_API_KEY", preview=True))
    assert "model.base_url: http://127.0.0.1:9/v1 → none" in shown.changes


async def test_two_who_swap_at_once_each_take_the_place_of_who_answers_then(office: Office) -> None:
    before = office.settings
    await asyncio.gather(*(office.do(wire.UseModel(f"ollama_chat/demo{number}")) for number in range(5)))
    swaps = (await office.do(wire.ListSwaps())).swaps
    assert [line.was for line in swaps] == [*(line.now for line in swaps[1:]), "librarian"]
    backs = await asyncio.gather(*(office.do(wire.RollBack()) for _ in range(5)))
    assert all(back.identical for back in backs) and office.settings == before


async def test_a_rollback_takes_back_what_was_done_last_and_says_who_answers(office: Office) -> None:
    await office.do(wire.StartCanary("ollama_chat/tried"))
    await office.do(wire.UseModel("ollama_chat/other"))
    back = await office.do(wire.RollBack())
    assert back.told.startswith("librarian answers again") and (await office.do(wire.ShowCanary())).swap
    await office.do(wire.UseModel("ollama_chat/other"))
    ended = await office.do(wire.EndCanary())
    assert ended.told == "ollama_chat/tried is not on trial any more; ollama_chat/other answers alone again."
    await office.do(wire.StartCanary("ollama_chat/tried"))
    assert (await office.do(wire.RollBack())).told == ended.told  # that began after the swap
    await office.do(wire.StartCanary("ollama_chat/tried"))
    await office.do(wire.UseModel("ollama_chat/third"))
    await office.do(wire.KeepCanary())
    assert (await office.do(wire.RollBack())).told.startswith("ollama_chat/third answers again")


async def test_settings_that_begin_with_a_mark_are_swapped_and_come_back_with_it(office: Office) -> None:
    office.house.home.settings.write_bytes(before := codecs.BOM_UTF8 + office.settings)
    used = await office.do(wire.UseModel("ollama_chat/demo"))
    assert used.chain == ("ollama_chat/demo",) and office.settings.startswith(codecs.BOM_UTF8 + b"[notify]")
    await office.do(wire.UseModel("ollama_chat/other"))
    await office.do(wire.RollBack())
    assert (await office.do(wire.RollBack())).identical and office.settings == before


async def test_settings_that_are_a_link_to_themselves_are_told(office: Office) -> None:
    settings = office.house.home.settings
    settings.unlink()
    settings.symlink_to(settings)
    with pytest.raises(BadSetting, match="is a link that leads nowhere"):
        await office.do(wire.UseModel("ollama_chat/demo"))
    assert (await office.do(wire.ListSwaps())).swaps == ()


@pytest.mark.filterwarnings(
    "ignore:.*conflict with protected namespace", "ignore:.*attribute on the instance is deprecated"
)
async def test_a_hosted_model_that_nobody_knows_is_told_with_the_nearest_before_it_is_asked(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "demo")
    shown = await office.do(wire.UseModel("openai/gpt-4o-mni", preview=True))
    assert "is in no list of known models. The nearest known one is openai/gpt-4o-mini." in shown.note
    assert "counts as $0.50, which is more than caps.per_turn_usd, $0.25" in shown.note
    assert (await office.do(wire.UseModel("openai/gpt-4o-mini", preview=True))).note == ""
    assert (await office.do(wire.UseModel("ollama_chat/whatever", preview=True))).note == ""


async def test_a_model_without_its_provider_is_told_with_it(office: Office) -> None:
    for name, whole in (("gpt-4o", "openai/gpt-4o"), ("claude-sonnet-5", "anthropic/claude-sonnet-5")):
        with pytest.raises(UnknownModel, match=f"Did you mean {whole}"):
            await office.do(wire.UseModel(name))
