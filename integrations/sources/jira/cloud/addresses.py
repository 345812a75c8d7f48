"""Where the calls of Jira Cloud go besides the site: Atlassian's own addresses, or one root that stands in for them."""

from __future__ import annotations

import re
from typing import Any

import requests
from django.conf import settings

from integrations.account import Access
from luna.lib.http import Limits, guarded_session

CLOUD_ID = "cloud_id"
"""Where the site's id at Atlassian's gateway stands in a connection's options; without it calls go to the site."""
_CLOUD_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_SHORT = Limits(connect_seconds=5, read_seconds=5, total_seconds=10, body_bytes=10_000)


def gateway(access: Access) -> str:
    """The root of the site's API at the gateway, which alone takes scoped tokens; "" where calls go to the site.

    https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/
    """
    cloud_id = access.options.get(CLOUD_ID)
    root = settings.ATLASSIAN_URL or "https://api.atlassian.com"
    return f"{root}/ex/jira/{cloud_id}" if is_cloud_id(cloud_id) else ""


def token_address() -> str:
    """Where codes and refresh tokens are good for access tokens."""
    return f"{settings.ATLASSIAN_URL or 'https://auth.atlassian.com'}/oauth/token"


def consent_address() -> str:
    """Atlassian's consent page, for a person's browser."""
    return f"{settings.ATLASSIAN_URL or 'https://auth.atlassian.com'}/authorize"


def sites_address() -> str:
    """Which sites an access token reaches."""
    return f"{settings.ATLASSIAN_URL or 'https://api.atlassian.com'}/oauth/token/accessible-resources"


def is_cloud_id(value: Any) -> bool:
    """Whether it can be a site's id at the gateway, and safe to stand in an address."""
    return isinstance(value, str) and _CLOUD_ID.fullmatch(value) is not None


def cloud_id_of(site_url: str) -> str:
    """The id that the site tells everybody; "" where none is to be had. No credentials are sent."""
    with guarded_session(_SHORT) as session:
        try:
            found = session.get(f"{site_url}/_edge/tenant_info").json()
        except (requests.RequestException, ValueError):
            return ""
    cloud_id = found.get("cloudId") if isinstance(found, dict) else None
    return str(cloud_id) if is_cloud_id(cloud_id) else ""
