"""A connection's turn at leaving links: a few calls a minute, one at a time, behind its syncs.

Each link is written once, whatever happens on the way (docs/decisions/0014-links-back.md): what a call began whose
outcome is not known is looked for over there before it is tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from integrations.domain.types import ConnectionState, LinkState, RemovedWhy, RunState
from integrations.errors import (
    AmbiguousError,
    CannotLookUpError,
    ErrorKind,
    NeedsAttentionError,
    NotFoundError,
    ProviderError,
    RefusedError,
    RetryLaterError,
)
from integrations.lineage.choosing import look_over, milestone_served, not_begun, take_leave
from integrations.lineage.words import digest_of, note_of
from integrations.models import Connection, LinkBack, LinkRound, SyncRun
from integrations.registry import PROVIDERS, open_writer
from integrations.selectors_connection import budget_of
from integrations.sync.condition import LINKS, pause
from luna import clock
from luna.lib import work
from luna.lib.crashpoint import crashpoint
from milestones.models import Milestone

if TYPE_CHECKING:
    from integrations.sources.writing import LinkWriter, Note
    from luna.lib.work import Claim

CALLS_A_ROUND = 10
ROUND_EVERY = timedelta(minutes=1)
LOOK_EVERY = timedelta(minutes=5)
"""How soon a launch that turned private is noticed where nothing else is to be written."""
REST_AFTER_REFUSAL = timedelta(minutes=10)
REST_AFTER_TROUBLE = timedelta(hours=1)
TRY_REFUSED_AFTER = timedelta(days=1)
GRACE = timedelta(seconds=60)
"""So long after a call what it made may still appear: longer than any call lasts."""
SLICE_SECONDS = 12.0
_FIRST_WAIT = timedelta(minutes=2)


class _EndOfRoundError(Exception):
    """Enough for now. `rest` is how long nothing more is tried."""

    def __init__(self, rest: timedelta) -> None:
        super().__init__()
        self.rest = rest


def try_again(connection: Connection) -> None:
    """Take a turn now, and with it what the tool refused before; within the caller's transaction."""
    tried = [LinkState.REFUSED, LinkState.WRITING, LinkState.LEAVING]
    LinkBack.objects.filter(connection=connection, state__in=tried).update(again_at=None)
    work.wish(LINKS, LinkRound.objects.filter(connection=connection))


def work_round(claim: Claim[LinkRound]) -> None:
    """Take one turn, and say when the next one is."""
    connection = Connection.objects.get(pk=claim.row.connection_id)
    now = clock.now()
    rests_until = _rests_until(claim.row, connection, now)
    if rests_until is not None:
        claim.finish(again_at=rests_until)
        return
    claim.save(begun_at=now)
    again_at, sentence = now + ROUND_EVERY, ""
    gives_way_until = _gives_way_until(connection, now)
    try:
        if not Round(claim, connection, gives_way=gives_way_until is not None).work():
            again_at = min(gives_way_until or now + LOOK_EVERY, now + LOOK_EVERY)
    except _EndOfRoundError as end:
        again_at = now + end.rest
    except RetryLaterError as error:
        sentence = error.sentence
        if error.kind == ErrorKind.RATE_LIMITED:
            pause(connection, error, tries=1)
        again_at = max(error.until or now, now + LOOK_EVERY)
    except NeedsAttentionError as error:
        # Whether the connection is broken is for its sync to say, which reads by the same credentials.
        sentence, again_at = error.sentence, now + REST_AFTER_TROUBLE
    claim.finish(again_at=again_at, error_sentence=sentence[:500])


def round_failed(claim: Claim[LinkRound], why: str) -> None:
    """After crashes: say so, and go on in an hour."""
    sentence = f"Luna could not leave its links ({why[:200]}). See the worker’s log; it tries again."
    claim.finish(again_at=clock.now() + REST_AFTER_TROUBLE, error_sentence=sentence[:500])


