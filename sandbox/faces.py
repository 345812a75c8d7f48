"""The faces that the sandbox wears: one line each."""

from __future__ import annotations

from sandbox.asana.entry import ASANA
from sandbox.clickup.entry import CLICKUP
from sandbox.google.entry import GOOGLE
from sandbox.jira.entry import JIRA, JIRA_DC
from sandbox.slack.entry import SLACK

FACES = (JIRA, JIRA_DC, SLACK, ASANA, CLICKUP, GOOGLE)
