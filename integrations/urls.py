"""URLs of integrations."""

from __future__ import annotations

from django.urls import URLPattern, path

from integrations.views import connections, consent, offer, places, quarantine, runs, sources, suggestions

SETTINGS = "settings/integrations/"
MILESTONE = "launches/<str:key>/milestones/<int:milestone_pk>/sources/"
SUGGESTIONS = "launches/<str:key>/suggestions/"

app_name = "integrations"
urlpatterns: list[URLPattern] = [
    path(SETTINGS, connections.connection_list, name="connections"),
    path(f"{SETTINGS}new/", connections.choose_provider, name="choose_provider"),
    path(f"{SETTINGS}new/<slug:provider>/", connections.connect, name="connect"),
    path(f"{SETTINGS}consent/", consent.consent, name="consent"),
    path(f"{SETTINGS}consent/ask/", consent.ask_consent, name="ask_consent"),
    path(f"{SETTINGS}<int:pk>/", connections.connection, name="connection"),
    path(f"{SETTINGS}<int:pk>/edit/", connections.edit, name="edit_connection"),
    path(f"{SETTINGS}<int:pk>/offer/", offer.offer, name="offer"),
    path(f"{SETTINGS}<int:pk>/offer/add/", offer.add_project, name="add_project"),
    path(f"{SETTINGS}<int:pk>/places/add/", places.add_place, name="add_place"),
    path(f"{SETTINGS}<int:pk>/progress/", runs.progress, name="connection_progress"),
    path(f"{SETTINGS}<int:pk>/runs/", runs.history, name="runs"),
    path(f"{SETTINGS}<int:pk>/sync/", runs.sync_now, name="sync_connection"),
    path(f"{SETTINGS}<int:pk>/test/", runs.test, name="test_connection"),
    path(f"{SETTINGS}<int:pk>/set-aside/", quarantine.quarantine, name="quarantine"),
    path(f"{SETTINGS}<int:pk>/disconnect/", connections.disconnect, name="disconnect"),
    path(MILESTONE, sources.milestone_sources, name="milestone_sources"),
    path(f"{MILESTONE}link/", sources.link, name="link_source"),
    path(f"{MILESTONE}check/", sources.check, name="check_source"),
    path(f"{MILESTONE}sync/", sources.sync, name="sync_milestone"),
    path(f"{MILESTONE}<int:pk>/unlink/", sources.unlink, name="unlink_source"),
    path(SUGGESTIONS, suggestions.launch_suggestions, name="launch_suggestions"),
    path(f"{SUGGESTIONS}milestones/<int:milestone_pk>/", suggestions.milestone_suggestions, name="suggestions"),
    path(f"{SUGGESTIONS}<int:pk>/confirm/", suggestions.confirm, name="confirm_suggestion"),
    path(f"{SUGGESTIONS}<int:pk>/dismiss/", suggestions.dismiss, name="dismiss_suggestion"),
    path(f"{SUGGESTIONS}<int:pk>/snooze/", suggestions.snooze, name="snooze_suggestion"),
]
