"""A small typed client of a running sandbox, for tests, benchmarks and whoever scripts it."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

import requests

Json = dict[str, Any]


class SandboxControl:
    """`url` is the sandbox's root. A refusal raises requests.HTTPError."""

    def __init__(self, url: str) -> None:
        self._root = f"{url.rstrip('/')}/_sandbox"

    def _call(self, method: str, path: str, data: Json | None = None) -> Any:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, f"{self._root}/{path}", json=data, timeout=(5, 120))
        answer.raise_for_status()
        return answer.json()

    def add_fault(
        self,
        face: str,
        kind: str,
        *,
        match: str = "",
        times: int = 1,
        status: int = 500,
        headers: dict[str, str] | None = None,
        body: object = None,
        seconds: float = 0.0,
        count_bytes: int = 0,
        key: str = "",
    ) -> None:
        """Script a fault: the next `times` calls whose "METHOD /path" the regular expression `match` finds go wrong."""
        data = {"face": face, "kind": kind, "match": match, "times": times, "status": status, "headers": headers or {}}
        self._call("POST", "faults", data | {"body": body, "seconds": seconds, "bytes": count_bytes, "key": key})

    def clear_faults(self) -> None:
        self._call("DELETE", "faults")

    def lift_faults(self, kind: str, *, key: str = "") -> None:
        """Take back those of a kind; with `key`, that of this key alone."""
        self._call("DELETE", f"faults?{urlencode({'kind': kind, 'key': key})}")

    def faults(self) -> list[Json]:
        return cast("list[Json]", self._call("GET", "faults"))

    def ledger(self) -> list[Json]:
        """Every accepted side effect, oldest first: face, action, key, payload_hash, at."""
        return cast("list[Json]", self._call("GET", "ledger"))

    def reset(self) -> None:
        """The sample company anew, as of the sandbox's today; no faults, no messages, an empty ledger."""
        self._call("POST", "reset")

    def clock(self) -> Json:
        return cast("Json", self._call("GET", "clock"))

    def move_clock(self, *, days: float) -> None:
        """Move time alone; the company does nothing."""
        self._call("POST", "clock", {"days": days})

    def next_day(self, *, days: int = 1) -> None:
        self._call("POST", "next-day", {"days": days})

    def issues(self) -> list[Json]:
        """Every issue as it stands, whoever may see it: id, key, project_key, parent_id, labels, updated (epoch ms)."""
        return cast("list[Json]", self._call("GET", "issues"))

    def create_issues(self, project: str, *, count: int = 1, **values: object) -> list[str]:
        """New issues, by their keys. `values`: parent, summary, type, status, resolution, labels, …"""
        return cast("list[str]", self._call("POST", "issues", {"project": project, "count": count, **values}))

    def edit_issue(self, key: str, /, **values: object) -> None:
        self._call("POST", f"issues/{key}", dict(values))

    def delete_issue(self, key: str) -> None:
        self._call("DELETE", f"issues/{key}")

    def rename_project(self, project: str, *, key: str = "", name: str = "", keeps_old_key: bool = True) -> None:
        """Give a Jira project another key, another name or both. Its issues' keys follow; their `updated` does not."""
        data = {"key": key, "name": name, "keeps_old_key": keeps_old_key}
        self._call("POST", f"projects/{project}", data)

    def messages(self, channel: str) -> list[Json]:
        """The messages of a channel, by name or id, oldest first and with their metadata."""
        return cast("list[Json]", self._call("GET", f"messages/{channel.removeprefix('#')}"))

    def post_count(self, channel: str) -> int:
        """How many messages were ever accepted for the channel, by the ledger."""
        start = f"#{channel.removeprefix('#')} "
        return sum(
            1 for line in self.ledger() if line["action"] == "chat.postMessage" and line["key"].startswith(start)
        )

    def set_rate(self, name: str, *, per_second: float, burst: int) -> None:
        """`name`: jira, slack, or "slack post"."""
        self._call("POST", "rates", {"name": name, "per_second": per_second, "burst": burst})

    def asana_tasks(self) -> list[Json]:
        """Every task as it stands, whoever may see it: gid, sections, parent, hidden, modified (epoch ms)."""
        return cast("list[Json]", self._call("GET", "asana/tasks"))

    def create_asana_tasks(self, section: str, *, count: int = 1, **values: object) -> list[str]:
        """New tasks in Asana, by their gids. `values`: name, completed, approval, parent, minutes, points, …"""
        return cast("list[str]", self._call("POST", "asana/tasks", {"section": section, "count": count, **values}))

    def edit_asana_task(self, gid: str, **values: object) -> None:
        """As for a new one; `sections` moves it."""
        self._call("POST", f"asana/tasks/{gid}", dict(values))

    def rename_in_asana(self, gid: str, name: str) -> None:
        """A project or a section."""
        self._call("POST", f"asana/names/{gid}", {"name": name})

    def delete_asana_task(self, gid: str) -> None:
        self._call("DELETE", f"asana/tasks/{gid}")

    def revoke_asana_grants(self) -> None:
        """As a person who removes the app."""
        self._call("DELETE", "asana/grants")

    def clickup_tasks(self) -> list[Json]:
        """Every task as it stands, whoever may see it: id, lists, archived, finished, updated (epoch ms)."""
        return cast("list[Json]", self._call("GET", "clickup/tasks"))

    def create_clickup_tasks(self, list_id: str, *, count: int = 1, **values: object) -> list[str]:
        """New tasks in ClickUp, by their ids. `values`: name, status, parent, tags, archived, waits_on, also_in, …"""
        return cast("list[str]", self._call("POST", "clickup/tasks", {"list": list_id, "count": count, **values}))

    def edit_clickup_task(self, task_id: str, **values: object) -> None:
        """As for a new one."""
        self._call("POST", f"clickup/tasks/{task_id}", dict(values))

    def delete_clickup_task(self, task_id: str) -> None:
        self._call("DELETE", f"clickup/tasks/{task_id}")

    def revoke_clickup_grants(self) -> None:
        """What people do who disconnect the app in ClickUp."""
        self._call("POST", "clickup/revoke")

    def rename_clickup_list(self, list_id: str, name: str) -> None:
        self._call("POST", f"clickup/lists/{list_id}", {"name": name})

    def close_clickup_list(self, list_id: str, *, is_closed: bool = True) -> None:
        """Take the account's access to a list away, or give it back."""
        self._call("POST", f"clickup/lists/{list_id}", {"closed": is_closed})

    def webhooks(self) -> list[Json]:
        """Those that stand: id, face, scope, target, secret, standing."""
        return cast("list[Json]", self._call("GET", "webhooks"))

    def add_webhook(self, face: str, target: str, secret: str = "") -> None:
        """As an admin enters it in Jira."""
        self._call("POST", "webhooks", {"face": face, "target": target, "secret": secret})

    def set_webhook(self, webhook_id: str, standing: str) -> None:
        """active, failing, suspended or gone."""
        self._call("POST", f"webhooks/{webhook_id}", {"standing": standing})

    def send_calls(self, face: str, events: list[Any], *, order: list[int] | None = None) -> list[int]:
        """Tell every webhook of the face of the events in that order; what each said."""
        data = {"face": face, "events": events, "order": order}
        return cast("list[int]", self._call("POST", "webhooks/send", data))
