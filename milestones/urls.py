"""URLs of milestones; those of risks, decisions and approvals stand in governance_urls.py."""

from __future__ import annotations

from django.urls import URLPattern, path

from milestones import governance_urls
from milestones.views import dependencies, detail, evidence, movements, origin, thresholds, timeline, trend
from milestones.views import list as milestone_list

app_name = "milestones"
_ALL = "launches/<slug:key>/milestones/"
_ONE = "launches/<slug:key>/milestones/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path(_ALL, milestone_list.milestones, name="list"),
    path(f"{_ALL}timeline/", timeline.timeline, name="timeline"),
    path(f"{_ALL}trend/", trend.launch_trend, name="trend"),
    path(f"{_ALL}add/", milestone_list.add, name="add"),
    path(f"{_ALL}order/", milestone_list.order, name="order"),
    path(f"{_ALL}freeze/", milestone_list.freeze, name="freeze"),
    path(_ONE, detail.detail, name="detail"),
    path(f"{_ONE}activity/", detail.activity, name="activity"),
    path(f"{_ONE}health/", evidence.verdict, name="verdict"),
    path("launches/<slug:key>/health/", evidence.launch_verdict, name="launch_verdict"),
    path(f"{_ONE}why/", movements.why, name="why"),
    path(f"{_ONE}why/compare/", movements.compare, name="compare"),
    path("launches/<slug:key>/origin/", origin.launch_origin, name="launch_origin"),
    path("launches/<slug:key>/why/", movements.launch_why, name="launch_why"),
    path("launches/<slug:key>/why/compare/", movements.launch_compare, name="launch_compare"),
    path(f"{_ONE}edit/", detail.edit, name="edit"),
    path(f"{_ONE}row/", milestone_list.row_show, name="row"),
    path(f"{_ONE}row/edit/", milestone_list.row_edit, name="row_edit"),
    path(f"{_ONE}state/", detail.state, name="state"),
    path(f"{_ONE}progress/", detail.progress, name="progress"),
    path(f"{_ONE}shift/", milestone_list.shift, name="shift"),
    path(f"{_ONE}delete/", detail.delete, name="delete"),
    path(f"{_ONE}restore/", detail.restore, name="restore"),
    path(f"{_ONE}dependencies/", dependencies.dependencies, name="dependencies"),
    path("launches/<slug:key>/dependencies/<int:pk>/lag/", dependencies.lag, name="dependency_lag"),
    path("launches/<slug:key>/dependencies/<int:pk>/remove/", dependencies.remove, name="dependency_remove"),
    path("settings/health/", thresholds.thresholds, name="thresholds"),
    *governance_urls.urlpatterns,
]
