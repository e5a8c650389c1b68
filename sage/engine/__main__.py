"""The engine's own entry: `python -m sage.engine serve|doctor|restore|new|check --home PATH`. Front ends call it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import logging
import logging.handlers
import os
import signal
import sys
from collections.abc import Callable

from sage import wire
from sage.core.errors import HomeBusy, SageError
from sage.core.terminal_text import clean
from sage.locations import Home, find_home, home_trouble


def main() -> int:
    """Runs one verb; returns the exit code."""
    parser = argparse.ArgumentParser(prog="sage.engine")
    verbs = parser.add_subparsers(dest="verb", required=True)
    serve = verbs.add_parser("serve")
    serve.add_argument("--stays", action="store_true", help="do not leave when the last front end has gone")
    serve.add_argument("--waits", action="store_true", help="while another engine owns the home, wait until it leaves")
    serve.add_argument("--detach", action="store_true", help="go to the background and return once the door is open")
    serve.add_argument("--profile", default="", help="deputy: answer by itself, as the grants allow")
    doctor = verbs.add_parser("doctor")
    restore = verbs.add_parser("restore")
    restore.add_argument("backup", nargs="?", default="")
    restore.add_argument("--list", action="store_true")
    new = verbs.add_parser("new")
    new.add_argument("name")
    new.add_argument("--kind", required=True)
    new.add_argument("--into", default="")
    check = verbs.add_parser("check")
    check.add_argument("name")
    for verb in (serve, doctor, restore, new, check):
        verb.add_argument("--home", default="")
        verb.add_argument("--json", action="store_true")
    given = parser.parse_args()
    os.umask(0o077)
    home = find_home(given.home or None)
    if given.verb == "serve":
        return (
            _serve_detached(home)
            if given.detach
            else _serve(home, stays=given.stays, waits=given.waits, tell=_print_word, profile=given.profile)
        )
    if given.verb in ("new", "check"):
        from sage.engine import plugin_author

        return plugin_author.run(home, given.verb, given)
    from sage.engine import upkeep

    if given.verb == "doctor":
        return upkeep.doctor(home, as_json=given.json)
    return upkeep.restore(home, given.backup, listing=given.list, as_json=given.json)


def _serve_detached(home: Home) -> int:
    """Forks before anything is imported that could mind; the engine closes a pipe when its door is open."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        opened = os.read(reading, 1)
        return 0 if opened else os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(reading)
    os.setsid()

    def tell() -> None:
        _forget_terminal()
        os.write(writing, b"1")
        os.close(writing)

    return _serve(home, stays=False, tell=_leave_word, opened=tell)


def _serve(
    home: Home,
    *,
    stays: bool,
    tell: Callable[[SageError], None],
    opened: Callable[[], None] = lambda: None,
    waits: bool = False,
    profile: str = "",
) -> int:
    logging.lastResort = (
        logging.NullHandler()
    )  # before its file is open, the log has nowhere to go; the error is told anyway
    try:
        home.prepare()
        if waits:
            _wait_for_owner(home)
        _log_to(home)
        asyncio.run(_run(home, stays=stays, opened=opened, profile=profile))
    except HomeBusy as error:
        tell(error)
        return 3
    except SageError as error:
        logging.getLogger(__name__).error("the engine ends: %s", error.kind)
        tell(error)
        return 1
    return 0


def _wait_for_owner(home: Home) -> None:
    """Sleeps until nobody owns the home; a little later somebody else may."""
    import fcntl

    with contextlib.suppress(OSError), home.lock.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)


