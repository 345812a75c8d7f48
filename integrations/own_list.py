"""The kept rows of a list of one's own, as its folder among the sources reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q

from integrations.models import Connection, ListedTask
from integrations.sources.upload.source import GivenRow, GivenRows


class KeptRows:
    """The rows of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._rows = ListedTask.objects.filter(connection=connection)

    def after(self, token: str | None, *, taken_since: datetime | None, size: int) -> tuple[list[GivenRow], str | None]:
        """A page by keyset: rows that are given anew meanwhile move to the end, and none is left out."""
        rows = self._rows if taken_since is None else self._rows.filter(taken_at__gte=taken_since)
        if token is not None:
            at, _, pk = token.rpartition("/")
            rows = rows.filter(Q(taken_at__gt=at) | Q(taken_at=at, pk__gt=int(pk)))
        found = list(rows.order_by("taken_at", "pk")[: size + 1])
        last = found[size - 1] if len(found) > size else None
        return _as_given(found[:size]), f"{last.taken_at.isoformat()}/{last.pk}" if last else None

    def ids(self) -> tuple[str, ...]:
        """All ids."""
        return tuple(self._rows.order_by("pk").values_list("external_id", flat=True))

    def of(self, external_ids: Sequence[str]) -> list[GivenRow]:
        """Those rows."""
        return _as_given(self._rows.filter(external_id__in=list(external_ids)).order_by("pk"))

    def newest(self, size: int) -> list[GivenRow]:
        """The rows that were taken last and can be read."""
        return _as_given(self._rows.filter(fault="").order_by("-taken_at", "pk")[:size])

    def count(self) -> int:
        """How many rows there are."""
        return self._rows.count()


def rows_of(connection: Connection) -> GivenRows:
    """The connection's list."""
    return KeptRows(connection)


def _as_given(rows: Iterable[ListedTask]) -> list[GivenRow]:
    return [GivenRow(row.external_id, row.fields, row.fault, row.given, row.taken_at) for row in rows]
