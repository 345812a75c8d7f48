"""Where Google's calls go: its own addresses, or one root that stands in for all of them."""

from __future__ import annotations

from django.conf import settings

ROOTS = {"drive": "https://www.googleapis.com/", "docs": "https://docs.googleapis.com/"}
ROOTS["slides"] = "https://slides.googleapis.com/"


def root_of(api: str) -> str:
    """The address before the API's own path (`drive/v3/…`, `v1/documents/…`, `v1/presentations/…`)."""
    return f"{settings.GOOGLE_URL}/" if settings.GOOGLE_URL else ROOTS[api]


def token_address() -> str:
    """Where tokens are had. What an uploaded key file says about it is ignored: it could name anybody's server."""
    return f"{settings.GOOGLE_URL}/token" if settings.GOOGLE_URL else "https://oauth2.googleapis.com/token"


def consent_address() -> str:
    """Google's consent page, for a person's browser."""
    root = settings.GOOGLE_URL or "https://accounts.google.com"
    return f"{root}/o/oauth2/v2/auth"
