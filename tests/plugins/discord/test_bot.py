"""What a bot does besides what the suite asks for, against the stand-in."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest
from sage_plugins.discord.config import Config
from sage_plugins.discord.source import Discord

from sage.plugin_api import AuthRefused, Context, Outbound, PluginError, Refused, Secret, Unreachable
from tests.plugins.discord.scenes import DiscordScene
from tests.plugins.listening import soon

pytestmark = pytest.mark.server


def made(scene: DiscordScene, folder: Path, token: str = "") -> Discord:
    given = scene.account
    secrets = {"token": Secret(token or scene.token)}
    return Discord(Context("discord/test", Config(**given.config), folder, secrets=secrets, own=given.own))


async def test_the_token_is_in_no_log_and_no_error(
    scene: DiscordScene, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    refused = "demo.revoked_and_unseen.token"
    with pytest.raises(AuthRefused) as error:
        await made(scene, tmp_path, refused).open()
    bot = made(scene, tmp_path)
    await bot.open()
    await bot.send(Outbound(scene.other, (scene.other,), "words of mine"), "key-1")
    await bot.close()
    logging.getLogger("asyncio").debug("so that it is known that logs are seen")
    assert "logs are seen" in caplog.text
    assert refused not in caplog.text and scene.token not in caplog.text and "words of mine" not in caplog.text
    cause: BaseException | None = error.value
    while cause:
        assert refused not in str(cause)
        cause = cause.__cause__


@pytest.mark.parametrize(("length", "fits"), [(2000, True), (2001, False)])
async def test_length_is_told_before_it_is_sent(scene: DiscordScene, tmp_path: Path, length: int, fits: bool) -> None:
    bot = made(scene, tmp_path)
    await bot.open()
    try:
        await bot.send(Outbound(scene.other, (scene.other,), "a" * length), "key-1")
        assert fits
    except Refused:
        assert not fits
    finally:
        await bot.close()
    assert len(await scene.received()) == fits


async def test_a_key_that_discord_forgot_is_found_among_what_was_sent(scene: DiscordScene, tmp_path: Path) -> None:
    bot = made(scene, tmp_path)
    await bot.open()
    out = Outbound(scene.other, (scene.other,), "only one")
    first = await bot.send(out, "key-1")
    await bot.close()
    (tmp_path / "tries.json").write_text(f'{{"key-1": [{int(time.time())}, 0]}}')  # its answer was lost,
    await scene.ask("forget")  # and the minutes of its nonce are over
    await bot.open()
    assert (await bot.send(out, "key-1")).id == first.id
    await bot.close()
    assert len(await scene.received()) == 1


@pytest.mark.parametrize("to", ["aunt", "", "#", "5 ", "#x"])
async def test_what_is_no_number_is_refused(scene: DiscordScene, tmp_path: Path, to: str) -> None:
    bot = made(scene, tmp_path)
    await bot.open()
    with pytest.raises(PluginError):
        await bot.send(Outbound(to, (to,), "no"), "key-1")
    await bot.close()
    assert not await scene.received()


async def test_what_came_while_a_session_was_forgotten_is_brought(scene: DiscordScene, tmp_path: Path) -> None:
    bot = made(scene, tmp_path)
    await bot.open()
    events = bot.events("")
    cursor = (await soon(events)).cursor
    await scene.ask("hang_up")
    await scene.write("meanwhile")
    with pytest.raises(Unreachable):
        await soon(events)
    assert [each.text for each in (await soon(bot.events(cursor))).events] == ["meanwhile"]
    await bot.close()
