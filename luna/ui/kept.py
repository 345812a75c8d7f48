"""Parts of pages and rows of tables that are kept rendered under all that they show.

The values say all that the template depends on: the day, too, where it tells one. Nothing of the reader belongs in it
that is not among them. There are two shelves, so that many rows never push out the few parts that every page has.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString


@lru_cache(maxsize=512)
def part_html(template: str, **context: Hashable) -> SafeString:
    """A part of a page, by the tag `kept`."""
    return render_to_string(template, context)


@lru_cache(maxsize=16_384)
def row_html(template: str, **context: Hashable) -> SafeString:
    """A row of a long table; about two kilobytes each."""
    return render_to_string(template, context)
