"""A report as a PowerPoint file, from its page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from pptx import Presentation

from people.models import User
from reports.content.document import to_data
from reports.content.samples import busy_digest
from reports.models import Edition
from tests.factories import make_launch, make_milestone
from tests.reports.rows import make_edition

if TYPE_CHECKING:
    from pytest_django import Settings

    from launches.models import Launch

SignIn = Callable[[User], Client]
ISSUED = datetime(2026, 11, 23, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(book: Launch) -> Edition:
    made = make_edition(book)
    Edition.objects.filter(pk=made.pk).update(content=to_data(busy_digest()), created_at=ISSUED)
    made.refresh_from_db()
    return made


def _deck(answer: Any) -> Any:
    assert answer.status_code == 200
    assert answer["Content-Type"].endswith("presentationml.presentation")
    return Presentation(BytesIO(answer.content))


def _titles(file: Any) -> list[str]:
    return [slide.shapes.title.text_frame.text for slide in file.slides]


def test_an_edition_is_downloaded_as_it_was_issued(signed_in: SignIn, ana: User, edition: Edition) -> None:
    client = signed_in(ana)
    page = client.get(reverse("reports:edition", args=["BOOK", edition.pk])).content.decode()
    address = reverse("reports:edition_pptx", args=["BOOK", edition.pk])
    assert f'href="{address}"' in page
    answer = client.get(address)
    assert answer["Content-Disposition"] == 'attachment; filename="book-2026-11-23.pptx"'
    assert _titles(_deck(answer))[:2] == ["Patient self-booking, week 47", "In short"]
    assert client.get(address).content == answer.content


@pytest.mark.parametrize("kind", ["digest", "progress", "roadmap"])
def test_every_kind_of_report_can_be_had_as_it_stands(signed_in: SignIn, ana: User, book: Launch, kind: str) -> None:
    client = signed_in(ana)
    address = reverse("reports:launch_report_pptx", args=["BOOK", kind])
    assert f'href="{address}"' in client.get(reverse("reports:launch_report", args=["BOOK", kind])).content.decode()
    titles = _titles(_deck(client.get(address)))
    assert "Patient self-booking" in titles[0]
    assert "Milestones" in " ".join(titles)


def test_no_such_kind_is_not_found(signed_in: SignIn, ana: User, book: Launch) -> None:
    assert signed_in(ana).get("/launches/BOOK/report/poem.pptx").status_code == 404


def test_on_all_launches_one_reads_of_those_that_one_may_see(signed_in: SignIn, ana: User, dan: User) -> None:
    for name, is_private in (("Known to all", False), ("Quiet thing", True)):
        launch = make_launch(ana, key=name[:5].upper(), name=name, private=is_private)
        make_milestone(launch, f"First step of {name}", owner=ana)
    address = reverse("reports:portfolio_report_pptx", args=["roadmap"])

    def told(user: User) -> str:
        file = _deck(signed_in(user).get(address))
        return " ".join(node.text or "" for slide in file.slides for node in slide._element.iter() if node.text)

    assert "Quiet thing" in told(ana)
    assert "Known to all" in told(dan)
    assert "Quiet thing" not in told(dan)


def test_the_companys_template_is_taken(
    signed_in: SignIn, ana: User, edition: Edition, settings: Settings, tmp_path: Path
) -> None:
    template = Presentation()
    template.slide_layouts[0].name = "Fernhill opening"
    template.save(str(tmp_path / "fernhill.pptx"))
    settings.PPTX_TEMPLATE = str(tmp_path / "fernhill.pptx")
    file = _deck(signed_in(ana).get(reverse("reports:edition_pptx", args=["BOOK", edition.pk])))
    assert file.slides[0].slide_layout.name == "Fernhill opening"


@pytest.mark.parametrize(
    ("content", "words"), [(None, "An admin can mend LUNA_PPTX_TEMPLATE."), (b"no deck", "Save it as .pptx")]
)
def test_a_template_that_cannot_be_used_is_told_on_the_page(
    signed_in: SignIn,
    ana: User,
    edition: Edition,
    settings: Settings,
    tmp_path: Path,
    content: bytes | None,
    words: str,
) -> None:
    if content is not None:
        (tmp_path / "template.pptx").write_bytes(content)
    settings.PPTX_TEMPLATE = str(tmp_path / "template.pptx")
    client = signed_in(ana)
    answer = client.get(reverse("reports:edition_pptx", args=["BOOK", edition.pk]))
    assert answer.status_code == 303
    assert words in client.get(answer["Location"]).content.decode()
