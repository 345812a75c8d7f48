"""Each renderer's output for the sample reports."""

from __future__ import annotations

import json

import pytest
from django.template.loader import render_to_string

from reports.content.document import Document
from reports.content.samples import busy_digest, quiet_digest, sample_portfolio, sample_progress, sample_roadmap
from reports.domain.types import ReportKind
from reports.renderers.html import html_blocks
from reports.renderers.markdown import render_markdown
from reports.renderers.slack import render_slack
from reports.renderers.slack_preview import shown_blocks
from tests.reports.renderers.goldens import assert_golden

BASE = "https://luna.example"
SAMPLES = [
    ("busy", busy_digest()),
    ("quiet", quiet_digest()),
    ("progress", sample_progress(20)),
    ("roadmap", sample_roadmap(20)),
    ("launches-digest", sample_portfolio(ReportKind.DIGEST, 8)),
    ("launches-progress", sample_portfolio(ReportKind.PROGRESS, 8)),
    ("launches-roadmap", sample_portfolio(ReportKind.ROADMAP, 8)),
]


@pytest.mark.parametrize(("name", "document"), SAMPLES)
def test_markdown(name: str, document: Document) -> None:
    assert_golden(f"{name}.md", render_markdown(document, base_url=BASE))


@pytest.mark.parametrize(("name", "document"), SAMPLES)
def test_slack(name: str, document: Document) -> None:
    payload = render_slack(document, base_url=BASE, more_path="/launches/BOOK/reports/1/")
    assert_golden(f"{name}.slack.json", json.dumps(payload, indent=1, ensure_ascii=False) + "\n")


@pytest.mark.parametrize(("name", "document"), SAMPLES)
def test_page(name: str, document: Document) -> None:
    assert_golden(f"{name}.html", render_to_string("reports/_document.html", {"blocks": html_blocks(document)}))


@pytest.mark.parametrize(("name", "document"), SAMPLES)
def test_preview_of_slack(name: str, document: Document) -> None:
    payload = render_slack(document, base_url=BASE, more_path="/launches/BOOK/reports/1/")
    assert_golden(f"{name}.preview.html", render_to_string("reports/_slack.html", {"blocks": shown_blocks(payload)}))