def _rests_until(row: LinkRound, connection: Connection, now: datetime) -> datetime | None:
    """Until when the connection is left in peace; None where it may be called."""
    if connection.state == ConnectionState.DISCONNECTED:
        return now + REST_AFTER_TROUBLE
    if connection.state != ConnectionState.OK:
        return max(connection.paused_until or now, now + LOOK_EVERY)
    if row.begun_at is not None and row.begun_at <= now < row.begun_at + ROUND_EVERY:
        return row.begun_at + ROUND_EVERY
    return None


def _gives_way_until(connection: Connection, now: datetime) -> datetime | None:
    """Until when the calls are left to reading; None where there are enough for both."""
    if SyncRun.objects.filter(connection=connection, state__in=[RunState.WAITING, RunState.RUNNING]).exists():
        return now + ROUND_EVERY
    budget = budget_of(connection, now)
    if budget and budget.resets_at and now < budget.resets_at and budget.remaining * 2 < (budget.limit or 1):
        return budget.resets_at
    return None


class Round:
    """One turn. What is to leave goes first, then what is unclear, then what waits, then what is new.

    Where it gives way to reading, only what is to leave goes: what turned private must not wait for a long sync.
    """

    def __init__(self, claim: Claim[LinkRound], connection: Connection, *, gives_way: bool) -> None:
        self._claim = claim
        self._connection = connection
        self._gives_way = gives_way
        self._writer: LinkWriter

    def work(self) -> bool:
        """Whether something is left for the next turn. Raises what the tool's calls raise."""
        if self._gives_way:
            take_leave(self._connection)
        else:
            look_over(self._connection, follows_names=PROVIDERS[self._connection.provider].links == "link")
        steps = self._steps()
        first = next(steps, None)
        if first is not None:
            with closing(open_writer(self._connection)) as self._writer:
                if not self._worked_off(first, steps):
                    return True
        return not self._gives_way and self._links(LinkState.WRITING).filter(_may_be_tried()).exists()

    def _worked_off(self, first: Callable[[], None], others: Iterator[Callable[[], None]]) -> bool:
        """Whether the steps came to their end before the turn's calls, or its time, did."""
        ends = monotonic() + SLICE_SECONDS
        first()
        for step in others:
            if self._writer.requests >= CALLS_A_ROUND or monotonic() > ends:
                return False
            step()
        return True

    def _steps(self) -> Iterator[Callable[[], None]]:
        now = clock.now()
        some = CALLS_A_ROUND + 1  # The one too many tells that the turn did not come to the end.
        may_be_tried = _may_be_tried()
        for link in self._links(LinkState.LEAVING).filter(may_be_tried)[:some]:
            yield partial(self._take_back, link)
        if self._gives_way:
            return
        for link in self._links(LinkState.WRITING).filter(may_be_tried, tried_at__lte=now - GRACE)[:some]:
            yield partial(self._look_up, link)
        for link in self._links(LinkState.WAITING, LinkState.REFUSED).filter(may_be_tried)[:some]:
            yield partial(self._update if link.remote_id else self._write, link)
        for task_id, milestone_id in not_begun(self._connection.pk)[:some]:
            yield partial(self._begin, task_id, milestone_id)

    def _links(self, *states: LinkState) -> QuerySet[LinkBack]:
        links = LinkBack.objects.filter(connection=self._connection, state__in=states)
        return links.select_related("task").order_by("tries", "pk")

    def _begin(self, task_id: int, milestone_id: int) -> None:
        link = LinkBack.objects.create(connection=self._connection, task_id=task_id, milestone_id=milestone_id)
        self._write(link)

    def _update(self, link: LinkBack) -> None:
        """Other words, unless people took the link away over there."""
        self._claim.renew()
        try:
            stands = self._writer.find(link.task.external_id, link.mark)
        except RefusedError as error:
            self._refused(link, error, LinkState.REFUSED)
            return
        if stands:
            self._write(link)
        else:
            _save(link, state=LinkState.DROPPED)

    def _write(self, link: LinkBack) -> None:
        self._claim.renew()
        milestone = Milestone.objects.select_related("launch").get(pk=link.milestone_id)
        mark = link.mark or note_of(milestone).url
        _save(link, state=LinkState.WRITING, mark=mark, tried_at=clock.now(), tries=link.tries + 1)
        crashpoint("link_back.before_call")
        # In the moment of writing: a launch may have become private since the turn began.
        served = milestone_served(link)
        if served is None:
            _let_be(link)
            return
        self._call(link, note_of(served))

    def _call(self, link: LinkBack, note: Note) -> None:
        try:
            remote_id = self._writer.write(link.task.external_id, note, link.mark)
            crashpoint("link_back.after_call")
        except AmbiguousError as error:
            _save(link, error_sentence=error.sentence)
            raise _EndOfRoundError(GRACE) from None
        except (RetryLaterError, NeedsAttentionError):
            _save(link, state=LinkState.WAITING)
            raise
        except RefusedError as error:
            self._refused(link, error, LinkState.REFUSED)
        else:
            fields = {"remote_id": remote_id, "said": digest_of(note), "tries": 0, "error_sentence": ""}
            _save(link, state=LinkState.STANDS, **fields)

    def _look_up(self, link: LinkBack) -> None:
        """After a call without a clear answer: take what it made for Luna's own, or write it now.

        Where the tool does not let Luna look, the words may stand there: they stay known, and are looked for again.
        """
        self._claim.renew()
        try:
            remote_id = self._writer.find(link.task.external_id, link.mark)
        except (CannotLookUpError, RefusedError) as error:
            if isinstance(error, NotFoundError) and link.task.removed_why == RemovedWhy.DELETED:
                _save(link, state=LinkState.DROPPED, error_sentence="")
            else:
                self._refused(link, error, LinkState.WRITING)
            return
        if remote_id:
            _save(link, state=LinkState.STANDS, remote_id=remote_id, said="", tries=0, error_sentence="")
        else:
            later = min(_FIRST_WAIT * 2 ** min(link.tries, 10), TRY_REFUSED_AFTER)
            again_at = None if link.tries <= 1 else clock.now() + later
            _save(link, state=LinkState.WAITING, again_at=again_at, error_sentence="")

    def _take_back(self, link: LinkBack) -> None:
        self._claim.renew()
        _save(link, tried_at=clock.now(), tries=link.tries + 1)
        try:
            self._writer.remove(link.task.external_id, link.remote_id, link.mark)
        except RefusedError as error:
            self._refused(link, error, LinkState.LEAVING)
        else:
            link.delete()

    def _refused(self, link: LinkBack, error: ProviderError, state: LinkState) -> None:
        """Once more after a day. Where a right is missing, the next one would most likely be refused, too."""
        sentence = error.sentence
        if isinstance(error, NotFoundError):
            tool = PROVIDERS[self._connection.provider].label
            sentence = f"{tool} does not show this task to the account. Look for it there."
        _save(link, state=state, again_at=clock.now() + TRY_REFUSED_AFTER, error_sentence=sentence)
        if error.kind == ErrorKind.NO_RIGHTS:
            raise _EndOfRoundError(REST_AFTER_REFUSAL)


def _may_be_tried() -> Q:
    return Q(again_at__isnull=True) | Q(again_at__lte=clock.now())


def _let_be(link: LinkBack) -> None:
    """Nothing is written after all: what stood stands, and what was not begun is forgotten."""
    if link.remote_id:
        _save(link, state=LinkState.STANDS)
    else:
        link.delete()


def _save(link: LinkBack, **fields: Any) -> None:
    if "error_sentence" in fields:
        fields["error_sentence"] = fields["error_sentence"][:500]
    LinkBack.objects.filter(pk=link.pk).update(**fields)
    for name, value in fields.items():
        setattr(link, name, value)
