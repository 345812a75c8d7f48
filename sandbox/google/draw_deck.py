"""A slide drawn as SVG from its elements: shapes, lines, tables and text where their transforms put them. In points."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import hypot

from markupsafe import Markup

from sandbox.google.deck import Element, Slide
from sandbox.google.draw_table import drawn_table
from sandbox.google.draw_text import colour, drawn_lines, lines_of, points_of
from sandbox.google.layouts import EMU_PER_POINT, LAYOUTS, PAGE_HEIGHT, PAGE_WIDTH
from sandbox.google.units import Json

WIDTH, HEIGHT = PAGE_WIDTH / EMU_PER_POINT, PAGE_HEIGHT / EMU_PER_POINT
INSET = 7.2
USUAL_POINTS = 14
# Corners of shapes in a square of one.
POLYGONS = {
    "DIAMOND": "0.5,0 1,0.5 0.5,1 0,0.5", "FLOW_CHART_DECISION": "0.5,0 1,0.5 0.5,1 0,0.5", "TRIANGLE": "0.5,0 1,1 0,1",
    "RIGHT_TRIANGLE": "0,0 1,1 0,1", "HOME_PLATE": "0,0 0.8,0 1,0.5 0.8,1 0,1",
    "CHEVRON": "0,0 0.8,0 1,0.5 0.8,1 0,1 0.2,0.5",
    "RIGHT_ARROW": "0,0.25 0.6,0.25 0.6,0 1,0.5 0.6,1 0.6,0.75 0,0.75", "PARALLELOGRAM": "0.2,0 1,0 0.8,1 0,1",
    "HEXAGON": "0.2,0 0.8,0 1,0.5 0.8,1 0.2,1 0,0.5", "PENTAGON": "0.5,0 1,0.4 0.8,1 0.2,1 0,0.4",
}  # fmt: skip
ROUND = {"ELLIPSE", "FLOW_CHART_CONNECTOR", "DONUT", "PIE", "CHORD", "ARC", "SMILEY_FACE", "SUN"}
DASHES = {"DOT": "1 2", "DASH": "4 3", "DASH_DOT": "4 2 1 2", "LONG_DASH": "8 3", "LONG_DASH_DOT": "8 3 1 3"}


@dataclass(frozen=True)
class Box:
    """What is seen of an element: its size, and the SVG matrix that turns and puts it."""

    width: float
    height: float
    matrix: str


def box_of(element: Element) -> Box:
    """A transform's scale makes the element larger, but never its text: so it goes into the size."""
    found = element.transform
    across = hypot(found["scaleX"], found["shearY"]) or 1
    down = hypot(found["scaleY"], found["shearX"]) or 1
    turn = (found["scaleX"] / across, found["shearY"] / across, found["shearX"] / down, found["scaleY"] / down)
    move = (found["translateX"] / EMU_PER_POINT, found["translateY"] / EMU_PER_POINT)
    matrix = " ".join(f"{one:g}" for one in (*turn, *move))
    width, height = element.width * across / EMU_PER_POINT, element.height * down / EMU_PER_POINT
    return Box(width, height, f"matrix({matrix})")


def drawn_slide(slide: Slide) -> Markup:
    """The whole page; what lies outside of it is cut, as on a screen."""
    fill = paint(slide.properties.get("pageBackgroundFill"), "#ffffff")
    inside = "".join(_drawn(element, slide.layout) for element in slide.elements)
    return Markup(  # noqa: S704 - every text in it is escaped
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="group" aria-label="Slide" font-family="Arial, sans-serif">'
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="{fill}"/>{inside}</svg>'
    )


def paint(fill: Json | None, default: str) -> str:
    """A fill as SVG's paint; `none` where it isn't rendered."""
    fill = fill or {}
    if fill.get("propertyState") == "NOT_RENDERED":
        return "none"
    return colour(fill.get("solidFill", {}).get("color"), default)


def _drawn(element: Element, layout: str) -> str:
    words = element.title or element.description
    name = f"<title>{escape(words)}</title>" if words else ""
    if element.kind == "line":
        return f"<g>{name}{_line(element)}</g>"
    box = box_of(element)
    inside = (
        drawn_table(element.grid) if element.grid is not None else _shape(element, box) + _text(element, box, layout)
    )
    return f'<g transform="{box.matrix}">{name}{inside}</g>'


