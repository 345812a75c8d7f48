"""What an admin enters to connect Jira Cloud."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse

from integrations.account import Access, CheckReport
from integrations.credentials_form import SecretInput
from integrations.errors import ErrorKind
from integrations.sources.jira.cloud.addresses import CLOUD_ID, cloud_id_of
from integrations.sources.jira.cloud.oauth import SCOPES, WRITE, Grant, grant_in
from integrations.sources.jira.cloud.source import CloudSource
from integrations.sources.jira.forms import (
    DEFAULTS,
    SOURCE_KINDS,
    JiraForm,
    address_field,
    read_query,
    token_ends_field,
    token_field,
)
from luna.lib.redaction import Secret

__all__ = ["SOURCE_KINDS", "CredentialsForm", "read_query"]


TOKEN, APP = "token", "app"
_WAYS = {"account": TOKEN, "token": TOKEN, "token_ends_on": TOKEN, "client_id": APP, "client_secret": APP}
"""Which of the two ways needs the field."""


class CredentialsForm(JiraForm):
    """By an account's own token, or by an OAuth app and a person's consent on Atlassian's page."""

    where_tokens_are_made = "https://id.atlassian.com/manage-profile/security/api-tokens"

    base_url = address_field("As in your browser, without the path: https://your-site.atlassian.net")
    method = forms.ChoiceField(
        label="Luna signs in with",
        choices=[(TOKEN, "An API token"), (APP, "An OAuth app of yours")],
        widget=forms.RadioSelect,
        initial=TOKEN,
        required=False,
    )
    account = forms.EmailField(
        required=False,
        label="E-mail of the account that reads",
        help_text="An account of its own is best: Luna sees what it sees, and nothing else.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    token = token_field("API token", "With scopes (read:jira-work and read:jira-user) or without.")
    token_ends_on = token_ends_field()
    client_id = forms.CharField(required=False, max_length=200, label="Client ID")
    client_secret = forms.CharField(required=False, max_length=400, label="Client secret", widget=SecretInput())
    field_order = ["base_url", "method", *_WAYS, "name", *DEFAULTS]

    def __init__(self, *args: Any, stored: Access | None = None, **kwargs: Any) -> None:
        super().__init__(*args, stored=stored, **kwargs)
        self.pending: Grant | None = None
        self.cloud_id = ""
        """The site's id at the gateway, where only that takes what Luna signs in with."""
        self.kept = grant_in(stored.secret) if stored else None
        self.fields["token"].required = False
        for name, way in _WAYS.items():
            self.fields[name].way = way  # type: ignore[attr-defined]  # read by templates/_shared/field.html
        back = f"{settings.BASE_URL}{reverse('integrations:consent')}"
        self.fields["client_id"].help_text = f"Of an OAuth 2.0 integration with the callback URL {back}"
        if self.kept is not None:
            self.initial.update(method=APP, client_id=self.kept.client_id, account="")
            self.fields["client_secret"].widget.attrs["placeholder"] = "Kept, not shown."

    @property
    def is_app(self) -> bool:
        """Whether an OAuth app is meant, not a token."""
        return self.cleaned_data.get("method") == APP

    @property
    def pending_secret(self) -> Secret:
        """The app for which a person has to agree on Atlassian's page before anything can be tried."""
        return self.pending.sealed_form if self.pending else Secret("")

    @property
    def identity(self) -> str:
        """The token's account; whoever consented says it himself."""
        return "" if self.is_app else super().identity

    @property
    def new_secret(self) -> Secret | None:
        """The token that was typed. An app's comes with the consent."""
        return None if self.is_app else super().new_secret

    @property
    def ends_at(self) -> datetime | None:
        """The token's. A consent says itself when it ends."""
        return None if self.is_app else super().ends_at

    @property
    def options(self) -> dict[str, Any]:
        """With the way by the gateway, as the check found it."""
        others = {name: value for name, value in super().options.items() if name != CLOUD_ID}
        return others | {CLOUD_ID: self.cloud_id} if self.cloud_id else others

    def clean(self) -> dict[str, Any]:
        """Try a token at once; another app only after the consent."""
        if not self.errors:
            self._complete_app() if self.is_app else self._complete_token()
        return self.cleaned_data if self.errors or self.needs_consent else super().clean()

    def _complete_token(self) -> None:
        if not self.cleaned_data["account"]:
            self.add_error("account", "Enter the e-mail of the account that made the token.")
        has_token = self.stored is not None and bool(self.stored.secret) and self.kept is None
        if not self.cleaned_data["token"] and not has_token:
            self.add_error("token", "Enter an API token of this account.")

    def _complete_app(self) -> None:
        """Which site it is, and whether its stored consent is still good for it."""
        kept = self.kept or Grant("", "", "")
        client_id, typed = self.cleaned_data["client_id"].strip(), self.cleaned_data["client_secret"].strip()
        if not client_id:
            self.add_error("client_id", "Enter the client ID of an OAuth app.")
        elif not typed and client_id != kept.client_id:
            self.add_error("client_secret", "Enter the client secret that belongs to this client ID.")
        elif not (cloud_id := cloud_id_of(self.address)):
            self.add_error("base_url", "This address names no Jira Cloud site. Enter it as in your browser.")
        else:
            self.cloud_id = cloud_id
            writes = self.stored is not None and self.stored.may_write
            is_another = bool(typed) or cloud_id != kept.cloud_id or self.is_repointed
            if is_another or (writes and not kept.may_write) or self._has_ended():
                scope = f"{SCOPES} {WRITE}" if writes else SCOPES
                self.pending = Grant(client_id, typed or kept.client_secret, cloud_id, scope=scope)

    def _has_ended(self) -> bool:
        """Whether the stored consent is no good any more, so that the way leads to Atlassian's page again."""
        error = _checked(self.stored).error if self.stored else None
        return error is not None and error.kind == ErrorKind.SIGN_IN_REFUSED

    def check(self, access: Access) -> CheckReport:
        """The address, the product, the account, its projects; a token with scopes by way of the gateway."""
        if self.is_app and self.stored is not None:
            return _checked(replace(self.stored, base_url=access.base_url, options=access.options))
        others = {name: value for name, value in access.options.items() if name != CLOUD_ID}
        report = _checked(replace(access, options=others))
        if report.error is None or report.error.kind != ErrorKind.SIGN_IN_REFUSED:
            return report
        cloud_id = cloud_id_of(access.base_url)
        through = _checked(replace(access, options=others | {CLOUD_ID: cloud_id})) if cloud_id else report
        if through.error is not None and through.error.kind != ErrorKind.MISSING_SCOPE:
            return report
        self.cloud_id = cloud_id
        return through


def _checked(access: Access) -> CheckReport:
    with closing(CloudSource(access, [])) as source:
        return source.check()
