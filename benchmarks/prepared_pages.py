"""A Jira that costs next to nothing: pages of issues out of one prepared text, served by a process of its own.

So a figure of the sync is Luna's, not the sandbox's. A query names what it finds: `labels = s10000n250` finds 250
issues from page 10,000 on. Each page of a stream is an hour of changes, its issues 36 seconds apart.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

PAGE = 100
_GREENHOPPER = "com.pyxis.greenhopper.jira"
FIELDS = [
    {"id": "customfield_10016", "name": "Story Points", "schema": {"custom": f"{_GREENHOPPER}:jsw-story-points"}},
    {"id": "customfield_10020", "name": "Sprint", "schema": {"custom": f"{_GREENHOPPER}:gh-sprint"}},
]
_FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
_CHANGES_FROM = datetime(2026, 1, 1, tzinfo=UTC)
_STREAM = re.compile(r"labels = s(\d{5})n(\d+)")
_SINCE = re.compile(r"updated >= (\d+)")
_NUMBER, _HOUR = "#####", "@@@@-@@-@@T@@"
_SITE = "https://bench.atlassian.net"
_CATEGORIES = (("new", "To Do"), ("indeterminate", "In Progress"), ("done", "Done"))


def stream(first_page: int, count: int) -> str:
    """The JQL that finds them."""
    return f"labels = s{first_page:05}n{count}"


def _status(number: int) -> dict[str, Any]:
    key, name = _CATEGORIES[number]
    category = {"self": f"{_SITE}/rest/api/3/statuscategory/{number}", "id": number, "key": key, "colorName": "yellow"}
    return {
        "self": f"{_SITE}/rest/api/3/status/{number}", "description": "", "iconUrl": f"{_SITE}/", "name": name,
        "id": str(number), "statusCategory": category | {"name": name},
    }  # fmt: skip


def _kind(name: str) -> dict[str, Any]:
    return {"self": f"{_SITE}/rest/api/3/issuetype/1", "id": "1", "description": "", "name": name, "subtask": False}


def _brief(number: str) -> dict[str, Any]:
    fields = {"summary": f"Issue {number} as others see it", "status": _status(1), "issuetype": _kind("Story")}
    return {
        "id": number,
        "key": f"BENCH-{number}",
        "self": f"{_SITE}/rest/api/3/issue/{number}",
        "fields": fields,
    }


def _issue(slot: int) -> dict[str, Any]:
    """One issue of a page, with the fields that Luna asks for and no others, as large as Jira gives them."""
    number = f"{_NUMBER}{slot:02}"
    at = f"{_HOUR}:{slot * 36 // 60:02}:{slot * 36 % 60:02}.000+0000"
    state = slot % 3
    blocks = {"id": "10000", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"}
    waits_for = [{"id": number, "type": blocks, "inwardIssue": _brief(f"{_NUMBER}{slot - 1:02}")}]
    person = {
        "self": f"{_SITE}/rest/api/3/user?accountId={slot % 7}", "accountId": str(slot % 7), "accountType": "atlassian",
        "displayName": f"Person {slot % 7}", "active": True, "timeZone": "Europe/Lisbon", "avatarUrls": {},
    }  # fmt: skip
    fields = {
        "summary": f"Issue {number}: what has to be done before the launch",
        "issuetype": _kind("Story"),
        "labels": ["launch", "web"],
        "status": _status(state),
        "resolution": {"id": "10000", "name": "Done"} if state == 2 else None,
        "resolutiondate": at if state == 2 else None,
        "assignee": person if slot % 4 else None,
        "created": at,
        "updated": at,
        "parent": _brief(f"{_NUMBER}00"),
        "timeoriginalestimate": slot * 900 if slot % 2 else None,
        "statuscategorychangedate": at,
        "issuelinks": waits_for if slot % 20 == 7 else [],
        "customfield_10016": slot % 8 if slot % 5 else None,
        "customfield_10020": [{"id": slot % 3 + 1, "name": f"Sprint {slot % 3 + 1}", "state": "active"}],
    }
    return {
        "expand": "operations,editmeta,changelog",
        "id": number,
        "self": f"{_SITE}/rest/api/3/issue/{number}",
        "key": f"BENCH-{number}",
        "fields": fields,
    }


_ISSUES = [json.dumps(_issue(slot)) for slot in range(PAGE)]


def _filled(text: str, page: int, hour: datetime) -> str:
    return text.replace(_NUMBER, f"{page:05}").replace(_HOUR, f"{hour:%Y-%m-%dT%H}")


@dataclass
class Served:
    """What was asked, and which issues were changed."""

    searches: int = 0
    others: int = 0
    sent_bytes: int = 0
    is_wide: bool = False
    """Whether a search asked for all fields."""
    changed: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    """By stream and number: when, and the issue as it is since."""
    steps: int = 0

    def search(self, jql: str, fields: str, token: str) -> str:
        """One page of a stream; of what changed since, where the query says so."""
        self.searches += 1
        self.is_wide = self.is_wide or not fields or "*" in fields
        found, since = _STREAM.search(jql), _SINCE.search(jql)
        assert found is not None, jql
        first, count = int(found[1]), int(found[2])
        if since is not None:
            return self._changes(first, count, int(since[1]), int(token or 0))
        page = int(token or 0)
        hour = _FIRST_DAY + timedelta(hours=page)
        issues = _filled(", ".join(_ISSUES[: min(PAGE, count - page * PAGE)]), first + page, hour)
        return _answer(issues, str(page + 1) if (page + 1) * PAGE < count else "")

    def _changes(self, first: int, count: int, since_ms: int, start: int) -> str:
        since = datetime.fromtimestamp(since_ms / 1000, UTC)
        found = [one for one in self.changed.values() if one[0] >= since]
        for number in range(count - 1, -1, -1):
            page, slot = divmod(number, PAGE)
            hour = _FIRST_DAY + timedelta(hours=page)
            if hour + timedelta(seconds=36 * slot) < since:
                break
            if f"{first + page:05}{slot:02}" not in self.changed:
                found.append((hour + timedelta(seconds=36 * slot), _filled(_ISSUES[slot], first + page, hour)))
        shown = [text for _, text in sorted(found)[start : start + PAGE]]
        return _answer(", ".join(shown), str(start + PAGE) if start + PAGE < len(found) else "")

    def change(self, first: int, of: int, count: int) -> None:
        """`count` of the stream's issues, evenly spread, change on a day of their own, 36 seconds apart."""
        self.steps += 1
        for place in range(count):
            page, slot = divmod(place * of // count, PAGE)
            at = _CHANGES_FROM + timedelta(days=self.steps, seconds=36 * place)
            issue = _issue(slot)
            issue["fields"] |= {
                "updated": f"{at:%Y-%m-%dT%H:%M:%S}.000+0000",
                "summary": f"Issue changed for the {self.steps}th time",
            }
            text = _filled(json.dumps(issue), first + page, _FIRST_DAY + timedelta(hours=page))
            self.changed[f"{first + page:05}{slot:02}"] = (at, text)

    def told(self) -> str:
        """The figures since the last time."""
        figures = {"searches": self.searches, "others": self.others, "bytes": self.sent_bytes, "wide": self.is_wide}
        self.searches = self.others = self.sent_bytes = 0
        return json.dumps(figures)

    def answer(self, target: str, body: bytes) -> bytes:
        """What belongs to a path of Jira Cloud's REST API, version 3."""
        path, _, query = target.partition("?")
        asked = {name: values[-1] for name, values in parse_qs(query).items()}
        if path.endswith("/search/jql"):
            asked = asked or json.loads(body)
            text = self.search(asked["jql"], str(asked.get("fields", "")), asked.get("nextPageToken", ""))
        elif path == "/bench/change":
            self.change(int(asked["first"]), int(asked["of"]), int(asked["count"]))
            text = "{}"
        elif path == "/bench/told":
            text = self.told()
        else:
            self.others += 1
            found = _STREAM.search(unquote_plus(body.decode()))
            text = json.dumps(FIELDS if path.endswith("/field") else {"count": int(found[2]) if found else 0})
        answer = text.encode()
        self.sent_bytes += len(answer)
        return answer


def _answer(issues: str, token: str) -> str:
    following = f', "nextPageToken": "{token}"' if token else ""
    return f'{{"issues": [{issues}], "isLast": {"false" if token else "true"}{following}}}'


async def _serve(served: Served, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One kept connection, one request after the other."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = re.search(r"(?i)content-length: (\d+)", head)
            body = await reader.readexactly(int(length[1])) if length else b""
            answer = served.answer(urlsplit(head.split(" ", 2)[1]).geturl(), body)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
            writer.write(f"Content-Length: {len(answer)}\r\n\r\n".encode() + answer)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _main() -> None:
    served = Served()
    server = await asyncio.start_server(lambda r, w: _serve(served, r, w), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        # Whoever started it holds the other end: it goes when they go.
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main())
