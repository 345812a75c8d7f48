"""What Luna's commands have in common: one sentence on standard error and an exit code, never a traceback."""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.db.utils import OperationalError, ProgrammingError


class LunaCommand(BaseCommand):
    """A command whose CommandError is shown as its bare sentence (exit code 1, or the error's own)."""

    requires_system_checks = ()

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run it. Called by other code it raises CommandError; on a command line it says the sentence and leaves."""
        try:
            return super().execute(*args, **options)
        except (OperationalError, ProgrammingError) as error:
            self._leave(CommandError(_database_sentence(error)))
        except CommandError as error:
            self._leave(error)
        except BrokenPipeError:
            # Whoever read has enough (`| head`). Python would complain once more when it flushes at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(0) from None
        except KeyboardInterrupt:
            raise SystemExit(130) from None

    def _leave(self, error: CommandError) -> NoReturn:
        if not getattr(self, "_called_from_command_line", False):
            raise error
        if str(error):
            self.stderr.write(str(error))
        raise SystemExit(error.returncode) from None


def _database_sentence(error: Exception) -> str:
    first_line = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return f"The database can't be used ({first_line}): check LUNA_DATABASE_URL and run manage.py prepare."
