"""The tests of what is sent: once, to those named, and never with a false word about whether it was."""

from __future__ import annotations

import asyncio
import time
from typing import Literal

import msgspec
import pytest

from sage.plugin_api import MessagingSurface, Outbound, PluginError, Receipt, Refused, Unsupported, Unsure
from sage.testing.plugins.accounts import needs
from sage.testing.plugins.messaging_in import SCRIPTS, answer_to
from sage.testing.plugins.messaging_scene import Stage, not_given

ANSWERS = 12
"""How many of a service's answers are lost, one at each try, while something is sent."""


def with_text(out: Outbound, text: str, *to: str) -> Outbound:
    """A message with another text, and with other recipients if some are given."""
    return msgspec.structs.replace(out, text=text, to=to or out.to)


class Sending:
    """What Sage sends, or leaves as a draft."""

    # --- what is sent

    @needs("SEND")
    async def test_what_is_sent_arrives_once(self, stage: Stage) -> None:
        surface, out = await stage.answerable()
        receipt = await surface.send(with_text(out, "one answer"), "key-1")
        assert receipt.id
        assert await stage.arrived("one answer") == 1

    @needs("SEND")
    async def test_every_script_is_sent_as_it_is(self, stage: Stage) -> None:
        surface, out = await stage.answerable()
        for script, text in SCRIPTS.items():
            await surface.send(with_text(out, text), f"key of {script}")
            assert await stage.arrived(text) == 1, script

    @needs("SEND", "IDEMPOTENT_SEND")
    async def test_one_key_is_one_message(self, stage: Stage) -> None:
        surface, out = await stage.answerable()
        first = await surface.send(with_text(out, "only one"), "key-1")
        second = await surface.send(with_text(out, "only one"), "key-1")
        again = await stage.open()
        third = await again.send(with_text(out, "only one"), "key-1")
        await again.send(with_text(out, "end"), "key-2")
        assert await stage.arrived("end") == 1
        assert await stage.arrived("only one") == 1
        assert first.id == second.id == third.id

    @needs("SEND")
    async def test_a_lost_answer_is_never_taken_for_sent_or_unsent(self, stage: Stage) -> None:
        network = stage.scene.network or not_given("network")
        surface, out = await stage.answerable()
        for number in range(1, ANSWERS + 1):
            text = f"try {number} of some"
            network.lose_answer(number)
            came = await _try_to_send(stage, surface, with_text(out, text), f"key-{number}")
            lost = network.lost
            network.lose_answer(0)
            surface = await stage.open()
            await _judge(stage, surface, with_text(out, text), f"key-{number}", came)
            if not lost:
                return

    @needs("SEND")
    async def test_a_service_that_is_gone_gets_nothing(self, stage: Stage) -> None:
        surface, out = await stage.answerable()
        await stage.scene.stop()
        came = await _try_to_send(stage, surface, with_text(out, "into the void"), "key-1")
        assert came != "sent", "nobody was there to take it"
        await stage.scene.start()
        await _judge(stage, await stage.open(), with_text(out, "into the void"), "key-1", came)

    @needs("SEND")
    @pytest.mark.parametrize("after", [0.0, 0.002, 0.01, 0.05])
    async def test_a_server_killed_in_mid_send_loses_nothing_silently(self, stage: Stage, after: float) -> None:
        surface, out = await stage.answerable()
        sending = asyncio.create_task(_try_to_send(stage, surface, with_text(out, "under way"), "key-1"))
        await asyncio.sleep(after)
        await stage.scene.kill_server()
        came = await sending
        await stage.scene.start_server()
        await _judge(stage, await stage.open(), with_text(out, "under way"), "key-1", came)

    @needs("SEND")
    async def test_what_nobody_can_get_is_refused(self, stage: Stage) -> None:
        if not (nobody := stage.scene.nobody):
            pytest.skip("the scene has no address of nobody")
        surface, _ = await stage.answerable()
        with pytest.raises(Refused):
            await surface.send(Outbound(nobody, (nobody,), "Is anybody there?"), "key-1")

    @needs("RECEIVE", "SEND", "GROUPS")
    async def test_only_those_named_get_it(self, stage: Stage) -> None:
        listening, met = await stage.meet(group=True)
        surface = listening.surface
        out = Outbound(met.conversation, met.members, "to all of you")
        await surface.send(out, "key-1")
        assert await stage.arrived("to all of you") == 1
        with pytest.raises(Refused):
            await surface.send(with_text(out, "to some of you", *met.members[1:]), "key-2")
        await stage.scene.add_member()
        with pytest.raises(Refused):
            await surface.send(with_text(out, "to those of before"), "key-3")
        assert not [
            each for each in await stage.scene.received() if "some of you" in each.text or "of before" in each.text
        ]

    @needs("RECEIVE", "SEND", "THREADS")
    async def test_an_answer_stands_in_its_thread(self, stage: Stage) -> None:
        listening = await stage.listen()
        await stage.scene.write_in_thread("in a thread")
        met = await listening.until("in a thread")
        out = answer_to(met, "in it as well")
        await listening.surface.send(msgspec.structs.replace(out, thread=met.thread, reply_to=met.id), "key-1")
        assert (await stage.wait_for("in it as well"))[0].thread

    @needs("SEND")
    async def test_what_nobody_approved_is_marked_so(self, stage: Stage) -> None:
        surface, out = await stage.answerable()
        await surface.send(with_text(out, "by itself"), "key-1")
        await surface.send(msgspec.structs.replace(with_text(out, "by hand"), auto=False), "key-2")
        assert [each.auto for each in await stage.wait_for("by itself")] == [True]
        assert [each.auto for each in await stage.wait_for("by hand")] == [False]

    @needs("DRAFT")
    async def test_a_draft_is_left_once_and_not_sent(self, stage: Stage) -> None:
        surface, out = await stage.answerable()
        draft = with_text(out, "a draft of mine")
        first, second = await surface.draft(draft, "key-1"), await (await stage.open()).draft(draft, "key-1")
        assert first.id == second.id
        assert len([text for text in await stage.scene.drafts() if "a draft of mine" in text]) == 1
        assert not [each for each in await stage.scene.received() if "a draft of mine" in each.text]

    @needs()
    async def test_what_it_cannot_is_said(self, stage: Stage) -> None:
        surface, out = await stage.open(), Outbound("anywhere", ("anybody",), "no")
        if "SEND" not in stage.manifest.capabilities:
            with pytest.raises(Unsupported):
                await surface.send(out, "key-1")
        if "DRAFT" not in stage.manifest.capabilities:
            with pytest.raises(Unsupported):
                await surface.draft(out, "key-1")


