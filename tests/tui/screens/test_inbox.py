"""Inbox over an engine that is played: what is shown is what is sent, one key decides, and no text from outside does anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from sage import wire
from sage.core.deputy.digest import Digest
from sage.core.deputy.learning import Figure, Offer
from sage.core.disclosure import Piece
from sage.core.errors import BadInput, NotFound
from sage.core.labels import Label
from sage.core.sharing import Reach, ShareChange, Sight
from sage.core.sharing import Seen as PassagesSeen
from sage.core.terminal_text import clean
from sage.tui.app import SageApp
from sage.tui.screens import inbox
from sage.tui.screens.choice import Choice
from sage.tui.screens.hint_sharing import HintSharing
from sage.tui.screens.inbox import LOOK_FIRST, Inbox
from sage.tui.screens.keeping import Keeping
from sage.tui.screens.told import Told
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.reading import Pages
from sage.tui.widgets.results import Results

GRACE = 600.0
"""Seconds that a person needs to see something, in these tests: no machine is so slow that they go by of themselves."""
AT = "2026-11-23T10:00:0{}+01:00"
STEERING = "\x1b[31mred\x1b]0;title\x07\x9b2J \u202eevil\u2066 [bold]m[/bold] [@click=app.quit]q[/] \r\x08"
CLEAN = "red evil [bold]m[/bold] [@click=app.quit]q[/]"


def draft(number: int = 1, **more: Any) -> wire.ReplyShown:
    made = wire.ReplyShown(
        f"y{number}", f"i{number}", "letters/me", "tom@letters.test", "tom", "tom@letters.test", f"Question {number}?",
        "draft", "you want to see such answers first", f"Answer {number}.", ("tom@letters.test",), f"digest {number}", "open",
        (Piece("p1", "office.md#Office:1", "The quoted words.", "office"),), ("tom",), ("office",), (), made_at=AT.format(number),
    )  # fmt: skip
    return replace(made, **more)


def message(number: int = 9, **more: Any) -> wire.InboxItem:
    made = wire.InboxItem(
        f"i{number}",
        "letters/me",
        "kim@letters.test",
        "kim@letters.test",
        "kept",
        AT.format(number),
        text="Hello there.",
    )
    return replace(made, **more)


class Engine:
    """Plays the engine, and writes down what was asked of it."""

    def __init__(self, *replies: wire.ReplyShown, came: tuple[wire.InboxItem, ...] = ()) -> None:
        self.replies = {reply.id: reply for reply in replies}
        self.came, self.away = came, False
        self.asked: list[Any] = []
        self.fate = "sent"
        self.looks = 0
        self.answered: set[str] = set()
        self.notes = ("office.md",)
        self.figures: tuple[Figure, ...] = ()
        self.offers: tuple[Offer, ...] = ()
        self.trouble: BadInput | None = None
        self.there = asyncio.Event()
        self.there.set()

    @property
    def is_ready(self) -> bool:
        return self.there.is_set()

    async def call(self, request: Any) -> Any:
        await self.there.wait()
        match request:
            case wire.ListReplies(states=states):
                return wire.RepliesShown(tuple(one for one in self.replies.values() if one.state in states))
            case wire.ListInbox():
                return wire.InboxShown(self.came)
            case wire.ListAnswered():
                found = tuple(one for one in self.replies.values() if one.id in self.answered)
                return wire.AnsweredShown(wire.AbsenceShown(self.away, ""), AT.format(0), found)
            case wire.ShowFigures():
                return wire.FiguresShown(self.figures, self.offers)
            case wire.ShowAbsence():
                self.looks += 1
                return wire.AbsenceShown(self.away, "away until 17:00" if self.away else "here")
        self.asked.append(request)
        if self.trouble:
            raise self.trouble
        return self._told(request) or self._done(request)

    def _plain(self, name: str) -> wire.ReplyShown:
        """A message for which Sage drafted nothing."""
        one = next(each for each in self.came if each.id == name)
        return draft(
            int(name[1:]), id=name, contact=one.sender, sender=one.sender, asked=one.text, text="", state="silent",
            to=(one.sender,), decision="silence", reason="Sage drafted nothing for it",
        )  # fmt: skip

    def _told(self, request: Any) -> Any:
        """What the Inbox opens to be read, and what follows from it."""
        match request:
            case wire.GiveGrant(who=who, topic=topic, how=how, preview=preview):
                if not preview:
                    self.offers = ()
                return wire.GrantChange(
                    wire.Grant(who, topic, how), "draft", how == "auto", self.notes, drafts=(draft(7),)
                )
            case wire.ShowContact(name=name):
                if name not in ("tom", "eve"):
                    raise NotFound(f"Nobody is called {name!r}.")
                sight = Sight((name, "work"), (PassagesSeen("office.md", 2, Label(("work",), "note")),), 2, 1)
                who = wire.ContactShown(name, f"Demo {name}", (f"letters:{name}@letters.test",))
                return wire.ContactSight(who, sight, True, ("Demo Eve: phone",), (wire.Grant(name, "office", "auto"),))
            case wire.ShowDigest(since=since):
                return Digest(AT.format(1), AT.format(2), 0 if not since else 3, waiting=1)
            case wire.KeepAnswer(names=names, question=question, answer=answer, digest=digest):
                text = f"## {question}\n\n{answer or 'What was sent.'}"
                return wire.AnswerKept("notes/answers-tom.md", text, names, ("tom",), "what was seen", bool(digest))
        return None

    def _done(self, request: Any) -> Any:
        match request:
            case wire.ShowReply(id=name, text=text):
                one = self.replies.get(name) or self._plain(name)
                return replace(one, text=text or one.text, digest=f"digest of {text}")
            case wire.ApproveReply(id=name, text=text):
                one = self.replies.get(name) or replace(self._plain(name), id=f"y{name[1:]}")
                name = one.id
                state = "edited" if text else "approved"
                self.replies[name] = replace(one, state=state, text=text or one.text, fate=self.fate, outgoing="o1")
                return self.replies[name]
            case wire.SettleReply(id=name, how=how):
                state = "denied" if how == "deny" else "taken back"
                self.replies[name] = replace(self.replies[name], state=state, leaves="")
                return self.replies[name]
            case wire.CorrectReply(id=name, text=text):
                one = self.replies[name]
                sent = wire.OutboxItem("o2", one.account, one.conversation, one.to, text, "reply", "sent")
                self.replies[name] = replace(one, corrections=(*one.corrections, sent))
                return self.replies[name]
            case wire.SettleMessage(how=how):
                self.replies = {name: replace(one, fate=how) for name, one in self.replies.items()}
            case wire.ShareHint(id=name, names=names, digest=digest):
                change = ShareChange(
                    "passage", "diary.md#Diary:1", names, (Reach(names[0], 1, 1),), opening=("The code",), widens=True
                )
                if digest:
                    self.replies[name] = replace(self.replies[name], text="The code.", hints=())
                return wire.HintShared(change, "what was seen", self.replies[name], bool(digest))
            case wire.TakeOver(on=on):
                self.replies = {name: replace(one, yours=on) for name, one in self.replies.items()}
            case wire.GoAway() | wire.ComeBack():
                self.away = isinstance(request, wire.GoAway)
        return wire.AbsenceShown(self.away, "away until 17:00" if self.away else "here")


class Host(App[None]):
    """The Inbox alone, as the app shows it."""

    CSS_PATH = SageApp.CSS_PATH and f"{inbox.__file__.rpartition('/screens/')[0]}/{SageApp.CSS_PATH}"

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.inbox = Inbox(engine)  # type: ignore[arg-type]
        self.left = ""

    def on_mount(self) -> None:
        self.push_screen(self.inbox)

    def go_to(self, place: str) -> None:
        self.left = place


class Seen:
    """What it shows."""

    def __init__(self, pilot: Pilot[Any], host: Host) -> None:
        self.pilot, self.host, self.inbox = pilot, host, host.inbox

    def read(self) -> str:
        return "\n".join(entry.text for entry in self.inbox.query_one(Pages).entries)

    def roles(self) -> dict[str, str]:
        return {entry.role: entry.text for entry in self.inbox.query_one(Pages).entries}

    def line(self, name: str) -> str:
        return str(self.inbox.query_one(name, Static).render())

    def lines(self) -> str:
        """What a panel shows."""
        return str(self.host.screen.query_one(".lines", Static).render())

    def titles(self) -> list[str]:
        return [row.item(datetime.now(UTC)).title for row in self.inbox.rows]

    def screen(self) -> str:
        strips = [strip for line in self.host.screen._compositor.render_strips() for strip in line]
        return "".join(segment.text for segment in strips)

    async def until(self, holds: Callable[[], object], seconds: float = 10) -> None:
        for _ in range(int(seconds / 0.02)):
            await asyncio.sleep(0.02)
            if holds():
                await self.pilot.pause()
                return
        raise TimeoutError(f"{self.host.screen} {self.titles()} {self.line('#hints')} {self.read()}")

    async def look(self) -> None:
        """As long as a person needs to see what is there."""
        self.inbox._shown_at -= 2 * GRACE


@pytest.fixture(autouse=True)
def time_to_see(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "GRACE", GRACE)


@asynccontextmanager
async def reading(engine: Engine, size: tuple[int, int] = (110, 30)) -> AsyncIterator[Seen]:
    host = Host(engine)
    async with host.run_test(size=size) as pilot:
        seen = Seen(pilot, host)
        await seen.until(lambda: seen.inbox.rows or "Nothing waits" in seen.read())
        yield seen


async def test_what_waits_stands_first_then_what_came_then_what_was_answered_each_newest_first() -> None:
    sent = draft(8, state="going", fate="sent", decision="answer")
    engine = Engine(draft(1), draft(2, text="", decision="handoff"), sent, came=(message(), message(8)))
    async with reading(engine) as seen:
        assert [row.id for row in seen.inbox.rows] == ["y2", "y1", "i9", "y8"]
        assert [title.split(" · ")[:2] for title in seen.titles()] == [
            ["tom", "is for you"], ["tom", "draft"], ["kim@letters.test", "message"], ["tom", "answered for you"],
        ]  # fmt: skip
        for key, ids in (("2", ["y2", "y1"]), ("3", ["i9"]), ("4", ["y8"]), ("1", ["y2", "y1", "i9", "y8"])):
            await seen.pilot.press(key)
            assert [row.id for row in seen.inbox.rows] == ids
        assert " All 4  Waits 2  Came in 1  Answered 1  While away 0 " in seen.line("#groups")


async def test_all_that_one_needs_to_decide_is_shown_and_the_hint_apart() -> None:
    engine = Engine(draft(group=True, to=("tom@letters.test", "eve@letters.test"), hints=("diary.md#Diary:1",)))
    async with reading(engine) as seen:
        roles = seen.roles()
        assert (roles["user"], roles["outgoing"], roles["quoted"]) == ("Question 1?", "Answer 1.", "The quoted words.")
        for words in ("goes to tom@letters.test, eve@letters.test and nobody else:", "It rests on office.md#Office:1",
                      "Why: you want to see such answers first.", "Who reads it: tom.", "About: office."):  # fmt: skip
            assert words in seen.read()
        last = seen.inbox.query_one(Pages).entries[-1]
        assert last.role == "notice" and last.text.startswith("For you alone") and "diary.md#Diary:1" in last.text
        assert "diary" not in "".join(entry.text for entry in seen.inbox.query_one(Pages).entries[:-1])


async def test_one_key_sends_exactly_what_is_shown_and_the_row_says_what_became_of_it() -> None:
    for fate, word in (
        ("sent", "sent"),
        ("waiting: no network", "not sent yet"),
        ("uncertain: it ended", "may have been sent"),
    ):
        engine = Engine(draft(1), draft(2))
        engine.fate = fate
        async with reading(engine) as seen:
            await seen.look()
            await seen.pilot.press("a")
            await seen.until(lambda word=word: f"tom · {word}" in seen.titles()[0])
            assert engine.asked == [wire.ApproveReply("y2", "digest 2")]
            assert [row.id for row in seen.inbox.rows] == ["y2", "y1"]  # it stays where the person looks
            assert f"tom: {word}" in seen.line("#hints") and fate.partition(": ")[2] in seen.line("#hints")


async def test_a_key_that_comes_just_after_something_else_is_shown_decides_nothing() -> None:
    engine = Engine(draft(1))
    async with reading(engine) as seen:
        await seen.look()
        engine.replies["y2"] = draft(2, sender="eve@letters.test")
        engine.replies["y1"] = draft(1, text="Other words.", digest="other")
        seen.inbox.look_again()
        await seen.until(lambda: "Other words." in seen.read())
        for key in "adt":
            await seen.pilot.press(key)
            assert seen.line("#hints") == LOOK_FIRST and not engine.asked
        await seen.look()
        await seen.pilot.press("up", "a")  # also just after the person went on
        assert seen.line("#hints") == LOOK_FIRST and not engine.asked
        await seen.look()
        await seen.pilot.press("a")
        await seen.until(lambda: engine.asked == [wire.ApproveReply("y2", "digest 2")])


async def test_a_key_that_comes_before_the_next_one_is_drawn_does_not_decide_of_the_one_before() -> None:
    engine = Engine(draft(1), draft(2))
    async with reading(engine) as seen:
        await seen.look()
        seen.inbox.query_one(Results).set_reactive(Results.chosen, 1)
        seen.inbox.action_decide("approve")
        await seen.pilot.pause()
        assert seen.line("#hints") == LOOK_FIRST and not engine.asked


async def test_what_changes_elsewhere_leaves_what_is_in_sight_as_it_was() -> None:
    engine = Engine(draft(1), draft(2))
    async with reading(engine) as seen:
        await seen.pilot.press("down")
        await seen.look()
        engine.replies["y3"] = draft(3)
        seen.inbox.look_again()
        await seen.until(lambda: len(seen.inbox.rows) == 3)
        await seen.pilot.press("a")
        await seen.until(lambda: engine.asked == [wire.ApproveReply("y1", "digest 1")])


async def test_another_text_is_written_in_place_shown_and_then_sent_with_its_own_digest() -> None:
    engine = Engine(draft(1, text="", decision="handoff"))
    async with reading(engine) as seen:
        await seen.look()
        await seen.pilot.press("a")
        await seen.until(lambda: "There is no text yet" in seen.line("#hints"))
        await seen.pilot.press("e", *"Ask", "space", *"Kim", "enter")
        await seen.until(lambda: seen.roles().get("outgoing") == "Ask Kim")
        assert engine.asked == [wire.ShowReply("y1", "Ask Kim")]
        seen.inbox.look_again()
        await seen.pilot.pause()
        assert seen.roles()["outgoing"] == "Ask Kim"
        await seen.pilot.press("a")
        assert len(engine.asked) == 1, "it was not in sight long enough"
        await seen.look()
        await seen.pilot.press("a")
        await seen.until(lambda: engine.asked[-1] == wire.ApproveReply("y1", "digest of Ask Kim", "Ask Kim"))
        assert "tom · sent" in seen.titles()[0]


async def test_a_plain_message_is_answered_in_place_and_only_as_it_was_shown() -> None:
    engine = Engine(
        draft(1), came=(message(), message(8, text="", because="its sender is not in the account's `allow`"))
    )
    async with reading(engine) as seen:
        await seen.pilot.press("3")
        assert "e answer" in seen.line("#hints")
        await seen.pilot.press("e", *"Hi", "enter")
        await seen.until(lambda: seen.roles().get("outgoing") == "Hi")
        assert "exactly this goes to kim@letters.test and nobody else" in seen.read()
        assert seen.titles()[0] == "kim@letters.test · written, not sent"
        looks = engine.looks
        seen.inbox.look_again()
        await seen.until(lambda: engine.looks > looks)
        await seen.pilot.pause()
        assert seen.titles()[0] == "kim@letters.test · written, not sent", "words that are not sent stay"
        await seen.look()
        await seen.pilot.press("d")
        await seen.until(lambda: seen.titles()[0] == "kim@letters.test · message")
        await seen.pilot.press("e", *"Hi", "enter")
        await seen.until(lambda: seen.roles().get("outgoing") == "Hi")
        await seen.pilot.press("a")
        assert wire.ApproveReply("i9", "digest of Hi", "Hi") not in engine.asked, "it was not in sight long enough"
        await seen.look()
        await seen.pilot.press("a")
        await seen.until(lambda: seen.titles()[0] == "kim@letters.test · sent")
        assert engine.asked[-1] == wire.ApproveReply("i9", "digest of Hi", "Hi")
        assert seen.inbox.chosen and seen.inbox.chosen.id == "y9", "it stays where the person looks"
        await seen.pilot.press("down", "e")
        assert "e answer" not in seen.line("#hints") and not seen.inbox.query_one(Composer).display


async def test_words_for_a_message_of_which_sage_decided_meanwhile_are_kept() -> None:
    engine = Engine(came=(message(),))
    async with reading(engine) as seen:
        await seen.pilot.press("e", *"Hi", "enter")
        await seen.until(lambda: seen.roles().get("outgoing") == "Hi")
        engine.replies["y9"] = draft(9)
        seen.inbox.look_again()
        await seen.until(lambda: seen.inbox.chosen and seen.inbox.chosen.id == "y9")
        assert seen.roles()["outgoing"] == "Hi" and engine.asked[-1] == wire.ShowReply("y9", "Hi")
        engine.replies["y9"] = draft(9, state="going", decision="answer", fate="sent")
        seen.inbox.look_again()
        await seen.until(lambda: "answered for you" in seen.titles()[0])
        assert seen.roles()["outgoing"] == "Answer 9."


async def test_escape_leaves_a_draft_as_it_was() -> None:
    engine = Engine(draft())
    async with reading(engine) as seen:
        await seen.pilot.press("e", *"abd", "escape")
        assert seen.roles()["outgoing"] == "Answer 1." and not engine.asked
        assert isinstance(seen.inbox.focused, Results) and not seen.inbox.query_one(Composer).display
        await seen.pilot.press("e")
        assert seen.inbox.query_one(Composer).text == "Answer 1.abd", "what was begun is there to go on"


async def test_denied_taken_back_taken_over() -> None:
    leaves = (datetime.now(UTC) + timedelta(seconds=40)).isoformat()
    going = draft(2, state="going", decision="answer", fate="waiting", leaves=leaves)
    engine = Engine(draft(1), going)
    async with reading(engine) as seen:
        item = seen.inbox.rows[0].item(datetime.now(UTC))
        assert item.side.startswith("in ") and item.side.endswith(" s") and "t take back" in seen.line("#hints")
        await seen.look()
        await seen.pilot.press("d")
        await seen.until(lambda: "nothing to deny" in seen.line("#hints"))
        await seen.pilot.press("t")
        await seen.until(lambda: "taken back" in seen.titles()[0])
        await seen.pilot.press("o")
        await seen.look()
        await seen.pilot.press("o")
        await seen.until(lambda: "Sage stays silent" in seen.read())
        await seen.pilot.press("down")
        await seen.look()
        await seen.pilot.press("d")
        await seen.until(lambda: "tom · denied" in seen.titles()[1])
        assert engine.asked == [
            wire.SettleReply("y2", "take back"),
            wire.TakeOver("letters/me", "tom@letters.test"),
            wire.SettleReply("y1", "deny"),
        ]


async def test_the_seconds_go_by_and_then_it_is_asked_what_became_of_it() -> None:
    leaves = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    engine = Engine(draft(1, state="going", decision="answer", fate="waiting", leaves=leaves))
    async with reading(engine) as seen:
        assert seen.inbox.rows[0].item(datetime.now(UTC)).side.startswith("in ")
        await seen.pilot.press("4")  # also while it is not listed
        engine.replies["y1"] = replace(engine.replies["y1"], fate="sent", leaves="")
        await seen.until(lambda: "answered for you" in "".join(seen.titles()))


async def test_away_asks_for_how_long_and_back_ends_it_at_once() -> None:
    engine = Engine(draft())
    async with reading(engine) as seen:
        await seen.pilot.press("A")
        await seen.until(lambda: isinstance(seen.host.screen, Choice))
        await seen.pilot.press("escape")
        await seen.until(lambda: seen.host.screen is seen.inbox)
        assert not engine.asked
        await seen.pilot.press("A")
        await seen.until(lambda: isinstance(seen.host.screen, Choice))
        await seen.pilot.press("down", "enter")
        await seen.until(lambda: "away until 17:00" in seen.line("#doing"))
        await seen.pilot.press("b")
        await seen.until(lambda: seen.line("#doing").startswith("here"))
        assert engine.asked == [wire.GoAway("4h"), wire.ComeBack()]


async def test_what_the_engine_refuses_is_told_and_the_row_stays() -> None:
    engine = Engine(draft())
    engine.trouble = BadInput("Its words are others by now.", safe="Nothing was sent.", do="Look again.")
    async with reading(engine) as seen:
        await seen.look()
        await seen.pilot.press("a")
        await seen.until(lambda: "Nothing was sent." in seen.line("#hints"))
        assert "tom · draft" in seen.titles()[0]


async def test_a_long_question_cannot_push_what_would_be_sent_out_of_sight_and_enter_shows_it_whole() -> None:
    engine = Engine(draft(1, asked="Why? " * 5000))
    async with reading(engine, (80, 24)) as seen:
        assert len(seen.roles()["user"]) < 500
        await seen.pilot.press("enter")
        assert len(seen.roles()["user"]) == 25000 and isinstance(seen.inbox.focused, Pages)
        await seen.pilot.press("question_mark")
        assert "approve" in seen.read()
        await seen.look()
        await seen.pilot.press("a", "d")
        assert not engine.asked, "keys decide nothing of what is out of sight"
        for leaves_to in ("user", "outgoing"):
            await seen.pilot.press("escape")
            assert leaves_to in seen.roles()
        assert isinstance(seen.inbox.focused, Results)
        await seen.pilot.press("escape")
        assert seen.host.left == "talk"


@pytest.mark.parametrize("size", [(110, 40), (60, 40)])
async def test_nothing_from_outside_steers_the_terminal_or_is_markup(size: tuple[int, int]) -> None:
    bad = draft(
        1, contact=STEERING, sender=STEERING, asked=STEERING, reason=STEERING, text=STEERING, to=(STEERING, "a"),
        account=STEERING, sources=(Piece("p", STEERING, STEERING, STEERING),), audience=(STEERING,), topics=(STEERING,),
        hints=(STEERING,), model=STEERING, fate=f"uncertain: {STEERING}", state="approved",
    )  # fmt: skip
    came = message(
        2, sender=STEERING, name=STEERING, text=STEERING, files=(STEERING,), account=STEERING, verified=STEERING
    )
    held = message(3, text="", state="held", because=STEERING, sender=STEERING)
    unread = message(4, text="", unreadable=STEERING)
    async with reading(Engine(bad, came=(came, held, unread)), size) as seen:
        for key in ("enter", "escape", "down", "enter", "escape", "down", "enter", "escape", "down", "enter"):
            shown = seen.screen()
            assert not set(shown) & set("\x1b\x07\x9b\u202e\u2066\r\x08")
            assert "[bold]m[/bold]" in shown and "red evil" in shown
            await seen.pilot.press(key)
        await seen.pilot.press("escape", "home")
        await seen.look()
        await seen.pilot.press("u")
        await seen.until(lambda: isinstance(seen.host.screen, Choice))
        assert not set(seen.screen()) & set("\x1b\x07\x9b\u202e\u2066\r\x08")


async def test_a_draft_that_is_edited_steers_nothing_either() -> None:
    async with reading(Engine(draft(1, text=STEERING))) as seen:
        await seen.pilot.press("e")
        await seen.until(lambda: seen.inbox.query_one(Composer).has_focus)
        assert "red evil" in seen.screen() and not set(seen.screen()) & set("\x1b\x07\x9b\u202e\u2066\r\x08")
        assert seen.inbox.query_one(Composer).text == clean(STEERING)


async def test_what_is_shared_steers_nothing_either() -> None:
    engine = Engine(draft(1, hints=(STEERING, STEERING), audience=(STEERING,)))
    async with reading(engine) as seen:
        await seen.look()
        await seen.pilot.press("s")
        await seen.until(lambda: isinstance(seen.host.screen, Choice))
        assert "red evil" in seen.screen() and not set(seen.screen()) & set("\x1b\x07\x9b\u202e\u2066\r\x08")
        await seen.pilot.press("enter")
        await seen.until(lambda: isinstance(seen.host.screen, HintSharing) and seen.host.focused)
        await seen.pilot.press("enter")
        await seen.until(lambda: "would see 1 passage" in seen.screen())
        assert "red evil" in seen.screen() and not set(seen.screen()) & set("\x1b\x07\x9b\u202e\u2066\r\x08")


async def test_what_would_be_sent_is_no_markup_of_any_kind() -> None:
    text = "# Not a heading\n* [no link](https://demo.test) **bold** `code`"
    async with reading(Engine(draft(1, text=text))) as seen:
        shown = seen.screen()
        for words in ("# Not a heading", "* [no link](https://demo.test) **bold** `code`"):
            assert words in shown


async def test_an_empty_inbox_says_what_would_come() -> None:
    async with reading(Engine()) as seen:
        assert "Nothing waits for you." in seen.read()
        await seen.pilot.press("a", "d", "t", "e", "enter")


async def test_a_correction_is_shown_beside_what_was_sent_and_goes_out_only_by_a_yes() -> None:
    engine = Engine(draft(1, state="going", decision="answer", fate="sent"))
    async with reading(engine) as seen:
        await seen.pilot.press("4", "c", *"Sorry", "enter")
        await seen.until(lambda: seen.roles().get("outgoing") == "Sorry")
        assert [entry.text for entry in seen.inbox.query_one(Pages).entries[3:6]] == [
            "Sorry", "It corrects what was sent:", "Answer 1."
        ]  # fmt: skip
        assert "a approve" in seen.line("#hints") or "Read it once more" in seen.line("#hints")
        await seen.look()
        await seen.pilot.press("a")
        await seen.until(lambda: engine.asked[-1] == wire.CorrectReply("y1", "digest of Sorry", "Sorry"))
        await seen.until(lambda: "tom · correction sent" in seen.titles()[0])
        assert "tom: correction sent" in seen.line("#hints")
        assert "Your correction, sent:\nSorry" in seen.read() and "Answer 1." in seen.read()


async def test_words_that_would_go_to_others_by_now_are_shown_anew_before_they_can_be_sent() -> None:
    engine = Engine(draft(1, group=True))
    async with reading(engine) as seen:
        await seen.pilot.press("e", *"Yes", "enter")
        await seen.until(lambda: "Yes" in seen.roles()["outgoing"])
        await seen.look()
        engine.replies["y1"] = replace(engine.replies["y1"], to=("tom@letters.test", "eve@letters.test"))
        seen.inbox.look_again()
        await seen.until(lambda: "eve@letters.test" in seen.read())
        assert "Yes" in seen.roles()["outgoing"] and engine.asked[1:] == [
            wire.ShowReply("y1", seen.roles()["outgoing"])
        ]
        await seen.pilot.press("a")
        assert seen.line("#hints") == LOOK_FIRST


async def test_what_a_hint_names_is_shared_only_after_who_would_see_what_was_shown() -> None:
    engine = Engine(draft(1, text="", decision="handoff", hints=("diary.md#Diary:1",)))
    async with reading(engine) as seen:
        assert "s share" in seen.line("#hints")
        await seen.look()
        await seen.pilot.press("s")
        await seen.until(lambda: isinstance(seen.host.screen, HintSharing))
        await seen.pilot.press("tab", "tab", "enter")
        await seen.until(
            lambda: "tom would see 1 passage" in str(seen.host.screen.query_one(".lines", Static).render())
        )
        await seen.pilot.press("n", "y")  # n leads back to the names, where y is a letter
        await seen.pilot.press("backspace", "enter")
        await seen.until(lambda: len(engine.asked) == 2)
        assert engine.asked == [wire.ShareHint("y1", ("tom",), 1)] * 2
        await seen.until(lambda: seen.host.screen.query_one(".body").has_focus)
        await seen.pilot.press("y")
        await seen.until(lambda: seen.host.screen is seen.inbox and "shared with tom" in seen.line("#hints"))
        assert engine.asked[2:] == [wire.ShareHint("y1", ("tom",), 1, digest="what was seen")]
        assert seen.roles()["outgoing"] == "The code."


async def test_the_person_says_what_became_of_a_message_that_nobody_knows_of() -> None:
    engine = Engine(draft(1, state="approved", fate="uncertain: it ended", outgoing="o1"))
    async with reading(engine) as seen:
        assert (
            "u what became of it" in seen.line("#hints") and "Nobody knows whether it arrived (it ended)" in seen.read()
        )
        await seen.look()
        await seen.pilot.press("u")
        await seen.until(lambda: isinstance(seen.host.screen, Choice))
        await seen.pilot.press("enter")
        await seen.until(lambda: seen.titles()[0] == "tom · sent")
        assert engine.asked == [wire.SettleMessage("o1", "sent"), wire.ShowReply("y1")]


async def test_an_answer_that_did_not_leave_in_its_time_waits_and_can_be_taken_back() -> None:
    leaves = (datetime.now(UTC) - timedelta(minutes=2)).isoformat()
    engine = Engine(draft(1, state="going", decision="answer", fate="waiting: Sage is paused", leaves=leaves))
    async with reading(engine) as seen:
        assert seen.titles() == ["tom · not sent yet · Sage is paused"]
        assert "Not sent yet (Sage is paused)" in seen.read() and "t take back" in seen.line("#hints")
        await seen.look()
        await seen.pilot.press("t")
        await seen.until(lambda: engine.asked == [wire.SettleReply("y1", "take back")])


async def test_what_was_answered_while_away_is_one_list_and_is_corrected_there() -> None:
    engine = Engine(
        draft(1), draft(2, state="going", decision="answer", fate="sent"), draft(3, state="approved", fate="sent")
    )
    engine.answered, engine.away = {"y2"}, True
    async with reading(engine) as seen:
        assert " Answered 2  While away 1 " in seen.line("#groups")
        await seen.pilot.press("b")
        await seen.until(lambda: [row.id for row in seen.inbox.rows] == ["y2"])
        assert "This is what was answered meanwhile" in seen.line("#hints")
        assert seen.inbox.rows[0].item(datetime.now(UTC)).text == "Question 2? → Answer 2."
        await seen.pilot.press("c", *"No", "enter")
        await seen.until(lambda: seen.roles().get("outgoing") == "No")
        assert not [one for one in engine.asked if isinstance(one, wire.CorrectReply)]
        await seen.look()
        await seen.pilot.press("a")
        await seen.until(lambda: engine.asked[-1] == wire.CorrectReply("y2", "digest of No", "No"))


async def test_an_offer_is_the_person_s_to_take_or_to_decline_once_they_saw_what_it_is() -> None:
    for key, how, told in (("a", "auto", "answered by Sage"), ("d", "draft", "goes on as now")):
        engine = Engine(came=(message(),))
        engine.offers = (Offer("tom", "office", 20),)
        async with reading(engine) as seen:
            assert seen.titles()[0] == "tom · offer · 20 drafts in a row were right"
            for words in ("The topic is: office.md", "Question 7?", "Answer 7."):
                assert words in seen.read()
            await seen.pilot.press(key)
            assert seen.line("#hints") == LOOK_FIRST
            seen.inbox.look_again()
            await seen.look()
            await seen.pilot.press("e", "t", "s", "u", "o", "c")
            assert all(one.preview for one in engine.asked), "no other key takes it"
            await seen.pilot.press(key)
            await seen.until(lambda: "offer" not in seen.titles()[0])
            assert engine.asked[-1] == wire.GiveGrant("tom", "office", how) and told in seen.line("#hints")


async def test_an_offer_stands_below_who_waits() -> None:
    engine = Engine(draft(1), came=(message(),))
    engine.offers = (Offer("tom", "office", 20),)
    async with reading(engine) as seen:
        assert [row.id for row in seen.inbox.rows] == ["y1", "offer/tom/office", "i9"]


async def test_an_offer_that_would_show_other_things_by_now_is_not_taken() -> None:
    engine = Engine(came=(message(),))
    engine.offers = (Offer("tom", "office", 20),)
    async with reading(engine) as seen:
        await seen.look()
        engine.notes = ("office.md", "elsewhere/office.md")
        await seen.pilot.press("a")
        await seen.until(lambda: "elsewhere/office.md" in seen.read())
        assert all(one.preview for one in engine.asked) and "look again" in seen.line("#hints")


async def test_the_digest_the_figures_and_what_they_could_learn_are_one_key_away() -> None:
    engine = Engine(draft(1, audience=("tom", "eve")), came=(message(),))
    engine.figures = (Figure("tom", "all", 4, unchanged=3, edited=1),)
    async with reading(engine) as seen:
        for key, words, more in (
            ("n", "Nothing came in since", ("y", "3 messages in")),
            ("f", "tom: 4 asked, 100% answered or drafted; 75% of them right", None),
            ("w", "tom and work may see 2 passages of 1 source", None),
        ):
            await seen.pilot.press(key)
            await seen.until(lambda words=words: isinstance(seen.host.screen, Told) and words in seen.lines())
            if more:
                await seen.pilot.press(more[0])
                await seen.until(lambda more=more: more[1] in seen.lines())
            elif key == "w":
                assert "Demo eve" in seen.lines() and "On office: answered by Sage while you are away" in seen.lines()
            await seen.pilot.press("escape")
            await seen.until(lambda: seen.host.screen is seen.inbox)
        assert wire.ShowDigest(since="yesterday") in engine.asked
        await seen.pilot.press("3", "w")
        await seen.until(lambda: isinstance(seen.host.screen, Told) and "is no contact" in seen.lines())
        assert engine.asked[-1] == wire.ShowContact("letters:kim@letters.test")


async def test_what_was_sent_or_is_right_is_kept_once_the_note_was_shown() -> None:
    denied = draft(1, state="denied")
    engine = Engine(denied, draft(2, state="edited", fate="sent"), draft(3))
    async with reading(engine) as seen:
        await seen.pilot.press("r")
        await seen.until(lambda: "Only what was answered or denied" in seen.line("#hints"))
        await seen.pilot.press("4")
        assert "r remember" in seen.line("#hints")
        await seen.pilot.press("r")
        await seen.until(lambda: isinstance(seen.host.screen, Keeping))
        await seen.pilot.press(*"When?", "enter")
        await seen.until(lambda: "What was sent." in seen.lines())
        await seen.pilot.press("n", "enter")
        await seen.until(lambda: "What was sent." in seen.lines() and seen.host.screen.query_one(".body").has_focus)
        assert {one.digest for one in engine.asked} == {""}
        await seen.pilot.press("y")
        await seen.until(lambda: "Kept in notes/answers-tom.md" in seen.line("#hints"))
        assert engine.asked[-1] == wire.KeepAnswer("y2", ("tom",), "When?", digest="what was seen")
        await seen.pilot.press("down", "r")
        await seen.until(lambda: isinstance(seen.host.screen, Keeping))
        await seen.pilot.press(*"Why?", "tab", *"Now", "enter")
        await seen.until(lambda: "Now" in seen.lines() and seen.host.screen.query_one(".body").has_focus)
        await seen.pilot.press("y")
        await seen.until(lambda: engine.asked[-1] == wire.KeepAnswer("y1", ("tom",), "Why?", "Now", "what was seen"))


async def test_a_key_while_the_engine_starts_again_says_that_it_waits_and_is_done_then() -> None:
    engine = Engine(draft())
    async with reading(engine) as seen:
        await seen.look()
        engine.there.clear()
        await seen.pilot.press("a")
        await seen.until(lambda: "Waiting for the engine" in seen.line("#hints"))
        engine.there.set()
        await seen.until(lambda: seen.line("#hints") == "tom: sent.")
        assert engine.asked == [wire.ApproveReply("y1", "digest 1")]
