"""The form by which a service is connected: its save makes a real, cheap call and says what the service answered."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils import timezone

from integrations.account import Access, AccountInfo, CheckReport
from integrations.errors import ErrorKind, ProviderError
from luna.lib.addresses import AddressError, check_url
from luna.lib.redaction import Secret
from luna.lib.text import clean_line

ANOTHER_SITE = (
    "Another address is another site, also where one was only renamed: what was read at this one no longer counts, and "
    "what PMs may read is chosen anew."
)


class SecretInput(forms.PasswordInput):
    """Never shows what it holds, not even after an error."""

    def __init__(self, **attrs: str) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"} | attrs, render_value=False)


class CredentialsForm(forms.Form):
    """Name and token; a provider adds its address and account. `stored` is what a connection holds already."""

    where_tokens_are_made: ClassVar[str] = ""

    name = forms.CharField(max_length=80, label="Name", help_text="What people in Luna call it.")

    def __init__(self, *args: Any, stored: Access | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = stored
        self.report: CheckReport | None = None
        if stored is not None and "base_url" in self.fields:
            self.fields["base_url"].help_text = f"{self.fields['base_url'].help_text}. {ANOTHER_SITE}"
        if stored is not None and stored.secret:
            self.fields["token"].required = False
            self.fields["token"].widget.attrs["placeholder"] = "Kept, not shown. Paste a new one to replace it."

    def check(self, access: Access) -> CheckReport:
        """The provider's live test."""
        raise NotImplementedError

    @property
    def address(self) -> str:
        """Where the calls go; "" where the provider has one address for all."""
        return str(self.cleaned_data.get("base_url", ""))

    @property
    def identity(self) -> str:
        """As whom."""
        return str(self.cleaned_data.get("account", ""))

    @property
    def options(self) -> dict[str, Any]:
        """What else the provider lets an admin choose, for Connection.options; what is stored, unless overridden."""
        return dict(self.stored.options) if self.stored else {}

    @property
    def new_secret(self) -> Secret | None:
        """The token that was typed, if one was."""
        typed = self.cleaned_data.get("token") or ""
        return Secret(typed) if typed else None

    @property
    def ends_at(self) -> datetime | None:
        """When the token ends, where the form asks for it and it was said: with the beginning of that day."""
        day: date | None = self.cleaned_data.get("token_ends_on")
        return timezone.make_aware(datetime.combine(day, time.min)) if day else None

    @property
    def pending_secret(self) -> Secret:
        """What the service's own consent page is asked with before anything can be tried; empty where there is none."""
        return Secret("")

    @property
    def needs_consent(self) -> bool:
        """Whether a person has to agree on the service's own page first."""
        return bool(self.pending_secret)

    @property
    def info(self) -> AccountInfo:
        """What the service told about the account, after a test that went well."""
        if self.report is None or self.report.info is None:
            raise ValueError("the live test did not go well")
        return self.report.info

    @property
    def is_repointed(self) -> bool:
        """Whether the address is another origin than the stored token was meant for, and no new token was typed."""
        if self.stored is None or self.new_secret is not None:
            return False
        old, new = urlsplit(self.stored.base_url), urlsplit(self.address)
        return (old.scheme, old.hostname, old.port) != (new.scheme, new.hostname, new.port)

    def clean_name(self) -> str:
        """On one line."""
        return clean_line(str(self.cleaned_data["name"]), limit=80)

    def clean_token(self) -> str:
        """Without the white space that copying brings."""
        return "".join(str(self.cleaned_data["token"]).split())

    def clean_base_url(self) -> str:
        """An address that Luna may call at all."""
        url = str(self.cleaned_data["base_url"]).strip().rstrip("/")
        try:
            check_url(url, settings.PRIVATE_HOSTS)
        except AddressError as error:
            raise forms.ValidationError(str(error)) from None
        return url

    def clean(self) -> dict[str, Any]:
        """Try it, unless something is missing, or the stored token would go to a strange address."""
        if not self.errors and not self.is_repointed:
            secret = self.new_secret or (self.stored.secret if self.stored else Secret(""))
            self.report = self.check(Access(self.address, self.identity, secret, self.options))
            if self.report.error is not None:
                self._say(self.report.error)
        return self.cleaned_data

    def _say(self, error: ProviderError) -> None:
        """At the field that is to be mended, if it is one."""
        at_address = error.kind in {ErrorKind.ADDRESS_REFUSED, ErrorKind.WRONG_PRODUCT, ErrorKind.UNREACHABLE}
        field = "base_url" if at_address and "base_url" in self.fields else None
        if error.kind in {ErrorKind.SIGN_IN_REFUSED, ErrorKind.MISSING_SCOPE}:
            field = "token"
        self.add_error(field, error.sentence)
