"""The faces that the sandbox wears: one line each."""

from __future__ import annotations

from sandbox.asana.entry import ASANA
from sandbox.clickup.entry import CLICKUP
from sandbox.jira.entry import JIRA
from sandbox.slack.entry import SLACK

FACES = (JIRA, SLACK, ASANA, CLICKUP)
