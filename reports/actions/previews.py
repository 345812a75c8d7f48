"""One report of any kind as a document: what pages, previews, the command line and whatever is sent are made from."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from luna import clock
from reports.collect.launch_report import launch_report_facts
from reports.collect.portfolio_report import portfolio_report_facts
from reports.content.compose import compose

if TYPE_CHECKING:
    from launches.models import Launch
    from people.models import User
    from reports.content.document import Document
    from reports.domain.types import ReportKind

USUAL_PERIOD = timedelta(days=7)


def report_document(
    kind: ReportKind,
    *,
    launch: Launch | None,
    at: datetime | None = None,
    since: datetime | None = None,
    viewer: User | None = None,
    commentary: str = "",
    commentary_by: str = "",
    was_due: str = "",
) -> Document:
    """The report on `launch`, or on all running launches where it is None. Writes nothing.

    Changes are told since `since`, or of the last seven days. With an `at` on a day that is over it tells of that day:
    dates, states and progress by the log, and what is not kept by day is left out or said to be today's.
    Of all launches `viewer` sees those that they may; without one no private launch is in it.
    """
    until = at or clock.now()
    words: dict[str, Any] = {"commentary": commentary, "commentary_by": commentary_by, "was_due": was_due}
    period: dict[str, Any] = {"since": since or until - USUAL_PERIOD, "until": until}
    if launch is None:
        return compose(kind, portfolio_report_facts(kind, viewer=viewer, **period, **words))
    return compose(kind, launch_report_facts(launch.pk, kind, **period, **words))
