"""A stand-in for GitHub's REST API of issues, as far as its documentation says: made by those who made the plugin, so it shows
that the two agree, and not that GitHub does."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from tests.servers.strict import Answer, Asked, Fault, Service

TOKEN = "demo-token"
LOGIN = "demo"
_LIST = ("state", "since", "per_page", "page")
_ISSUES = re.compile(r"/repos/([\w.-]+/[\w.-]+)/issues(?:/(\d+))?")


class GitHubServer(Service):
    """One person's GitHub with one repository. `page`: issues of a page. `moved`: where issues and repositories went."""

    def __init__(self) -> None:
        super().__init__()
        self.issues: dict[str, dict[int, dict[str, Any]]] = {"demo/garden": {}}
        self.page, self.unchanged = 2, 0
        self.moved: dict[str, str] = {}
        self.deleted: set[tuple[str, int]] = set()
        self._number = 0

    # what people do on the site

    def add(self, text: str, due: str = "", weekly: bool = False) -> None:
        self.put("demo/garden", title=text)

    def retitle(self, text: str, to: str) -> None:
        with self.lock:
            self.find(text)["title"] = to

    def remove(self, text: str) -> None:
        with self.lock:
            number = self.find(text)["number"]
            del self.issues["demo/garden"][number]
            self.deleted.add(("demo/garden", number))

    def find(self, text: str) -> dict[str, Any]:
        (found,) = [one for one in self.issues["demo/garden"].values() if one["title"] == text]
        return found

    def put(self, repository: str, **fields: Any) -> dict[str, Any]:
        with self.lock:
            self._number += 1
            issue = {
                "number": self._number, "title": "", "body": None, "state": "open", "state_reason": None,
                "repository_url": f"{self.url}/repos/{repository}", "user": {"login": LOGIN}, "assignees": [],
                "closed_at": None, "updated_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", **fields,
            }  # fmt: skip
            self.issues.setdefault(repository, {})[self._number] = issue
            return issue

    # what it answers

    def answer(self, asked: Asked) -> Answer:
        wanted = {
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "Sage",
        }
        if missing := [name for name, value in wanted.items() if asked.headers.get(name) != value]:
            raise Fault(f"wrong headers: {missing}")
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Answer({"message": "Bad credentials"}, 401)
        if (asked.method, asked.path) == ("GET", "/user"):
            asked.only()
            return Answer({"login": LOGIN})
        if (asked.method, asked.path) == ("GET", "/issues"):
            asked.only("filter", *_LIST)
            everywhere = [one for held in self.issues.values() for one in held.values()]
            return self._list(asked, [one for one in everywhere if LOGIN in one["assignees"]])
        if found := _ISSUES.fullmatch(asked.path):
            return self._in_repository(asked, found[1], int(found[2] or 0))
        raise Fault(f"there is no {asked.method} {asked.path}")

    def _in_repository(self, asked: Asked, repository: str, number: int) -> Answer:
        to = self.moved.get(f"{repository}#{number}" if number else repository)
        if to:
            return Answer({"message": "Moved Permanently"}, 301, {"Location": f"{self.url}{to}"})
        if repository not in self.issues:
            return Answer({"message": "Not Found"}, 404)
        if not number and asked.method == "GET":
            query = asked.only("creator", *_LIST)
            issues = self.issues[repository].values()
            return self._list(asked, [one for one in issues if query.get("creator", LOGIN) == one["user"]["login"]])
        asked.only()
        if not number and asked.method == "POST":
            return self._written(self.put(repository), asked.json(title=str, body=str), 201)
        if number not in self.issues[repository]:
            return Answer({"message": "Gone"}, 410 if (repository, number) in self.deleted else 404)
        issue = self.issues[repository][number]
        if asked.method == "PATCH":
            return self._written(issue, asked.json(title=str, state=str, state_reason=str), 200)
        if asked.method == "GET":
            return Answer(issue)
        raise Fault(f"there is no {asked.method} {asked.path}")

    def _written(self, issue: dict[str, Any], given: dict[str, Any], status: int) -> Answer:
        if not 0 < len(given.get("title", "x").strip()) <= 256 or given.get("state", "open") not in ("open", "closed"):
            return Answer({"message": "Validation Failed"}, 422)
        if given.get("state_reason", "completed") not in ("completed", "not_planned", "duplicate", "reopened"):
            return Answer({"message": "Validation Failed"}, 422)
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        issue |= {**given, "updated_at": now}
        if given.get("state") == "closed":
            issue["closed_at"] = now
        return Answer(issue, status)

    def _list(self, asked: Asked, issues: list[dict[str, Any]]) -> Answer:
        query = asked.query
        state, since = query["state"], query.get("since", "")
        if state not in ("open", "closed", "all") or query.get("filter", "assigned") != "assigned":
            raise Fault(f"unknown: {query}")
        if since:
            datetime.strptime(since, "%Y-%m-%dT%H:%M:%SZ")
        found = [one for one in issues if state in ("all", one["state"]) and one["updated_at"] >= since]
        number, size = int(query.get("page", "1")), min(self.page, int(query["per_page"]))
        page = found[(number - 1) * size : number * size]
        mark = f'W/"{hashlib.sha256(json.dumps([page, len(found)]).encode()).hexdigest()}"'
        headers = {"ETag": mark}
        if number * size < len(found):
            following = urlencode(query | {"page": str(number + 1)})
            headers["Link"] = f'<{self.url}{asked.path}?{following}>; rel="next", <{self.url}/x>; rel="last"'
        if asked.headers.get("If-None-Match") == mark:
            self.unchanged += 1
            return Answer(b"", 304, headers)
        return Answer(page, 200, headers)
