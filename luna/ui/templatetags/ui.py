"""Luna's template tags: the moon, statuses, dates in words, people, icons, Markdown and form fields."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django import template
from django.contrib.staticfiles import finders
from django.forms import CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from luna import clock
from luna.ui import wording
from luna.ui.context import today_in
from luna.ui.kept import part_html
from luna.ui.markdown import markdown_html
from luna.ui.moon import lit_path
from luna.ui.vocabulary import look_of

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import date, datetime

    from django.forms import BoundField
    from django.template import Context

register = template.Library()

MOON_SIZES = {18: "moon", 24: "moon m24", 40: "moon m40", 72: "moon m72"}


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """`{% icon "home" %}`: a line icon of the sprite. The words beside it (or `.sr`) say what it means."""
    return format_html(
        '<svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
@lru_cache(maxsize=256)
def mark(name: str, tone: str = "") -> SafeString:
    """`{% mark "ok" %}`: a status shape without its word; `tone` colours it (ok, warn, bad, still)."""
    tones = {"ok": "ok", "warn": "warn", "bad": "bad"}
    return format_html(
        '<svg class="mark" data-is="{}" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">'
        '<use href="{}#m-{}"/></svg>',
        tone or tones.get(name, "still"),
        static("icons.svg"),
        name,
    )


@register.simple_tag
@lru_cache(maxsize=1024)
def moon(fraction: float | None, label: str = "", size: int = 18) -> SafeString:
    """`{% moon fraction label size %}`: lit by exactly the fraction; without a label it says the per cent."""
    part = min(max(float(fraction or 0), 0.0), 1.0)
    path = lit_path(part)
    return format_html(
        '<svg class="{}" width="{}" height="{}" viewBox="-10 -10 20 20" role="img" aria-label="{}">'
        '<circle class="sky" r="9"/>{}<circle class="rim" r="9.5"/></svg>',
        MOON_SIZES.get(size, "moon"),
        size,
        size,
        label or f"{wording.percent(part)} complete",
        format_html('<path class="lit" d="{}"/>', path) if path else "",
    )


_DIAMOND = "M0 -5.5l5.5 5.5-5.5 5.5-5.5-5.5z"
_HALF_DIAMOND = "M0 -5.5l-5.5 5.5 5.5 5.5z"
_DIAMONDS = {
    "completed": "dia still s-still",
    "at_risk": "dia bad s-bad",
    "possible_delays": "dia hollow s-warn",
    "on_track": "dia hollow s-ok",
}


@register.simple_tag
@lru_cache(maxsize=4096)
def diamond(health: str, x: float, y: float) -> SafeString:
    """`{% diamond health x y %}`: a milestone's diamond in a drawing, with its middle there."""
    half = format_html('<path class="warn" d="{}"/>', _HALF_DIAMOND) if health == "possible_delays" else ""
    return format_html(
        '<g transform="translate({} {})"><path class="halo" d="M0 -8l8 8-8 8-8-8z"/><path class="{}" d="{}"/>{}</g>',
        x,
        y,
        _DIAMONDS.get(health, "dia hollow s-still"),
        _DIAMOND,
        half,
    )


@register.simple_tag
def kept(template: str, **context: Hashable) -> SafeString:
    """`{% kept "reports/_figures.html" figures=figures %}`: included, and kept rendered under these values."""
    return part_html(template, **context)


@register.simple_tag
@lru_cache(maxsize=16)
def integrity(package: str) -> str:
    """`{% integrity "htmx.org" %}`: the hash that a vendored script must have, from static/vendor/manifest.json."""
    path = finders.find("vendor/manifest.json")
    files = json.loads(Path(str(path)).read_text(encoding="utf-8"))
    return str({item["name"]: item["integrity"] for item in files}[package])


@register.simple_tag
def brand_moon() -> SafeString:
    """Luna's sign: a moon at seven tenths, beside its name."""
    return format_html(
        '<svg class="moon" width="18" height="18" viewBox="-10 -10 20 20" aria-hidden="true">'
        '<circle class="sky" r="9"/><path class="lit" d="{}"/><circle class="rim" r="9.5"/></svg>',
        lit_path(0.7),
    )


@register.simple_tag
@lru_cache(maxsize=512)
def status(value: str | None, quiet: object = False, big: object = False, word: str = "") -> SafeString:
    """`{% status value %}`: shape, word and colour of any status, state or level; `quiet` lets the word recede."""
    look = look_of(value)
    classes = "status" + (" quiet" if quiet else "") + (" big" if big else "")
    return format_html(
        '<span class="{}" data-is="{}">{}<span class="word">{}</span></span>',
        classes,
        look.tone,
        mark(look.mark, look.tone),
        word or look.word,
    )


@register.simple_tag
@lru_cache(maxsize=64)
def status_mark(value: str | None) -> SafeString:
    """`{% status_mark value %}`: only the shape of a status, where the sentence beside it says the rest."""
    look = look_of(value)
    return mark(look.mark, look.tone)


@register.simple_tag(takes_context=True)
def day(context: Context, value: date | None, none: str = "none") -> SafeString:
    """`{% day date %}`: `Fri 12 Dec`, the exact day on hover."""
    if value is None:
        return format_html('<span class="muted">{}</span>', none)
    return _day_element(value, wording.day_words(value, today_in(context)))


