"""The outbox at work: once, in order, and honest about what nobody knows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sage.adapters.database import Database
from sage.adapters.journal.journal_outbox import OutboxPages
from sage.adapters.journal.journal_pauses import PausePages
from sage.adapters.journal.journal_schema import MIGRATIONS
from sage.core.plugins.outbox import PER_CONVERSATION, Message, Outcome
from sage.engine.pausing import Pausing
from sage.engine.sending import Sending
from sage.plugin_api import DraftRef, Outbound, Receipt, Refused, Unreachable, Unsure
from sage.testing.fakes import FakeClock

ACCOUNT = "fake/me"


class FakeAccounts:
    """Sends into a list. `answer` may raise, before or after the message is there."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, Outbound]] = []
        self.before: Callable[[Outbound], None] = lambda out: None
        self.after: Callable[[Outbound], None] = lambda out: None
        self.hangs: dict[str, asyncio.Event] = {}

    async def ask(self, account: str, do: str, *given: Any) -> Any:
        out, key = given
        self.before(out)
        if account in self.hangs:
            await self.hangs[account].wait()
        if not any(known == key for _, known, _ in self.sent):
            self.sent.append((account, key, out))
        self.after(out)
        return Receipt(f"s-{key}") if do == "send" else DraftRef(f"d-{key}", "Drafts")

    @property
    def texts(self) -> list[str]:
        return [out.text for _, _, out in self.sent]


class Post:
    """An outbox with a fake account. `repeats`: whether it knows keys again."""

    def __init__(self, folder: Path, *, repeats: bool = False) -> None:
        self.database = Database(folder / "journal.db", MIGRATIONS)
        self.pages, self.clock, self.accounts = OutboxPages(self.database), FakeClock(), FakeAccounts()
        self.pausing = Pausing(PausePages(self.database))
        self.news: list[str] = []
        self.repeats = repeats
        self.sending = self.again()

    def again(self) -> Sending:
        return Sending(self.pages, self.accounts, lambda account: self.repeats, self.clock, self.pausing, self._say)

    async def _say(self, words: str) -> None:
        self.news.append(words)

    def put(self, name: str = "o1", **more: Any) -> Message:
        given = {"account": ACCOUNT, "conversation": "c1", "recipients": ("aunt@fake",), "text": f"text of {name}",
                 "kind": "direct", "permit": "typed", "digest": "", "auto": False, **more}  # fmt: skip
        return self.sending.put(Message(id=name, key=f"k-{name}", **given))

    async def look(self, times: int = 1) -> float:
        for _ in range(times):
            until = await self.sending.look()
            await self.sending.quiet()
        return until

    def state(self, name: str = "o1") -> str:
        found = self.pages.find(name)
        assert found
        return found.state

    async def until(self, name: str, state: str) -> None:
        async with asyncio.timeout(5):
            while self.state(name) != state:  # noqa: ASYNC110 - the disk has no event
                await asyncio.sleep(0.01)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    made = Post(tmp_path)
    with closing(made.database):
        yield made


async def test_what_is_put_is_sent_once(post: Post) -> None:
    post.put()
    await post.look(3)
    assert post.accounts.sent == [(ACCOUNT, "k-o1", Outbound("c1", ("aunt@fake",), "text of o1", auto=False))]
    found = post.pages.find("o1")
    assert found and (found.state, found.receipt) == ("sent", "s-k-o1")
    assert post.news == []


async def test_putting_it_twice_sends_it_once(post: Post) -> None:
    post.put()
    await post.look()
    assert post.put().state == "sent"
    await post.look(2)
    assert len(post.accounts.sent) == 1


async def test_without_a_permit_nothing_leaves(post: Post) -> None:
    post.put(permit="")
    await post.look()
    assert (post.state(), post.accounts.sent) == ("failed", [])


async def test_what_was_changed_after_it_was_permitted_never_leaves(post: Post) -> None:
    post.put()
    post.database.run("UPDATE outbox SET recipients = '[\"mallory@fake\"]'")
    await post.look()
    assert (post.state(), post.accounts.sent) == ("failed", [])


async def test_a_service_that_is_away_is_tried_again_slowly_and_in_order(post: Post) -> None:
    away = True

    def refuse(out: Outbound) -> None:
        if away:
            raise Unreachable("It is away.")

    post.accounts.before = refuse
    post.put("o1")
    post.put("o2")
    assert await post.look(2) > 0
    assert (post.state("o1"), post.state("o2")) == ("waiting", "waiting")
    away = False
    await post.look()
    assert post.accounts.sent == [], "not before its delay is over"
    post.clock.go_on(seconds=6)
    await post.look(2)
    assert post.accounts.texts == ["text of o1", "text of o2"]


