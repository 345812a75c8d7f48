"""The kept form of a document."""

from __future__ import annotations

import json
from datetime import date

import pytest

from reports.content.document import Document, Line, Lines, Plan, PlanItem, from_data, to_data
from reports.content.samples import busy_digest, quiet_digest

FORECAST = Document((Plan((PlanItem("A", likely=date(2026, 12, 8), sure=date(2026, 12, 15)),), date(2026, 11, 23)),))
BRIEF = Document((Lines((Line("one"), Line("and 7 more", stands_for=7)), is_brief=True),))


@pytest.mark.parametrize("document", [busy_digest(), quiet_digest(), Document(), BRIEF, FORECAST])
def test_a_document_comes_back_from_json_as_it_was(document: Document) -> None:
    assert from_data(json.loads(json.dumps(to_data(document)))) == document


def test_a_plan_that_was_kept_before_forecasts_were_told_is_read() -> None:
    data = to_data(FORECAST)
    for name in ("likely", "sure"):
        del data["blocks"][0]["items"][0][name]
    assert from_data(data) == Document((Plan((PlanItem("A"),), date(2026, 11, 23)),))


@pytest.mark.parametrize("data", [{}, {"schema": 99, "blocks": []}, {"schema": 1, "blocks": [{"kind": "script"}]}])
def test_what_is_not_known_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not known"):
        from_data(data)
