"""What a connection's page says of the links that Luna leaves on its tasks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from integrations.credentials import access_of
from integrations.domain.types import LinkState
from integrations.errors import NeedsAttentionError
from integrations.lineage.choosing import not_begun
from integrations.models import Connection, LinkBack, LinkRound
from integrations.registry import PROVIDERS, part

MOST_SENTENCES = 5


@dataclass(frozen=True)
class LinkLines:
    """`way` is "link" or "comment"; "" where the tool gets none. The figures count tasks."""

    way: str
    is_on: bool = False
    lacks_consent: bool = False
    """Whether whoever consented is known to have allowed reading alone."""
    standing: int = 0
    waiting: int = 0
    leaving: int = 0
    """To be taken back, because their launch is no longer open."""
    troubles: tuple[tuple[str, int], ...] = ()
    """What the tool refuses, each sentence with its number of tasks."""
    sentence: str = ""
    """What ended the last turn early."""


def link_lines(connection: Connection) -> LinkLines:
    """For the section on the connection's page; at most three statements, none where the tool gets no links."""
    way = PROVIDERS[connection.provider].links
    if not way:
        return LinkLines("")
    rows = LinkBack.objects.filter(connection=connection).order_by().values_list("state", "error_sentence")
    tasks: Counter[str] = Counter()
    troubles: Counter[str] = Counter()
    for state, sentence, number in rows.annotate(n=Count("task", distinct=True)):
        tasks[state] += number
        if sentence:
            troubles[sentence] += number
    is_on = connection.may_link_back
    begun = LinkRound.objects.filter(connection=connection).first() if is_on or tasks else None
    return LinkLines(
        way,
        is_on,
        lacks_consent=lacks_consent(connection),
        standing=tasks[LinkState.STANDS],
        waiting=tasks[LinkState.WAITING] + tasks[LinkState.WRITING] + _new(connection) if is_on else 0,
        leaving=tasks[LinkState.LEAVING],
        troubles=tuple(troubles.most_common(MOST_SENTENCES)),
        sentence=begun.error_sentence if begun else "",
    )


def lacks_consent(connection: Connection) -> bool:
    """Whether links are allowed here, but not by what a person agreed to on the tool's own page; no query."""
    if not (connection.may_link_back and PROVIDERS[connection.provider].links_by_consent):
        return False
    try:
        secret = access_of(connection).secret
    except NeedsAttentionError:
        return False
    return not part(connection.provider, "consent.may_write")(secret)


def _new(connection: Connection) -> int:
    """Tasks of which Luna has not yet begun to tell anything."""
    found = not_begun(connection.pk).order_by().aggregate(n=Count("task_id", distinct=True))
    return int(found["n"] or 0)
