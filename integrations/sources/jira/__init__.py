"""Jira: issues read through the vendor's SDK. `cloud/` and `data_center/` are the two products; the rest they share."""

from __future__ import annotations
