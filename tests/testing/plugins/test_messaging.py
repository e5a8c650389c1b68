"""The kit passes a messenger that is right, and catches one with any of these faults."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from sage.core.plugins.manifest import Manifest
from sage.plugin_api import (
    Address,
    Batch,
    DraftRef,
    Health,
    Inbound,
    Outbound,
    PluginError,
    Receipt,
    Unreachable,
)
from sage.testing.plugins import messenger
from sage.testing.plugins.messaging import MessagingConformance
from sage.testing.plugins.messaging_in import SCRIPTS
from sage.testing.plugins.messaging_scene import Stage
from sage.testing.plugins.messenger import FakeScene, FakeService, FakeSurface


class TestFake(MessagingConformance):
    plugin = "fake"
    patience = 2.0

    @pytest.fixture
    def manifest(self) -> Manifest:
        return messenger.MANIFEST

    @pytest.fixture
    def scene(self) -> FakeScene:
        return FakeScene(FakeService())


class TestFakeWithoutMemory(TestFake):
    """The same without those capabilities that spare Sage work."""

    @pytest.fixture
    def manifest(self) -> Manifest:
        return replace(messenger.MANIFEST, capabilities=("RECEIVE", "SEND", "GROUPS"), runtime=f"{__name__}:Forgetful")


class Forgetful(FakeSurface):
    """Neither goes on from a cursor, nor knows a key again, nor has drafts."""

    async def open(self) -> None:
        await super().open()
        self.start = str(len(self.service.events))

    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        async for batch in super().events(self.start):
            yield batch

    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        return await super().send(out, f"{idempotency_key} {len(self.service.sent)}")

    async def draft(self, out: Outbound, idempotency_key: str) -> DraftRef:
        from sage.plugin_api import Unsupported

        raise Unsupported("There are no drafts.")


# --- faults


class Seeing(FakeSurface):
    """One that changes each message as it comes in."""

    def seen(self, event: Inbound) -> Inbound | None:
        return event

    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        async for batch in super().events(cursor):
            found = (self.seen(each) for each in batch.events)
            yield Batch(tuple(each for each in found if each), batch.cursor)


class NoEcho(Seeing):
    def seen(self, event: Inbound) -> Inbound:
        return replace(event, own=False)


class NewIds(Seeing):
    count = 0

    def seen(self, event: Inbound) -> Inbound:
        NewIds.count += 1
        return replace(event, id=f"{event.id}-{NewIds.count}")


class IdsFromText(Seeing):
    def seen(self, event: Inbound) -> Inbound:
        return replace(event, id=event.text[:20])


class SenderByName(Seeing):
    def seen(self, event: Inbound) -> Inbound:
        return replace(event, sender=Address(event.sender.name or event.sender.id))


class VouchesForAll(Seeing):
    def seen(self, event: Inbound) -> Inbound:
        return replace(event, verified="yes")


class NoProgramMarked(Seeing):
    def seen(self, event: Inbound) -> Inbound:
        return replace(event, auto=False)


class CutsSilently(Seeing):
    def seen(self, event: Inbound) -> Inbound:
        return replace(event, text=event.text[:50_000])


class OneLine(Seeing):
    def seen(self, event: Inbound) -> Inbound:
        return replace(event, text=" ".join(event.text.split()))


class AsciiOnly(Seeing):
    def seen(self, event: Inbound) -> Inbound:
        return replace(event, text=event.text.encode("ascii", "replace").decode())


class DropsControls(Seeing):
    def seen(self, event: Inbound) -> Inbound | None:
        return event if event.text.replace("\n", "").isprintable() or "\x1b" not in event.text else None


class NoMembers(Seeing):
    def seen(self, event: Inbound) -> Inbound:
        return replace(event, members=())


class NoThread(Seeing):
    def seen(self, event: Inbound) -> Inbound:
        return replace(event, thread="")


class EditsAreNew(Seeing):
    def seen(self, event: Inbound) -> Inbound:
        return replace(event, edits="")


class NaiveTimes(Seeing):
    def seen(self, event: Inbound) -> Inbound:
        return replace(event, at="2026-11-23T10:00:00")


class Deaf(FakeSurface):
    """Waits for ever when the service was away."""

    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        with contextlib.suppress(Unreachable):
            async for batch in super().events(cursor):
                yield batch
        await self.closed.wait()


class ConnectsOnce(FakeSurface):
    """Listens again only when it is opened again."""

    cut = False

    def reach(self) -> None:
        self.cut = self.cut or self.service.down
        if self.cut:
            raise Unreachable("The service does not answer.")


class MissesWhatCameMeanwhile(FakeSurface):
    """Goes on from now when the service was away."""

    begun = False

    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        again, self.begun = self.begun, True
        async for batch in super().events("" if again else cursor):
            yield batch


class Backwards(FakeSurface):
    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        async for batch in super().events(cursor):
            yield Batch(batch.events[::-1], batch.cursor)


class HugeBatches(FakeSurface):
    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        seen = int(cursor or len(self.service.events))
        while True:
            yield Batch(tuple(self.service.events[seen:]), str(len(self.service.events)))
            seen = len(self.service.events)
            await asyncio.sleep(0.01)


class FromTheBeginning(FakeSurface):
    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        async for batch in super().events(cursor or "0"):
            yield batch


class OnlyFromNow(FakeSurface):
    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        async for batch in super().events(""):
            yield batch


class TakenTooSoon(FakeSurface):
    """The service has nothing more of what was not on disk."""

    async def close(self) -> None:
        await super().close()
        self.service.events = [replace(each, text="") for each in self.service.events]


class NoFirstCursor(FakeSurface):
    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        async for batch in super().events(cursor):
            if batch.events:
                yield batch


class SendsTwice(FakeSurface):
    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        await super().send(out, idempotency_key + " again")
        return await super().send(out, idempotency_key)


class EachCallSends(FakeSurface):
    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        return await super().send(out, f"{idempotency_key} {len(self.service.sent)}")


class SaysSent(FakeSurface):
    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        await asyncio.sleep(0.01)
        try:
            return await super().send(out, idempotency_key)
        except Unreachable:
            return Receipt("surely")


class HangsOnSend(FakeSurface):
    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        if self.service.down:
            await asyncio.Event().wait()
        return await super().send(out, idempotency_key)


class NotSureIsNotSent(Forgetful):
    claims = ("RECEIVE", "SEND")

    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        try:
            return await super().send(out, idempotency_key)
        except PluginError:
            raise Unreachable("It was not sent.") from None


class ToWhoeverIsThere(FakeSurface):
    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        return await super().send(replace(out, to=self.service.members), idempotency_key)


class SendsToNobody(FakeSurface):
    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        return await super().send(replace(out, to=("somebody@fake",)), idempotency_key)


class OutsideTheThread(FakeSurface):
    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        return await super().send(replace(out, thread=""), idempotency_key)


class HidesThatItIsAProgram(FakeSurface):
    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        return await super().send(replace(out, auto=False), idempotency_key)


class SendsMangled(FakeSurface):
    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        return await super().send(replace(out, text=out.text.encode("ascii", "ignore").decode()), idempotency_key)


class DraftsTwice(FakeSurface):
    async def draft(self, out: Outbound, idempotency_key: str) -> DraftRef:
        return await super().draft(out, f"{idempotency_key} {len(self.service.drafts)}")


class SendsDrafts(FakeSurface):
    async def draft(self, out: Outbound, idempotency_key: str) -> DraftRef:
        await self.send(out, idempotency_key)
        return await super().draft(out, idempotency_key)


class DropsWithoutAWord(FakeSurface):
    """Takes what it cannot send."""

    claims = ("RECEIVE",)

    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        return Receipt("taken")


class DraftsNothing(FakeSurface):
    claims = ("RECEIVE", "SEND")

    async def draft(self, out: Outbound, idempotency_key: str) -> DraftRef:
        return DraftRef("left", "nowhere")


class NeverWell(FakeSurface):
    async def health(self) -> Health:
        return Health("waits", "It is not known how it is.")


class AnyPassword(FakeSurface):
    async def open(self) -> None:
        self.reach()


class TellsThePassword(FakeSurface):
    async def open(self) -> None:
        try:
            await super().open()
        except PluginError as error:
            error.what += self.ctx.secret("password").reveal()
            error.args = (error.what,)
            raise


class OpensLazily(FakeSurface):
    async def open(self) -> None:
        self.ctx.secret("password")


class ClosesSlowly(FakeSurface):
    async def close(self) -> None:
        await asyncio.sleep(3.1)
        await super().close()


class ClosesOnce(FakeSurface):
    async def close(self) -> None:
        assert not self.closed.is_set()
        await super().close()


FAULTS: dict[type[FakeSurface], str] = {
    NoEcho: "what_was_sent_is_no_message_of_another what_the_person_wrote_elsewhere_is_own",
    NewIds: "what_is_not_on_disk_comes_again_with_its_id",
    IdsFromText: "two_messages_with_one_text_are_two",
    SenderByName: "a_message_comes_in a_chosen_name_is_only_shown",
    VouchesForAll: "nobody_vouches_for_a_forged_sender",
    NoProgramMarked: "a_program_s_message_is_marked",
    CutsSilently: "a_long_message_is_whole_or_says_what_was_cut",
    OneLine: "several_lines_stay_lines",
    AsciiOnly: "every_script_comes_in_as_it_is",
    DropsControls: "control_bytes_are_only_data",
    NoMembers: "a_group_is_one",
    NoThread: "a_thread_is_named",
    EditsAreNew: "a_changed_message_names_what_it_replaces",
    NaiveTimes: "a_message_comes_in",
    Deaf: "it_goes_on_after_the_network_was_cut",
    ConnectsOnce: "it_goes_on_after_the_network_was_cut",
    MissesWhatCameMeanwhile: "it_goes_on_after_the_network_was_cut",
    Backwards: "many_messages_come_in_their_order what_came_meanwhile_is_brought",
    HugeBatches: "many_messages_come_in_their_order",
    FromTheBeginning: "what_was_written_before_is_not_read",
    OnlyFromNow: "what_came_meanwhile_is_brought what_came_before_the_first_message_is_brought",
    TakenTooSoon: "what_is_not_on_disk_comes_again_with_its_id",
    NoFirstCursor: "what_came_before_the_first_message_is_brought",
    SendsTwice: "what_is_sent_arrives_once",
    EachCallSends: "one_key_is_one_message a_lost_answer_is_never_taken_for_sent_or_unsent",
    SaysSent: "a_service_that_is_gone_gets_nothing a_server_killed_in_mid_send_loses_nothing_silently",
    HangsOnSend: "a_service_that_is_gone_gets_nothing",
    ToWhoeverIsThere: "only_those_named_get_it",
    SendsToNobody: "what_nobody_can_get_is_refused",
    OutsideTheThread: "an_answer_stands_in_its_thread",
    HidesThatItIsAProgram: "what_nobody_approved_is_marked_so",
    SendsMangled: "every_script_is_sent_as_it_is",
    DraftsTwice: "a_draft_is_left_once_and_not_sent",
    SendsDrafts: "a_draft_is_left_once_and_not_sent",
    DropsWithoutAWord: "what_it_cannot_is_said",
    DraftsNothing: "what_it_cannot_is_said",
    NeverWell: "it_is_well",
    AnyPassword: "refused_credentials_are_told_apart",
    TellsThePassword: "refused_credentials_are_told_apart",
    OpensLazily: "a_service_that_does_not_answer_is_unreachable",
    ClosesSlowly: "closing_ends_a_wait_soon",
    ClosesOnce: "closing_twice_and_unopened_is_nothing",
}
"""Each fault, and the tests that have to catch it."""

CASES = [(fault, test) for fault, tests in FAULTS.items() for test in tests.split()]


async def play(fault: type[FakeSurface], test: str, folder: Path) -> None:
    """Runs one test of the kit on a messenger with that fault, which claims what its class says, or everything."""
    claims = getattr(fault, "claims", messenger.MANIFEST.capabilities)
    manifest = replace(messenger.MANIFEST, runtime=f"{__name__}:{fault.__name__}", capabilities=claims)
    stage = Stage(FakeScene(FakeService()), manifest, folder, patience=0.2)
    method = getattr(MessagingConformance(), f"test_{test}")
    given = {"after": 0.0}
    wanted = {name: value for name, value in given.items() if name in inspect.signature(method).parameters}
    try:
        await method(stage, **wanted)
    finally:
        stage.patience = 10.0
        await stage.end()


@pytest.mark.parametrize(("fault", "test"), CASES, ids=[f"{fault.__name__}-{test}" for fault, test in CASES])
async def test_each_fault_is_caught(fault: type[FakeSurface], test: str, tmp_path: Path) -> None:
    with pytest.raises((AssertionError, TimeoutError, pytest.fail.Exception)):
        await play(fault, test, tmp_path)


async def test_not_sure_is_never_not_sent(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="that is Unsure"):
        await play(NotSureIsNotSent, "a_lost_answer_is_never_taken_for_sent_or_unsent", tmp_path)


async def test_what_a_scene_has_not_is_said_with_what_to_do(tmp_path: Path) -> None:
    scene = FakeScene(FakeService())
    scene.network = None
    with pytest.raises(pytest.fail.Exception, match="exempt"):
        await MessagingConformance().test_a_lost_answer_is_never_taken_for_sent_or_unsent(
            Stage(scene, messenger.MANIFEST, tmp_path)
        )


def test_every_test_of_the_kit_catches_something() -> None:
    suite = {name.removeprefix("test_") for name in dir(MessagingConformance) if name.startswith("test_")}
    assert suite == {test for _, test in CASES}


def test_the_scripts_are_different_ones() -> None:
    assert len(set(SCRIPTS.values())) == len(SCRIPTS)
