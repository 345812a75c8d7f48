"""Elements of a slide as DrawingML: the words and shapes of the layout in PowerPoint's own terms (ECMA-376, part 1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final, Literal
from xml.sax.saxutils import escape, quoteattr

from reports.renderers.deck_shapes import (
    ACCENT,
    INK,
    INK_2,
    INK_3,
    LINE,
    LINE_FIRM,
    MOONLIGHT,
    NIGHT_INK,
    NIGHT_INK_2,
    PADDING,
    PAPER,
    SKY,
    Box,
    Element,
    Grid,
    Moon,
    Paragraph,
    Rule,
    Run,
    Shape,
    Steps,
    TextBox,
)

NAMESPACES: Final = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_LONG_LINK: Final = 40
"""Characters of a link that may be broken over two lines."""
EMU: Final = 12700
"""English Metric Units in a point."""
_ANCHORS: Final = {"top": "t", "middle": "ctr", "bottom": "b"}
_SHAPES: Final = {"rectangle": "rect", "ellipse": "ellipse", "diamond": "diamond"}
_DASHES: Final = ("", "dash", "sysDot", "dashDot")
_NO_STYLE: Final = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_DECORATIVE: Final = (
    '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}">'
    '<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/>'
    "</a:ext></a:extLst>"
)
_OWN_LINK_COLOR: Final = (
    '<a:extLst><a:ext uri="{A12FA001-AC4F-418D-AE19-62706E023703}">'
    '<ahyp:hlinkClr xmlns:ahyp="http://schemas.microsoft.com/office/drawing/2018/hyperlinkcolor" val="tx"/>'
    "</a:ext></a:extLst>"
)
# Ink, paper and accent are the theme's, so that a deck follows when its theme is changed; status keeps its colours.
_THEMED: Final = {
    INK: ("tx1", 0, 0),
    INK_2: ("tx1", 80, 20),
    INK_3: ("tx1", 67, 33),
    LINE: ("tx1", 15, 85),
    LINE_FIRM: ("tx1", 28, 72),
    PAPER: ("bg1", 0, 0),
    ACCENT: ("accent1", 0, 0),
}
_AS_BY_DAY: Final = {NIGHT_INK: INK, NIGHT_INK_2: INK_2, MOONLIGHT: ACCENT}


@dataclass
class Pen:
    """Writes the elements of one slide, scaled to its size."""

    link: Callable[[str], str]
    """The id under which the slide knows an address."""
    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0
    """Points that every element is moved by, after scaling."""
    is_own_look: bool = True
    """Whether the theme is Luna's; a company's has its own first slide, and its own colours for titles."""
    _ids: Iterator[int] = field(default_factory=lambda: count(100))

    def element(self, element: Element) -> str:
        """`element` as XML, with its namespaces."""
        match element:
            case TextBox():
                return self._text_box(element)
            case Shape():
                return self._shape(element)
            case Rule():
                return self._rule(element)
            case Steps():
                return self._steps(element)
            case Moon():
                return self._moon(element)
            case Grid():
                return self._grid(element)

    def text_body(self, box: TextBox, *, tag: str = "p:txBody") -> str:
        """The words of `box`, for a shape of its own or for a placeholder."""
        frame = (
            f'<a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{_ANCHORS[box.anchor]}">'
            "<a:noAutofit/></a:bodyPr><a:lstStyle/>"
        )
        words = "".join(self._paragraph(paragraph, is_placeholder=bool(box.role)) for paragraph in box.paragraphs)
        return f"<{tag} {NAMESPACES}>{frame}{words}</{tag}>"

    def emu(self, points: float) -> int:
        """A length on the slide."""
        return round(points * self.scale * EMU)

    def place(self, box: Box) -> tuple[int, int, int, int]:
        """Left, top, width and height on the slide, in EMU."""
        left, top = round((box.left * self.scale + self.left) * EMU), round((box.top * self.scale + self.top) * EMU)
        return left, top, self.emu(box.width), self.emu(box.height)

    def _text_box(self, box: TextBox) -> str:
        named = self._named(box.name)
        runs = [run for paragraph in box.paragraphs for run in paragraph.runs]
        if len(runs) == 1 and runs[0].href:  # the whole frame leads there, and its words break as words do
            link = f'<a:hlinkClick r:id="{self.link(runs[0].href)}"/>'
            named = f"{named.removesuffix('/>')}>{link}</p:cNvPr>"
            plain = replace(box.paragraphs[0], runs=(replace(runs[0], href=""),))
            box = replace(box, paragraphs=(plain,))
        head = f'<p:nvSpPr>{named}<p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr>'
        fill = self._fill(box.ground) if box.ground else "<a:noFill/>"
        look = f'<p:spPr>{self._frame(box.box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{fill}</p:spPr>'
        return f"<p:sp {NAMESPACES}>{head}{look}{self.text_body(box)}</p:sp>"

    def _shape(self, shape: Shape) -> str:
        head = f"<p:nvSpPr>{self._named(shape.kind.capitalize(), shape.alt)}<p:cNvSpPr/><p:nvPr/></p:nvSpPr>"
        kind = f'<a:prstGeom prst="{_SHAPES[shape.kind]}"><a:avLst/></a:prstGeom>'
        fill = self._fill(shape.fill) if shape.fill else "<a:noFill/>"
        look = f"<p:spPr>{self._frame(shape.box)}{kind}{fill}{self._stroke(shape.outline, shape.weight)}</p:spPr>"
        return f"<p:sp {NAMESPACES}>{head}{look}</p:sp>"

    def _rule(self, rule: Rule) -> str:
        (left, top), (right, bottom) = rule.start, rule.end
        head = f"<p:nvCxnSpPr>{self._named('Line')}<p:cNvCxnSpPr/><p:nvPr/></p:nvCxnSpPr>"
        frame = self._frame(Box(left, min(top, bottom), right - left, abs(bottom - top)), is_flipped=bottom < top)
        stroke = self._stroke(rule.color, rule.weight, dash="sysDash" if rule.is_dashed else "")
        look = f'<p:spPr>{frame}<a:prstGeom prst="line"><a:avLst/></a:prstGeom>{stroke}</p:spPr>'
        return f"<p:cxnSp {NAMESPACES}>{head}{look}</p:cxnSp>"

    def _steps(self, steps: Steps) -> str:
        """One free form; a straight connector where it never leaves its height, since a form needs one."""
        stroke = self._stroke(steps.color, steps.weight, dash=_DASHES[steps.dash])
        named = self._named("Trend", steps.alt)
        if len(steps.places) == 2:
            head = f"<p:nvCxnSpPr>{named}<p:cNvCxnSpPr/><p:nvPr/></p:nvCxnSpPr>"
            look = f'{self._frame(steps.box)}<a:prstGeom prst="line"><a:avLst/></a:prstGeom>{stroke}'
            return f"<p:cxnSp {NAMESPACES}>{head}<p:spPr>{look}</p:spPr></p:cxnSp>"
        left, top, width, height = self.place(steps.box)
        corners = [self.place(Box(x, y, 0, 0)) for x, y in steps.places]
        points = [f'<a:pt x="{x - left}" y="{y - top}"/>' for x, y, *_ in corners]
        lines = "".join(f"<a:lnTo>{point}</a:lnTo>" for point in points[1:])
        path = f'<a:path w="{width}" h="{height}" fill="none"><a:moveTo>{points[0]}</a:moveTo>{lines}</a:path>'
        head = f"<p:nvSpPr>{named}<p:cNvSpPr/><p:nvPr/></p:nvSpPr>"
        look = f"{self._frame(steps.box)}{_free_form(path)}<a:noFill/>{stroke}"
        return f"<p:sp {NAMESPACES}>{head}<p:spPr>{look}</p:spPr></p:sp>"

    def _moon(self, moon: Moon) -> str:
        """The disc and its lit part, which is exactly that fraction of the disc's area."""
        left, top, width, height = self.place(moon.box)
        frame = f'<a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/>'
        within = f'<a:chOff x="{left}" y="{top}"/><a:chExt cx="{width}" cy="{height}"/>'
        named = self._named("Moon", moon.alt)
        head = f"<p:nvGrpSpPr>{named}<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
        disc = self._shape(Shape("ellipse", moon.box, SKY))
        lit = self._lit(moon) if moon.fraction > 0 else ""
        group = f"<p:grpSpPr><a:xfrm>{frame}{within}</a:xfrm></p:grpSpPr>"
        return f"<p:grpSp {NAMESPACES}>{head}{group}{disc}{lit}</p:grpSp>"

    def _lit(self, moon: Moon) -> str:
        """The right half of the disc, less or more the half ellipse up to the terminator."""
        size, radius = 2000, 1000
        reach = round(radius * abs(1 - 2 * min(moon.fraction, 1.0)))
        turn = -10800000 if moon.fraction < 0.5 else 10800000
        back = f'<a:arcTo wR="{reach}" hR="{radius}" stAng="5400000" swAng="{turn}"/>' if reach else ""
        path = (
            f'<a:path w="{size}" h="{size}"><a:moveTo><a:pt x="{radius}" y="0"/></a:moveTo>'
            f'<a:arcTo wR="{radius}" hR="{radius}" stAng="16200000" swAng="10800000"/>{back}<a:close/></a:path>'
        )
        head = f"<p:nvSpPr>{self._named('Moonlight')}<p:cNvSpPr/><p:nvPr/></p:nvSpPr>"
        fill = f'<a:solidFill><a:srgbClr val="{MOONLIGHT}"/></a:solidFill><a:ln><a:noFill/></a:ln>'
        return f"<p:sp {NAMESPACES}>{head}<p:spPr>{self._frame(moon.box)}{_free_form(path)}{fill}</p:spPr></p:sp>"

    def _grid(self, grid: Grid) -> str:
        left, top, width, height = self.place(grid.box)
        head = f"<p:nvGraphicFramePr>{self._named('Table', grid.alt)}<p:cNvGraphicFramePr><a:graphicFrameLocks"
        head += ' noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>'
        frame = f'<p:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></p:xfrm>'
        columns = "".join(f'<a:gridCol w="{self.emu(width)}"/>' for width in grid.widths)
        rows = "".join(
            f'<a:tr h="{self.emu(height)}">{self._cells(cells, len(grid.widths), is_head=number == 0)}</a:tr>'
            for number, (height, cells) in enumerate(zip(grid.heights, grid.rows, strict=True))
        )
        look = f'<a:tblPr firstRow="1"><a:tableStyleId>{_NO_STYLE}</a:tableStyleId></a:tblPr>'
        table = f"<a:tbl>{look}<a:tblGrid>{columns}</a:tblGrid>{rows}</a:tbl>"
        kind = "http://schemas.openxmlformats.org/drawingml/2006/table"
        data = f'<a:graphic><a:graphicData uri="{kind}">{table}</a:graphicData></a:graphic>'
        return f"<p:graphicFrame {NAMESPACES}>{head}{frame}{data}</p:graphicFrame>"

    def _cells(self, cells: tuple[Paragraph, ...], columns: int, *, is_head: bool) -> str:
        if len(cells) == columns:
            return "".join(self._cell(cell, is_head=is_head) for cell in cells)
        whole = self._cell(cells[0], is_head=is_head, span=f' gridSpan="{columns}"')
        return whole + self._cell(Paragraph(()), is_head=is_head, span=' hMerge="1"') * (columns - 1)

    def _cell(self, paragraph: Paragraph, *, is_head: bool, span: str = "") -> str:
        words = f"<a:txBody><a:bodyPr/><a:lstStyle/>{self._paragraph(paragraph, split_links=0)}</a:txBody>"
        sides = "".join(f'<a:{side} w="0"><a:noFill/></a:{side}>' for side in ("lnL", "lnR", "lnT"))
        under = self._stroke(LINE_FIRM if is_head else LINE, 1, tag="a:lnB")
        padding = " ".join(f'{side}="{self.emu(PADDING)}"' for side in ("marL", "marR", "marT", "marB"))
        return f'<a:tc{span}>{words}<a:tcPr {padding} anchor="ctr">{sides}{under}<a:noFill/></a:tcPr></a:tc>'

    def _paragraph(self, paragraph: Paragraph, *, is_placeholder: bool = False, split_links: int = _LONG_LINK) -> str:
        align: Literal["l", "r", "ctr"] = "ctr" if paragraph.align == "center" else "l"
        if paragraph.align in {"start", "end"} and (paragraph.align == "end") != paragraph.is_right_to_left:
            align = "r"
        direction = ' rtl="1"' if paragraph.is_right_to_left else ""
        indent = self.emu(paragraph.indent)
        spaces = '<a:lnSpc><a:spcPct val="100000"/></a:lnSpc><a:spcBef><a:spcPts val="0"/></a:spcBef>'
        spaces += f'<a:spcAft><a:spcPts val="{round(paragraph.after * self.scale * 100)}"/></a:spcAft>'
        bullet = "<a:buNone/>"
        if paragraph.bullet:
            color = f"<a:buClr>{self._color(paragraph.bullet_color)}</a:buClr>"
            bullet = f'{color}<a:buFont typeface="Arial"/><a:buChar char={quoteattr(paragraph.bullet)}/>'
        look = f'<a:pPr marL="{indent}" indent="{-indent}" algn="{align}"{direction}>{spaces}{bullet}</a:pPr>'
        size = round(paragraph.size * self.scale * 100)
        split = _by_words(paragraph.runs, longer_than=split_links)
        runs = "".join(self._run(run, size, is_placeholder=is_placeholder) for run in split)
        return f'<a:p>{look}{runs}<a:endParaRPr sz="{size}"/></a:p>'

    def _run(self, run: Run, size: int, *, is_placeholder: bool) -> str:
        is_plain_link = bool(run.href) and self._own(run.color) == ACCENT
        keeps_theme = is_placeholder and not self.is_own_look
        fill = "" if keeps_theme else self._fill(run.color)
        if is_plain_link:
            fill = '<a:solidFill><a:schemeClr val="hlink"/></a:solidFill>'
        face = '<a:latin typeface="Georgia"/>' if run.voice else ""
        link = ""
        if run.href:
            color = "" if is_plain_link else _OWN_LINK_COLOR
            link = f'<a:hlinkClick r:id="{self.link(run.href)}">{color}</a:hlinkClick>'
        bold = ' b="1"' if run.bold else ' b="0"'
        bold = "" if keeps_theme else bold
        return f'<a:r><a:rPr sz="{size}"{bold} dirty="0">{fill}{face}{link}</a:rPr><a:t>{escape(run.text)}</a:t></a:r>'

    def _named(self, name: str, alt: str = "") -> str:
        number = next(self._ids)
        start = f'<p:cNvPr id="{number}" name={quoteattr(f"{name} {number}")}'
        if alt:
            return f"{start} descr={quoteattr(alt)}/>"
        return f"{start}/>" if name not in _SILENT else f"{start}>{_DECORATIVE}</p:cNvPr>"

    def _frame(self, box: Box, *, is_flipped: bool = False) -> str:
        left, top, width, height = self.place(box)
        flip = ' flipV="1"' if is_flipped else ""
        return f'<a:xfrm{flip}><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'

    def _stroke(self, color: str, weight: float, *, dash: str = "", tag: str = "a:ln") -> str:
        if not color:
            return f"<{tag}><a:noFill/></{tag}>"
        dashes = f'<a:prstDash val="{dash}"/>' if dash else ""
        return f'<{tag} w="{self.emu(weight)}">{self._fill(color)}{dashes}</{tag}>'

    def _fill(self, color: str) -> str:
        return f"<a:solidFill>{self._color(color)}</a:solidFill>"

    def _own(self, color: str) -> str:
        """`color`, or what stands for it where the first slide isn't Luna's night."""
        return color if self.is_own_look else _AS_BY_DAY.get(color, color)

    def _color(self, color: str) -> str:
        own = self._own(color)
        if own not in _THEMED:
            return f'<a:srgbClr val="{own}"/>'
        name, mod, off = _THEMED[own]
        change = f'<a:lumMod val="{mod}000"/><a:lumOff val="{off}000"/>' if mod else ""
        return f'<a:schemeClr val="{name}">{change}</a:schemeClr>'


def _free_form(path: str) -> str:
    return (
        "<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
        f'<a:rect l="0" t="0" r="r" b="b"/><a:pathLst>{path}</a:pathLst></a:custGeom>'
    )


def _by_words(runs: tuple[Run, ...], *, longer_than: int) -> Iterator[Run]:
    """Long links as one run a word: LibreOffice breaks a linked run anywhere, and misplaces one from the right."""
    for run in runs:
        if run.href and len(run.text) > longer_than:
            yield from (replace(run, text=word) for word in re.findall(r"\S+\s*|\s+", run.text))
        elif run.text:
            yield run


_SILENT: Final = {"Rectangle", "Ellipse", "Diamond", "Line", "Trend", "Moon", "Moonlight"}
"""Kinds that are decoration where they have no alternative text."""
