"""What goes wrong between two programs and a server, on both servers."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sage_plugins.caldav.source import CalDav

from sage.plugin_api import AuthRefused, BadConfig, Change, Gone, NewTask, Refused, Stale, Task, Unreachable
from sage.testing.plugins import GivenAccount, Relay
from sage.testing.plugins.accounts import made, manifest_of
from sage.testing.plugins.calendar import MONDAY, entry, wrapped
from tests.plugins.caldav.accounts import OneList, OtherProgram, fresh_list
from tests.servers.dav import NAME, PASSWORD, SERVERS, DavServer, radicale
from tests.servers.running import kill

pytestmark = pytest.mark.server
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def todo(uid: str, *lines: str) -> str:
    """The text of an item with one task."""
    return wrapped(entry(uid, *lines)).decode().replace("VEVENT", "VTODO")


def settle(server: DavServer, folder: Path) -> None:
    """Makes items that were written into its store known to a server."""
    if server.name == "xandikos":
        author = ("-c", "user.name=Demo", "-c", "user.email=demo@example.org")
        for command in (("add", "."), ("commit", "-qm", "broken")):
            subprocess.run(["git", *author, *command], cwd=folder, check=True)


def source_of(given: GivenAccount, folder: Path, zone: str = "Europe/Berlin", **config: Any) -> CalDav:
    found = made(manifest_of("caldav"), GivenAccount({**given.config, **config}, given.secrets), folder, zone)
    assert isinstance(found, CalDav)
    return found


async def listed(source: CalDav) -> dict[str, Task]:
    """Its tasks by their words."""
    tasks = [task async for task in source.list()]
    found = {task.text: task for task in tasks}
    assert len(found) == len(tasks)
    return found


@pytest.fixture
def tasks(server: DavServer, program: OtherProgram) -> OneList:
    return fresh_list(server, program, "VTODO")


@pytest_asyncio.fixture
async def source(tasks: OneList, tmp_path: Path) -> AsyncIterator[CalDav]:
    found = source_of(tasks.given(), tmp_path)
    await found.open()
    yield found
    await found.close()


async def test_a_task_that_is_completed_here_is_completed_there(source: CalDav, tasks: OneList) -> None:
    tasks.add("Water the plants", due="2026-11-27")
    tasks.add("Mow the lawn")
    task = (await listed(source))["Water the plants"]
    done = (await source.complete(task.id, task.revision, NOON)).task
    assert done.done and done.done_on == "2026-11-27"
    assert sorted(tasks.program.do("seen", tasks.path)) == [
        ["Mow the lawn", True, ""],
        ["Water the plants", False, "20261127"],
    ]


async def test_one_that_is_completed_there_is_completed_here(source: CalDav, tasks: OneList) -> None:
    tasks.add("Water the plants")
    cursor = (await source.changes("")).cursor
    tasks.program.do("complete", tasks.path, "Water the plants")
    (task,) = (await source.changes(cursor)).changed
    assert task.done and task.done_on


async def test_what_another_program_put_into_an_item_stays(source: CalDav, tasks: OneList) -> None:
    lines = (
        "SUMMARY:Water the plants",
        "DESCRIPTION:Twice\\, with care\\; and a very long line that has to be folded somewhere on its way to the server",
        "X-DEMO-ORDER;X-KIND=number:4711",
        "RELATED-TO;RELTYPE=SIBLING:somebody",
        "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Now\nTRIGGER:-PT15M\nEND:VALARM",
        "DTSTART;TZID=Europe/Berlin:20261126T080000",
        "DUE;TZID=Europe/Berlin:20261127T090000",
    )
    tasks.program.do("write", tasks.path, todo("plants", *lines))
    task = (await listed(source))["Water the plants"]
    change = Change(text="Water the roses", due="2026-11-28T10:30", priority="high")
    task = await source.update(task.id, change, task.revision)
    assert (task.due, task.zone, task.priority) == ("2026-11-28T10:30", "Europe/Berlin", "high")
    task = await source.update(task.id, Change(due="2026-12-01"), task.revision)
    assert (task.due, task.zone) == ("2026-12-01", "")
    await source.complete(task.id, task.revision, NOON)
    (text,) = tasks.program.do("texts", tasks.path)
    whole = text.replace("\r\n", "\n").replace("\n ", "")
    for kept in (
        *lines[1:4],
        "TRIGGER:-PT15M",
        "ACTION:DISPLAY",
        "SUMMARY:Water the roses",
        "DTSTART;VALUE=DATE:20261130",
    ):
        assert kept in whole, kept


async def test_a_change_on_both_sides_loses_neither(source: CalDav, tasks: OneList) -> None:
    tasks.add("Water the plants")
    ours = (await listed(source))["Water the plants"]
    tasks.retitle("Water the plants", "Water the roses")
    for write in (
        source.update(ours.id, Change(text="Water the cactus"), ours.revision),
        source.complete(ours.id, ours.revision, NOON),
    ):
        with pytest.raises(Stale) as told:
            await write
        assert told.value.theirs == (await listed(source))["Water the roses"]
    again = await source.update(ours.id, Change(due="2026-11-27"), told.value.theirs.revision)
    assert (again.text, again.due) == ("Water the roses", "2026-11-27")
    tasks.remove("Water the roses")
    with pytest.raises(Gone):
        await source.complete(again.id, again.revision, NOON)
    assert await listed(source) == {}


async def test_a_token_that_the_server_no_longer_knows_brings_everything(source: CalDav, tasks: OneList) -> None:
    tasks.add("Water the plants")
    cursor = (await source.changes("")).cursor
    found = await source.changes(cursor.replace('": "', '": "x'))
    assert found.whole and [task.text for task in found.changed] == ["Water the plants"]
    assert not (await source.changes(found.cursor)).whole


async def test_a_subtask_is_told_with_its_parent_also_to_one_that_has_just_begun(
    source: CalDav, tasks: OneList, tmp_path: Path
) -> None:
    garden = await source.create(NewTask("Garden"), "k1")
    cursor = (await source.changes("")).cursor
    await source.create(NewTask("Mow", parent=garden.id), "k2")
    later = source_of(tasks.given(), tmp_path)
    await later.open()
    (mow,) = (await later.changes(cursor)).changed
    assert mow.parent == garden.id
    await later.close()


async def test_one_that_is_no_calendar_hides_no_other(source: CalDav, tasks: OneList, server: DavServer) -> None:
    tasks.add("Water the plants")
    cursor = (await source.changes("")).cursor
    folder = server.store / tasks.name
    good = todo("good", "SUMMARY:Odd", "DUE:soon", "RRULE:FREQ=OFTEN")
    for name, text in (
        ("a", "nonsense"),
        ("b", good[:90]),
        ("c", ""),
        ("d", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
        ("e", good),
    ):
        (folder / f"{name}.ics").write_text(text, newline="")
    settle(server, folder)
    tasks.add("Mow the lawn")
    assert (
        {"Mow the lawn", "Water the plants"}
        <= (await listed(source)).keys()
        <= {"Mow the lawn", "Water the plants", "Odd"}
    )
    told = {task.text for task in (await source.changes(cursor)).changed}
    assert "Mow the lawn" in told
    assert (await source.health()).state == "ok"
    task = (await listed(source))["Mow the lawn"]
    assert (await source.complete(task.id, task.revision, NOON)).task.done


async def test_a_broken_event_hides_no_other(server: DavServer, program: OtherProgram, tmp_path: Path) -> None:
    events = fresh_list(server, program, "VEVENT")
    events.put(entry("walk", "SUMMARY:Walk", "DTSTART:20261125T080000Z"))
    folder = server.store / events.name
    for name, start in (("a", "20269999T080000Z"), ("b", "20261125T080000Z\r\nRRULE:FREQ=SECONDLY")):
        (folder / f"{name}.ics").write_bytes(wrapped(entry(name, f"SUMMARY:{name}", f"DTSTART:{start}")))
    settle(server, folder)
    source = source_of(events.given(), tmp_path)
    await source.open()
    page = await source.occurrences(MONDAY, MONDAY + timedelta(days=7))
    assert "Walk" in [event.title for event in page.events]
    await source.close()


async def test_an_item_of_1_mb_is_a_task_like_another(source: CalDav, tasks: OneList) -> None:
    tasks.add("Mow the lawn")
    with tasks.server.client() as client:
        text = todo("huge", "SUMMARY:Water the plants", f"DESCRIPTION:{'long ' * 200_000}")
        kind = {"Content-Type": "text/calendar; charset=utf-8"}
        client.put(f"{tasks.path}huge.ics", content=text.encode(), headers=kind).raise_for_status()
    huge = (await listed(source))["Water the plants"]
    done = await source.complete(huge.id, huge.revision, NOON)
    assert done.task.done and (await listed(source)).keys() == {"Mow the lawn", "Water the plants"}


async def test_a_clock_that_is_years_off_changes_nothing(tasks: OneList, tmp_path: Path) -> None:
    for years in (-30, 30):
        source = source_of(tasks.given(), tmp_path)
        source.ctx.now = lambda years=years: NOON.replace(year=NOON.year + years)  # type: ignore[misc]
        await source.open()
        cursor = (await source.changes("")).cursor
        made_here = await source.create(NewTask(f"Water {years}"), f"k{years}")
        tasks.add(f"Mow {years}")
        assert {task.text for task in (await source.changes(cursor)).changed} == {f"Water {years}", f"Mow {years}"}
        changed = await source.update(made_here.id, Change(due="2026-11-27"), made_here.revision)
        assert (await source.complete(changed.id, changed.revision, NOON)).task.done
        await source.close()


@pytest.mark.parametrize("path", ["", "home", "list", "principal", "well-known"])
@pytest.mark.parametrize("slash", [True, False])
async def test_each_address_of_the_account_will_do(tasks: OneList, path: str, slash: bool, tmp_path: Path) -> None:
    principal = "/ana/" if tasks.server.name == "radicale" else "/user/"
    paths = {
        "": "/",
        "home": tasks.server.home,
        "list": tasks.path,
        "principal": principal,
        "well-known": "/.well-known/caldav",
    }
    url = f"http://127.0.0.1:{tasks.server.port}{paths[path] if slash else paths[path].rstrip('/')}"
    source = source_of(tasks.given(), tmp_path, url=url)
    await source.open()
    await source.create(NewTask("Water the plants"), "k")
    assert [text for text, *_ in tasks.program.do("seen", tasks.path)] == ["Water the plants"]
    await source.close()


@pytest.mark.parametrize(
    "given", [{"lists": ["Nothing of the kind"]}, {"url": "http://127.0.0.1:{port}/nothing/here/"}]
)
async def test_settings_that_do_not_fit_are_told(given: dict[str, Any], tasks: OneList, tmp_path: Path) -> None:
    given = {key: value.format(port=tasks.server.port) if key == "url" else value for key, value in given.items()}
    source = source_of(tasks.given(), tmp_path, **given)
    if "url" in given:  # the server may know where the account is in spite of it
        await source.open()
    else:
        with pytest.raises(BadConfig) as told:
            await source.open()
        assert told.value.key == "lists"
    await source.close()


async def test_a_new_task_goes_where_it_is_told(server: DavServer, program: OtherProgram, tmp_path: Path) -> None:
    one, other = fresh_list(server, program, "VTODO"), fresh_list(server, program, "VTODO")
    source = source_of(one.given(), tmp_path, lists=[one.name, other.name], into=other.name)
    await source.open()
    assert (await source.create(NewTask("Mow"), "k1")).where == other.name
    assert (await source.create(NewTask("Rake", where=one.name), "k2")).where == one.name
    with pytest.raises(Refused):
        await source.create(NewTask("Dig", where="Nowhere"), "k3")
    assert {text: task.where for text, task in (await listed(source)).items()} == {"Mow": other.name, "Rake": one.name}
    await source.close()


async def test_without_a_network_nothing_is_taken_for_gone(tasks: OneList, tmp_path: Path) -> None:
    tasks.add("Water the plants")
    async with Relay(tasks.server.port) as relay:
        source = source_of(tasks.given(), tmp_path, url=f"http://127.0.0.1:{relay.port}/")
        await source.open()
        task = (await listed(source))["Water the plants"]
        cursor = (await source.changes("")).cursor
        await relay.cut()
        for call in (
            listed(source),
            source.changes(cursor),
            source.create(NewTask("Mow"), "k"),
            source.update(task.id, Change(text="x"), task.revision),
            source.health(),
            source.occurrences(MONDAY, MONDAY + timedelta(days=7)),
        ):
            with pytest.raises(Unreachable):
                await call
        await relay.mend()
        assert await listed(source) == {"Water the plants": task}
        await source.close()


@pytest.mark.parametrize("lost", [1, 2, 3])
async def test_an_answer_that_is_lost_loses_and_doubles_nothing(tasks: OneList, lost: int, tmp_path: Path) -> None:
    tasks.add("Take out the bins", due="2026-11-27", weekly=True)
    async with Relay(tasks.server.port) as relay:
        source = source_of(tasks.given(), tmp_path, url=f"http://127.0.0.1:{relay.port}/")
        await source.open()
        bins = (await listed(source))["Take out the bins"]

        async def again(write: Any) -> Any:
            relay.lose_answer(lost)
            try:
                return await write()
            except Unreachable:
                relay.lose_answer(0)
                return await write()
            finally:
                relay.lose_answer(0)

        mow = await again(lambda: source.create(NewTask("Mow"), "k"))
        await again(lambda: source.complete(bins.id, bins.revision, NOON))
        try:
            await again(lambda: source.update(mow.id, Change(text="Mow it all"), mow.revision))
        except Stale as error:
            assert error.theirs.text == "Mow it all"
        found = await listed(source)
        assert found.keys() == {"Mow it all", "Take out the bins"}
        assert (found["Take out the bins"].due, found["Take out the bins"].done) == ("2026-12-04", False)
        await source.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SERVERS))
async def test_a_server_that_is_killed_in_mid_write_loses_and_doubles_nothing(name: str, tmp_path: Path) -> None:
    port, source, home = 0, None, ""
    for number in range(6):
        with SERVERS[name](tmp_path, port) as server:
            if source is None:
                port, home = server.port, server.make("tasks", "tasks", "VTODO")
                config = {"url": server.url, "username": NAME, "lists": ["tasks"]}
                source = source_of(GivenAccount(config, {"password": PASSWORD}), tmp_path)
                await source.open()
            write = asyncio.create_task(source.create(NewTask(f"task {number}"), f"key {number}"))
            await asyncio.sleep(number * 0.004)
            kill(server.process)
            with contextlib.suppress(Unreachable):
                await write
        for lock in tmp_path.rglob("*.lock"):
            lock.unlink()  # Xandikos leaves them behind when it is killed, and answers 423 until somebody takes them away
        with SERVERS[name](tmp_path, port) as server:
            for _ in range(2):
                await source.create(NewTask(f"task {number}"), f"key {number}")
            assert (await listed(source)).keys() == {f"task {each}" for each in range(number + 1)}
    assert source and home
    await source.close()


async def test_a_password_that_is_revoked_is_told_at_once(tmp_path: Path) -> None:
    with radicale(tmp_path) as server:
        server.make("tasks", "tasks", "VTODO")
        given = GivenAccount({"url": server.url, "username": NAME}, {"password": PASSWORD})
        source = source_of(given, tmp_path)
        await source.open()
        task = await source.create(NewTask("Water the plants"), "k")
        cursor = (await source.changes("")).cursor
        assert server.users
        server.users.write_text(f"{NAME}:another one\n")
        for call in (
            listed(source),
            source.changes(cursor),
            source.create(NewTask("Mow"), "k2"),
            source.update(task.id, Change(text="x"), task.revision),
            source.complete(task.id, task.revision, NOON),
            source.health(),
            source_of(given, tmp_path).open(),
        ):
            with pytest.raises(AuthRefused) as told:
                await call
            assert PASSWORD not in told.value.what
        await source.close()
