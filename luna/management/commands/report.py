"""`manage.py report`: a report as it stands now, or stood on a day, in any of its forms. Nothing is sent or saved."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse

from launches.models import Launch
from luna import clock
from luna.management.command import LunaCommand
from people.selectors import workspace
from reports.actions.previews import report_document
from reports.content.deck import TemplateError
from reports.domain.types import ReportKind
from reports.media import MEDIA, Setting, draw


class Command(LunaCommand):
    """The portfolio's report tells of open launches alone, as the one that is sent."""

    help = "Print a report in one of its forms. Nothing is sent or saved."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("kind", choices=[str(kind) for kind in ReportKind])
        scope = parser.add_mutually_exclusive_group(required=True)
        scope.add_argument("--launch", metavar="KEY", help="of this launch")
        scope.add_argument("--portfolio", action="store_true", help="of all running launches that are not private")
        parser.add_argument("--as", dest="form", choices=list(MEDIA), required=True)
        parser.add_argument("--out", type=Path, metavar="FILE", help="write it there instead of to standard output")
        parser.add_argument("--at", type=_day, metavar="DATE", help="as it stood at the end of that day: 2026-03-31")
        parser.add_argument("--template", type=Path, metavar="FILE", help="a company's own file, for pptx")

    def handle(
        self,
        *_args: Any,
        kind: str,
        form: str,
        launch: str | None = None,
        out: Path | None = None,
        at: date | None = None,
        template: Path | None = None,
        **_options: Any,
    ) -> None:
        """Print it, or write it into a file."""
        if template and not MEDIA[form].takes_template:
            raise CommandError(f"--template: {form} takes none.")
        about = _launch(launch) if launch else None
        until = _end_of(at) if at else None
        document = report_document(ReportKind(kind), launch=about, at=until)
        setting = Setting(
            base_url=settings.BASE_URL,
            more_path=reverse("reports:launch", args=[about.key]) if about else reverse("reports:portfolio"),
            key=_key(kind, about, (until or clock.now()).date()),
            template=_read(template) if template else None,
        )
        try:
            drawn = draw(form, document, setting)
        except TemplateError as error:
            raise CommandError(str(error)) from None
        self._give(_as_bytes(drawn), out, is_binary=isinstance(drawn, bytes))

    def _give(self, data: bytes, out: Path | None, *, is_binary: bool) -> None:
        if out is not None:
            _write(out, data)
            return
        is_own = getattr(self.stdout, "_out", None) is sys.stdout
        if is_binary and (not is_own or sys.stdout.isatty()):
            raise CommandError("This form is no text: name a file with --out, or send it into a pipe.")
        if is_own and hasattr(sys.stdout, "buffer"):
            # UTF-8 whatever the terminal's locale says.
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            self.stdout.write(data.decode(), ending="")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-03-31") from None


def _launch(key: str) -> Launch:
    """Raises CommandError where there is none."""
    found = Launch.objects.existing().filter(key=key.strip().upper()).first()
    if found is None:
        raise CommandError(f"There is no launch {key.strip().upper()!r}. Its key stands in its address.")
    return found


def _end_of(day: date) -> datetime | None:
    """The last moment of `day` where the workspace is; None for today. Raises CommandError for a day to come."""
    zone = workspace().time_zone
    today = clock.today(zone)
    if day > today:
        raise CommandError(f"--at: {day} has not come yet.")
    if day == today:
        return None
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)) - timedelta(microseconds=1)


def _key(kind: str, launch: Launch | None, day: date) -> str:
    return hashlib.sha256(f"report:{kind}:{launch.pk if launch else 'portfolio'}:{day}".encode()).hexdigest()


def _as_bytes(drawn: Any) -> bytes:
    if isinstance(drawn, bytes):
        return drawn
    if isinstance(drawn, str):
        return drawn.encode()
    return (json.dumps(drawn, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2) + "\n").encode()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"--template: {path} can't be read ({error.strerror}).") from None


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise CommandError(f"--out: {path} can't be written ({error.strerror}).") from None
