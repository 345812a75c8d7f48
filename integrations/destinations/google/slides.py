"""Slides: a deck is filled by one batch whose objects carry ids of Luna's own, under the newest revision.

A batch that is sent again is refused, because its ids are there already. A company's template is copied first: its
slides stay in front, with their placeholders replaced.
Source: https://developers.google.com/workspace/slides/api/reference/rest/v1/presentations/batchUpdate
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.destinations.google.client import GoogleClient
from integrations.destinations.google.docs import read
from integrations.destinations.google.drive import GONE
from integrations.errors import ErrorKind, NotFoundError, RefusedError

TITLE, SUBTITLE = "{{title}}", "{{subtitle}}"
NO_PLACEHOLDER = (
    f"The template deck has no placeholder {TITLE} on any slide, so Luna can’t say in it what the deck is about. Write "
    f"{TITLE} where the title belongs, or choose no template."
)
_NO_LAYOUT = (
    "Google can’t draw Luna’s slides on the template deck. Its theme needs the layouts “Title slide” and “Title only”; "
    "add them, or choose no template."
)
NO_TEMPLATE = "Google knows no such template deck, or Luna’s account may not see it. Share it, or choose another."


def check_template(client: GoogleClient, template_id: str) -> None:
    """Raises NotFoundError or RefusedError (kind BAD_TEMPLATE) where it can't serve as a template."""
    shown = "slides(pageElements(shape(text(textElements(textRun(content))))))"
    asked = client.slides.presentations().get(presentationId=template_id, fields=shown)
    try:
        found = client.call(asked, missing=NO_TEMPLATE)
    except NotFoundError as error:
        raise NotFoundError(NO_TEMPLATE, kind=ErrorKind.BAD_TEMPLATE, detail=error.detail) from None
    if not any(TITLE in text for slide in found.get("slides") or [] for text in _texts(slide)):
        raise RefusedError(NO_PLACEHOLDER, kind=ErrorKind.BAD_TEMPLATE)


def fill_deck(
    client: GoogleClient, deck_id: str, requests_: list[dict[str, Any]], *, placeholders: Mapping[str, str] | None
) -> None:
    """Draw the slides, unless the first of them is there. Raises ProviderError.

    `placeholders` are what a template's copy says; None for a deck without a template.
    """
    asked = client.slides.presentations()
    now = read(client, asked.get(presentationId=deck_id, fields="revisionId,slides(objectId)"))
    there = [str(slide.get("objectId")) for slide in now.get("slides") or []]
    if _first_slide(requests_) in there:
        return
    if placeholders is None:
        # A new deck begins with an empty slide.
        requests_ = [*requests_, *({"deleteObject": {"objectId": slide}} for slide in there)]
    else:
        requests_ = [*(_replaced(text, by) for text, by in placeholders.items()), *requests_]
    body = {"requests": requests_, "writeControl": {"requiredRevisionId": now.get("revisionId")}}
    try:
        client.write(asked.batchUpdate(presentationId=deck_id, body=body), missing=GONE)
    except RefusedError as error:
        if placeholders is None or error.kind is not ErrorKind.REFUSED:
            raise
        raise RefusedError(_NO_LAYOUT, kind=ErrorKind.BAD_TEMPLATE, detail=error.detail) from None


def _replaced(text: str, by: str) -> dict[str, Any]:
    return {"replaceAllText": {"containsText": {"text": text, "matchCase": True}, "replaceText": by}}


def _first_slide(requests_: list[dict[str, Any]]) -> str:
    return next(str(one["createSlide"]["objectId"]) for one in requests_ if "createSlide" in one)


def _texts(slide: dict[str, Any]) -> list[str]:
    """The text of each shape, its runs joined: formatting may split a placeholder."""
    shapes = [element.get("shape") or {} for element in slide.get("pageElements") or []]
    elements = [(shape.get("text") or {}).get("textElements") or [] for shape in shapes]
    return ["".join((one.get("textRun") or {}).get("content") or "" for one in runs) for runs in elements]
