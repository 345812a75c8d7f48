"""The rules of the sync engine: how each is switched off, and which tests go red then."""

from __future__ import annotations

from dataclasses import dataclass

_T = "tests/integrations"
_RULES = "integrations/sync/rules.py"
_READING = "integrations/sync/reading.py"
_WORK = "luna/lib/work.py"
_IN_WORDS = "{__import__('datetime').datetime.fromtimestamp(updated_since_ms / 1000):%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class Rule:
    """`edits` are pairs of lines of the file at `path`, as they are and without the rule.

    `name`, `taken_out` and `tests` stand in the table “Each rule switched off” of docs/algorithms/sync.md.
    """

    name: str
    taken_out: str
    path: str
    edits: tuple[tuple[str, str], ...]
    tests: tuple[str, ...]


RULES = (
    Rule(
        "overlap",
        "changes are asked for from the cursor on",
        _RULES,
        (("cursor_ms - int(OVERLAP.total_seconds() * 1000)", "cursor_ms"),),
        (f"{_T}/test_sync.py::test_the_overlap_catches_what_the_index_showed_late",),
    ),
    Rule(
        "epoch milliseconds",
        "a date and a time in words",
        "integrations/sources/jira/jql.py",
        ((" AND updated >= {updated_since_ms}", f" AND updated >= '{_IN_WORDS}'"),),
        (f"{_T}/sources/test_jira_jql.py::test_the_full_text_is_bounded_by_epoch_milliseconds",),
    ),
    Rule(
        "cursor",
        "it moves with each page",
        _READING,
        (
            (
                "newest_ms=newest,",
                "newest_ms=newest if TaskSource.objects.filter(pk=source.pk).update(cursor_ms=newest) else None,",
            ),
        ),
        (f"{_T}/test_sync_rules.py::test_the_cursor_never_passes_a_page_that_is_not_committed",),
    ),
    Rule(
        "cursor",
        "it goes behind its run’s start",
        _RULES,
        (("return min(max(instants), epoch_ms(started_at)) if instants", "return max(instants) if instants"),),
        (f"{_T}/test_sync_rules.py::test_the_cursor_goes_to_the_newest_change_and_never_behind_the_start",),
    ),
    Rule(
        "token guard",
        "a token that leads to itself is let pass",
        _RULES,
        (("if next_token == token or here == mark", "if here == mark"),),
        (f"{_T}/test_sync_rules.py::test_pages_without_end_are_refused",),
    ),
    Rule(
        "token guard",
        "no token further back is remembered",
        _RULES,
        ((" or here == mark or", " or"),),
        (
            f"{_T}/test_sync_rules.py::test_a_circle_of_tokens_is_met_soon",
            f"{_T}/test_sync_rules.py::test_a_source_whose_pages_go_round_is_left_for_the_next",
        ),
    ),
    Rule(
        "page cap",
        "none",
        _RULES,
        ((" or number >= MAX_PAGES:", ":"),),
        (f"{_T}/test_sync_rules.py::test_pages_without_end_are_refused",),
    ),
    Rule(
        "page and position in one transaction",
        "the position goes first",
        _READING,
        (
            (
                "        newest = cursor_after(",
                "        self._save(replace(here, token=page.next_token, pages=here.pages + len(pages)))\n"
                "        crashpoint('sync.after_page')\n"
                "        newest = cursor_after(",
            ),
        ),
        ("tests/faults/test_sync_killed.py::test_a_killed_sync_goes_on_at_the_page_that_it_reached",),
    ),
    Rule(
        "version guard",
        "any payload replaces a row",
        _RULES,
        (('return f"{table}.remote_updated_at <= excluded.remote_updated_at"', 'return "1 = 1"'),),
        (
            f"{_T}/test_sync.py::test_an_older_payload_never_wins",
            "tests/faults/test_figures_inbound.py::test_calls_in_disorder",
        ),
    ),
    Rule(
        "removal guard",
        "any page brings a removed task back",
        _RULES,
        (("OR {table}.removed_at < %s)", "OR {table}.removed_at IS NOT NULL OR {table}.removed_at < %s)"),),
        (
            f"{_T}/test_removed_meanwhile.py::"
            "test_a_page_that_was_asked_for_before_a_deletion_does_not_bring_the_task_back",
        ),
    ),
    Rule(
        "version check",
        "the census asks for no versions",
        _RULES,
        (
            (
                "for one, updated_at in known.items() if one not in there or updated_at >= there[one]}",
                "for one in known}",
            ),
        ),
        (
            f"{_T}/test_census.py::test_what_the_mirror_has_older_is_fetched",
            f"{_T}/sources/test_asana_sync.py::test_a_sub_task_that_changed_alone_is_read_by_the_census",
        ),
    ),
    Rule(
        "census safety",
        "links are compared after an error, too",
        "integrations/sync/slices.py",
        (
            (
                "            self._skip(source, error)\n        return True\n",
                "            if not self._position.is_read:\n"
                "                self._position = replace(self._position, is_read=True)\n"
                "                return self.go_on()\n"
                "            self._skip(source, error)\n        return True\n",
            ),
        ),
        (f"{_T}/test_census.py::test_a_census_that_failed_in_part_removes_nothing",),
    ),
    Rule(
        "changed meanwhile",
        "what is not found is unlinked at once",
        _RULES,
        (("return updated_at >= started_at", "return False"),),
        (f"{_T}/test_census.py::test_what_changes_while_the_census_runs_is_left_to_the_next",),
    ),
    Rule(
        "record first",
        "Asana’s events are not read",
        _READING,
        (("if here.asks_record and isinstance(", "if here.asks_record is None and isinstance("),),
        (f"{_T}/sources/test_asana_changes.py::test_a_record_that_was_left_too_long_ago_lets_everything_be_read",),
    ),
    Rule(
        "lost record",
        "all is read again each time",
        _RULES,
        (("return compared_at is None or now - compared_at >= READ_AGAIN_AFTER", "return True"),),
        (
            f"{_T}/sources/test_asana_changes.py::test_a_tool_that_keeps_no_bookmark_is_read_in_full_once_an_hour_at_most",
        ),
    ),
    Rule(
        "only what changed is counted",
        "a page’s milestones are forgotten",
        _READING,
        (("touched=here.touching(set(written.milestones)),", "touched=here.touched,"),),
        (f"{_T}/test_sync_rules.py::test_what_a_page_changes_is_counted_for_every_milestone_that_has_it",),
    ),
    Rule(
        "fencing",
        "writes do not ask for the token",
        _WORK,
        (("manager.filter(pk=self.row.pk, lease_token=self.token)", "manager.filter(pk=self.row.pk)"),),
        (
            f"{_T}/test_runs.py::test_a_worker_whose_run_went_to_another_between_two_pages_writes_none_of_the_next",
            f"{_T}/test_runs.py::test_a_worker_in_the_middle_of_a_run_that_starts_over_writes_no_more",
            "tests/lib/test_work.py::test_who_lost_the_lease_writes_nothing",
        ),
    ),
    Rule(
        "leases",
        "a row that is held can be claimed",
        _WORK,
        ((" & (Q(lease_until__isnull=True) | Q(lease_until__lte=now))", ""),),
        ("tests/lib/test_work.py::test_a_row_is_claimed_once",),
    ),
)
