"""What Discord answers when it is busy or fails, told as what it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sage_plugins.discord.source import Discord

from sage.plugin_api import AuthRefused, Outbound, PluginError, RateLimited, Refused, Unreachable, Unsure
from tests.plugins.discord.scenes import DiscordScene
from tests.plugins.discord.test_bot import made
from tests.plugins.listening import soon

pytestmark = pytest.mark.server

WORDS = "words of mine"
PAGE: list[Any] = ["<html>error code: 1015</html>", 429, {"Retry-After": "7"}]
"""From what stands before Discord."""
DOWN: list[Any] = ["upstream connect error", 503]
GLITCH: list[Any] = [{"message": "502: Bad Gateway"}, 502]


def busy(seconds: float, *, everywhere: bool = False) -> list[Any]:
    told = {"message": "You are being rate limited.", "retry_after": seconds, "global": everywhere}
    return [told, 429, {"Via": "1.1 google", "Retry-After": str(max(1, round(seconds)))}]


@pytest_asyncio.fixture
async def bot(scene: DiscordScene, tmp_path: Path) -> AsyncIterator[Discord]:
    found = made(scene, tmp_path)
    await found.open()
    yield found
    await found.close()


async def script(scene: DiscordScene, method: str, ends: str, *answers: list[Any], taken: bool = False) -> None:
    await scene.ask("script", method=method, ends=ends, answers=answers, taken=taken)


async def told_of(scene: DiscordScene, bot: Discord) -> PluginError:
    with pytest.raises(PluginError) as error:
        await bot.send(Outbound(scene.other, (scene.other,), WORDS), "key-1")
    assert error.value.what and WORDS not in error.value.what and "html" not in error.value.what
    return error.value


async def arrived(scene: DiscordScene, bot: Discord) -> int:
    """How often it is there after one more try with its key."""
    await bot.send(Outbound(scene.other, (scene.other,), WORDS), "key-1")
    return len(await scene.received())


@pytest.mark.parametrize(
    ("answers", "kind", "after"),
    [
        ([busy(40)], RateLimited, 40.0),
        ([busy(3600, everywhere=True)], RateLimited, 3600.0),
        ([PAGE], RateLimited, 7.0),
        ([["", 429, {"Retry-After": "soon"}]], RateLimited, 0.0),
        ([[{"message": "Missing Permissions", "code": 50013}, 403]], Refused, None),
        ([[{"message": "Cannot send messages to this user", "code": 50007}, 403]], Refused, None),
        ([[{"message": "401: Unauthorized", "code": 0}, 401]], AuthRefused, None),
    ],
)
async def test_what_was_not_sent_is_told_with_when_to_try_again(
    scene: DiscordScene, bot: Discord, answers: list[Any], kind: type[PluginError], after: float | None
) -> None:
    await script(scene, "POST", "/messages", *answers)
    error = await told_of(scene, bot)
    assert type(error) is kind
    assert getattr(error, "retry_after", None) == after
    assert not await scene.received()
    assert await arrived(scene, bot) == 1


@pytest.mark.parametrize("taken", [True, False])
async def test_a_failing_service_may_have_sent_it(scene: DiscordScene, bot: Discord, taken: bool) -> None:
    await script(scene, "POST", "/messages", DOWN, taken=taken)
    assert type(await told_of(scene, bot)) is Unsure
    assert len(await scene.received()) == taken
    assert await arrived(scene, bot) == 1


@pytest.mark.parametrize(
    ("answer", "taken"), [(busy(0.05), False), (busy(0.05, everywhere=True), False), (GLITCH, True)]
)
async def test_a_short_while_is_waited_and_it_is_sent_once(
    scene: DiscordScene, bot: Discord, answer: list[Any], taken: bool
) -> None:
    await script(scene, "POST", "/messages", answer, taken=taken)
    assert await arrived(scene, bot) == 1


@pytest.mark.parametrize(("answer", "kind", "after"), [(DOWN, Unreachable, 0.0), (PAGE, RateLimited, 7.0)])
async def test_what_cannot_be_read_now_is_read_later(
    scene: DiscordScene, bot: Discord, answer: list[Any], kind: type[PluginError], after: float
) -> None:
    cursor = (await soon(bot.events(""))).cursor
    await scene.write("meanwhile")
    await script(scene, "GET", "/messages", answer)
    with pytest.raises(Unreachable) as error:
        await soon(bot.events(cursor))
    assert type(error.value) is kind and error.value.retry_after == after
    assert [each.text for each in (await soon(bot.events(cursor))).events] == ["meanwhile"]


@pytest.mark.parametrize(("answer", "kind"), [(DOWN, Unreachable), (PAGE, RateLimited)])
async def test_who_cannot_log_in_now_is_not_told_of_a_wrong_token(
    scene: DiscordScene, tmp_path: Path, answer: list[Any], kind: type[PluginError]
) -> None:
    await script(scene, "GET", "/users/@me", answer)
    bot = made(scene, tmp_path)
    with pytest.raises(PluginError) as error:
        await bot.open()
    assert type(error.value) is kind
    await bot.open()
    await bot.close()


async def test_a_busy_service_is_not_well(scene: DiscordScene, bot: Discord) -> None:
    await script(scene, "GET", f"/users/{bot._bot.me if bot._bot else 0}", busy(40))
    with pytest.raises(RateLimited):
        await bot.health()
