"""`manage.py probe`: read a source without saving anything, as JSON Lines on standard output."""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.core.management.base import CommandError

from integrations.errors import ProviderError
from integrations.probing import open_jira, open_tool, read_all
from integrations.sources.base import BadPayload, SourceQuery, TaskRecord, TaskSourceClient
from luna.lib.text import clean_line
from luna.management.command import LunaCommand

KINDS = {"asana": ("project", "section"), "clickup": ("list",)}
_NAMED_BAD = 5
_TOKEN_HELP = "the access token; better in the environment, as LUNA_TOKEN"  # noqa: S105  words, no token


class Command(LunaCommand):
    """Needs no database. Exit code 0: every task came out; 1: one sentence on standard error says why not."""

    help = "Read the tasks of a Jira, Asana or ClickUp query and print them as JSON Lines. Nothing is saved."
    wait: Callable[[float], None] = staticmethod(time.sleep)

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        tools = parser.add_subparsers(dest="tool", required=True, metavar="{jira,asana,clickup}")
        jira = tools.add_parser("jira", help="Jira Cloud or Data Center")
        jira.add_argument("--url", required=True, help="the site's address")
        jira.add_argument("--user", default="", help="the account's e-mail; without it the token is sent as a bearer's")
        jira.add_argument("--token", default="", help=_TOKEN_HELP)
        jira.add_argument("--query", required=True, metavar="JQL")
        asana = tools.add_parser("asana", help="Asana, at LUNA_ASANA_URL")
        asana.add_argument("--token", default="", help=_TOKEN_HELP)
        asana.add_argument("--query", required=True, metavar="project:GID|section:GID")
        clickup = tools.add_parser("clickup", help="ClickUp, at LUNA_CLICKUP_URL")
        clickup.add_argument("--token", default="", help=_TOKEN_HELP)
        clickup.add_argument("--query", required=True, metavar="list:ID")

    def handle(self, *_args: Any, tool: str, query: str, **options: Any) -> None:
        """Print each task as it comes, then count what could not be read."""
        token = options["token"] or os.environ.get("LUNA_TOKEN", "")
        if not token.strip():
            raise CommandError("There is no token: give it with --token or in LUNA_TOKEN.")
        open_client: Callable[[], TaskSourceClient]
        if tool == "jira":
            asked = SourceQuery("jql", query)
            open_client = partial(open_jira, options["url"].strip().rstrip("/"), options["user"].strip(), token.strip())
        else:
            asked = _picked(tool, query)
            open_client = partial(open_tool, tool, token.strip())
        bad: list[BadPayload] = []
        # Standard error is for the one sentence: what libraries log would stand around it.
        logging.disable(logging.CRITICAL)
        try:
            for found in read_all(open_client, asked, wait=self.wait):
                if isinstance(found, BadPayload):
                    bad.append(found)
                else:
                    self.stdout.write(json.dumps(_line(found)))
                    self.stdout.flush()
        except ProviderError as error:
            raise CommandError(clean_line(error.sentence)) from None
        finally:
            logging.disable(logging.NOTSET)
        if bad:
            raise CommandError(_bad_words(bad))


def _picked(tool: str, query: str) -> SourceQuery:
    """`project:12` as a query. Raises CommandError."""
    kind, _, text = query.partition(":")
    if kind not in KINDS[tool] or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text.strip()):
        ways = " or ".join(f"{one}: and its id" for one in KINDS[tool])
        raise CommandError(f"{clean_line(query, limit=60)!r} names no tasks: --query is {ways}.")
    return SourceQuery(kind, text.strip())


def _line(task: TaskRecord) -> dict[str, object]:
    return {
        "external_id": task.external_id,
        "key": task.key,
        "title": task.title,
        "url": task.url,
        "state": str(task.state),
        "assignee": task.assignee,
        "estimate_seconds": task.estimate_seconds,
        "points": task.points,
        "created_at": _instant(task.created_at),
        "updated_at": _instant(task.updated_at),
        "started_at": _instant(task.started_at),
        "completed_at": _instant(task.completed_at),
        "parent_id": task.parent_id,
        "blocked_by": list(task.blocked_by),
        "note": task.note,
    }


def _instant(at: datetime | None) -> str | None:
    """ISO 8601 in UTC, with Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def _bad_words(bad: list[BadPayload]) -> str:
    named = "; ".join(f"{one.external_id or 'without an id'} ({clean_line(one.reason)})" for one in bad[:_NAMED_BAD])
    more = f" and {len(bad) - _NAMED_BAD} more" if len(bad) > _NAMED_BAD else ""
    return f"{len(bad)} payload{'' if len(bad) == 1 else 's'} could not be read: {named}{more}."