@register.simple_tag(takes_context=True)
def due(context: Context, value: date | None, done: object = False, none: str = "no date") -> SafeString:
    """`{% due date %}`: `Fri 12 Dec` and how far that is (`in 3 weeks`, `9 d late`); `done` leaves the distance out."""
    if value is None:
        return format_html('<span class="muted">{}</span>', none)
    today = today_in(context)
    return _day_element(value, wording.day_words(value, today)) if done else _due_element(value, today)


@register.simple_tag(takes_context=True)
def likely(context: Context, value: date | None, wanted: date | None, none: str = "none") -> SafeString:
    """`{% likely forecast wanted %}`: `Tue 16 Feb` and how far that is from when it is wanted (`19 d late`)."""
    if value is None:
        return format_html('<span class="muted">{}</span>', none)
    told = _day_element(value, wording.day_words(value, today_in(context)))
    if wanted is None:
        return told
    css = "late" if value > wanted else "soft"
    return format_html('{} <span class="{}">{}</span>', told, css, wording.slip_words(value, wanted))


@register.simple_tag(takes_context=True)
def sure_by(context: Context, p50: date | None, p85: date | None, wanted: date | None) -> SafeString:
    """`{% sure_by p50 p85 wanted %}`: as `likely` of `p85`; where that is beyond the horizon, `p50` and that it is."""
    if p85 is not None or p50 is None:
        return likely(context, p85, wanted)
    told = _day_element(p50, wording.day_words(p50, today_in(context)))
    return format_html('<span class="late">out of sight</span> <span class="muted apart">likely {}</span>', told)


@register.simple_tag(takes_context=True)
def distance(context: Context, value: date | None) -> str:
    """`{% distance date %}`: only how far the day is, as prose: `in 3 weeks`, `9 days late`."""
    if value is None:
        return ""
    today = today_in(context)
    return wording.late_words(value, today, short=False) or wording.distance_words(value, today)


@register.simple_tag
def ago(value: datetime | None, none: str = "never") -> SafeString:
    """`{% ago instant %}`: `5 min ago`, `yesterday 14:05`, `Fri 12 Dec`, in the reader's zone."""
    if value is None:
        return format_html('<span class="muted">{}</span>', none)
    at = timezone.localtime(value)
    now = timezone.localtime(clock.now())
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        wording.exact_instant(at),
        wording.ago_words(at, now),
    )


@register.simple_tag
def who(user: object, none: str = "nobody") -> SafeString:
    """`{% who user %}`: initials and name; anything with a `name`, or a name itself."""
    name = user if isinstance(user, str) else str(getattr(user, "name", "") or "")
    if not name:
        return format_html('<span class="muted">{}</span>', none)
    return format_html('<span class="who" data-i="{}">{}</span>', wording.initials(name), name)


@register.filter
def initials(name: str) -> str:
    """`{{ user.name|initials }}`."""
    return wording.initials(name or "")


@register.filter
def markdown(text: str | None) -> SafeString:
    """`{{ text|markdown }}`: a person's words, in the serif, cleaned and closed to htmx."""
    if not text:
        return SafeString("")
    # Safe because markdown_html lets nothing through but its allow-list; the only mark_safe in Luna.
    return format_html('<div class="voice prose" hx-ignore>{}</div>', mark_safe(markdown_html(text)))  # noqa: S308


@register.filter
def percent(fraction: float | None) -> str:
    """`{{ fraction|percent }}`: `62 %`, in one piece."""
    return "" if fraction is None else wording.unbroken(wording.percent(fraction))


@register.filter(is_safe=True)
def unbroken(words: str) -> str:
    """`{{ sentence|unbroken }}`: no line ends between a number and its per cent sign."""
    return wording.unbroken(words or "")


@register.inclusion_tag("_shared/field.html")
def field(bound: BoundField, label: str = "", hint: str = "", big: object = False, **attrs: str) -> dict[str, Any]:
    """`{% field form.name %}`: label, control, hint and errors, tied together for screen readers."""
    widget = bound.field.widget
    choice = isinstance(widget, (CheckboxInput, CheckboxSelectMultiple, RadioSelect))
    attributes: dict[str, str | bool] = {name.replace("_", "-"): value for name, value in attrs.items()}
    if not choice and not isinstance(widget, FileInput):
        own = widget.attrs.get("class", "")
        attributes["class"] = " ".join(part for part in ("input", "big" if big else "", own) if part)
    parts = (("hint", hint or bound.help_text), ("error", bound.errors))
    described = [f"{bound.auto_id}_{part}" for part, there in parts if there]
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attributes),
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "single": isinstance(widget, CheckboxInput),
        "several": choice and not isinstance(widget, CheckboxInput),
    }


@lru_cache(maxsize=4096)
def _day_element(value: date, words: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), wording.exact_day(value), words)


@lru_cache(maxsize=4096)
def _due_element(value: date, today: date) -> SafeString:
    late = wording.late_words(value, today)
    return format_html(
        '<span class="due">{} <span class="{}">{}</span></span>',
        _day_element(value, wording.day_words(value, today)),
        "late" if late else "muted",
        late or wording.distance_words(value, today),
    )
