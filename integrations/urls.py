"""URLs of integrations."""

from __future__ import annotations

from django.urls import URLPattern, path

from integrations.views import (
    connections,
    consent,
    counting,
    links_back,
    offer,
    origin,
    places,
    quarantine,
    runs,
    sources,
    suggestions,
    tasks,
    upload,
    webhooks,
)

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
    path(f"{SETTINGS}set-aside/<int:pk>/retry/", quarantine.retry, name="retry_payload"),
    path(f"{SETTINGS}<int:pk>/disconnect/", connections.disconnect, name="disconnect"),
    path(f"{SETTINGS}<int:pk>/webhooks/on/", webhooks.switch_on, name="webhooks_on"),
    path(f"{SETTINGS}<int:pk>/webhooks/off/", webhooks.switch_off, name="webhooks_off"),
    path(f"{SETTINGS}<int:pk>/links/on/", links_back.switch_on, name="links_on"),
    path(f"{SETTINGS}<int:pk>/links/off/", links_back.switch_off, name="links_off"),
    path("hooks/<str:path_key>/", webhooks.hook, name="hook"),
    path(f"{SETTINGS}<int:pk>/list/", upload.own_list, name="own_list"),
    path(f"{SETTINGS}<int:pk>/list/check/", upload.check_list, name="check_list"),
    path(f"{SETTINGS}<int:pk>/list/key/", upload.new_list_key, name="new_list_key"),
    path("api/list/", upload.take_json, name="take_json"),
    path(MILESTONE, sources.milestone_sources, name="milestone_sources"),
    path(f"{MILESTONE}tasks/", tasks.milestone_tasks, name="milestone_tasks"),
    path(f"{MILESTONE}origin/", origin.origin, name="progress_origin"),
    path(f"{MILESTONE}counting/", counting.counting, name="counting"),
    path(f"{MILESTONE}counting/unit/", counting.unit, name="progress_unit"),
    path(f"{MILESTONE}counting/share/", counting.share, name="move_share"),
    path(f"{MILESTONE}<int:pk>/rules/", counting.rules, name="source_rules"),
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
