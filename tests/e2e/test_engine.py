"""A real engine behind its door: one per home, many front ends, nothing lost when either side goes."""

from __future__ import annotations

import json
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.client import Client, running_engine, stop_engine
from sage.core.errors import EngineGone, NotFound, OtherVersion, SageError
from sage.core.turns import TurnStarted
from sage.locations import Home
from tests.homes import end, engine_of, kill, make_home, make_notes, sage, start_engine


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = make_home(tmp_path)
    with engine_of(made):
        yield made


def test_a_question_is_answered_from_imported_notes(home: Home, tmp_path: Path) -> None:
    events: list[Any] = []
    with Client(home) as client:
        report = client.call(wire.ImportNotes(str(make_notes(tmp_path))))
        assert (report.added, report.troubles) == (3, ())
        answer = client.call(wire.Ask("How much sun do tomatoes want?"), events.append)
        assert [hit.citation for hit in answer.sources] == ["Garden.md#Tomatoes:3"]
        assert "six hours" in answer.answer and answer.cost == 0
        shown = client.call(wire.ShowConversation("last"))
        assert [turn.answer.answer for turn in shown.turns] == [answer.answer]
        why = client.call(wire.Why(answer.turn))
        assert any("Garden.md#Tomatoes:3" in line for line in why.lines)
    assert isinstance(events[0], TurnStarted)


def test_the_door_and_the_home_are_closed_to_others(home: Home) -> None:
    assert stat.S_IMODE(home.socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.path.stat().st_mode) == stat.S_IMODE(home.socket.parent.stat().st_mode) == 0o700
    for path in home.path.rglob("*"):
        assert not path.stat().st_mode & 0o077, path


def test_no_tcp_port_is_open(home: Home) -> None:
    with Client(home) as client:
        pid = client.call(wire.ShowStatus()).pid
    inodes = set()
    for descriptor in list(Path(f"/proc/{pid}/fd").iterdir()):
        try:
            target = str(descriptor.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:"):
            inodes.add(target[8:-1])
    listening = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    ]
    assert not [row for row in listening if row[9] in inodes]


def test_a_second_engine_on_the_home_leaves_at_once(home: Home) -> None:
    second = start_engine(home)
    assert second.wait(20) == 3
    end(second)
    assert running_engine(home)


def test_a_front_end_of_another_version_is_told_so(home: Home) -> None:
    for hello in (wire.Hello(wire.VERSION + 1, "0.1.0", "cli"), wire.Hello(wire.VERSION, "99.0", "cli")):
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(str(home.socket))
            door.sendall(wire.pack(hello))
            told = wire.read_from_engine(door.makefile("rb").readline())
        assert isinstance(told, wire.Failed) and told.kind == OtherVersion.__name__ and "engine stop" in told.do
    for line in (b'{"hello": "I am something else"}', b'{"type": "Hello", "deep": ' + b"[" * 200_000):
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(str(home.socket))
            door.sendall(line + b"\n")
            told = wire.read_from_engine(door.makefile("rb").readline())
        assert isinstance(told, wire.Failed) and told.kind == OtherVersion.__name__
    assert running_engine(home)


def test_many_calls_at_a_time_get_their_own_answers(home: Home, tmp_path: Path) -> None:
    with Client(home) as client:
        client.call(wire.ImportNotes(str(make_notes(tmp_path))))
    found: dict[int, str] = {}

    def ask(number: int) -> None:
        query, source = (("tomatoes sun", "Garden.md"), ("boiler pressure", "House/Boiler.md"))[number % 2]
        with Client(home) as client:
            for _ in range(5):
                hits = client.call(wire.Recall(query, 1)).hits
                assert hits[0].source == source
        found[number] = source

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8


def test_what_the_recipients_may_not_see_is_not_found_for_them(home: Home, tmp_path: Path) -> None:
    notes = make_notes(tmp_path)
    (notes / "Shared.md").write_text("---\naudience: [work]\n---\n# Shared\n\nThe boiler man comes on Monday.\n")
    with Client(home) as client:
        client.call(wire.ImportNotes(str(notes)))
        assert {hit.source for hit in client.call(wire.Recall("boiler", 5)).hits} >= {"House/Boiler.md", "Shared.md"}
        assert [hit.source for hit in client.call(wire.Recall("boiler", 5, ("work",))).hits] == ["Shared.md"]
        assert client.call(wire.Recall("boiler", 5, ())).hits == ()


def test_an_unknown_id_is_told(home: Home) -> None:
    with Client(home) as client:
        with pytest.raises(NotFound):
            client.call(wire.Why("nothing"))
        with pytest.raises(NotFound):
            client.call(wire.Follow("no-turn"))
        with pytest.raises(SageError):
            client.call(wire.UseModel("no such model"))
        assert client.call(wire.ShowStatus()).answering == "librarian"


def test_an_engine_without_front_ends_leaves_and_one_that_stays_does_not(tmp_path: Path) -> None:
    home = make_home(tmp_path, linger=0.2)
    engine = start_engine(home)
    until = time.monotonic() + 30
    while not running_engine(home):
        assert time.monotonic() < until
    with Client(home) as client:
        time.sleep(1.0)
        client.call(wire.ShowStatus())
    assert engine.wait(20) == 0
    end(engine)
    assert not home.socket.exists()
    with engine_of(home) as staying:
        with Client(home):
            pass
        time.sleep(1.0)
        assert staying.poll() is None


