"""What a slide is drawn with: text, shapes, lines, moons and tables, in points on a slide of 720 × 405 (16:9).

That is the size of a new Google presentation and of PowerPoint's “On-screen show (16:9)”; a file with another size is
drawn to scale.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from luna.lib.text import is_right_to_left
from reports.renderers.deck_text import line_ends, line_height

WIDTH: Final = 720.0
HEIGHT: Final = 405.0
SIDE: Final = 32.0
"""Left and right margins: where Google's layouts start their titles."""
BODY_TOP: Final = 82.0
BODY_BOTTOM: Final = 382.0
BODY_FLOOR: Final = 14.0
"""The smallest type of what has to be read from a chair."""

PADDING: Final = 7.2
"""Around text in a table's cell or in a shape, on each side: Google's, which cannot be changed there."""

# The palette of the pages by day (static/css/tokens.css) as sRGB, and of their night for the first slide.
PAPER, INK, INK_2, INK_3 = "FCFAF7", "1D2130", "484C5D", "656877"
LINE, LINE_FIRM, ACCENT = "DEDFE5", "BBBDC7", "3E44B1"
SKY, MOONLIGHT = "656B97", "F9EBBE"
NIGHT, NIGHT_INK, NIGHT_INK_2 = "1C2036", "FCFAF7", "B6BAC5"
BAR, BAR_DONE = "D3D5E3", "656B97"
TONES: Final = {"ok": "146C39", "warn": "8D5400", "bad": "B51E23"}
"""Colours of the marks that have one; every other mark is drawn in INK_2."""


def tone_of(mark: str) -> str:
    """The colour of a status' mark."""
    return TONES.get(mark, INK_2)


class Box(NamedTuple):
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


@dataclass(frozen=True)
class Run:
    """Words of one look."""

    text: str
    color: str = INK
    bold: bool = False
    href: str = ""
    voice: bool = False
    """A person's own words: set in the serif."""


@dataclass(frozen=True)
class Paragraph:
    """One paragraph; `bullet` hangs before it."""

    runs: tuple[Run, ...]
    size: float = BODY_FLOOR
    bullet: str = ""
    bullet_color: str = INK_3
    align: Literal["start", "left", "center", "end"] = "start"
    """`start` follows its own direction; `left` keeps to its column, whatever its direction."""
    after: float = 0.0

    @property
    def text(self) -> str:
        """Its words, without the bullet."""
        return "".join(run.text for run in self.runs)

    @property
    def is_bold(self) -> bool:
        """Whether some of it takes the room of bold type."""
        return any(run.bold or run.voice for run in self.runs)

    @property
    def is_right_to_left(self) -> bool:
        """Whether it starts on the right."""
        return is_right_to_left(self.text)

    @property
    def indent(self) -> float:
        """The room of its bullet."""
        return self.size * 1.2 if self.bullet else 0.0

    def line_count(self, room: float) -> int:
        """How many lines it takes when broken to `room`."""
        return len(line_ends(self.text, self.size, room - self.indent, bold=self.is_bold))

    def height(self, room: float) -> float:
        """Of its lines when broken to `room`, and the space after them."""
        return self.line_count(room) * self.size * line_height(self.text) + self.after


@dataclass(frozen=True)
class TextBox:
    """Text in a frame; a `role` makes it the slide's title or subtitle, for those who hear slides or read outlines."""

    box: Box
    paragraphs: tuple[Paragraph, ...]
    anchor: Literal["top", "middle", "bottom"] = "top"
    ground: str = ""
    """A colour behind the words, where they stand on lines."""
    role: Literal["", "title", "subtitle"] = ""
    name: str = "Text"


@dataclass(frozen=True)
class Shape:
    """A native shape. `alt` says what it means; without it the shape is decoration."""

    kind: Literal["rectangle", "ellipse", "diamond"]
    box: Box
    fill: str = ""
    outline: str = ""
    weight: float = 1.0
    alt: str = ""


@dataclass(frozen=True)
class Rule:
    """A straight line, down or to the right, or rising to the right."""

    start: tuple[float, float]
    end: tuple[float, float]
    color: str = LINE
    weight: float = 0.75
    is_dashed: bool = False


@dataclass(frozen=True)
class Steps:
    """A line that goes on level and upright by turns, from left to right: one shape where there are free forms."""

    places: tuple[tuple[float, float], ...]
    """Its corners, at least two, none twice."""
    color: str = INK
    weight: float = 1.5
    dash: int = 0
    """0: drawn through; 1 to 3: ways to tell it from others."""
    alt: str = ""

    @property
    def box(self) -> Box:
        """What it lies in."""
        xs, ys = [x for x, _ in self.places], [y for _, y in self.places]
        return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


@dataclass(frozen=True)
class Moon:
    """Progress as the moon's phase on a ground of one colour."""

    box: Box
    fraction: float
    ground: str = PAPER
    alt: str = ""


@dataclass(frozen=True)
class Grid:
    """A native table; the first row is its head. A row's only cell goes over the whole width."""

    box: Box
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    rows: tuple[tuple[Paragraph, ...], ...]
    alt: str = ""


Element = TextBox | Shape | Rule | Steps | Moon | Grid


@dataclass(frozen=True)
class Page:
    """One slide, ready to draw, back to front. `notes` is said by whoever presents it."""

    title: TextBox
    elements: tuple[Element, ...] = field(default_factory=tuple)
    ground: str = PAPER
    notes: str = ""
    is_opening: bool = False
