"""The kept form of a document."""

from __future__ import annotations

import json

import pytest

from reports.content.document import Document, Line, Lines, from_data, to_data
from reports.content.samples import busy_digest, quiet_digest

BRIEF = Document((Lines((Line("one"), Line("and 7 more", stands_for=7)), is_brief=True),))


@pytest.mark.parametrize("document", [busy_digest(), quiet_digest(), Document(), BRIEF])
def test_a_document_comes_back_from_json_as_it_was(document: Document) -> None:
    assert from_data(json.loads(json.dumps(to_data(document)))) == document


@pytest.mark.parametrize("data", [{}, {"schema": 99, "blocks": []}, {"schema": 1, "blocks": [{"kind": "script"}]}])
def test_what_is_not_known_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not known"):
        from_data(data)
