"""The requests of presentations.batchUpdate that the sandbox carries out: pages, shapes, lines, and their looks."""

from __future__ import annotations

from sandbox.google import layouts
from sandbox.google.answers import RequestError
from sandbox.google.batch import Batch, mask
from sandbox.google.deck import Deck, Element, Slide, emu, placeholder, shift
from sandbox.google.units import Json, cleaned, merged

REQUESTS: Batch[Deck] = Batch(nothing_asked="No request set.")
USUAL_SIDE = 3_000_000


def transform_of(asked: Json | None, *, may_scale: bool = True) -> Json:
    """The asked transform in EMU. What it leaves out is 0, as in every message of Google's: also the scale."""
    if asked is None:
        return shift(0, 0)
    factor = layouts.EMU_PER_POINT if asked.get("unit") == "PT" else 1
    if asked.get("unit", "UNIT_UNSPECIFIED") == "UNIT_UNSPECIFIED":
        raise RequestError("The transform's unit must be specified.")
    found = {name: asked.get(name, 0) for name in ("scaleX", "scaleY", "shearX", "shearY")}
    if found["scaleX"] * found["scaleY"] == found["shearX"] * found["shearY"]:
        raise RequestError("The provided transform is not invertible.")
    if not may_scale and list(found.values()) != [1, 1, 0, 0]:
        raise RequestError("Table transforms must have a scale of 1 and no shear components.")
    moved = {name: asked.get(name, 0) * factor for name in ("translateX", "translateY")}
    return found | moved | {"unit": "EMU"}


def size_of(properties: Json, *, least: int = 1) -> tuple[int, int]:
    """Width and height in EMU; Google's usual square where none is asked."""
    size = properties.get("size")
    if size is None:
        return USUAL_SIDE, USUAL_SIDE
    width, height = (round(emu(size.get(side, {}))) for side in ("width", "height"))
    if width < least or height < least:
        raise RequestError("The width and height of the element must be greater than 0.")
    return width, height


def page_of(deck: Deck, asked: Json) -> tuple[Slide, Json]:
    properties = asked.get("elementProperties", {})
    return deck.slide(properties.get("pageObjectId", "")), properties


@REQUESTS.handler("createSlide")
def create_slide(deck: Deck, asked: Json) -> Json:
    name = _layout(asked.get("slideLayoutReference", {}))
    index = asked.get("insertionIndex", len(deck.slides))
    if not 0 <= index <= len(deck.slides):
        raise RequestError(
            f"The insertion index ({index}) should not be greater than the number of existing slides "
            f"({len(deck.slides)})."
        )
    slide = Slide(deck.claim(asked.get("objectId", "")), name, deck.new_id())
    deck.slides.insert(index, slide)
    names = _placeholder_ids(asked)
    for spot in layouts.LAYOUTS[name]:
        slide.elements.append(placeholder(deck.claim(names.pop((spot.type, spot.index), "")), spot))
    if names:
        kind, place = next(iter(names))
        raise RequestError(f"The placeholder {kind} {place} could not be found on the layout.")
    return {"objectId": slide.id}


def _layout(asked: Json) -> str:
    if "layoutId" in asked:
        if asked["layoutId"] not in layouts.BY_ID:
            raise RequestError(f"The layout ({asked['layoutId']}) could not be found in the current master.")
        return layouts.BY_ID[asked["layoutId"]]
    name: str = asked.get("predefinedLayout", "BLANK")
    if name not in layouts.LAYOUTS:
        raise RequestError(f"The predefined layout ({name}) is not present in the current master.")
    return name


def _placeholder_ids(asked: Json) -> dict[tuple[str, int], str]:
    mappings = asked.get("placeholderIdMappings", [])
    if mappings and "slideLayoutReference" not in asked:
        raise RequestError("Placeholder ID mappings can only be used when a slide layout reference is specified.")
    kinds = [one.get("layoutPlaceholder", {}) for one in mappings]
    return {
        (kind.get("type", ""), kind.get("index", 0)): one.get("objectId", "")
        for kind, one in zip(kinds, mappings, strict=True)
    }


@REQUESTS.handler("createShape")
def create_shape(deck: Deck, asked: Json) -> Json:
    slide, properties = page_of(deck, asked)
    kind = asked.get("shapeType", "TYPE_UNSPECIFIED")
    if kind in {"TYPE_UNSPECIFIED", "CUSTOM"}:
        raise RequestError(f"The shape type {kind} cannot be created.")
    made = Element(
        deck.claim(asked.get("objectId", "")), "shape", kind, *size_of(properties),
        transform_of(properties.get("transform")),
    )  # fmt: skip
    slide.elements.append(made)
    return {"objectId": made.id}


