"""URLs of risks, decisions and approvals, taken in by milestones.urls."""

from __future__ import annotations

from django.urls import URLPattern, path

from milestones.views import approvals, decisions, risks

urlpatterns: list[URLPattern] = [
    path("launches/<slug:key>/risks/", risks.risks, name="risks"),
    path("launches/<slug:key>/risks/new/", risks.risk_create, name="risk_create"),
    path("launches/<slug:key>/risks/<int:pk>/", risks.risk, name="risk"),
    path("launches/<slug:key>/risks/<int:pk>/edit/", risks.risk_edit, name="risk_edit"),
    path("launches/<slug:key>/risks/<int:pk>/state/", risks.risk_state, name="risk_state"),
    path("launches/<slug:key>/risks/<int:pk>/delete/", risks.risk_delete, name="risk_delete"),
    path("launches/<slug:key>/risks/<int:pk>/restore/", risks.risk_restore, name="risk_restore"),
    path("launches/<slug:key>/decisions/", decisions.decisions, name="decisions"),
    path("launches/<slug:key>/decisions/new/", decisions.decision_create, name="decision_create"),
    path("launches/<slug:key>/decisions/<int:pk>/", decisions.decision, name="decision"),
    path("launches/<slug:key>/decisions/<int:pk>/edit/", decisions.decision_edit, name="decision_edit"),
    path("launches/<slug:key>/decisions/<int:pk>/decide/", decisions.decision_decide, name="decision_decide"),
    path("launches/<slug:key>/decisions/<int:pk>/supersede/", decisions.decision_supersede, name="decision_supersede"),
    path("launches/<slug:key>/decisions/<int:pk>/delete/", decisions.decision_delete, name="decision_delete"),
    path("launches/<slug:key>/decisions/<int:pk>/restore/", decisions.decision_restore, name="decision_restore"),
    path("launches/<slug:key>/approvals/", approvals.approvals, name="approvals"),
    path("launches/<slug:key>/approvals/new/", approvals.approval_create, name="approval_create"),
    path("launches/<slug:key>/approvals/<int:pk>/", approvals.approval, name="approval"),
    path("launches/<slug:key>/approvals/<int:pk>/vote/", approvals.approval_vote, name="approval_vote"),
    path("launches/<slug:key>/approvals/<int:pk>/ask-again/", approvals.approval_ask_again, name="approval_ask_again"),
    path("launches/<slug:key>/approvals/<int:pk>/withdraw/", approvals.approval_withdraw, name="approval_withdraw"),
]
