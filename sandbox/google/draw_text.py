"""Text of a slide laid out in lines and drawn as SVG, with estimated widths: near enough to see what fits.

Lengths are points. Styles become presentation attributes, for the pages' policy allows no inline style.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

from sandbox.google.deck import Text
from sandbox.google.document_json import GLYPHS
from sandbox.google.layouts import EMU_PER_POINT
from sandbox.google.units import NEWLINE, Json, runs

THEME = {
    "DARK1": "#000000", "LIGHT1": "#ffffff", "DARK2": "#595959", "LIGHT2": "#eeeeee", "ACCENT1": "#4285f4",
    "ACCENT2": "#212121", "ACCENT3": "#78909c", "ACCENT4": "#ffab40", "ACCENT5": "#0097a7", "ACCENT6": "#eeff41",
    "HYPERLINK": "#0097a7", "TEXT1": "#000000", "TEXT2": "#595959", "BACKGROUND1": "#ffffff", "BACKGROUND2": "#eeeeee",
}  # fmt: skip
INK = "#000000"
LINE_HEIGHT = 1.17
BULLET_INDENT = 18.0
NARROW, WIDE = set("iljtfr.,:;!|'’()[] "), set("mwMW@%")


@dataclass(frozen=True)
class Word:
    text: str
    style: Json
    points: float

    @property
    def width(self) -> float:
        return sum(map(_character_width, self.text)) * self.points * (1.06 if self.style.get("bold") else 1)


@dataclass
class Line:
    """`indent` from the start side; `bullet` stands before it on the paragraph's first line."""

    points: float
    spacing: float
    alignment: str
    is_right_to_left: bool
    indent: float = 0.0
    bullet: str = ""
    before: float = 0.0
    after: float = 0.0
    words: list[Word] = field(default_factory=list)

    @property
    def height(self) -> float:
        return (
            max([word.points for word in self.words] or [self.points]) * LINE_HEIGHT * self.spacing
            + self.before
            + self.after
        )

    @property
    def width(self) -> float:
        return sum(word.width for word in self.words)


