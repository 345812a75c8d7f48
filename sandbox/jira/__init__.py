"""The Jira Cloud face: REST v3 as the vendor publishes it, over the sample company's issues."""

from __future__ import annotations
