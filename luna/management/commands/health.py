"""`manage.py health --recheck`: whether every verdict on health that was kept follows from what was kept with it."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import CommandError

from luna.management.command import LunaCommand
from luna.ui.wording import counted
from milestones.actions.recheck import recheck

_NAMED = 20


class Command(LunaCommand):
    """Exit code 0: all are the same; 1: one sentence on standard error names those that differ. Writes nothing."""

    help = "Compute every kept verdict on health again from its own facts, thresholds, day and calendar."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--recheck", action="store_true", required=True, help="compute them all again and compare")

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Count the verdicts, and name those that differ."""
        found = recheck()
        self.stdout.write(f"{counted(found.equal, 'verdict')} computed again, and the same.")
        if found.older:
            self.stdout.write(f"{counted(found.older, 'verdict')} by older rules, left alone.")
        if found.differing:
            named = ", ".join(str(pk) for pk in found.differing[:_NAMED])
            more = " and more" if len(found.differing) > _NAMED else ""
            raise CommandError(f"{counted(len(found.differing), 'verdict')} came out otherwise: {named}{more}.")
