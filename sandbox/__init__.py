"""Stand-ins, on loopback, for the services that Luna talks to.

They keep state, page, limit, fail on request, and show people what arrived.
"""

from __future__ import annotations
