"""What the calibration page tells of made-up companies is what the document has measured."""

from __future__ import annotations

import re
from pathlib import Path

DOCUMENT = Path("docs/algorithms/forecast-calibration.md").read_text(encoding="utf-8")
PAGE = Path("templates/reports/_forecast_limits.html").read_text(encoding="utf-8")
LIKELY, SURE = 0, 1


def held(regime: str, column: int) -> list[int]:
    """Of 100 milestones, in the first companies and in the others; steady, late start and so on."""
    row = rf"^\| {regime} \| \d+ \| ([\d.]+) % \([^|]+\| ([\d.]+) % \([^|]+\| [\d.]+ / "
    return [round(float(figures[column])) for figures in re.findall(row, DOCUMENT, re.MULTILINE)]


def in_time(regime: str, said: int) -> int:
    """Of 100 milestones that were given this chance, per cent."""
    [share] = re.findall(rf"^\| {regime} \| {said} % \| \d+ \| (\d+) % ", DOCUMENT, re.MULTILINE)
    return int(share)


def test_the_page_repeats_what_was_measured() -> None:
    low, high = sorted(held("steady", SURE))
    assert f"steadily, {low} to {high} of 100 of its 85 % dates held" in PAGE
    assert f"{max(held('late start', LIKELY))} of 100 were done by the likely day instead of 50" in PAGE
    first, others = held("correlated teams", SURE)
    assert f"{first} of 100 of the 85 % dates held in one set of companies, {others} in another" in PAGE
    assert "of milestones given about 75 %, half were in time" in PAGE
    assert 45 <= in_time("bursty", 75) <= 55
