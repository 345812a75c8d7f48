"""Forms with which someone comes in: the first admin, and who was invited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from luna.ui.fields import LineField
from people.forms.zones import ZoneField
from people.models import User

PASSWORD_HINT = "Ten characters or more; a sentence is easiest to keep."  # noqa: S105  (words, no password)


class WelcomeForm(forms.Form):
    """Name, zone and password of someone who follows an invitation; address and role are the invitation's."""

    name = LineField(max_length=120, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        max_length=256,
        label="Password",
        help_text=PASSWORD_HINT,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    time_zone = ZoneField(help_text="Instants are shown to you in this zone.")

    def __init__(self, *args: Any, email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def clean(self) -> dict[str, Any]:
        """The password is judged when name and address are known."""
        cleaned: dict[str, Any] = super().clean() or {}
        email = cleaned.get("email") or self._email
        if password := cleaned.get("password"):
            try:
                validate_password(password, User(email=email, name=cleaned.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class FirstAdminForm(WelcomeForm):
    """The first admin also says under which address they sign in, and whose Luna this is."""

    workspace_name = LineField(
        max_length=80,
        label="Your company or department",
        help_text="Shown at sign-in, in invitations and in reports.",
    )
    email = forms.EmailField(
        max_length=254, label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    field_order = ["workspace_name", "name", "email", "password", "time_zone"]