async def test_it_is_never_sent_when_nobody_expects_it_any_more(post: Post) -> None:
    post.put()
    post.clock.go_on(days=7)
    await post.look()
    assert (post.state(), post.accounts.sent) == ("failed", [])
    assert len(post.news) == 1


async def test_one_account_that_hangs_hinders_no_other(post: Post) -> None:
    gate = post.accounts.hangs[ACCOUNT] = asyncio.Event()
    post.put("o1")
    post.put("o2", account="other/me")
    await post.sending.look()
    await post.until("o2", "sent")
    assert post.state("o1") == "sending"
    gate.set()
    await post.sending.quiet()
    assert post.state("o1") == "sent"


def unsure(out: Outbound) -> None:
    raise Unsure("The connection ended.")


async def test_a_lost_answer_is_shown_and_not_sent_again(post: Post) -> None:
    post.accounts.after = unsure
    post.put()
    await post.look()
    post.accounts.after = lambda out: None
    post.clock.go_on(minutes=20)
    await post.look(2)
    assert (post.state(), len(post.accounts.sent)) == ("uncertain", 1)
    assert post.news == [f"Whether a message of {ACCOUNT} was sent is not known: sage inbox uncertain"]
    assert "text of" not in post.news[0]


async def test_a_lost_answer_is_asked_for_again_where_keys_are_known(tmp_path: Path) -> None:
    post = Post(tmp_path, repeats=True)
    with closing(post.database):
        post.accounts.after = unsure
        post.put()
        await post.look()
        assert post.state() == "repeating"
        post.accounts.after = lambda out: None
        post.clock.go_on(minutes=1)
        await post.look()
        assert (post.state(), len(post.accounts.sent), post.news) == ("sent", 1, [])


async def test_a_plugin_s_fault_leaves_it_uncertain(post: Post) -> None:
    def fail(out: Outbound) -> None:
        raise KeyError("a fault")

    post.accounts.after = fail
    post.put()
    await post.look()
    assert post.state() == "uncertain"


async def test_what_is_refused_is_told(post: Post) -> None:
    def refuse(out: Outbound) -> None:
        raise Refused("Others are in that group by now.")

    post.accounts.before = refuse
    post.put()
    await post.look()
    assert post.state() == "failed" and "Others are in that group" in post.news[0]


@pytest.mark.parametrize(("repeats", "state", "copies"), [(False, "uncertain", 1), (True, "sent", 1)])
async def test_an_engine_that_ended_in_mid_send_doubles_nothing(
    tmp_path: Path, repeats: bool, state: str, copies: int
) -> None:
    post = Post(tmp_path, repeats=repeats)
    with closing(post.database):
        waiting = post.put()
        assert post.pages.claim(waiting, post.clock.now())
        await post.accounts.ask(ACCOUNT, "send", waiting.out, waiting.key)
        post.sending = post.again()
        await post.sending.resume()
        await post.look(2)
        assert (post.state(), len(post.accounts.sent)) == (state, copies)


async def test_what_an_account_that_starts_is_to_send_waits_for_it(post: Post) -> None:
    starting = {ACCOUNT}
    post.sending = Sending(
        post.pages, post.accounts, lambda account: False, post.clock, post.pausing, post._say, starting.__contains__
    )
    post.put()
    await post.look(2)
    found = post.pages.find("o1")
    assert found and (found.state, found.tries, found.next_at) == ("waiting", 0, "")
    starting.clear()
    await post.look()
    assert post.state() == "sent"


async def test_a_draft_is_left_and_not_sent(post: Post) -> None:
    post.put(kind="draft")
    await post.look()
    assert post.state() == "drafted"


async def test_a_loop_is_held(post: Post) -> None:
    for number in range(PER_CONVERSATION + 5):
        post.put(f"o{number}")
    await post.look(PER_CONVERSATION + 5)
    assert len(post.accounts.sent) == PER_CONVERSATION
    assert len(post.pages.in_state("waiting")) == 5


async def test_a_pause_holds_what_nobody_typed(post: Post) -> None:
    post.pausing.pause(post.clock.now(), None)
    post.put("o1", auto=True)
    post.put("o2", conversation="c2")
    await post.look(2)
    assert post.accounts.texts == ["text of o2"]


async def test_what_the_person_took_back_is_not_sent(post: Post) -> None:
    waiting = post.put()
    post.pages.settle(waiting, "waiting", Outcome("dropped"), post.clock.now())
    await post.look()
    assert post.accounts.sent == []


async def test_it_runs_by_itself_and_ends_soon(post: Post) -> None:
    running = asyncio.create_task(post.sending.run())
    await asyncio.sleep(0.05)
    await asyncio.to_thread(post.put)
    await post.until("o1", "sent")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(5):
            await running