Came = Literal["sent", "not sent", "unsure"]


async def _try_to_send(stage: Stage, surface: MessagingSurface, out: Outbound, key: str) -> Came:
    try:
        async with asyncio.timeout(stage.patience * 3):
            receipt = await surface.send(out, key)
    except Unsure:
        return "unsure"
    except PluginError:
        return "not sent"
    except TimeoutError:
        raise AssertionError("a send has to end by itself: in a receipt, in Unreachable or in Unsure") from None
    assert isinstance(receipt, Receipt)
    return "sent"


async def _judge(stage: Stage, surface: MessagingSurface, out: Outbound, key: str, came: Came) -> None:
    """Whether what the plugin said of a send is true; `surface` works."""
    found = await _count(stage, surface, out)
    assert found <= 1, "it was sent twice"
    assert came != "sent" or found == 1, "it was said to be sent, and did not arrive"
    assert came != "not sent" or found == 0, "it was said not to be sent, and arrived: that is Unsure"
    if "IDEMPOTENT_SEND" in stage.manifest.capabilities:
        await surface.send(out, key)
        assert await _count(stage, surface, out) == 1, "a second call with its key makes it one message"


async def _count(stage: Stage, surface: MessagingSurface, out: Outbound) -> int:
    """How often a message arrived: counted when one that was sent later has arrived."""
    end = f"end {time.monotonic_ns()}"
    await surface.send(with_text(out, end), end)
    assert await stage.arrived(end) == 1
    return len([each for each in await stage.scene.received() if out.text in each.text])
