"""URLs of launches; the launch's front page and the portfolio are those of reports."""

from __future__ import annotations

from django.urls import include, path

from launches.views import comments, launches, people, updates

app_name = "launches"
_of_one_launch = [
    path("edit/", launches.edit, name="edit"),
    path("status/", launches.status, name="status"),
    path("archive/", launches.archive, name="archive"),
    path("unarchive/", launches.unarchive, name="unarchive"),
    path("delete/", launches.delete, name="delete"),
    path("restore/", launches.restore, name="restore"),
    path("people/", people.people, name="people"),
    path("people/add/", people.add_participant, name="add_participant"),
    path("people/<int:pk>/change-role/", people.change_participant_role, name="change_participant_role"),
    path("people/<int:pk>/remove/", people.remove_participant, name="remove_participant"),
    path("updates/", updates.updates, name="updates"),
    path("updates/write/", updates.write_update, name="write_update"),
    path("updates/<int:pk>/delete/", updates.delete_update, name="delete_update"),
    path("updates/<int:pk>/restore/", updates.restore_update, name="restore_update"),
    path("comments/<str:kind>/<int:subject_pk>/", comments.comments, name="comments"),
    path("comments/<str:kind>/<int:subject_pk>/add/", comments.comment_add, name="comment_add"),
    path("comments/<int:pk>/delete/", comments.comment_delete, name="comment_delete"),
    path("comments/<int:pk>/restore/", comments.comment_restore, name="comment_restore"),
]
urlpatterns = [
    path("launches/new/", launches.create, name="create"),
    path("launches/<str:key>/", include(_of_one_launch)),
]
