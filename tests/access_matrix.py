"""Who may do what: one row per URL, data for tests/architecture/test_access_matrix.py.

A new URL needs a row here. `Row("launch_read")` is a page; `Row(None, "launch_edit")` answers POST only;
`Row("launch_read", "launch_edit")` shows a page to readers and takes changes from editors. `child` says what the
number in the URL is (a key of CHILDREN); further arguments are named after their child (`milestone_pk`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.db import models

from launches.models import Launch
from luna import clock
from people.models import Invitation, Team
from tests.factories import (
    add_participant,
    make_approval,
    make_comment,
    make_connection,
    make_decision,
    make_dependency,
    make_milestone,
    make_payload,
    make_risk,
    make_source,
    make_suggestion,
    make_update,
)
from tests.people import make_user
from tests.reports.rows import make_delivery, make_edition, make_schedule


class Visitor(StrEnum):
    """Who asks. Inside and outside of the launch is meant."""

    ANONYMOUS = "anonymous"
    GUEST_OUTSIDE = "guest outside"
    GUEST_INSIDE = "guest who participates"
    MEMBER = "member"
    MAKER = "maker outside"
    EDITOR = "editor"
    OWNER = "owner"
    ADMIN = "admin"


class Answer(StrEnum):
    """What kind of answer one gets."""

    OK = "ok"
    SIGN_IN = "sign in first"
    FORBIDDEN = "403"
    HIDDEN = "404"
    NO_METHOD = "405"


OK, FORBIDDEN, HIDDEN = Answer.OK, Answer.FORBIDDEN, Answer.HIDDEN
_OUTSIDE = (Visitor.MEMBER, Visitor.MAKER)


def _all(answer: Answer, **others: Answer) -> dict[Visitor, Answer]:
    """The same answer for all who have signed in, but for `others` (by the visitors' names in the code)."""
    named = {Visitor[name]: other for name, other in others.items()}
    return {Visitor.ANONYMOUS: Answer.SIGN_IN} | {v: answer for v in Visitor if v != Visitor.ANONYMOUS} | named


def _private(policy: dict[Visitor, Answer]) -> dict[Visitor, Answer]:
    """The same policy on a private launch: hidden from everybody outside."""
    return policy | dict.fromkeys(_OUTSIDE, HIDDEN)


# Policies of the workspace.
WORKSPACE: dict[str, dict[Visitor, Answer]] = {
    "public": dict.fromkeys(Visitor, OK),
    "signed_in": _all(OK),
    "not_guests": _all(OK, GUEST_OUTSIDE=FORBIDDEN, GUEST_INSIDE=FORBIDDEN),
    "maker": _all(OK, GUEST_OUTSIDE=FORBIDDEN, GUEST_INSIDE=FORBIDDEN, MEMBER=FORBIDDEN),
    "admin": _all(FORBIDDEN, ADMIN=OK),
    # Signing out: everybody is at the door afterwards.
    "to_the_door": dict.fromkeys(Visitor, Answer.SIGN_IN),
    # A link that is unknown, used or too old: the same for all.
    "dead_link": dict.fromkeys(Visitor, HIDDEN),
    # There is nothing of the kind, for anybody.
    "nothing": _all(HIDDEN),
}
# Policies of a launch, as they are on an open one.
LAUNCH: dict[str, dict[Visitor, Answer]] = {
    "launch_read": _all(OK, GUEST_OUTSIDE=HIDDEN),
    "launch_comment": _all(OK, GUEST_OUTSIDE=HIDDEN),
    "launch_contribute": _all(OK, GUEST_OUTSIDE=HIDDEN, GUEST_INSIDE=FORBIDDEN),
    "launch_edit": _all(OK, GUEST_OUTSIDE=HIDDEN, GUEST_INSIDE=FORBIDDEN, MEMBER=FORBIDDEN, MAKER=FORBIDDEN),
    "launch_own": _all(FORBIDDEN, GUEST_OUTSIDE=HIDDEN, OWNER=OK, ADMIN=OK),
    # Only who is named may act, not even admins: the child names the owner.
    "launch_named": _all(FORBIDDEN, GUEST_OUTSIDE=HIDDEN, OWNER=OK),
}


def expected(policy: str, visitor: Visitor, *, private: bool) -> Answer:
    """What `visitor` gets under `policy`."""
    if policy in WORKSPACE:
        return WORKSPACE[policy][visitor]
    return (_private(LAUNCH[policy]) if private else LAUNCH[policy])[visitor]


@dataclass(frozen=True)
class Row:
    """The policies of one URL; None where the method isn't answered."""

    get: str | None
    post: str | None = None
    child: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Values of URL arguments that are neither `key` nor a child."""


# What hangs on a launch, made for each of the matrix's launches.
CHILDREN: dict[str, Callable[[Launch], models.Model]] = {
    "milestone": make_milestone,
    "risk": make_risk,
    "decision": make_decision,
    "approval": lambda launch: make_approval(launch, launch.owner),
    "deleted_milestone": lambda launch: make_milestone(launch, deleted_at=clock.now()),
    "dependency": make_dependency,
    "deleted_risk": lambda launch: make_risk(launch, deleted_at=clock.now()),
    "deleted_decision": lambda launch: make_decision(launch, deleted_at=clock.now()),
    "participant": lambda launch: add_participant(launch, make_user(f"pat-{launch.key}")),
    "update": make_update,
    "deleted_update": lambda launch: make_update(launch, deleted_at=clock.now()),
    "comment": make_comment,
    "deleted_comment": lambda launch: make_comment(launch, deleted_at=clock.now()),
    "subject": lambda launch: make_milestone(launch, "Talked about"),
    "schedule": make_schedule,
    "edition": make_edition,
    "delivery": make_delivery,
    # Of the workspace: the same whatever the launch.
    "portfolio_schedule": lambda launch: make_schedule(None),  # noqa: ARG005
    "portfolio_edition": lambda launch: make_edition(None),  # noqa: ARG005
    "portfolio_delivery": lambda launch: make_delivery(None),  # noqa: ARG005
    "payload": lambda launch: make_payload(make_connection(f"Tracker of {launch.key}")),
    "connection": lambda launch: make_connection(f"Jira of {launch.key}"),
    "own_list": lambda launch: make_connection(f"List of {launch.key}", "upload", base_url=""),
    "source": lambda launch: make_source(launch.milestones.all()[0]),
    "suggestion": make_suggestion,
    "person": lambda launch: launch.owner,
    "team": lambda launch: Team.objects.create(name=f"Team of {launch.key}"),
    "invitation": lambda launch: Invitation.objects.create(
        token_sha256=launch.key, email="new@luna.test", created_at=clock.now(), expires_at=clock.now() + timedelta(1)
    ),
}

ACCESS: dict[str, Row] = {
    # The machine's own.
    "livez": Row("public"),
    "readyz": Row("public"),
    # Signing in.
    "account_login": Row("public", "public"),
    "account_logout": Row("signed_in", "to_the_door"),
    "account_inactive": Row("public"),
    "account_reauthenticate": Row("signed_in", "signed_in"),
    "account_change_password": Row("signed_in", "signed_in"),
    "account_reset_password": Row("public", "public"),
    "account_reset_password_done": Row("public"),
    "account_reset_password_from_key": Row("public", "public", arguments={"uidb36": "1", "key": "no-key"}),
    "account_reset_password_from_key_done": Row("public"),
    # One-time links, oneself, settings.
    "people:setup": Row("dead_link", "dead_link", arguments={"token": "no-such-token"}),
    "people:invitation": Row("dead_link", "dead_link", arguments={"token": "no-such-token"}),
    "people:profile": Row("signed_in", "signed_in"),
    "people:theme": Row(None, "signed_in"),
    "people:workspace": Row("admin", "admin"),
    "people:test_mail": Row(None, "admin"),
    "people:users": Row("admin"),
    "people:invite": Row("admin", "admin"),
    "people:revoke_invitation": Row(None, "admin", child="invitation"),
    "people:user": Row("admin", child="person"),
    "people:change_role": Row(None, "admin", child="person"),
    "people:deactivate": Row(None, "admin", child="person"),
    "people:reactivate": Row(None, "admin", child="person"),
    "people:end_sessions": Row(None, "admin", child="person"),
    "people:reset_link": Row(None, "admin", child="person"),
    "people:teams": Row("signed_in"),
    "people:create_team": Row("admin", "admin"),
    "people:team": Row("admin", "admin", child="team"),
    "people:delete_team": Row(None, "admin", child="team"),
    # A launch, who takes part, what is said.
    "launches:create": Row("maker", "maker"),
    "launches:edit": Row("launch_edit", "launch_edit"),
    "launches:status": Row("launch_edit", "launch_edit"),
    "launches:archive": Row(None, "launch_edit"),
    "launches:unarchive": Row(None, "launch_edit"),
    "launches:delete": Row(None, "launch_own"),
    # The matrix's launches are not deleted, so there is none to bring back.
    "launches:restore": Row(None, "nothing", arguments={"key": "OPEN"}),
    "launches:people": Row("launch_read"),
    "launches:add_participant": Row(None, "launch_edit"),
    "launches:change_participant_role": Row(None, "launch_edit", child="participant"),
    "launches:remove_participant": Row(None, "launch_edit", child="participant"),
    "launches:updates": Row("launch_read"),
    "launches:write_update": Row("launch_contribute", "launch_contribute"),
    # Its author is the owner.
    "launches:delete_update": Row(None, "launch_edit", child="update"),
    "launches:restore_update": Row(None, "launch_edit", child="deleted_update"),
    "launches:comments": Row("launch_read", child="subject", arguments={"kind": "milestone"}),
    "launches:comment_add": Row(None, "launch_comment", child="subject", arguments={"kind": "milestone"}),
    "launches:comment_delete": Row(None, "launch_own", child="comment"),
    "launches:comment_restore": Row(None, "launch_own", child="deleted_comment"),
    # Milestones and what they wait for.
    "milestones:list": Row("launch_read"),
    "milestones:timeline": Row("launch_read"),
    "milestones:trend": Row("launch_read"),
    "milestones:add": Row(None, "launch_edit"),
    "milestones:order": Row(None, "launch_edit"),
    "milestones:freeze": Row(None, "launch_edit"),
    "milestones:detail": Row("launch_read", child="milestone"),
    "milestones:activity": Row("launch_read", child="milestone"),
    "milestones:verdict": Row("launch_read", child="milestone"),
    "milestones:launch_verdict": Row("launch_read"),
    "milestones:launch_origin": Row("launch_read"),
    "milestones:why": Row("launch_read", child="milestone"),
    "milestones:compare": Row(None, "launch_read", child="milestone"),
    "milestones:launch_why": Row("launch_read"),
    "milestones:launch_compare": Row(None, "launch_read"),
    "milestones:edit": Row("launch_edit", "launch_edit", child="milestone"),
    "milestones:row": Row("launch_read", child="milestone"),
    "milestones:row_edit": Row("launch_edit", "launch_edit", child="milestone"),
    "milestones:state": Row(None, "launch_edit", child="milestone"),
    "milestones:progress": Row(None, "launch_edit", child="milestone"),
    "milestones:shift": Row(None, "launch_edit", child="milestone"),
    "milestones:delete": Row(None, "launch_edit", child="milestone"),
    "milestones:restore": Row(None, "launch_edit", child="deleted_milestone"),
    "milestones:dependencies": Row("launch_edit", "launch_edit", child="milestone"),
    "milestones:dependency_lag": Row(None, "launch_edit", child="dependency"),
    "milestones:dependency_remove": Row(None, "launch_edit", child="dependency"),
    "milestones:thresholds": Row("admin", "admin"),
    # Risks, decisions and approvals.
    "milestones:risks": Row("launch_read"),
    "milestones:risk_create": Row("launch_contribute", "launch_contribute"),
    "milestones:risk": Row("launch_read", child="risk"),
    "milestones:risk_edit": Row("launch_edit", "launch_edit", child="risk"),
    "milestones:risk_state": Row(None, "launch_edit", child="risk"),
    "milestones:risk_delete": Row(None, "launch_edit", child="risk"),
    "milestones:risk_restore": Row(None, "launch_edit", child="deleted_risk"),
    "milestones:decisions": Row("launch_read"),
    "milestones:decision_create": Row("launch_contribute", "launch_contribute"),
    "milestones:decision": Row("launch_read", child="decision"),
    "milestones:decision_edit": Row("launch_edit", "launch_edit", child="decision"),
    "milestones:decision_decide": Row(None, "launch_edit", child="decision"),
    "milestones:decision_supersede": Row("launch_edit", "launch_edit", child="decision"),
    "milestones:decision_delete": Row(None, "launch_edit", child="decision"),
    "milestones:decision_restore": Row(None, "launch_edit", child="deleted_decision"),
    "milestones:approvals": Row("launch_read"),
    "milestones:approval_create": Row("launch_edit", "launch_edit"),
    "milestones:approval": Row("launch_read", child="approval"),
    "milestones:approval_vote": Row(None, "launch_named", child="approval"),
    "milestones:approval_ask_again": Row(None, "launch_edit", child="approval"),
    "milestones:approval_withdraw": Row(None, "launch_edit", child="approval"),
    # Connections, and the sources of milestones.
    "integrations:connections": Row("admin"),
    "integrations:choose_provider": Row("admin"),
    "integrations:connect": Row("admin", "admin", arguments={"provider": "slack"}),
    "integrations:connection": Row("admin", child="connection"),
    "integrations:edit_connection": Row("admin", "admin", child="connection"),
    "integrations:offer": Row("admin", "admin", child="connection"),
    "integrations:consent": Row("admin"),
    "integrations:ask_consent": Row("admin"),
    "integrations:add_project": Row(None, "admin", child="connection"),
    "integrations:add_place": Row(None, "admin", child="connection"),
    "integrations:connection_progress": Row("admin", child="connection"),
    "integrations:runs": Row("admin", child="connection"),
    "integrations:sync_connection": Row(None, "admin", child="connection"),
    "integrations:test_connection": Row(None, "admin", child="connection"),
    "integrations:quarantine": Row("admin", child="connection"),
    "integrations:retry_payload": Row(None, "admin", child="payload"),
    "integrations:disconnect": Row(None, "admin", child="connection"),
    "integrations:webhooks_on": Row(None, "admin", child="connection"),
    "integrations:webhooks_off": Row(None, "admin", child="connection"),
    # No session: the signature and the address speak for the tool.
    "integrations:links_on": Row(None, "admin", child="connection"),
    "integrations:links_off": Row(None, "admin", child="connection"),
    "integrations:hook": Row(None, "dead_link", arguments={"path_key": "no-such-key"}),
    "integrations:own_list": Row("admin", "admin", child="own_list"),
    "integrations:check_list": Row(None, "admin", child="own_list"),
    "integrations:new_list_key": Row(None, "admin", child="own_list"),
    # No session: the key speaks for the script.
    "integrations:take_json": Row(None, "dead_link"),
    "integrations:milestone_sources": Row("launch_read"),
    "integrations:milestone_tasks": Row("launch_read"),
    "integrations:progress_origin": Row("launch_read"),
    "integrations:counting": Row("launch_read"),
    "integrations:progress_unit": Row(None, "launch_edit"),
    "integrations:move_share": Row(None, "launch_edit"),
    "integrations:source_rules": Row("launch_edit", "launch_edit", child="source"),
    "integrations:link_source": Row(None, "launch_edit"),
    "integrations:check_source": Row(None, "launch_edit"),
    "integrations:sync_milestone": Row(None, "launch_edit"),
    "integrations:unlink_source": Row(None, "launch_edit", child="source"),
    "integrations:launch_suggestions": Row("launch_read"),
    "integrations:suggestions": Row("launch_read"),
    "integrations:confirm_suggestion": Row(None, "launch_edit", child="suggestion"),
    "integrations:dismiss_suggestion": Row(None, "launch_edit", child="suggestion"),
    "integrations:snooze_suggestion": Row(None, "launch_edit", child="suggestion"),
    # Reports: schedules, editions, deliveries.
    "reports:reports": Row("signed_in"),
    "reports:launch_reports": Row("launch_read"),
    "reports:launch_report": Row("launch_read", arguments={"kind": "progress"}),
    "reports:launch_report_markdown": Row("launch_read", arguments={"kind": "roadmap"}),
    "reports:launch_report_pptx": Row("launch_read", arguments={"kind": "digest"}),
    "reports:preview": Row("launch_edit"),
    "reports:send": Row(None, "launch_edit"),
    "reports:edition": Row("launch_read", child="edition"),
    "reports:edition_markdown": Row("launch_read", child="edition"),
    "reports:edition_pptx": Row("launch_read", child="edition"),
    "reports:confirm_delivery": Row(None, "launch_edit", child="delivery"),
    "reports:send_delivery_again": Row(None, "launch_edit", child="delivery"),
    "reports:cancel_delivery": Row(None, "launch_edit", child="delivery"),
    "reports:create_schedule": Row("launch_edit", "launch_edit"),
    "reports:edit_schedule": Row("launch_edit", "launch_edit", child="schedule"),
    "reports:pause_schedule": Row(None, "launch_edit", child="schedule"),
    "reports:resume_schedule": Row(None, "launch_edit", child="schedule"),
    "reports:delete_schedule": Row(None, "launch_edit", child="schedule"),
    "reports:comment_schedule": Row(None, "launch_edit", child="schedule"),
    # The same on all launches: everybody reads a page of what they may see, makers and admins send.
    "reports:portfolio_report": Row("signed_in", arguments={"kind": "progress"}),
    "reports:portfolio_report_markdown": Row("signed_in", arguments={"kind": "roadmap"}),
    "reports:portfolio_report_pptx": Row("signed_in", arguments={"kind": "progress"}),
    "reports:portfolio_reports": Row("not_guests"),
    "reports:portfolio_preview": Row("maker"),
    "reports:portfolio_send": Row(None, "maker"),
    "reports:portfolio_edition": Row("not_guests", child="portfolio_edition"),
    "reports:portfolio_edition_markdown": Row("not_guests", child="portfolio_edition"),
    "reports:portfolio_edition_pptx": Row("not_guests", child="portfolio_edition"),
    "reports:portfolio_confirm_delivery": Row(None, "maker", child="portfolio_delivery"),
    "reports:portfolio_send_delivery_again": Row(None, "maker", child="portfolio_delivery"),
    "reports:portfolio_cancel_delivery": Row(None, "maker", child="portfolio_delivery"),
    "reports:portfolio_create_schedule": Row("maker", "maker"),
    "reports:portfolio_edit_schedule": Row("maker", "maker", child="portfolio_schedule"),
    "reports:portfolio_pause_schedule": Row(None, "maker", child="portfolio_schedule"),
    "reports:portfolio_resume_schedule": Row(None, "maker", child="portfolio_schedule"),
    "reports:portfolio_delete_schedule": Row(None, "maker", child="portfolio_schedule"),
    "reports:portfolio_comment_schedule": Row(None, "maker", child="portfolio_schedule"),
    # What we show.
    "reports:home": Row("signed_in"),
    "reports:portfolio": Row("signed_in"),
    "reports:search": Row("signed_in"),
    "reports:insights": Row("signed_in"),
    "reports:insights_csv": Row("signed_in"),
    "reports:calibration": Row("signed_in"),
    "reports:launch": Row("launch_read"),
    "reports:launch_forecast": Row("launch_read"),
    "reports:launch_activity": Row("launch_read"),
}