def test_a_killed_engine_starts_again_with_everything_that_was_acknowledged(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    with engine_of(home) as engine, Client(home) as client:
        client.call(wire.ImportNotes(str(make_notes(tmp_path))))
        task = client.call(wire.AddTask("water the beans", "tomorrow"))
        answer = client.call(wire.Ask("Do beans climb?"))
        kill(engine)
        with pytest.raises(EngineGone):
            client.call(wire.ShowStatus())
    with engine_of(home), Client(home) as client:
        assert [each.id for each in client.call(wire.ListTasks()).tasks] == [task.id]
        assert client.call(wire.ShowConversation("last")).turns[0].answer == answer
        assert client.call(wire.Recall("beans", 1)).hits[0].source == "Garden.md"


def test_a_stale_socket_file_is_no_hindrance(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    with socket.socket(socket.AF_UNIX) as left_over:
        left_over.bind(str(home.socket))
    with Client(home) as client:
        assert client.call(wire.ShowStatus()).clients == 1
    assert stop_engine(home)


def test_a_home_with_a_long_path_has_its_door_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 30)
    home = make_home(deep)
    assert home.path not in home.socket.parents
    with engine_of(home), Client(home) as client:
        assert client.call(wire.ShowStatus()).home == str(home.path)
    assert stat.S_IMODE(home.socket.parent.stat().st_mode) == 0o700


def test_the_log_holds_no_words_of_the_person(home: Home, tmp_path: Path) -> None:
    with Client(home) as client:
        client.call(wire.ImportNotes(str(make_notes(tmp_path))))
        client.call(wire.Ask("remember: canary-word-zebra"))
        client.call(wire.AddTask("canary-word-zebra"))
        with pytest.raises(SageError):
            client.call(wire.CompleteTask("canary-word-lion"))
    for log in home.logs.iterdir():
        assert "canary" not in log.read_text()


def test_a_key_that_slips_into_the_log_is_hidden_there(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    slip = (
        "import logging, pathlib, sys; from sage.engine.__main__ import _log_to; from sage.locations import Home;"
        "_log_to(Home(pathlib.Path(sys.argv[1])));"
        "logging.getLogger('some.library').warning('sent with %s', 'sk-canary-1234567890abcdef')"
    )
    subprocess.run([sys.executable, "-P", "-c", slip, str(home.path)], check=True)
    (log,) = home.logs.iterdir()
    assert "sent with" in log.read_text() and "canary" not in log.read_text()


def test_what_an_exception_says_does_not_stand_in_the_log(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    slip = (
        "import logging, pathlib, sys; from sage.engine.__main__ import _log_to; from sage.locations import Home;"
        "_log_to(Home(pathlib.Path(sys.argv[1])))\n"
        "try:\n    try:\n        int('canary one')\n"
        "    except ValueError as error:\n        raise KeyError('canary two') from error\n"
        "except KeyError:\n    logging.getLogger('sage').exception('it failed')"
    )
    subprocess.run([sys.executable, "-P", "-c", slip, str(home.path)], check=True)
    (log,) = home.logs.iterdir()
    said = log.read_text()
    assert "canary" not in said
    assert all(word in said for word in ("it failed", "ValueError", "KeyError", "line"))


def test_a_key_that_was_kept_is_taken_away_by_command(home: Home) -> None:
    account = "[plugins.mail.me]\npassword_key = 'DEMO_KEY'\n[model]\nkey_env = 'DEMO_KEY'\nchain = ['openai/demo']\n"
    home.settings.write_text(home.settings.read_text() + account)
    with Client(home) as client:
        client.call(wire.StoreKey("DEMO_KEY", "sk-canary-1234567890abcdefghij"))
    refused = sage(home, "keys", "forget", "DEMO_KEY")
    assert refused.returncode == 1 and (home.secrets / "DEMO_KEY").exists()
    lines = home.settings.read_text().splitlines()
    mail, model = (
        1 + next(at for at, line in enumerate(lines) if line.startswith(key)) for key in ("password", "key_env")
    )
    assert refused.stdout == (
        f"DEMO_KEY is used by openai/demo (settings.toml line {model}); "
        f"the account mail/me, which is off (settings.toml line {mail}).\n"
    )
    gone = json.loads(sage(home, "keys", "forget", "DEMO_KEY", "--yes", "--json").stdout)
    assert gone["places"] and len(gone["uses"]) == 2 and not (home.secrets / "DEMO_KEY").exists()
    assert "canary" not in refused.stdout + refused.stderr
    with Client(home) as client, pytest.raises(NotFound, match="No key called DEMO_KEY"):
        client.call(wire.ForgetKey("DEMO_KEY"))


def test_settings_that_do_not_fit_are_told_by_the_engine_that_cannot_start(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    home.settings.write_text("[engine]\nlinger_second = 3\n")
    with pytest.raises(SageError) as told, Client(home):
        pass
    assert "linger_seconds" in str(told.value) and told.value.kind == "BadSetting"


def test_ask_json_is_what_is_promised(home: Home, tmp_path: Path) -> None:
    from tests.homes import sage

    assert sage(home, "import", str(make_notes(tmp_path))).returncode == 0
    asked = sage(home, "ask", "--json", "boiler pressure?")
    data = json.loads(asked.stdout)
    assert {"answer", "sources", "actions", "model", "usage", "cost"} <= set(data)
    assert data["sources"][0]["source"] == "House/Boiler.md" and data["model"] == "librarian"
    recalled = json.loads(sage(home, "recall", "--json", "-k", "1", "boiler").stdout)
    promised = {"id", "source", "heading", "line", "start", "end", "text", "when", "origin", "audience", "score"}
    assert promised <= set(recalled["hits"][0]) and recalled["query"] == "boiler" and recalled["elapsed_ms"] > 0
