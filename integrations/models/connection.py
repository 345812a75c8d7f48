"""A connection to one of the services."""

from __future__ import annotations

from typing import Any

from django.db import models

from integrations.domain.types import ConnectionState, PlaceKind
from luna.lib.versions import VersionedRow
from luna.lib.work import DueRow
from people.models import User


class Connection(VersionedRow, DueRow):
    """Address, encrypted credentials, what it offers and how it does. Due when its sources are to be polled."""

    provider = models.CharField(max_length=24)
    """A name of integrations.registry.PROVIDERS."""
    name = models.CharField(max_length=80, unique=True)
    base_url = models.CharField(max_length=300, blank=True)
    account = models.CharField(max_length=200, blank=True)
    """Whom Luna is there: the e-mail of a Jira account, the name of a Slack bot."""
    credentials = models.TextField(blank=True, editable=False)
    """Ciphertext bound to this row and to the origin of `base_url`; never shown again."""
    credentials_hint = models.CharField(max_length=12, blank=True, editable=False)
    """The last four characters, to tell two tokens apart."""
    credentials_set_at = models.DateTimeField(null=True, blank=True, editable=False)
    offered: models.JSONField[list[dict[str, str]], list[dict[str, str]]] = models.JSONField(default=list, blank=True)
    """The projects that PMs may read through it: {"id", "key", "name"}."""
    options: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    """What the provider's own form lets an admin choose, as Jira's resolutions that mean "cancelled"."""
    workspace_name = models.CharField(max_length=120, blank=True)
    """What the service calls itself: the Jira site, the Slack workspace."""
    account_zone = models.CharField(max_length=64, blank=True)
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in ConnectionState], default=ConnectionState.OK
    )
    paused_until = models.DateTimeField(null=True, blank=True)
    error_kind = models.CharField(max_length=32, blank=True)
    error_sentence = models.CharField(max_length=500, blank=True)
    """What happened and what to do, in the provider's own words where it gave some."""
    error_at = models.DateTimeField(null=True, blank=True)
    last_synced_at = models.DateTimeField(null=True, blank=True)
    limits: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    """What the tool last said of its limits: {"limit", "remaining", "resets_at", "kind"}, as far as it told."""
    access_expires_at = models.DateTimeField(null=True, blank=True)
    """When the token ends, where that is known."""
    may_link_back = models.BooleanField(default=False)
    """Whether Luna may leave a link to the milestone on its tasks there."""
    poll_minutes = models.PositiveSmallIntegerField(default=10)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Destination(models.Model):
    """A place that reports go to: a Slack channel, or documents or decks in a folder of Google Drive."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="destinations")
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in PlaceKind], default=PlaceKind.CHANNEL)
    external_id = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    is_private = models.BooleanField(default=False)
    """As it was when last read; read again before each delivery."""
    checked_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    """When an admin closed it: kept for what was sent there, not offered any more."""

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["connection", "kind", "external_id"], name="destination_once")]

    def __str__(self) -> str:
        return self.name
