"""The limits that pages are held against: the same rows by raw SQL and string formatting, nothing else."""

from __future__ import annotations

import json
from html import escape

from django.db import connection, transaction

PORTFOLIO_SQL = """
    SELECT l.key, l.name, l.visibility, l.tier, u.name, st.name, l.status, l.status_reason, s.health, s.signals,
           s.progress, s.next_milestone_name, s.next_milestone_date, l.target_date, l.launched_date, s.p50, s.p85,
           s.gap_since, l.status_until, s.open_risks
    FROM launches_launch l
    JOIN launches_launchsummary s ON s.launch_id = l.id
    JOIN people_user u ON u.id = l.owner_id
    JOIN launches_stage st ON st.id = l.stage_id
    WHERE l.deleted_at IS NULL AND l.archived_at IS NULL AND st.category NOT IN ('completed', 'closed')
    ORDER BY l.tier, l.target_date, l.name LIMIT 50
"""
FIGURES_SQL = """
    SELECT count(*), sum(l.status = 'on_track'), sum(l.status = 'possible_delays'), sum(l.status = 'at_risk'),
           sum(l.status = 'paused'), sum(l.status = 'on_track' AND s.health IN ('possible_delays', 'at_risk')),
           max(s.synced_at)
    FROM launches_launch l
    JOIN launches_launchsummary s ON s.launch_id = l.id
    JOIN launches_stage st ON st.id = l.stage_id
    WHERE l.deleted_at IS NULL AND l.archived_at IS NULL AND st.category NOT IN ('completed', 'closed')
"""
WEEK_SQL = """
    SELECT e.verb, e.after, e.subject_name, l.key, l.name
    FROM events_event e
    JOIN launches_launch l ON l.id = e.launch_id
    WHERE e.verb IN ('milestone.completed', 'decision.decided', 'launch.health_changed')
      AND e.recorded_at >= datetime('now', '-7 days') AND l.deleted_at IS NULL AND l.archived_at IS NULL
    ORDER BY e.recorded_at DESC LIMIT 60
"""
_MOON = '<svg class="moon" viewBox="-10 -10 20 20" role="img" aria-label="{:.0f} % complete"><circle r="9"/></svg>'


def portfolio() -> str:
    """50 rows, the figures and what happened since last week, as a page without a shell."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES_SQL)
        figures = cursor.fetchone()
        cursor.execute(WEEK_SQL)
        week = cursor.fetchall()
        cursor.execute(PORTFOLIO_SQL)
        rows = cursor.fetchall()
    heads = "".join(f"<b>{figure}</b>" for figure in figures)
    news = "".join(
        f'<li><a href="/launches/{key}/">{escape(name)}</a>: {escape(text)}</li>' for *_, text, key, name in week
    )
    return f"<main>{heads}<ul>{news}</ul><table>{''.join(_row(row) for row in rows)}</table></main>"


def _row(row: tuple[object, ...]) -> str:
    (
        key,
        name,
        _visibility,
        _tier,
        owner,
        stage,
        status,
        reason,
        health,
        signals,
        progress,
        following,
        *rest,
    ) = row
    day, target, _launched, likely, sure, since, until, risks = rest
    worst = json.loads(str(signals))[0]
    return (
        f'<tr><th scope="row" data-at="a"><span class="name">{_MOON.format(float(str(progress)) * 100)}'
        f'<a href="/launches/{key}/">{escape(str(name))}</a><span class="key">{key}</span></span></th>'
        f'<td class="opt">{escape(str(owner))}</td><td class="soft opt">{escape(str(stage))}</td>'
        f'<td data-at="b"><span class="status" data-is="{status}">{status}</span></td>'
        f'<td><a href="/launches/{key}/#health"><span class="status quiet" data-is="{health}">{health}</span></a></td>'
        f'<td class="clip">{day} {escape(str(following))}</td><td class="num">{target}</td>'
        f'<td class="opt">{since}</td><td class="num">{likely} {sure}</td><td class="num">{risks}</td></tr>'
        f'<tr class="why"><td colspan="11"><span class="voice">{escape(str(reason))} {until}</span>'
        f'<span class="computed">{escape(str(worst["sentence"]))}</span></td></tr>'
    )


def three_writes(launch_id: int, milestone_id: int) -> None:
    """A row, its line in the log and the launch's summary, in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE milestones_milestone SET version = version + 1 WHERE id = %s", [milestone_id])
        cursor.execute(
            "INSERT INTO events_event (verb, subject_kind, subject_id, subject_name, launch_id, through, occurred_at,"
            " recorded_at, before, after, why) VALUES ('bench.written', 'milestone', %s, '', %s, 'web',"
            " CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, '{}', '{}', '')",
            [milestone_id, launch_id],
        )
        cursor.execute("UPDATE launches_launchsummary SET due_at = CURRENT_TIMESTAMP WHERE launch_id = %s", [launch_id])
