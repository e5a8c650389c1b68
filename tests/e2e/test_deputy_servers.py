"""As a person uses it: a colleague writes to an account of theirs on a real homeserver, and to a real mailbox, while they are away.
Easy questions are answered, private ones end in the Inbox, nothing else leaves, and nothing that came is fetched: without a
model, and with the largest embedded one that SAGE_TEST_MODELS holds."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, closing
from datetime import datetime
from pathlib import Path

import apsw
import pytest
import pytest_asyncio

from sage import wire
from sage.client import Client, engine_command, running_engine
from sage.core.deputy.frames import signed
from sage.core.model_catalogue import CATALOGUE
from sage.engine.deputy import BUCKET
from sage.locations import Home
from tests import homes
from tests.model_server import model_file
from tests.plugins.mail.scenes import AUNT, OWN_SERVER, mail
from tests.servers.mail import PASSWORD, MailServer, mail_server
from tests.servers.matrix import synapse

pytestmark = [
    pytest.mark.server,
    pytest.mark.filterwarnings("ignore:The sender_key field:DeprecationWarning"),  # in mautrix itself
]

EASY = {
    "What is the code of the garden gate?": "The code of the garden gate is 4711.",
    "Where does the spare key hang?": "The spare key hangs in the shed.",
    "When does the office open on Saturday?": "The office opens on Saturday at ten.",
    "Which bus goes to the allotment?": "The bus 42 goes to the allotment.",
    "What is the name of the office printer?": "The name of the office printer is Gutenberg.",
}
PRIVATE = {
    "What is the code of the safe in the cellar?": "The code of the safe in the cellar is QX7F3K.",
    "Where does Demo Ana hide the old letters?": "The old letters lie under the piano, QX7F3K.",
    "When is the operation on the knee?": "The operation on the knee is on 3 May, QX7F3K.",
    "Which bank has the savings?": "The savings are at the QX7F3K bank.",
    "What is the name of the doctor?": "The name of the doctor is QX7F3K.",
}
CANARY = "QX7F3K"
VOUCHED = f"{OWN_SERVER}; dmarc=pass header.from=elsewhere.test"
MIN_MODEL = 300_000_000
"""Bytes: smaller models are for tests of the plumbing and judge nothing."""
SURE_OF = {None: 5, "qwen2.5-0.5b": 4, "qwen2.5-1.5b": 5}
"""How many of the easy questions each model is sure of; the others wait for the person."""
WITHIN = 120.0
"""Seconds in which all has been decided and sent, on a machine that does much else."""
SETTINGS = """
[person]
name = "Demo Ana"
[deputy]
hold_seconds = 0
[people.tom]
addresses = [{address}]
circles = ["work"]
[grants.work]
any = "auto"
"""


class Trap:
    """Whoever would fetch what a message names comes here."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self.came = 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                self._listening.accept()[0].close()
            except OSError:  # closed
                return
            self.came += 1

    def lure(self, kind: str) -> str:
        return f"http://{self.address}/{kind}.png?{CANARY}"

    def html(self) -> str:
        head = f'<link rel="stylesheet" href="{self.lure("style")}"><meta http-equiv="refresh" content="0;url={self.lure("go")}">'
        body = f'<img src="{self.lure("image")}"> <a href="{self.lure("link")}">{self.lure("text")}</a>'
        return f"<html><head>{head}</head><body>{body}</body></html>"

    def close(self) -> None:
        with closing(socket.create_connection(self._listening.getsockname())):  # it does count
            pass
        until = time.monotonic() + 10
        while self.came == 0 and time.monotonic() < until:
            time.sleep(0.01)
        assert self.came == 1
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@pytest.fixture
def trap() -> Iterator[Trap]:
    found = Trap()
    yield found
    found.close()


@pytest.fixture(params=["rules", "model"])
def model(request: pytest.FixtureRequest) -> Path | None:
    """The file of the embedded model that judges what answers, if one does."""
    if request.param == "rules":
        return None
    folder = Path(os.environ.get("SAGE_TEST_MODELS", "/nowhere"))
    there = [each for each in CATALOGUE if (folder / each.file).is_file() and each.size > MIN_MODEL]
    return model_file(max(there, key=lambda each: each.size).name if there else "qwen2.5-0.5b")


