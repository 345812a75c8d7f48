"""The table of `make rules` fits the code that it switches off and the page that tells of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tools.rules import ROOT, switched_off
from tools.rules_table import RULES, Rule

ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| (`[^|]+`) \|$", re.MULTILINE)


def told() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The rows of the page: a test of the same file as the one before begins with “…” in place of its file."""
    page = (ROOT / "docs/algorithms/sync.md").read_text(encoding="utf-8").partition("## Each rule switched off")[2]
    for name, taken_out, cell in ROW.findall(page):
        tests: list[str] = []
        for test in re.findall(r"`([^`]+)`", cell):
            if test.startswith("…"):
                test = f"{tests[-1].partition('::')[0]}::test_{test[1:]}"  # noqa: PLW2901
            elif not test.startswith("tests/"):
                test = f"tests/integrations/{test}"  # noqa: PLW2901
            tests.append(test)
        yield name, taken_out, tuple(tests)


def test_the_page_tells_what_the_command_tries() -> None:
    assert list(told()) == [(rule.name, rule.taken_out, rule.tests) for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.name}, {rule.taken_out}")
def test_each_rule_and_its_tests_are_there(rule: Rule) -> None:
    text = (ROOT / rule.path).read_text(encoding="utf-8")
    compile(switched_off(rule, text), rule.path, "exec")
    for path, _, name in (test.partition("::") for test in rule.tests):
        assert f"\ndef {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path} has no {name}"


def test_a_rule_that_is_not_found_is_an_error() -> None:
    rule = Rule("overlap", "gone", "rules.py", (("after - OVERLAP", "after"),), ())
    assert switched_off(rule, "return after - OVERLAP") == "return after"
    for text in ("return after", "after - OVERLAP, after - OVERLAP"):
        with pytest.raises(ValueError, match="and not once"):
            switched_off(rule, text)
