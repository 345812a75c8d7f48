"""`manage.py report`: every kind in every form, on standard output or into a file; nothing is sent or saved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from pptx import Presentation

from luna import clock
from milestones.actions.milestones import edit_milestone
from milestones.models import Milestone
from reports.content.document import Document, from_data
from reports.domain.types import ReportKind
from reports.media import MEDIA, Medium
from reports.models import Edition
from tests.architecture.sources import ROOT
from tests.factories import make_launch
from tests.faults.installation import database_of_its_own

if TYPE_CHECKING:
    from launches.models import Launch
    from people.models import User
    from tests.moving_clock import MovingClock

TEXTS = [form for form in MEDIA if form != "pptx"]


def report(*arguments: str) -> str:
    """What it prints."""
    out = StringIO()
    call_command("report", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("form", TEXTS)
@pytest.mark.parametrize("kind", [str(kind) for kind in ReportKind])
def test_every_kind_comes_in_every_form(kind: str, form: str, book: Launch) -> None:
    of_launch = report(kind, "--launch", "book", "--as", form)
    assert "Booking page" in of_launch
    of_all = report(kind, "--portfolio", "--as", form)
    assert "Launches" in of_all
    assert of_all.endswith("\n")
    if form not in {"markdown", "html"}:
        assert json.loads(of_launch)
    assert not Edition.objects.exists()


def test_json_is_the_document_itself(book: Launch) -> None:
    document = from_data(json.loads(report("digest", "--launch", "BOOK", "--as", "json")))
    assert document.title.startswith("Patient self-booking")


def test_google_gets_one_batch_that_is_the_same_each_time(book: Launch) -> None:
    once = report("progress", "--launch", "BOOK", "--as", "google-slides")
    assert list(json.loads(once)) == ["requests"]
    assert report("progress", "--launch", "BOOK", "--as", "google-slides") == once
    assert report("roadmap", "--launch", "BOOK", "--as", "google-slides") != once


def test_links_lead_to_luna_wherever_it_is_read(book: Launch) -> None:
    assert "(<http://testserver/launches/BOOK/milestones/" in report("digest", "--launch", "BOOK", "--as", "markdown")
    assert '<base href="http://testserver/">' in report("digest", "--launch", "BOOK", "--as", "html")


def test_a_status_that_nobody_declared_is_nobodys_word(book: Launch) -> None:
    for status_at in (None, clock.now()):
        type(book).objects.filter(pk=book.pk).update(status_at=status_at)
        said = report("digest", "--launch", "BOOK", "--as", "markdown")
        assert ("Nobody has declared a status yet." in said) == (status_at is None)


def test_the_portfolio_tells_of_no_private_launch(book: Launch, ana: User) -> None:
    make_launch(ana, key="SECRET", name="Something private", private=True)
    for form in TEXTS:
        assert "Something private" not in report("progress", "--portfolio", "--as", form)


def test_a_deck_is_written_whole_into_a_file(book: Launch, tmp_path: Path) -> None:
    there = tmp_path / "book.pptx"
    assert report("digest", "--launch", "BOOK", "--as", "pptx", "--out", str(there)) == ""
    assert len(Presentation(BytesIO(there.read_bytes())).slides) > 1
    assert [path.name for path in tmp_path.iterdir()] == ["book.pptx"]


def test_an_earlier_day_is_told_as_it_was(book: Launch, ana: User, clock: MovingClock) -> None:
    milestone = Milestone.objects.get(name="Booking page")
    day = milestone.created_at.date()
    clock.move(timedelta(days=10))
    due = date(2027, 3, 3)
    edit_milestone(milestone=milestone, version=milestone.version, fields={"due_date": due}, why="Late.", actor=ana)
    assert "3 Mar" in report("roadmap", "--launch", "BOOK", "--as", "markdown")
    assert "3 Mar" not in report("roadmap", "--launch", "BOOK", "--as", "markdown", "--at", day.isoformat())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["digest", "--launch", "NOPE", "--as", "json"], "There is no launch 'NOPE'"),
        (["digest", "--launch", "BOOK", "--as", "json", "--at", "2999-01-01"], "has not come yet"),
        (["digest", "--launch", "BOOK", "--as", "json", "--at", "soon"], "'soon' is no day"),
        (["digest", "--launch", "BOOK", "--as", "pptx"], "name a file with --out"),
        (["digest", "--launch", "BOOK", "--as", "json", "--out", "/nowhere/at/all"], "can't be written"),
        (["digest", "--launch", "BOOK", "--as", "json", "--template", "x"], "json takes none"),
        (["digest", "--launch", "BOOK", "--as", "pptx", "--template", "/nowhere"], "can't be read"),
        (["digest", "--launch", "BOOK", "--as", "pptx", "--template", __file__, "--out", "/dev/null"], "."),
        (["digest", "--as", "json"], "--launch --portfolio is required"),
        (["digest", "--launch", "BOOK", "--as", "fax"], "invalid choice: 'fax'"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(arguments: list[str], sentence: str, book: Launch) -> None:
    with pytest.raises(CommandError) as refused:
        report(*arguments)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def toy_renderer(document: Document, *, base_url: str) -> str:
    """What docs/how-to/add-a-renderer.md says a renderer is."""
    return f"{document.title.upper()} {base_url}\n"


def test_a_new_form_needs_a_function_and_a_line(book: Launch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MEDIA, "toy", Medium(f"{__name__}.toy_renderer", ("base_url",)))
    assert report("roadmap", "--launch", "BOOK", "--as", "toy").startswith("PATIENT SELF-BOOKING")


def test_in_a_shell_it_goes_into_a_pipe(tmp_path: Path) -> None:
    environment = dict(os.environ) | {"LUNA_DATA_DIR": str(tmp_path), "LUNA_DATABASE_POOL": "0"}
    environment |= database_of_its_own(f"luna_report_{os.getpid()}", redis_number=2)

    def manage(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, timeout=120)

    unprepared = manage("report", "progress", "--portfolio", "--as", "pptx")
    assert unprepared.returncode == 1
    assert b"run manage.py prepare" in unprepared.stderr
    assert manage("migrate", "--verbosity", "0").returncode == 0
    deck = manage("report", "progress", "--portfolio", "--as", "pptx")
    assert (deck.returncode, deck.stderr) == (0, b"")
    assert Presentation(BytesIO(deck.stdout)).slides