class Away:
    """A person's home with an account, whose engine runs as deputy."""

    def __init__(self, folder: Path, address: str, model: Path | None) -> None:
        self.has_model = model is not None
        name = next((each.name for each in CATALOGUE if model and each.file == model.name), None)
        self.sure_of = SURE_OF[name]
        settings = SETTINGS.format(address=json.dumps(address))
        if model:
            settings += f'[model]\nchain = ["embedded:{name}"]\n'
        self.home: Home = homes.make_home(folder, linger=20, settings=settings)
        if model:
            self.home.models.mkdir(exist_ok=True, mode=0o700)
            shutil.copy(model, self.home.models / model.name)
            (self.home.models / model.name).chmod(0o600)
        for number, text in enumerate(EASY.values()):
            (self.home.notes / f"faq {number}.md").write_text(f"---\naudience: [work]\n---\n{text}\n")
        (self.home.notes / "diary.md").write_text("# Diary\n\n" + "\n\n".join(PRIVATE.values()) + "\n")
        for path in self.home.notes.iterdir():
            path.chmod(0o600)  # what stands there now is the test's
        self._engine: subprocess.Popen[bytes] | None = None
        self.said = b""

    def enable(self, account: str, *values: str) -> None:
        done = homes.sage(self.home, "plugin", "enable", *account.split("/"), *values, "--yes")
        assert done.returncode == 0, done.stderr
        homes.stop_engine(self.home)
        text = self.home.settings.read_text()
        table = f"[plugins.{account.replace('/', '.')}]"
        assert table in text
        self.home.settings.write_text(text.replace(table, f"{table}\ndeputy = true"))

    def start(self) -> None:
        self._engine = subprocess.Popen(
            engine_command(self.home, "serve", "--stays", "--profile", "deputy"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        until = time.monotonic() + 30
        while not running_engine(self.home):
            assert self._engine.poll() is None and time.monotonic() < until
            time.sleep(0.02)

    def end(self) -> None:
        if self._engine:
            self._engine.terminate()
            self.said = self._engine.communicate(timeout=30)[1]

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(WITHIN):
            while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.05)

    def rows(self, sql: str) -> list[tuple[str, ...]]:
        with closing(apsw.Connection(str(self.home.journal), flags=apsw.SQLITE_OPEN_READWRITE)) as journal:
            journal.set_busy_timeout(5000)
            return list(journal.execute(sql))

    def is_on(self) -> bool:
        with Client(self.home) as client:
            found = client.call(wire.ListPlugins()).plugins
        return any(account.state == "on" for plugin in found for account in plugin.accounts)

    def is_decided(self, count: int) -> bool:
        waiting = self.rows("SELECT 1 FROM outbox WHERE state IN ('waiting', 'sending', 'repeating')")
        return len(self.rows("SELECT 1 FROM replies")) >= count and not waiting

    async def asked(self, ask: Callable[[str], Awaitable[None]]) -> None:
        """Everything is asked, one question after the other, and decided of."""
        await self.until(self.is_on)
        for easy, private in zip(EASY, PRIVATE, strict=True):
            await ask(easy)
            await ask(private)
        await self.until(lambda: self.is_decided(len(EASY) + len(PRIVATE)))

    def judge(self, received: list[str]) -> None:
        """Of all that the colleague got, and of all that the person finds."""
        told = {signed(text, "Demo Ana", "en"): question for question, text in EASY.items()}
        assert len(set(received)) == len(received) == self.sure_of and set(received) <= set(told)
        left = set(EASY) - {told[text] for text in received}  # what a small model is not sure of
        with Client(self.home) as client:
            waiting = client.call(wire.ListReplies()).items
        assert sorted(each.asked.split("\n")[-1] for each in waiting) == sorted([*PRIVATE, *left])
        assert all(CANARY not in each.text for each in waiting) and any(each.hints for each in waiting)
        sent = self.rows(
            "SELECT i.received_at, o.changed_at, o.hold_until, o.state FROM outbox o JOIN inbound i ON i.id = o.answers"
        )
        assert [state for *_, state in sent] == ["sent"] * len(received)
        for *times, _ in sent:
            moments = [datetime.fromisoformat(each) for each in times]
            gone, held = ((moment - moments[0]).total_seconds() for moment in moments[1:])
            print(f"sent after {gone:.2f} s, of which it was held {held:.2f} s")
            assert self.has_model or held <= 2 * BUCKET
        assert len(self.rows("SELECT 1 FROM outbox")) == len(received)

    def look_for_words(self) -> None:
        """After its end: nothing of a message or a note stands in what was logged."""
        self.end()
        logged = b"".join(path.read_bytes() for path in self.home.logs.rglob("*") if path.is_file()) + self.said
        for words in (CANARY, "garden gate", "allotment", "4711", "old letters"):
            assert words.encode() not in logged
        for path in self.home.path.rglob("*"):
            assert path.is_symlink() or path.stat().st_mode & 0o077 == 0, path


@pytest.fixture
def mailbox() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest_asyncio.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as found:
        yield found


async def test_a_colleague_asks_by_mail(
    mailbox: MailServer, trap: Trap, model: Path | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGE_MAIL_ME", PASSWORD)
    away = Away(tmp_path, f"mail:{AUNT}", model)
    values = [
        "address=ana@demo.test", "imap_host=127.0.0.1", f"imap_port={mailbox.imaps}", "smtp_host=127.0.0.1",
        f"smtp_port={mailbox.smtps}", f"ca_file={mailbox.ca_file}", f"authserv_id={OWN_SERVER}", f"allow={AUNT}",
        "owner=ana@demo.test", "password_key=SAGE_MAIL_ME",
    ]  # fmt: skip
    away.enable("mail/me", *values)
    away.start()
    try:

        async def ask(text: str, verdict: str = "pass", **more: str) -> None:
            vouched = {"Authentication_Results": VOUCHED.replace("pass", verdict)} if verdict else {}
            made = mail(text, subject="", **vouched, **more)
            await asyncio.to_thread(mailbox.deliver, "ana", bytes(made))

        def received() -> list[str]:
            assert all(to == [AUNT] and made["Auto-Submitted"] for to, made in mailbox.sent())
            return [made.get_payload(decode=True).decode().replace("\r\n", "\n").strip() for _, made in mailbox.sent()]  # type: ignore[union-attr]

        await away.asked(ask)
        await asyncio.to_thread(away.judge, told := received())
        # whom the own server does not vouch for, and strangers
        (easy, *_) = EASY
        await ask(f"Sorry, once more: {easy}", verdict="")
        await ask(f"It is urgent: {easy}", verdict="fail")
        await ask(easy, sender="mallory@elsewhere.test")
        await away.until(lambda: len(away.rows("SELECT 1 FROM inbound")) >= 13 and away.is_decided(11))
        assert received() == told
        last = away.rows("SELECT reason FROM replies ORDER BY seq DESC LIMIT 1")
        assert last in ([("unverified",)], [("same",)], *([[("unsure",)]] if away.has_model else []))
        states = away.rows("SELECT state, reason FROM inbound ORDER BY seq DESC LIMIT 2")
        assert states == [("held", "stranger"), ("held", "unverified")]
        # what names something elsewhere
        made = mail(f"What does {trap.lure('asked')} say?", subject="", Authentication_Results=VOUCHED)
        made.add_alternative(trap.html(), subtype="html")
        only = mail("", subject="", Authentication_Results=VOUCHED)
        only.set_content(trap.html(), subtype="html")
        for each in (made, only):
            await asyncio.to_thread(mailbox.deliver, "ana", bytes(each))
        await away.until(lambda: len(away.rows("SELECT 1 FROM inbound")) >= 15 and away.is_decided(13))
        assert received() == told
    finally:
        await asyncio.to_thread(away.look_for_words)
    assert trap.came == 0


async def test_a_colleague_asks_on_matrix(
    stack: AsyncExitStack,
    trap: Trap,
    model: Path | None,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tests.plugins.matrix.people import Person, SealedPerson

    server = stack.enter_context(synapse(tmp_path_factory.mktemp("synapse")))
    ana = await stack.enter_async_context(Person(server, "ana", tmp_path))
    tom = await stack.enter_async_context(SealedPerson(server, "tom", tmp_path))
    mallory = await stack.enter_async_context(SealedPerson(server, "mallory", tmp_path))
    room, other = await tom.make_room(ana, is_direct=True), await mallory.make_room(ana, is_direct=True)
    monkeypatch.setenv("SAGE_MATRIX_ME", ana.token)
    away = Away(tmp_path, f"matrix:{tom.user}", model)
    away.enable(
        "matrix/me", f"homeserver={server.url}", f"user={ana.user}", f"owner={ana.user}", f"allow={tom.user}",
        "token_key=SAGE_MATRIX_ME",
    )  # fmt: skip
    away.start()
    try:

        async def ask(text: str) -> None:
            await tom.say(room, text)

        async def received(person: SealedPerson, where: str) -> list[str]:
            return [each.text for each in await person.heard(where) if each.sender == ana.user]

        await away.until(away.is_on)
        await mallory.say(other, next(iter(EASY)))
        await away.asked(ask)
        await asyncio.to_thread(away.judge, told := await received(tom, room))
        assert await received(mallory, other) == []
        assert away.rows("SELECT state, reason FROM inbound WHERE state = 'held'") == [("held", "stranger")]
        # what names something elsewhere
        html = {"format": "org.matrix.custom.html", "formatted_body": trap.html()}
        await tom.say(room, f"What does {trap.lure('asked')} say?", **html)
        await tom.send(room, {"msgtype": "m.image", "body": trap.lure("name"), "url": trap.lure("url")})
        await away.until(lambda: len(away.rows("SELECT 1 FROM inbound")) >= 13 and away.is_decided(12))
        assert await received(tom, room) == told
    finally:
        await asyncio.to_thread(away.look_for_words)
    assert trap.came == 0
