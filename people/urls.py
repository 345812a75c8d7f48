"""URLs of people: signing in (django-allauth's views under its own names), settings, profile, one-time links."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path, re_path

from people.views import entrance, profile, teams, users, workspace

app_name = "people"
urlpatterns = [
    path("setup/<str:token>/", entrance.setup, name="setup"),
    path("invitations/<str:token>/", entrance.invitation, name="invitation"),
    path("me/", profile.profile, name="profile"),
    path("me/theme/", profile.theme, name="theme"),
    path(
        "settings/",
        include(
            [
                path("", workspace.workspace, name="workspace"),
                path("test-mail/", workspace.test_mail, name="test_mail"),
                path("people/", users.users, name="users"),
                path("people/invite/", users.invite, name="invite"),
                path("people/invitations/<int:pk>/revoke/", users.revoke_invitation, name="revoke_invitation"),
                path("people/<int:pk>/", users.user, name="user"),
                path("people/<int:pk>/change-role/", users.change_role, name="change_role"),
                path("people/<int:pk>/deactivate/", users.deactivate, name="deactivate"),
                path("people/<int:pk>/reactivate/", users.reactivate, name="reactivate"),
                path("people/<int:pk>/end-sessions/", users.end_sessions, name="end_sessions"),
                path("people/<int:pk>/make-reset-link/", users.reset_link, name="reset_link"),
                path("teams/", teams.teams, name="teams"),
                path("teams/new/", teams.create_team, name="create_team"),
                path("teams/<int:pk>/", teams.team, name="team"),
                path("teams/<int:pk>/delete/", teams.delete_team, name="delete_team"),
            ]
        ),
    ),
]

# No sign-up and no e-mail addresses to manage: people come by invitation. The names are allauth's, without a namespace.
account_urls = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
