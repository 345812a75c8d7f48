"""URLs of reports, schedules, editions and deliveries: of one launch, and the same of all launches."""

from __future__ import annotations

from django.urls import URLPattern, path

from reports.views import decks, editions, live, reports, schedules


def _of(start: str, prefix: str, own: str) -> list[URLPattern]:
    """The pages under `start`; names begin with `prefix`, those of the three pages with `own`."""
    return [
        path(f"{start}reports/", reports.show_scope_reports, name=f"{own}reports"),
        path(f"{start}report/<slug:kind>/", live.show_report, name=f"{own}report"),
        path(f"{start}report/<slug:kind>.md", live.report_markdown, name=f"{own}report_markdown"),
        path(f"{start}report/<slug:kind>.pptx", decks.report_pptx, name=f"{own}report_pptx"),
        path(f"{start}reports/preview/", editions.preview, name=f"{prefix}preview"),
        path(f"{start}reports/send/", editions.send, name=f"{prefix}send"),
        path(f"{start}reports/<int:pk>/", editions.show_edition, name=f"{prefix}edition"),
        path(f"{start}reports/<int:pk>.md", editions.edition_markdown, name=f"{prefix}edition_markdown"),
        path(f"{start}reports/<int:pk>.pptx", decks.edition_pptx, name=f"{prefix}edition_pptx"),
        path(f"{start}deliveries/<int:pk>/confirm/", editions.confirm, name=f"{prefix}confirm_delivery"),
        path(f"{start}deliveries/<int:pk>/send-again/", editions.send_again, name=f"{prefix}send_delivery_again"),
        path(f"{start}deliveries/<int:pk>/cancel/", editions.cancel, name=f"{prefix}cancel_delivery"),
        path(f"{start}schedules/new/", schedules.create, name=f"{prefix}create_schedule"),
        path(f"{start}schedules/<int:pk>/", schedules.edit, name=f"{prefix}edit_schedule"),
        path(f"{start}schedules/<int:pk>/pause/", schedules.pause, name=f"{prefix}pause_schedule"),
        path(f"{start}schedules/<int:pk>/resume/", schedules.resume, name=f"{prefix}resume_schedule"),
        path(f"{start}schedules/<int:pk>/delete/", schedules.delete, name=f"{prefix}delete_schedule"),
        path(f"{start}schedules/<int:pk>/comment/", editions.comment, name=f"{prefix}comment_schedule"),
    ]


urlpatterns = [
    path("reports/", reports.show_reports, name="reports"),
    *_of("launches/<slug:key>/", "", "launch_"),
    *_of("portfolio/", "portfolio_", "portfolio_"),
]
