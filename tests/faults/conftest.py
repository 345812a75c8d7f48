"""What of the fault tests belongs to one set-up only."""

from __future__ import annotations

import os

# On SQLite there is no Redis that could fail: not collected, so that nothing counts as skipped.
collect_ignore = [] if os.environ["LUNA_TEST_DB"] == "postgres" else ["test_redis.py"]
