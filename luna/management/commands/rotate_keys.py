"""`manage.py rotate_keys`: encrypts every stored secret again with the first of LUNA_ENCRYPTION_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations.actions.connections import reseal_all
from integrations.actions.webhooks import reseal_webhooks
from integrations.errors import NeedsAttentionError
from luna.lib.crypto import current_key_id


class Command(BaseCommand):
    """Put the new key first in LUNA_ENCRYPTION_KEYS and keep the old one behind it; after this the old one can go."""

    help = "Encrypt stored credentials again with the first of LUNA_ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  the command's signature
        """Say how many were encrypted anew."""
        try:
            resealed = reseal_all() + reseal_webhooks()
        except NeedsAttentionError as error:
            raise CommandError(error.sentence) from None
        self.stdout.write(f"{resealed} encrypted again with the key {current_key_id()}; the others had it already.")
