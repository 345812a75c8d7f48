"""The Slack face: the Web API methods by which an app lists channels and posts."""

from __future__ import annotations
