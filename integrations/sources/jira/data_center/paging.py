"""Reading by page number while issues move (pure).

Data Center pages by `startAt`. Issues come in the order of their change; one that changes meanwhile goes to the end,
all behind its old place move up by one, and as many as moved up over the edge of a page would never be read. So:

- A page begins with the last issue of the page before. Is it there as it was, nothing is between it and the new ones.
  Is nothing of the page before there as it was, Luna goes back by a page until it meets something that it knows, and
  reads on from there. What is read twice counts once; what is read twice because it changed is newer the second time.
- A page of one issue has no room for that: there the number alone decides.
- From 9,000 issues on, the query itself goes on: `updated >=` the second of the last issue, from number 0. Newer
  versions refuse to count further than 10,000 (support.atlassian.com: index.max_result_window). Milliseconds since 1970
  are read as such, whatever the account's zone: com.atlassian.jira.jql.util.JqlDateSupport.convertToDate(Long).
- The site may answer fewer issues than asked for, and no `total`: only an empty page, or the total, is the end.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

DEEPEST = 9_000
MOST_STEPS_BACK = 20


@dataclass(frozen=True)
class Place:
    """Where a read is: the next `startAt`, and what stood before it."""

    at: int = 0
    tail: tuple[str, ...] = ()
    """The marks of the page before: id and instant of change, so that one which moved is not taken for itself."""
    overlaps: bool = False
    """Whether the next page has to hold one of `tail`."""
    since_ms: int | None = None
    """Since when the query reads by now."""
    steps_back: int = 0
    """How often it went back so far: a site that gives no order at all must not be read for ever."""

    @classmethod
    def loaded(cls, token: str) -> Place:
        """What `dumped` wrote."""
        found = json.loads(token)
        return cls(**found | {"tail": tuple(found["tail"])})

    def dumped(self) -> str:
        """As a page's token."""
        return json.dumps(self.__dict__)

    def is_repeated(self, marks: tuple[str, ...]) -> bool:
        """Whether the page before came again: the site pays no heed to `startAt`."""
        is_expected = self.overlaps and len(marks) == 1
        return self.at > 0 and bool(marks) and marks == self.tail and not is_expected and not self.steps_back

    def has_lost_its_place(self, marks: tuple[str, ...]) -> bool:
        """Whether so much moved up that something may have been passed over."""
        is_known = bool(set(marks) & set(self.tail))
        return self.overlaps and not is_known and self.at > 0 and self.steps_back < MOST_STEPS_BACK

    def back(self) -> Place:
        """A page earlier."""
        return replace(self, at=max(0, self.at - len(self.tail)), steps_back=self.steps_back + 1)

    def after(self, marks: tuple[str, ...], *, total: Any, newest_ms: int | None) -> Place | None:
        """Where to go on behind a page, or None at the end. `newest_ms` is the second in which its last one changed."""
        reached = self.at + len(marks)
        if not marks or (isinstance(total, int) and not isinstance(total, bool) and reached >= total):
            return None
        following = replace(self, at=reached, tail=marks, overlaps=False)
        if reached >= DEEPEST and newest_ms is not None and newest_ms > (self.since_ms or 0):
            return replace(following, at=0, since_ms=newest_ms)
        if len(marks) > 1:
            return replace(following, at=reached - 1, overlaps=True)
        return following


START = Place()
