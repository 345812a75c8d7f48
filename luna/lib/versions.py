"""Optimistic versions: a save that meets someone else's newer save is refused with both shown."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.db.models import F


class VersionedRow(models.Model):
    """A row that people edit. Forms carry `version`; saving with another one is refused."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=VersionedRow)


class StaleVersionError(Exception):
    """Somebody saved a newer version meanwhile; `current` is the row as it is now."""

    def __init__(self, current: models.Model) -> None:
        super().__init__(f"{current} was changed by someone else meanwhile")
        self.current = current


def save_version(row: Row, *, expected: int | None, **fields: Any) -> None:
    """Write `fields` and the next version in one statement, if the row still has version `expected`.

    `expected` is what the person's form carried; None (sync, computed changes) takes whatever there is.
    Raises StaleVersionError.
    """
    manager: models.Manager[Row] = type(row)._default_manager
    mine = manager.filter(pk=row.pk) if expected is None else manager.filter(pk=row.pk, version=expected)
    if not mine.update(version=F("version") + 1, **fields):
        raise StaleVersionError(manager.get(pk=row.pk))
    for name, value in fields.items():
        setattr(row, name, value)
    row.version = (expected or row.version) + 1