def _character_width(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if unicodedata.combining(character):
        return 0.0
    if character in NARROW:
        return 0.29
    if character in WIDE:
        return 0.85
    return 0.66 if character.isupper() else 0.53


def points_of(dimension: Any, default: float) -> float:
    """A Dimension in points."""
    if not dimension or "magnitude" not in dimension:
        return default
    magnitude = float(dimension["magnitude"])
    return magnitude if dimension.get("unit") == "PT" else magnitude / EMU_PER_POINT


def colour(color: Json | None, default: str) -> str:
    """An OpaqueColor or OptionalColor as #rrggbb."""
    color = (color or {}).get("opaqueColor", color or {})
    if "themeColor" in color:
        return THEME.get(color["themeColor"], default)
    if "rgbColor" in color:
        parts = (round(255 * float(color["rgbColor"].get(name, 0))) for name in ("red", "green", "blue"))
        return "#" + "".join(f"{min(max(part, 0), 255):02x}" for part in parts)
    return default


def lines_of(text: Text, width: float, points: float) -> list[Line]:
    """The text in lines no wider than `width`; `points` is the size of what names none."""
    found: list[Line] = []
    numbers: dict[str, int] = {}
    for start, end in text.paragraphs():
        newline = text.units[end - 1]
        style = newline.more.get("style", {})
        bullet = newline.more.get("bullet")
        level = bullet["nestingLevel"] + 1 if bullet else 0
        line = Line(
            points=points_of(newline.style.get("fontSize"), points),
            spacing=float(style.get("lineSpacing", 100)) / 100,
            alignment=style.get("alignment", "START"),
            is_right_to_left=style.get("direction") == "RIGHT_TO_LEFT",
            indent=BULLET_INDENT * level if bullet else points_of(style.get("indentFirstLine"), 0),
            bullet=_bullet(text, bullet, numbers) if bullet else "",
            before=points_of(style.get("spaceAbove"), 0) if found else 0.0,
        )
        hanging = line.indent if bullet else points_of(style.get("indentStart"), 0)
        found.extend(_filled(line, list(_words(text, start, end, points)), width, hanging))
        found[-1].after = points_of(style.get("spaceBelow"), 0)
    return found


def _bullet(text: Text, bullet: Json, numbers: dict[str, int]) -> str:
    preset = text.lists[bullet["listId"]]
    if preset in GLYPHS:
        return GLYPHS[preset][bullet["nestingLevel"] % 3]
    key = f"{bullet['listId']} {bullet['nestingLevel']}"
    numbers[key] = numbers.get(key, 0) + 1
    return f"{numbers[key]}."


def _words(text: Text, start: int, end: int, points: float) -> Iterator[Word]:
    """Pieces between which a line may break: after spaces, and around characters that stand alone."""
    for _, _, content, style in runs(text.units[start:end]):
        size = points_of(style.get("fontSize"), points)
        piece = ""
        for character in content.rstrip(NEWLINE):
            piece += character
            if character in " \v-" or unicodedata.east_asian_width(character) in "WF":
                yield Word(piece, style, size)
                piece = ""
        if piece:
            yield Word(piece, style, size)


def _filled(first: Line, words: list[Word], width: float, indent: float) -> list[Line]:
    """The paragraph's lines; all but the first begin at `indent`."""
    lines = [first]
    for word in words:
        line = lines[-1]
        if line.words and line.indent + line.width + word.width - 0.29 * word.points > width:
            line = Line(line.points, line.spacing, line.alignment, line.is_right_to_left, indent)
            lines.append(line)
        line.words.append(word)
        if word.text.endswith("\v"):
            lines.append(Line(line.points, line.spacing, line.alignment, line.is_right_to_left, indent))
    return lines


def drawn_lines(lines: list[Line], x: float, y: float, width: float, ink: str = INK) -> str:
    """The lines from (x, y) down, within `width`."""
    shown = []
    for line in lines:
        y += line.height
        baseline = y - line.after - (line.height - line.before - line.after) * 0.22
        at, anchor = _anchored(line, x, width)
        words = "".join(_drawn(word, ink) for word in line.words)
        direction = ' direction="rtl"' if line.is_right_to_left else ""
        if line.bullet:
            side = x + width - line.indent + 12 if line.is_right_to_left else x + line.indent - 12
            glyph = f'<text x="{side:.1f}" y="{baseline:.1f}" font-size="{line.points:g}" fill="{ink}">'
            shown.append(f"{glyph}{escape(line.bullet)}</text>")
        shown.append(f'<text x="{at:.1f}" y="{baseline:.1f}" text-anchor="{anchor}"{direction}>{words}</text>')
    return "".join(shown)


def _anchored(line: Line, x: float, width: float) -> tuple[float, str]:
    """Where a line is held. In right-to-left text the start is the right side, and SVG's anchor turns along."""
    if line.alignment == "CENTER":
        return x + width / 2, "middle"
    is_at_start = line.alignment != "END"
    is_left = is_at_start != line.is_right_to_left
    at = x + line.indent if is_left else x + width - (line.indent if line.is_right_to_left else 0)
    return at, "start" if is_at_start else "end"


def _drawn(word: Word, ink: str) -> str:
    style = word.style
    attributes = f' font-size="{word.points:g}" fill="{colour(style.get("foregroundColor"), ink)}"'
    attributes += ' font-weight="bold"' if style.get("bold") else ""
    attributes += ' font-style="italic"' if style.get("italic") else ""
    marks = [
        name for field_, name in (("underline", "underline"), ("strikethrough", "line-through")) if style.get(field_)
    ]
    attributes += f' text-decoration="{" ".join(marks)}"' if marks else ""
    shown = f"<tspan{attributes}>{escape(word.text.rstrip(chr(11)))}</tspan>"
    url = style.get("link", {}).get("url", "")
    return f'<a href="{escape(url)}">{shown}</a>' if url.startswith(("http://", "https://", "mailto:")) else shown