@REQUESTS.handler("createLine")
def create_line(deck: Deck, asked: Json) -> Json:
    slide, properties = page_of(deck, asked)
    category = asked.get("category") or asked.get("lineCategory") or "STRAIGHT"
    kind = "STRAIGHT_CONNECTOR_1" if category == "STRAIGHT" else f"{category}_CONNECTOR_3"
    width, height = size_of(properties, least=0)
    transform = transform_of(properties.get("transform"))
    made = Element(deck.claim(asked.get("objectId", "")), "line", kind, width, height, transform)
    slide.elements.append(made)
    return {"objectId": made.id}


@REQUESTS.handler("deleteObject")
def delete_object(deck: Deck, asked: Json) -> Json:
    object_id = asked.get("objectId", "")
    if any(slide.id == object_id for slide in deck.slides):
        deck.slides = [slide for slide in deck.slides if slide.id != object_id]
        return {}
    found = deck.element(object_id)
    for slide in deck.slides:
        slide.elements = [element for element in slide.elements if element is not found]
    return {}


def _change(element: Element, new: Json, asked: Json) -> Json:
    element.properties = merged(element.properties, new, mask(asked))
    return {}


@REQUESTS.handler("updateShapeProperties")
def update_shape_properties(deck: Deck, asked: Json) -> Json:
    return _change(deck.element(asked.get("objectId", ""), "shape"), asked.get("shapeProperties", {}), asked)


@REQUESTS.handler("updateLineProperties")
def update_line_properties(deck: Deck, asked: Json) -> Json:
    return _change(deck.element(asked.get("objectId", ""), "line"), asked.get("lineProperties", {}), asked)


@REQUESTS.handler("updatePageProperties")
def update_page_properties(deck: Deck, asked: Json) -> Json:
    slide = deck.slide(asked.get("objectId", ""))
    slide.properties = merged(slide.properties, asked.get("pageProperties", {}), mask(asked))
    return {}


@REQUESTS.handler("updatePageElementAltText")
def update_alt_text(deck: Deck, asked: Json) -> Json:
    element = deck.element(asked.get("objectId", ""))
    element.title = asked.get("title", element.title)
    element.description = asked.get("description", element.description)
    return {}


@REQUESTS.handler("updatePageElementTransform")
def update_transform(deck: Deck, asked: Json) -> Json:
    element = deck.element(asked.get("objectId", ""))
    new = transform_of(asked.get("transform", {}), may_scale=element.kind != "table")
    match asked.get("applyMode"):
        case "ABSOLUTE":
            element.transform = new
        case "RELATIVE":
            element.transform = combined(new, element.transform)
        case _:
            raise RequestError("The apply mode must be specified.")
    return {}


def combined(outer: Json, inner: Json) -> Json:
    """One transform that does `inner` and then `outer`."""
    a, b, c, d = (outer[name] for name in ("scaleX", "shearX", "shearY", "scaleY"))
    e, f, g, h = (inner[name] for name in ("scaleX", "shearX", "shearY", "scaleY"))
    x, y = inner["translateX"], inner["translateY"]
    return {
        "scaleX": a * e + b * g, "shearX": a * f + b * h, "shearY": c * e + d * g, "scaleY": c * f + d * h,
        "translateX": a * x + b * y + outer["translateX"], "translateY": c * x + d * y + outer["translateY"],
        "unit": "EMU",
    }  # fmt: skip


@REQUESTS.handler("updateSlidesPosition")
def update_slides_position(deck: Deck, asked: Json) -> Json:
    wanted = [deck.slide(slide_id) for slide_id in asked.get("slideObjectIds", [])]
    index = asked.get("insertionIndex", 0)
    if not wanted or not 0 <= index <= len(deck.slides):
        raise RequestError("The slides or the insertion index are out of bounds.")
    before = [slide for slide in deck.slides[:index] if slide not in wanted]
    after = [slide for slide in deck.slides[index:] if slide not in wanted]
    deck.slides = before + wanted + after
    return {}


@REQUESTS.handler("replaceAllText")
def replace_all_text(deck: Deck, asked: Json) -> Json:
    wanted = asked.get("containsText", {})
    if not wanted.get("text"):
        raise RequestError("The text to search for must not be empty.")
    chosen = asked.get("pageObjectIds", [])
    for page in chosen:
        deck.slide(page)
    by, match_case = cleaned(asked.get("replaceText", "")), bool(wanted.get("matchCase"))
    count = sum(text.replace_all(wanted["text"], by, match_case=match_case) for text in deck.texts(chosen))
    return {"occurrencesChanged": count} if count else {}
