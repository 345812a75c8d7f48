"""URLs of schedules, editions and deliveries."""

from __future__ import annotations

from django.urls import path

from reports.views import editions, reports, schedules

urlpatterns = [
    path("reports/", reports.show_reports, name="reports"),
    path("launches/<slug:key>/reports/", reports.show_launch_reports, name="launch_reports"),
    path("launches/<slug:key>/reports/preview/", editions.preview, name="preview"),
    path("launches/<slug:key>/reports/send/", editions.send, name="send"),
    path("launches/<slug:key>/reports/<int:pk>/", editions.show_edition, name="edition"),
    path("launches/<slug:key>/reports/<int:pk>.md", editions.edition_markdown, name="edition_markdown"),
    path("launches/<slug:key>/deliveries/<int:pk>/confirm/", editions.confirm, name="confirm_delivery"),
    path("launches/<slug:key>/deliveries/<int:pk>/send-again/", editions.send_again, name="send_delivery_again"),
    path("launches/<slug:key>/deliveries/<int:pk>/cancel/", editions.cancel, name="cancel_delivery"),
    path("launches/<slug:key>/schedules/new/", schedules.create, name="create_schedule"),
    path("launches/<slug:key>/schedules/<int:pk>/", schedules.edit, name="edit_schedule"),
    path("launches/<slug:key>/schedules/<int:pk>/pause/", schedules.pause, name="pause_schedule"),
    path("launches/<slug:key>/schedules/<int:pk>/resume/", schedules.resume, name="resume_schedule"),
    path("launches/<slug:key>/schedules/<int:pk>/delete/", schedules.delete, name="delete_schedule"),
    path("launches/<slug:key>/schedules/<int:pk>/comment/", editions.comment, name="comment_schedule"),
]
