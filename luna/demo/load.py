"""Loading the sample company, once: people, a year of launches, then the tools and the first digests."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from luna import clock
from luna.demo.company import DOMAIN, PASSWORD, PEOPLE, SIGN_INS, TEAMS, ZONE
from luna.demo.earlier import keep_earlier_forecasts
from luna.demo.first_reports import schedule_and_send
from luna.demo.launches import DETAILED
from luna.demo.more_launches import OTHERS
from luna.demo.past_launches import PAST
from luna.demo.replay import LaunchReplay
from luna.demo.tools import connect_places, connect_tools
from luna.lib import work
from people.actions.profile import edit_profile
from people.actions.teams import create_team
from people.actions.users import create_user
from people.actions.workspace import change_workspace
from people.domain.types import Role, TeamKind, Theme
from people.models import User

FOUNDED = -400
RECENT = -84


def load_sample_company(*, sandbox_url: str) -> None:
    """Fill an empty database. `sandbox_url` is the running sandbox's root."""
    # Asked before the clock is moved: in summer time the same hour may belong to the next day.
    today = clock.today(ZONE)
    with _Past() as past:
        past.go_to(FOUNDED)
        people = _people(days_off(today))
        _play(past, people, today)
    plans = (*DETAILED, *OTHERS)
    connect_tools(sandbox_url=sandbox_url, plans=plans, people=people)
    keep_earlier_forecasts()
    places = connect_places(sandbox_url=sandbox_url, people=people)
    schedule_and_send(plans=plans, places=places, people=people)


class _Past:
    """Moves Luna's clock back while the sample's history is written, and forward again."""

    def __init__(self) -> None:
        self._real = os.environ.get("LUNA_CLOCK_FILE")
        self._base = 0

    def __enter__(self) -> _Past:
        if self._real and Path(self._real).exists():
            self._base = int(json.loads(Path(self._real).read_text(encoding="utf-8"))["offset_seconds"])
        handle, self._file = tempfile.mkstemp(suffix=".json")
        os.close(handle)
        os.environ["LUNA_CLOCK_FILE"] = self._file
        return self

    def go_to(self, day: int) -> None:
        """Let it be `day` days from today (before it, when negative)."""
        offset = self._base + day * 86_400
        Path(self._file).write_text(json.dumps({"offset_seconds": offset}), encoding="utf-8")

    def __exit__(self, *_: object) -> None:
        Path(self._file).unlink()
        if self._real is None:
            del os.environ["LUNA_CLOCK_FILE"]
        else:
            os.environ["LUNA_CLOCK_FILE"] = self._real


def _play(past: _Past, people: dict[str, User], today: date) -> None:
    """Every deed on its day; health is computed too, so that it has a history: every second week, then every week."""
    replays = [LaunchReplay(plan, people, today) for plan in (*PAST, *DETAILED, *OTHERS)]
    deeds = sorted(deed for replay in replays for deed in replay.deeds())
    computed = deeds[0].day
    for deed in deeds:
        while deed.day - computed > (days := 7 if computed >= RECENT else 14):
            computed += days
            past.go_to(computed)
            work.drain("recompute")
        past.go_to(deed.day)
        deed.do()
    past.go_to(0)
    work.drain("recompute")


def days_off(today: date) -> dict[date, str]:
    """The holidays around the ends of the year in which `today` is and of the year before, each with its name."""
    december = {24: "Christmas Eve", 25: "Christmas Day", 26: "Day after Christmas", 31: "New Year’s Eve"}
    years = (today.year - 1, today.year)
    days = {date(year, 12, day): name for year in years for day, name in december.items()}
    return days | {date(year + 1, 1, 1): "New Year’s Day" for year in years}


def _people(holidays: Mapping[date, str]) -> dict[str, User]:
    """The company's people in their teams; the first is the admin, who makes the others."""
    admin_first = sorted(PEOPLE, key=lambda person: person.role != "admin")
    made: dict[str, User] = {}
    admin: User | None = None
    for person in admin_first:
        made[person.nick] = create_user(
            email=f"{person.nick}@{DOMAIN}",
            name=person.name,
            role=Role(person.role),
            password=PASSWORD if person.nick in dict(SIGN_INS) else None,
            time_zone=ZONE,
            actor=admin,
        )
        admin = admin or made[person.nick]
    assert admin is not None  # noqa: S101  the company has one
    week = [0, 1, 2, 3, 4]
    change_workspace(name="Fernhill", time_zone=ZONE, working_weekdays=week, holidays=holidays, actor=admin)
    for name, kind in TEAMS.items():
        members = [made[person.nick] for person in PEOPLE if person.team == name]
        team = create_team(name=name, kind=TeamKind(kind), members=members, actor=admin)
        for member in members:
            edit_profile(name=member.name, time_zone=ZONE, theme=Theme(member.theme), primary_team=team, actor=member)
    return made
