"""The toy needs a token alone."""

from __future__ import annotations

from django import forms

from integrations import credentials_form
from integrations.account import Access, CheckReport
from integrations.credentials_form import SecretInput
from tests.integrations.destinations.toy.destination import ToyBoard


class CredentialsForm(credentials_form.CredentialsForm):
    token = forms.CharField(max_length=40, widget=SecretInput())

    def check(self, access: Access) -> CheckReport:
        return ToyBoard(access).check()
