"""Another program of the same account: the caldav library, in an environment of its own (it replaces a library that Sage's
needs). Commands come as JSON lines: {"do", "list", "given", "more"}; each is answered by one line."""

import json
import sys
from datetime import date

import caldav  # type: ignore[import-not-found,unused-ignore]


def main(url: str, name: str, password: str) -> None:
    client = caldav.DAVClient(url=url, username=name, password=password)
    for line in sys.stdin:
        asked = json.loads(line)
        calendar = client.calendar(url=f"{url.rstrip('/')}{asked['list']}")
        try:
            answer = {"answer": globals()[asked["do"]](calendar, *asked["given"], **asked["more"])}
        except Exception as error:
            answer = {"failed": repr(error)}
        print(json.dumps(answer), flush=True)


def add(calendar, text, due="", weekly=False):
    more = {"due": date.fromisoformat(due)} if due else {}
    if weekly:
        more["rrule"] = {"FREQ": "WEEKLY"}
    calendar.add_todo(summary=text, **more)


def retitle(calendar, text, to):
    todo = _named(calendar, text)
    todo.icalendar_component["SUMMARY"] = to
    todo.save()


def remove(calendar, text):
    _named(calendar, text).delete()


def complete(calendar, text):
    _named(calendar, text).complete()


def seen(calendar):
    """All tasks: words, whether they are open, when they are due."""
    return [_seen(todo.icalendar_component) for todo in calendar.todos(include_completed=True)]


def _seen(todo):
    due = todo["DUE"].to_ical().decode() if "DUE" in todo else ""
    return [str(todo.get("SUMMARY")), str(todo.get("STATUS", "")) != "COMPLETED", due]


def put(calendar, *entries):
    for event in calendar.events():
        event.delete()
    for entry in entries:
        calendar.add_event(entry)


def write(calendar, *texts):
    """Whole items, as they are."""
    for text in texts:
        calendar.add_todo(text)


def texts(calendar):
    return [todo.data for todo in calendar.todos(include_completed=True)]


def _named(calendar, text):
    (found,) = [
        one for one in calendar.todos(include_completed=True) if str(one.icalendar_component.get("SUMMARY")) == text
    ]
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
