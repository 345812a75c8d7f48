"""JQL: what parses to what, that rendering is its inverse, and how each mistake is told."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.jira.jql.parser import parse
from sandbox.jira.jql.syntax import (
    And,
    Clause,
    Condition,
    Empty,
    Function,
    JqlError,
    Not,
    Number,
    Operand,
    Or,
    Query,
    Sort,
    Text,
    render,
)

PROJECT = Clause("project", "=", (Text("CAL"),))
DONE = Clause("status", "!=", (Text("Done"),))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("project = CAL", Query(PROJECT)),
        ("PROJECT='CAL'", Query(Clause("PROJECT", "=", (Text("CAL"),)))),
        ("project = CAL AND status != Done", Query(And((PROJECT, DONE)))),
        ("project = CAL && status != Done", Query(And((PROJECT, DONE)))),
        ("project = CAL OR NOT status != Done", Query(Or((PROJECT, Not(DONE))))),
        (
            "project = CAL and status != Done or project = CAL",
            Query(Or((And((PROJECT, DONE)), PROJECT))),
        ),
        (
            "project = CAL and (status != Done or project = CAL)",
            Query(And((PROJECT, Or((DONE, PROJECT))))),
        ),
        ("key in (CAL-1, 'CAL-2')", Query(Clause("key", "in", (Text("CAL-1"), Text("CAL-2"))))),
        ("labels not in (a)", Query(Clause("labels", "not in", (Text("a"),)))),
        ("parent is EMPTY", Query(Clause("parent", "is", (Empty(),)))),
        ("parent IS NOT null", Query(Clause("parent", "is not", (Empty(),)))),
        ("updated >= 1732877091000", Query(Clause("updated", ">=", (Number(1732877091000),)))),
        ('updated >= "2026-11-02 08:30"', Query(Clause("updated", ">=", (Text("2026-11-02 08:30"),)))),
        ("created > -7d", Query(Clause("created", ">", (Text("-7d"),)))),
        ("created > startOfDay(-1d)", Query(Clause("created", ">", (Function("startOfDay", ("-1d",)),)))),
        (r'summary ~ "say \"hi\""', Query(Clause("summary", "~", (Text('say "hi"'),)))),
        ('"Epic Link" = CAL-2', Query(Clause("Epic Link", "=", (Text("CAL-2"),)))),
        (
            "(project = CAL) AND updated >= 5 ORDER BY updated ASC, key ASC",
            Query(And((PROJECT, Clause("updated", ">=", (Number(5),)))), (Sort("updated"), Sort("key"))),
        ),
        ("ORDER BY created DESC", Query(None, (Sort("created", "DESC"),))),
        ("", Query(None)),
    ],
)
def test_what_parses_to_what(text: str, query: Query) -> None:
    assert parse(text) == query


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("project CAL", "Expecting operator but got 'CAL'. The valid operators are"),
        ("project = ", "Expecting either a value, list or function before the end of the query."),
        ("project = CAL status = Done", "Expecting either 'OR' or 'AND' but got 'status'. (line 1, character 15)"),
        ("project = CAL and", "Expecting a field name before the end of the query."),
        ("(project = CAL", "Expecting ')' before the end of the query."),
        ("key in CAL-1", "Expecting '(' but got 'CAL-1'. (line 1, character 8)"),
        ("key in (CAL-1", "Expecting either ',' or ')' before the end of the query."),
        ("parent is CAL-1", "Expecting 'EMPTY' or 'NULL' but got 'CAL-1'."),
        ("summary ~ 'half", "The quoted string 'half' has not been completed. (line 1, character 11)"),
        ("project = CAL\nand and", "Expecting a field name but got 'and'. (line 2, character 5)"),
        ("(project = CAL ORDER BY key) AND updated > 1", "Expecting ')' but got 'ORDER'."),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(JqlError) as error:
        parse(text)
    assert str(error.value).startswith(f"Error in the JQL Query: {complaint}")


def test_at_most_seven_sort_fields() -> None:
    fields = ", ".join(["created"] * 8)
    with pytest.raises(JqlError, match="maximum number of ORDER BY fields is 7"):
        parse(f"project = CAL ORDER BY {fields}")


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
plain_operands: st.SearchStrategy[Operand] = st.one_of(
    st.builds(Text, words),
    st.builds(Number, st.integers(-(10**15), 10**15)),
    st.builds(Function, st.sampled_from(["now", "startOfDay"]), st.lists(words, max_size=2).map(tuple)),
)
clauses = st.one_of(
    st.builds(Clause, names, st.sampled_from(["=", "!=", "<", ">", "<=", ">=", "~", "!~"]), st.tuples(plain_operands)),
    st.builds(Clause, names, st.sampled_from(["is", "is not"]), st.just((Empty(),))),
    st.builds(
        Clause, names, st.sampled_from(["in", "not in"]), st.lists(plain_operands, min_size=2, max_size=3).map(tuple)
    ),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    clauses,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
queries = st.builds(
    Query,
    conditions,
    st.lists(st.builds(Sort, names, st.sampled_from(["ASC", "DESC"])), max_size=3).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(queries)
def test_a_rendered_query_parses_to_itself(query: Query) -> None:
    assert parse(render(query)) == query


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_query_or_a_mistake(text: str) -> None:
    with suppress(JqlError):
        assert isinstance(parse(text), Query)
