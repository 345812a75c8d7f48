"""Templates compile, introduce themselves, obey the content security policy and work without scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.loader import get_template

from tests.architecture.sources import ROOT, relative, templates

_TEMPLATE_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.S)
_COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?%}.*?{%\s*endcomment\s*%}", re.S)
_VERBS = {"hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete"}
_CONTROLS = {"button", "input", "select", "textarea"}
_BY_ITSELF = re.compile(r"\b(load|every|revealed|intersect|from:)")
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
each_template = pytest.mark.parametrize("path", templates(), ids=relative)


@each_template
def test_it_compiles(path: Path) -> None:
    get_template(path.relative_to(ROOT / "templates").as_posix())


@each_template
def test_it_introduces_itself(path: Path) -> None:
    first = path.read_text(encoding="utf-8").lstrip()
    assert first.startswith(("{#", "{% comment")), "the first lines name the template's blocks and context"


@each_template
def test_nothing_is_marked_safe(path: Path) -> None:
    text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    assert not re.search(r"\|\s*safe\b|{%\s*autoescape\s+off", text)


@each_template
def test_it_has_no_inline_code_or_style(path: Path) -> None:
    page = _read(path)
    inline = [
        f"line {element.line}: <{element.tag} {name}>"
        for element in page.elements
        for name in element.attributes
        if name == "style" or re.match(r"on[a-z]+$", name) or element.attributes[name].strip().startswith("javascript:")
    ]
    inline += [
        f"line {element.line}: <{element.tag}>"
        for element in page.elements
        if element.tag == "style" or (element.tag == "script" and "src" not in element.attributes)
        if element.attributes.get("type") != "application/json"
    ]
    assert not inline, "the content security policy forbids this"


@each_template
def test_every_htmx_element_also_works_as_a_link_or_form(path: Path) -> None:
    broken = [
        f"line {e.line}: <{e.tag}>" for e in _read(path).elements if _VERBS & e.attributes.keys() and not e.works_alone
    ]
    assert not broken, "without scripts these do nothing"


@dataclass
class _Element:
    """One start tag, with what is above and beneath it."""

    tag: str
    line: int
    attributes: dict[str, str]
    parents: list[_Element]
    children: list[str] = field(default_factory=list)

    @property
    def works_alone(self) -> bool:
        """Whether there is a link or form that does the same, or it only refreshes what a reload shows."""
        if self.tag == "a":
            return "href" in self.attributes
        if self.tag == "form":
            return "action" in self.attributes
        if self.tag in _CONTROLS:
            in_form = any(parent.tag == "form" and "action" in parent.attributes for parent in self.parents)
            return in_form or {"form", "formaction"} <= self.attributes.keys() or "form" in self.attributes
        trigger = self.attributes.get("hx-trigger", "")
        if "load" in trigger or "revealed" in trigger:
            return "a" in self.children or "every" in trigger
        return bool(_BY_ITSELF.search(trigger))


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[_Element] = []
        self._open: list[_Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, self.getpos()[0], {name: value or "" for name, value in attrs}, list(self._open))
        self.elements.append(element)
        for parent in self._open:
            parent.children.append(tag)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index].tag == tag:
                del self._open[index:]
                return


def _read(path: Path) -> _Page:
    """The template's tags, with Django's own replaced by a word of as many lines."""
    text = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), path.read_text(encoding="utf-8"))
    page = _Page()
    page.feed(_TEMPLATE_TAG.sub(lambda match: "x" + "\n" * match[0].count("\n"), text))
    return page
