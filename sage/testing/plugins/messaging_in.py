"""The tests of what comes in: nothing is lost, nothing is taken for what it is not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from sage.core.terminal_text import clean
from sage.plugin_api import Inbound, Outbound, Unreachable
from sage.testing.plugins.accounts import needs
from sage.testing.plugins.messaging_scene import MessagingScene, Stage

SCRIPTS = {
    "accents": "Grüße, Zoë! Ça va? Straße, naïve, Łódź",
    "right to left": "שלום, מה שלומך? مرحبا بالعالم",
    "east": "你好，世界 こんにちは 안녕하세요",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇺🇳 ☕️",
    "combining": "e\u0301a\u0308 Z͑ͫa͖l̙g͓o",
    "beyond the first plane": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠜎 🜚",
    "markup": "<b>no</b> &amp; [red]no[/] **no** `no` \\n %s {x} $HOME ';--",
}
"""Texts that have to come through as they are."""

STEERING = "before \x1b[31mred\x1b[0m \x07\x9b2J \u202eevil\u202c \u2066iso\u2069 after"
"""A text that would steer a terminal."""


def answer_to(met: Inbound, text: str) -> Outbound:
    """A message to whoever wrote one."""
    return Outbound(met.conversation, (met.sender.id,), text)


class Receiving:
    """What others write, as it comes in."""

    # --- what comes in

    @needs("RECEIVE")
    async def test_a_message_comes_in(self, stage: Stage) -> None:
        listening, met = await stage.meet()
        assert met.sender.id == stage.scene.other
        assert not (met.own or met.auto or met.group or met.edits or met.left_out or met.unreadable)
        assert listening.texts == ["Good morning"], "it came more than once, or with others"

    @needs("RECEIVE")
    async def test_two_messages_with_one_text_are_two(self, stage: Stage) -> None:
        listening, first = await stage.meet()
        await stage.scene.write("Good morning")
        await stage.scene.write("end")
        await listening.until("end")
        assert listening.texts == ["Good morning", "Good morning", "end"]
        assert len({each.conversation for each in listening.kept}) == 1, f"one conversation: {first.conversation}"

    @needs("RECEIVE")
    async def test_what_was_written_before_is_not_read(self, stage: Stage) -> None:
        await stage.scene.write("long ago")
        listening, _ = await stage.meet()
        assert "long ago" not in listening.texts, "without a cursor it goes from now on"

    @needs("RECEIVE")
    async def test_many_messages_come_in_their_order(self, stage: Stage) -> None:
        listening = await stage.listen()
        written = [f"number {number}" for number in range(stage.scene.many)]
        for text in written:
            await stage.scene.write(text)
        await listening.until(written[-1])
        assert listening.texts == written

    @needs("RECEIVE")
    async def test_every_script_comes_in_as_it_is(self, stage: Stage) -> None:
        listening = await stage.listen()
        for text in SCRIPTS.values():
            await stage.scene.write(text)
            await listening.until(text)

    @needs("RECEIVE")
    async def test_several_lines_stay_lines(self, stage: Stage) -> None:
        listening = await stage.listen()
        await stage.scene.write("first\n\nsecond\n  third")
        await listening.until("first\n\nsecond\n  third")

    @needs("RECEIVE")
    async def test_control_bytes_are_only_data(self, stage: Stage) -> None:
        listening = await stage.listen()
        await stage.scene.write(STEERING)
        await stage.scene.write("end")
        await listening.until("end")
        shown = clean(listening.texts[0])
        assert shown.startswith("before") and shown.endswith("after"), shown
        assert "evil" in shown and "iso" in shown, shown

    @needs("RECEIVE")
    async def test_a_long_message_is_whole_or_says_what_was_cut(self, stage: Stage) -> None:
        listening = await stage.listen()
        line = "A long day, and much to tell about it, as always. "
        text = (line * (stage.scene.longest // len(line) + 1))[: stage.scene.longest].strip()
        await stage.scene.write(text)
        await stage.scene.write("end")
        await listening.until("end")
        first = listening.kept[0]
        began = "".join(first.text.split())
        assert "".join(text.split()).startswith(began[: len(began) * 9 // 10]), "another text than was written"
        assert len(first.text) + first.left_out >= len(text) * 0.9, "some of it is missing, and nothing says so"

    @needs("RECEIVE")
    async def test_a_program_s_message_is_marked(self, stage: Stage) -> None:
        listening = await stage.listen()
        await stage.scene.write_auto("I am away")
        assert (await listening.until("I am away")).auto
        await stage.scene.write("by hand")
        assert not (await listening.until("by hand")).auto

    # --- who wrote it

    @needs("RECEIVE", "SEND")
    async def test_what_was_sent_is_no_message_of_another(self, stage: Stage) -> None:
        listening, met = await stage.meet()
        await listening.surface.send(answer_to(met, "an answer"), "key-1")
        assert await stage.arrived("an answer") == 1
        await stage.scene.write("end")
        await listening.until("end")
        assert "an answer" not in listening.texts, "an answer came back as if another had written it"

    @needs("RECEIVE")
    async def test_what_the_person_wrote_elsewhere_is_own(self, stage: Stage) -> None:
        listening, _ = await stage.meet()
        await stage.scene.write_as_self("from my telephone")
        await stage.scene.write("end")
        await listening.until("end")
        assert "from my telephone" not in listening.texts

    @needs("RECEIVE")
    async def test_a_chosen_name_is_only_shown(self, stage: Stage) -> None:
        listening, met = await stage.meet()
        await stage.scene.write_under_name("it is me", "Demo Aunt <aunt@example.org>")
        found = await listening.until("it is me")
        assert found.sender.id == stage.scene.other == met.sender.id, (
            "a name that anybody can choose made another sender"
        )
        assert found.conversation == met.conversation

    @needs("RECEIVE")
    async def test_nobody_vouches_for_a_forged_sender(self, stage: Stage) -> None:
        listening = await stage.listen()
        await stage.scene.forge("trust me", "aunt@example.org")
        await stage.scene.write("end")
        await listening.until("end")
        forged = [each for each in listening.kept if each.text.strip() == "trust me"]
        assert all(each.verified != "yes" or each.sender.id == stage.scene.other for each in forged)
        assert not any(each.own for each in forged)

    @needs("RECEIVE", "GROUPS")
    async def test_a_group_is_one(self, stage: Stage) -> None:
        listening, alone = await stage.meet()
        await stage.scene.write("to all", group=True)
        found = await listening.until("to all")
        assert found.group and not alone.group
        assert found.conversation != alone.conversation
        assert found.sender.id == stage.scene.other
        assert stage.scene.other in found.members, "who else reads it decides what may be answered"
        assert len(set(found.members)) == len(found.members) >= 2, "all others of the group, once each"

    @needs("RECEIVE", "THREADS")
    async def test_a_thread_is_named(self, stage: Stage) -> None:
        listening, alone = await stage.meet()
        await stage.scene.write_in_thread("in a thread")
        assert (await listening.until("in a thread")).thread
        assert not alone.thread

    @needs("RECEIVE", "EDIT")
    async def test_a_changed_message_names_what_it_replaces(self, stage: Stage) -> None:
        listening, met = await stage.meet()
        await stage.scene.edit("Good evening")
        found = await listening.until("Good evening")
        assert found.edits == met.id and found.id != met.id

    # --- nothing is lost

    @needs("RECEIVE", "RESUME")
    async def test_what_came_meanwhile_is_brought(self, stage: Stage) -> None:
        listening, _ = await stage.meet()
        cursor = await stage.leave(listening)
        written = [f"meanwhile {number}" for number in range(3)]
        for text in written:
            await stage.scene.write(text)
        again = await stage.listen(cursor)
        await again.until(written[-1])
        assert [text for text in again.texts if text != "Good morning"] == written
        assert all(each.id in {old.id for old in listening.kept} for each in again.kept if each.text == "Good morning")

    @needs("RECEIVE", "RESUME")
    async def test_what_came_before_the_first_message_is_brought(self, stage: Stage) -> None:
        cursor = await stage.leave(await stage.listen())
        await stage.scene.write("while nobody listened")
        await (await stage.listen(cursor)).until("while nobody listened")

    @needs("RECEIVE", "RESUME")
    async def test_what_is_not_on_disk_comes_again_with_its_id(self, stage: Stage) -> None:
        listening = await stage.listen()
        await stage.scene.write("only once read")
        while not (seen := await listening.look()).events:
            listening.keep(seen)
        cursor = await stage.leave(listening)
        again = await stage.listen(cursor)
        assert (await again.until("only once read")).id == seen.events[0].id

    @needs("RECEIVE")
    async def test_it_goes_on_after_the_network_was_cut(self, stage: Stage) -> None:
        listening, _ = await stage.meet()
        listening.ask()
        await stage.scene.stop()
        await asyncio.sleep(0.1)
        resumes = "RESUME" in stage.manifest.capabilities
        if resumes and stage.scene.network:
            await stage.scene.write("while it was cut")
        await stage.scene.start()
        async with asyncio.timeout(stage.patience * 2), _said(stage.scene, "after it was cut", once=resumes):
            while "after it was cut" not in listening.texts:
                try:
                    await listening.until("after it was cut")
                except Unreachable:
                    await asyncio.sleep(0.1)
                    await listening.again()
        assert not resumes or not stage.scene.network or "while it was cut" in listening.texts


@contextlib.asynccontextmanager
async def _said(scene: MessagingScene, text: str, *, once: bool) -> AsyncIterator[None]:
    """The other writes it: once, or again and again to a plugin that does not hear what came while it was away."""
    await scene.write(text)
    repeating = asyncio.create_task(_repeat(scene, text)) if not once else None
    try:
        yield
    finally:
        if repeating:
            repeating.cancel()
            await asyncio.wait([repeating])


async def _repeat(scene: MessagingScene, text: str) -> None:
    while True:
        await asyncio.sleep(0.25)
        await scene.write(text)
