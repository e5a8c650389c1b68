"""A Signal account with what signal-cli answers now and then."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sage_plugins.signal.config import Config
from sage_plugins.signal.source import LONGEST, Signal

from sage.plugin_api import AuthRefused, BadConfig, Context, Outbound, PluginError, RateLimited, Refused, Unsure
from tests.plugins.listening import soon
from tests.plugins.signal.scenes import AUNT, COUSIN, GROUP, NIECE, NOBODY, SignalScene, whom
from tests.servers.signal_cli import ACCOUNT, failed, result

BROTHER = "51111111-2222-4333-8444-555555555555"


def made(scene: SignalScene, folder: Path) -> Signal:
    return Signal(Context("signal/test", Config(**scene.account.config), folder, own=(BROTHER,)))


@pytest_asyncio.fixture
async def surface(scene: SignalScene, tmp_path: Path) -> AsyncIterator[Signal]:
    found = made(scene, tmp_path)
    await found.open()
    yield found
    await found.close()


async def refused_with(surface: Signal, out: Outbound | None = None) -> PluginError:
    with pytest.raises(PluginError) as error:
        await surface.send(out or Outbound(AUNT, (AUNT,), "hello"), "key-1")
    return error.value


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (failed(-4, "Failed to send message due to untrusted identities"), Refused),
        (failed(-5, "Failed to send message due to rate limiting"), RateLimited),
        (failed(-1, "The user is not registered."), Refused),
        (failed(-3, "broken pipe"), Unsure),
        (failed(-32603, "Failed to send message: timeout (IOException)"), Unsure),
        (failed(-32603, "Failed to send message: 401 (AuthorizationFailedException)"), AuthRefused),
        (failed(-32602, "Specified account does not exist"), AuthRefused),
        (failed(-32601, "Method not implemented"), Refused),
        (failed(-1, "Failed to send message", {"results": [result(AUNT, "NETWORK_FAILURE")]}), Unsure),
        (failed(-1, "Failed to send message", {"results": [result(AUNT, "UNREGISTERED_FAILURE")]}), Refused),
        (failed(-1, "Failed to send message", {"results": [result(AUNT, "INVALID_PRE_KEY_FAILURE")]}), Refused),
        ({"result": {"timestamp": 5, "results": [result(AUNT, "SUCCESS"), result(COUSIN, "NETWORK_FAILURE")]}}, Unsure),
        ({"result": {"results": []}}, Unsure),
        ({"neither": 1}, Unsure),
    ],
)
async def test_each_failure_is_told_as_what_it_is(
    scene: SignalScene, surface: Signal, answer: dict[str, Any], kind: type[PluginError]
) -> None:
    scene.server.instead["send"] = answer
    error = await refused_with(surface)
    assert type(error) is kind
    assert error.what and AUNT not in error.what and "Exception" not in error.what


async def test_a_changed_safety_number_is_said(scene: SignalScene, surface: Signal) -> None:
    told = {"results": [result(AUNT, "IDENTITY_FAILURE")]}
    scene.server.instead["send"] = failed(-4, "Failed to send message due to untrusted identities", told)
    error = await refused_with(surface)
    assert type(error) is Refused and "safety number" in error.what


async def test_a_captcha_is_said_with_the_seconds_to_wait(scene: SignalScene, surface: Signal) -> None:
    told = {"results": [result(AUNT, "RATE_LIMIT_FAILURE", token="t-1", retryAfterSeconds=3600)]}
    scene.server.instead["send"] = failed(-5, "Failed to send message due to rate limiting", told)
    error = await refused_with(surface)
    assert isinstance(error, RateLimited) and "captcha" in error.what
    assert error.retry_after == 3600.0


async def test_who_left_signal_does_not_make_a_group_s_message_doubtful(scene: SignalScene, surface: Signal) -> None:
    scene.server.groups[GROUP].append(NOBODY)
    assert (await surface.send(Outbound(GROUP, (AUNT, COUSIN, NOBODY), "to all"), "key-1")).id.startswith(ACCOUNT)


@pytest.mark.parametrize(
    ("there", "to", "sent"),
    [
        ((AUNT, COUSIN), (AUNT, COUSIN), 1),
        ((AUNT, COUSIN, BROTHER), (AUNT, COUSIN), 1),  # the person
        ((AUNT, COUSIN, NIECE), (AUNT, COUSIN), 0),
        ((AUNT,), (AUNT, COUSIN), 0),
        ((AUNT, COUSIN), (), 0),
    ],
)
async def test_a_group_gets_what_is_meant_for_all_in_it(
    scene: SignalScene, surface: Signal, there: tuple[str, ...], to: tuple[str, ...], sent: int
) -> None:
    scene.server.groups[GROUP] = list(there)
    if sent:
        await surface.send(Outbound(GROUP, to, "to all"), "key-1")
    else:
        assert isinstance(await refused_with(surface, Outbound(GROUP, to, "to all")), Refused)
    assert len(scene.server.sent) == sent


async def test_an_answer_quotes_and_its_words_are_not_sent_along(scene: SignalScene, surface: Signal) -> None:
    await surface.send(Outbound(AUNT, (AUNT,), "yes", reply_to=f"{AUNT}/7"), "key-1")
    (sent,) = scene.server.sent
    assert (sent["quoteAuthor"], sent["quoteTimestamp"], sent["quoteMessage"]) == (AUNT, 7, "")


@pytest.mark.parametrize(
    "out",
    [
        Outbound(AUNT, (AUNT, COUSIN), "x"),
        Outbound("u:aunt.01", ("u:aunt.01",), "x"),
        Outbound(AUNT, (AUNT,), "ä" * LONGEST),
    ],
)
async def test_what_cannot_be_sent_is_not_asked_of_signal_cli(
    scene: SignalScene, surface: Signal, out: Outbound
) -> None:
    assert isinstance(await refused_with(surface, out), Refused)
    assert "send" not in scene.server.asked


async def test_a_line_separator_of_unicode_does_not_cut_a_message(scene: SignalScene, surface: Signal) -> None:
    events = surface.events("1")
    scene.say("one\u2028two\u0085three")
    assert (await soon(events)).events[0].text == "one\u2028two\u0085three"


async def test_what_was_handed_over_and_is_not_on_disk_comes_again(scene: SignalScene, surface: Signal) -> None:
    events = surface.events("1")
    scene.say("only once")
    first = await soon(events)
    await events.aclose()  # type: ignore[attr-defined]
    again = surface.events(first.cursor)
    assert (await soon(again)).events == first.events


async def test_a_group_s_members_are_asked_for_anew_when_it_changes(scene: SignalScene, surface: Signal) -> None:
    events = surface.events("1")
    await scene.write("one", group=True)
    assert (await soon(events)).events[0].members == (AUNT, COUSIN)
    await scene.add_member()
    scene.server.come(**whom(AUNT), dataMessage={"groupInfo": {"groupId": GROUP, "type": "UPDATE"}})
    await scene.write("two", group=True)
    while not (batch := await soon(events)).events or batch.events[-1].text != "two":
        pass
    assert batch.events[-1].members == (AUNT, COUSIN, NIECE)


async def test_a_daemon_for_one_account_is_a_setting_to_change(scene: SignalScene, tmp_path: Path) -> None:
    scene.server.instead["listAccounts"] = failed(-32601, "Method not implemented")
    with pytest.raises(BadConfig) as error:
        await made(scene, tmp_path).open()
    assert "-a" in error.value.what


async def test_no_words_are_logged(scene: SignalScene, surface: Signal, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await surface.send(Outbound(AUNT, (AUNT,), "most private"), "key-1")
    assert "most private" not in caplog.text and json.dumps(scene.server.sent).count("most private") == 1


@pytest.mark.parametrize(
    "wrong",
    [{"account": "0155"}, {"server": "http://example.org"}, {"server": "https://a:b@example.org"}, {"more": "x"}],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"pattern|must|Extra"):
        Config(**{"account": ACCOUNT, **wrong})
    assert Config(account=ACCOUNT, server="http://localhost:9/").server == "http://localhost:9"
