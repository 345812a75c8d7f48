"""How long a deck of slides takes."""

from __future__ import annotations

import io
import statistics
import time

from pptx import Presentation

from reports.content.samples import sample_progress
from reports.renderers.pptx import render_pptx

SECONDS = 1.0
_MILESTONES, _SLIDES, _ROUNDS = 60, 20, 5
_URL = "http://luna.test"


def deck_line() -> tuple[bool, str]:
    """(holds, words): the median of a few, after one that loads the library."""
    document = sample_progress(_MILESTONES)
    slides = len(Presentation(io.BytesIO(render_pptx(document, base_url=_URL))).slides)
    assert slides >= _SLIDES, slides
    taken = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        render_pptx(document, base_url=_URL)
        taken.append(time.perf_counter() - started)
    median = statistics.median(taken)
    return median < SECONDS, f"a deck of {slides} slides as PPTX: {median:.2f} s (limit {SECONDS:g} s)"
