"""People's JQL within Luna's own: nothing gets out of the offered projects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.sources.jira import jql


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("project = CAL", "project = CAL"),
        ("  labels = launch ORDER BY created DESC ", "labels = launch"),
        ("labels = launch order  by rank", "labels = launch"),
        ('summary ~ "order by )" AND status = Done', 'summary ~ "order by )" AND status = Done'),
        ("(a = 1 OR b = 2) AND c in (3, 4)", "(a = 1 OR b = 2) AND c in (3, 4)"),
        ("summary ~ 'it\\'s ('", "summary ~ 'it\\'s ('"),
        ("project = CAL\n AND labels = x", "project = CAL AND labels = x"),
    ],
)
def test_a_query_loses_its_order_and_nothing_else(typed: str, sent: str) -> None:
    assert jql.condition(typed) == sent


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "ORDER BY created",
        "a = 1) OR (b = 2",
        "a = 1) OR project = OPS OR (b = 2",
        "(a = 1",
        "a = 1)",
        'summary ~ "x',
        "summary ~ 'x\\'",
        'summary ~ x\\" ) OR (project = OPS AND summary ~ y\\"',
        "(a = 1 ORDER BY x) OR (project = OPS)",
        "a" * 2001,
    ],
)
def test_what_would_get_out_is_refused(typed: str) -> None:
    with pytest.raises(jql.BadQueryError):
        jql.condition(typed)


@given(st.text(alphabet="ab=~ ()'\"\\,ORDEBYorderby\n", max_size=60))
def test_whatever_is_typed_stays_within_its_parentheses(typed: str) -> None:
    try:
        sent = jql.limited(typed, ["10000"])
    except jql.BadQueryError:
        return
    depth = 0
    closings = []
    for token in jql.tokens(sent.removeprefix("project in (10000) AND ")):
        depth += {"(": 1, ")": -1}.get(token.kind, 0)
        closings.append(depth == 0)
    assert closings[-1]
    assert not any(closings[:-1]), "the outer parenthesis closes at the very end only"


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("project = CAL", {"CAL"}),
        ("PROJECT in (CAL, 'Clinic app', 10001)", {"CAL", "Clinic app", "10001"}),
        ("project != OPS AND project not in (SEC)", set()),
        ("parent = OPS-1 OR key in (SEC-2, CAL-3)", {"OPS", "SEC", "CAL"}),
        ('"Epic Link" = OPS-7', {"OPS"}),
        ("summary ~ OPS-1", set()),
        ("labels = CAL-2026", set()),
    ],
)
def test_the_projects_that_a_query_asks_for(typed: str, named: set[str]) -> None:
    assert jql.projects_named(typed) == named


def test_the_full_text_is_bounded_by_epoch_milliseconds() -> None:
    limited = jql.limited("labels = launch ORDER BY rank", ["10000", "10001", "1) OR (2"])
    assert jql.changed_since(limited, 1732877091000) == (
        "project in (10000, 10001) AND (labels = launch) AND updated >= 1732877091000 ORDER BY updated ASC, key ASC"
    )
    assert jql.changed_since(limited, None).endswith("(labels = launch) ORDER BY updated ASC, key ASC")


@pytest.mark.parametrize("key", ["CAL", "CAL-", "CAL-2 OR 1", "CAL-2)", ""])
def test_an_epic_is_a_key(key: str) -> None:
    with pytest.raises(jql.BadQueryError):
        jql.parent_condition(key)


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("project = CAL", "project = 10000"),
        ("project=cal AND labels = CAL", "project=10000 AND labels = CAL"),
        ("Project in ('Calendar app', CAL, PAY) OR key = CAL-2", "Project in (10000, 10000, PAY) OR key = CAL-2"),
        ("project != CAL AND project not in (CAL)", "project != CAL AND project not in (CAL)"),
        ('summary ~ "project = CAL"', 'summary ~ "project = CAL"'),
        ("project = 10000 ORDER BY project", "project = 10000 ORDER BY project"),
    ],
)
def test_projects_are_sent_by_their_ids(query: str, sent: str) -> None:
    assert jql.with_project_ids(query, {"cal": "10000", "calendar app": "10000"}) == sent
