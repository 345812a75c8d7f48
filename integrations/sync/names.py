"""What is read may be renamed in its tool, while its id stays: Luna's names follow with each comparison."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from integrations.account import FORMERLY
from integrations.errors import ProviderError, RefusedError
from integrations.models import Connection, TaskSource
from integrations.sources.base import FollowsNames, SourceQuery
from integrations.sync.slices import live_sources

if TYPE_CHECKING:
    from integrations.sources.base import TaskSourceClient

MOST_SECONDS = 8.0
"""What is left after these is asked the next time."""
MOST_FORMER = 20


def follow_names(connection: Connection, client: TaskSourceClient) -> bool:
    """Take over what the tool calls the sources and the offer now; whether a key changed, which its tasks bear, too.

    Nothing fails by it: what can't be asked now keeps its name.
    """
    if not isinstance(client, FollowsNames):
        return False
    ends = monotonic() + MOST_SECONDS
    try:
        is_other_key = _follow_offer(connection, client, ends)
        for source in live_sources(connection.pk):
            if monotonic() > ends:
                break
            _follow_source(source, client)
    except ProviderError:
        return False
    return is_other_key


def _follow_offer(connection: Connection, client: FollowsNames, ends: float) -> bool:
    offered, is_other_key = [], False
    for one in connection.offered:
        now = one
        if monotonic() <= ends:
            try:
                project = client.project(one["id"])
            except RefusedError:
                pass
            else:
                now = one | {"key": project.key, "name": project.name}
        offered.append(now if now == one else now | {FORMERLY: _former(one, now)})
        is_other_key |= now["key"] != one["key"]
    if offered != connection.offered:
        # Whoever chooses anew meanwhile outweighs it, and is not told of a change that nobody made.
        Connection.objects.filter(pk=connection.pk, version=connection.version).update(offered=offered)
    return is_other_key


def _former(before: dict[str, str], now: dict[str, str]) -> str:
    """By lines the keys and names that it had, the newest first, without those that it has."""
    words = [before["key"], before["name"], *before.get(FORMERLY, "").split("\n")]
    kept = [word for word in dict.fromkeys(words) if word and word not in {now["key"], now["name"]}]
    return "\n".join(kept[:MOST_FORMER])


def _follow_source(source: TaskSource, client: FollowsNames) -> None:
    try:
        query, title = client.named(SourceQuery(source.kind, source.query))
    except RefusedError:
        return
    changed: dict[str, str] = {}
    if title and title[:200] != source.title:
        changed["title"] = title[:200]
    others = TaskSource.objects.filter(connection=source.connection_id, milestone=source.milestone_id)
    if query.text != source.query and not others.filter(query=query.text).exists():
        changed["query"] = query.text
    if changed:
        TaskSource.objects.filter(pk=source.pk, query=source.query).update(**changed)