async def _run(home: Home, *, stays: bool, opened: Callable[[], None], profile: str = "") -> None:
    from sage.adapters.anchor_calendar import AnchorCalendar
    from sage.adapters.system_clock import elapsed
    from sage.engine.account_syncing import AccountSyncing
    from sage.engine.alarms import Alarms
    from sage.engine.bootstrap import House, fresh_id
    from sage.engine.deputy import PROFILE
    from sage.engine.fact_reading import IdleReading
    from sage.engine.handlers import Desk
    from sage.engine.nudging import nudging_of
    from sage.engine.own_times import OwnTimes
    from sage.engine.service import Service
    from sage.engine.surfaces import surfaces_of
    from sage.engine.swap_handlers import say_returns
    from sage.engine.whereabouts import Whereabouts
    from sage.profile import resolve

    house = House.open(home)
    try:
        desk = Desk(house)
        service = Service(
            home,
            desk.handle,
            idle=lambda: not house.turns.busy,
            linger=resolve("default", home).settings.engine.linger_seconds,
            stays=stays,
        )
        desk.service = service
        service.greeted = desk.apps.greet
        apps = desk.apps
        alarms = Alarms(house.schedule_pages, house.clock, surfaces_of(desk), house.pausing, elapsed, apps.say,
                        OwnTimes(house), AnchorCalendar(house.calendar), Whereabouts(house, lambda: apps.unsaid).look)  # fmt: skip
        alarms.start()
        house.schedules.changed = alarms.look_soon

        def pause_changed() -> None:
            alarms.look_soon()
            desk.messaging.sending.look_soon()
            desk.deputy.look_soon()

        house.pausing.changed = pause_changed
        desk.messaging.listen(desk.deputy.look_soon)
        desk.deputy.served = profile == PROFILE
        nudging = nudging_of(house, fresh_id, lambda: apps.reachable, lambda: apps.typing)

        def came_in() -> None:
            alarms.look_soon()
            nudging.came_in()

        apps.came_in = came_in
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, service.close)
        looking = asyncio.create_task(house.keep_looking_at_notes(apps.refresh), name="look at notes")
        reading = asyncio.create_task(IdleReading(house).run(), name="read facts while idle")
        nudges = asyncio.create_task(nudging.run(), name="nudges")
        accounts = asyncio.create_task(house.accounts.run(), name="accounts of plugins")
        syncing = AccountSyncing(house, apps.say, alarms.look_soon)
        following = asyncio.create_task(syncing.run(), name="tasks and calendars of accounts")
        sending = asyncio.create_task(desk.messaging.sending.run(), name="outbox")
        deputy = asyncio.create_task(desk.deputy.run(), name="deputy")
        await say_returns(desk)
        gc.collect()
        gc.freeze()
        await service.run(opened)
        await alarms.stop()
        working = (looking, reading, nudges, accounts, following, sending, deputy)
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        await syncing.close()
    finally:
        await house.close()


def _log_to(home: Home) -> None:
    """Logs go to a file that stays small; they carry ids and durations, never texts, and no key that slips in."""
    from sage.adapters.home.secret_store import RedactingFilter

    path = home.logs / "engine.log"
    try:
        handler = logging.handlers.RotatingFileHandler(path, maxBytes=1_000_000, backupCount=2)
    except OSError as error:
        raise home_trouble(error, home.path) from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.addFilter(RedactingFilter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for noisy in ("httpx", "httpcore", "apscheduler", "chromadb", "LiteLLM", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    with contextlib.suppress(OSError):
        path.chmod(0o600)


def _leave_word(error: SageError) -> None:
    """The told error as the last line on standard error, for the front end that started the engine."""
    sys.stderr.buffer.write(wire.pack(wire.Failed(0, error.kind, error.what, error.safe, error.do)))
    sys.stderr.buffer.flush()


def _print_word(error: SageError) -> None:
    """The told error for whoever reads standard error of an engine that was started by hand."""
    sys.stderr.writelines(clean(text) + "\n" for text in (error.what, error.safe, error.do) if text)


def _forget_terminal() -> None:
    """From here on nobody reads standard error; a full pipe must not stop the engine."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    os.close(nothing)


if __name__ == "__main__":
    raise SystemExit(main())