def _line(element: Element) -> str:
    found = element.transform
    ends = []
    for x, y in ((0, 0), (element.width, element.height)):
        ends.append((found["scaleX"] * x + found["shearX"] * y + found["translateX"]) / EMU_PER_POINT)
        ends.append((found["shearY"] * x + found["scaleY"] * y + found["translateY"]) / EMU_PER_POINT)
    properties = element.properties
    stroke = paint(properties.get("lineFill"), "#595959")
    weight = points_of(properties.get("weight"), 0.75)
    dash = DASHES.get(properties.get("dashStyle", ""), "")
    x1, y1, x2, y2 = (f"{one:.2f}" for one in ends)
    attributes = f'stroke="{stroke}" stroke-width="{weight:g}"' + (f' stroke-dasharray="{dash}"' if dash else "")
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" {attributes}/>'


def _looks(element: Element) -> str:
    """Text boxes have neither fill nor outline unless they are given one; other shapes have both."""
    is_bare = element.type == "TEXT_BOX"
    fill = paint(element.properties.get("shapeBackgroundFill"), "none" if is_bare else "#eeeeee")
    outline = element.properties.get("outline", {})
    is_drawn = outline.get("propertyState") != "NOT_RENDERED"
    stroke = paint(outline.get("outlineFill"), "none" if is_bare else "#595959") if is_drawn else "none"
    alpha = element.properties.get("shapeBackgroundFill", {}).get("solidFill", {}).get("alpha", 1)
    dash = DASHES.get(outline.get("dashStyle", ""), "")
    looks = f'fill="{fill}" stroke="{stroke}" stroke-width="{points_of(outline.get("weight"), 0.75):g}"'
    looks += f' fill-opacity="{alpha:g}"' if alpha != 1 else ""
    return looks + (f' stroke-dasharray="{dash}"' if dash else "")


def _shape(element: Element, box: Box) -> str:
    looks, width, height = _looks(element), box.width, box.height
    if element.type in ROUND:
        return f'<ellipse cx="{width / 2:g}" cy="{height / 2:g}" rx="{width / 2:g}" ry="{height / 2:g}" {looks}/>'
    if element.type == "MOON":
        outer, inner = f"A{width:g},{height / 2:g} 0 0 0", f"A{width / 2:g},{height / 2:g} 0 0 1"
        path = f"M{width:g},0 {outer} {width:g},{height:g} {inner} {width:g},0Z"
        return f'<path d="{path}" {looks}/>'
    if element.type in POLYGONS:
        corners = [tuple(map(float, corner.split(","))) for corner in POLYGONS[element.type].split()]
        points = " ".join(f"{x * width:g},{y * height:g}" for x, y in corners)
        return f'<polygon points="{points}" {looks}/>'
    radius = min(width, height) / 6 if element.type.startswith("ROUND") else 0
    return f'<rect width="{width:g}" height="{height:g}" rx="{radius:g}" {looks}/>'


def _text(element: Element, box: Box, layout: str) -> str:
    if not element.text.units:
        return ""
    kind = element.placeholder.get("type", "")
    spots = {(spot.type, spot.index): spot for spot in LAYOUTS[layout]}
    spot = spots.get((kind, element.placeholder.get("index", 0)))
    lines = lines_of(element.text, box.width - 2 * INSET, spot.points if spot else USUAL_POINTS)
    if kind in {"CENTERED_TITLE", "SUBTITLE"} and layout == "TITLE":
        for line in lines:
            line.alignment = "CENTER" if line.alignment == "START" else line.alignment
    height = sum(line.height for line in lines)
    usual = {"CENTERED_TITLE": "BOTTOM", "TITLE": "TOP", "": "TOP" if element.type == "TEXT_BOX" else "MIDDLE"}
    match element.properties.get("contentAlignment", usual.get(kind, "TOP")):
        case "MIDDLE":
            top = (box.height - height) / 2
        case "BOTTOM":
            top = box.height - height - INSET
        case _:
            top = INSET
    return drawn_lines(lines, INSET, top, box.width - 2 * INSET)
