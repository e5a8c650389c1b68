"""A stand-in for GitLab's REST API of issues (version 4), as far as its documentation says: made by those who made the plugin,
so it shows that the two agree, and not that GitLab does."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote, urlencode

from tests.servers.strict import Answer, Asked, Fault, Service

TOKEN = "demo-token"
ME = 7
_LIST = ("state", "updated_after", "per_page", "page")
_ISSUES = re.compile(r"/api/v4/projects/([\w.%-]+)/issues(?:/(\d+))?")
_NOT_FOUND = {"message": "404 Project Not Found"}


class GitLabServer(Service):
    """One person's GitLab with one project. `page`: issues of a page. `moved`: where projects went."""

    def __init__(self) -> None:
        super().__init__()
        self.issues: dict[str, dict[int, dict[str, Any]]] = {"demo/club/garden": {}}
        self.page = 2
        self.moved: dict[str, str] = {}

    # what people do on the site

    def add(self, text: str, due: str = "", weekly: bool = False) -> None:
        self.put("demo/club/garden", title=text, due_date=due or None)

    def retitle(self, text: str, to: str) -> None:
        with self.lock:
            self.find(text)["title"] = to

    def remove(self, text: str) -> None:
        with self.lock:
            del self.issues["demo/club/garden"][self.find(text)["iid"]]

    def find(self, text: str) -> dict[str, Any]:
        (found,) = [one for one in self.issues["demo/club/garden"].values() if one["title"] == text]
        return found

    def put(self, project: str, **fields: Any) -> dict[str, Any]:
        with self.lock:
            held = self.issues.setdefault(project, {})
            number = max(held, default=0) + 1
            held[number] = {
                "id": 1_000 + number, "iid": number, "title": "", "description": None, "state": "opened",
                "due_date": None, "confidential": False, "moved_to_id": None, "author": {"id": ME}, "assignees": [],
                "references": {"full": f"{project}#{number}"}, "closed_at": None, "updated_at": _now(), **fields,
            }  # fmt: skip
            return held[number]

    # what it answers

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("PRIVATE-TOKEN") != TOKEN:
            return Answer({"message": "401 Unauthorized"}, 401)
        if (asked.method, asked.path) == ("GET", "/api/v4/user"):
            asked.only()
            return Answer({"id": ME, "username": "demo"})
        if (asked.method, asked.path) == ("GET", "/api/v4/issues"):
            if asked.only("scope", *_LIST)["scope"] != "assigned_to_me":
                raise Fault("the scope is not assigned_to_me")
            everywhere = [one for held in self.issues.values() for one in held.values()]
            return self._list(asked, [one for one in everywhere if ME in one["assignees"]])
        if found := _ISSUES.fullmatch(asked.path):
            return self._in_project(asked, unquote(found[1]), int(found[2] or 0))
        raise Fault(f"there is no {asked.method} {asked.path}")

    def _in_project(self, asked: Asked, project: str, number: int) -> Answer:
        if project in self.moved:
            to = {"Location": self.moved[project]}
            return Answer({"message": "moved"}, 301, to) if asked.method == "GET" else Answer(_NOT_FOUND, 405)
        if project not in self.issues:
            return Answer(_NOT_FOUND, 404)
        if not number and asked.method == "GET":
            query = asked.only("author_id", *_LIST)
            issues = self.issues[project].values()
            return self._list(asked, [one for one in issues if int(query.get("author_id", ME)) == one["author"]["id"]])
        asked.only()
        if not number and asked.method == "POST":
            given = asked.json(title=str, description=str, due_date=str, confidential=bool)
            return self._written(self.put(project), given, 201)
        if number not in self.issues[project]:
            return Answer({"message": "404 Not found"}, 404)
        issue = self.issues[project][number]
        if asked.method == "PUT":
            return self._written(issue, asked.json(title=str, due_date=str, state_event=str), 200)
        if asked.method == "GET":
            return Answer(issue)
        raise Fault(f"there is no {asked.method} {asked.path}")

    def _written(self, issue: dict[str, Any], given: dict[str, Any], status: int) -> Answer:
        if not 0 < len(given.get("title", "x").strip()) <= 255:
            return Answer({"message": {"title": ["is too long"]}}, 400)
        if "due_date" in given:
            due = given["due_date"]
            given["due_date"] = date.fromisoformat(due).isoformat() if due else None
        event = given.pop("state_event", None)
        if event not in (None, "close"):
            raise Fault(f"unknown event: {event}")
        closed = {"state": "closed", "closed_at": _now()} if event else {}
        issue |= {**given, **closed, "updated_at": _now()}
        return Answer(issue, status)

    def _list(self, asked: Asked, issues: list[dict[str, Any]]) -> Answer:
        query = asked.query
        state, since = query["state"], query.get("updated_after", "")
        if state not in ("opened", "closed", "all"):
            raise Fault(f"unknown: {query}")
        if since:
            datetime.strptime(since, "%Y-%m-%dT%H:%M:%SZ")
        found = [one for one in issues if state in ("all", one["state"]) and one["updated_at"] >= since]
        number, size = int(query.get("page", "1")), min(self.page, int(query["per_page"]))
        headers = {}
        if number * size < len(found):
            following = urlencode(query | {"page": str(number + 1)})
            raw = asked.path
            headers["Link"] = f'<{self.url}{raw}?{following}>; rel="next", <{self.url}{raw}>; rel="first"'
        return Answer(found[(number - 1) * size : number * size], 200, headers)


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
