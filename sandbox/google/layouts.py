"""The layouts of a new presentation, with the places of their placeholders in EMU, as in Google's plain theme."""

from __future__ import annotations

from dataclasses import dataclass

PAGE_WIDTH, PAGE_HEIGHT = 9_144_000, 5_143_500
EMU_PER_POINT = 12_700
MASTER_ID = "simple-light-2"


@dataclass(frozen=True)
class Spot:
    """A placeholder: what it is for, which of its kind, where it stands, and the size of its text in points."""

    type: str
    index: int
    x: int
    y: int
    width: int
    height: int
    points: int


TITLE = Spot("TITLE", 0, 311_700, 445_025, 8_520_600, 572_700, 28)
BODY = Spot("BODY", 0, 311_700, 1_152_475, 8_520_600, 3_416_400, 18)
LAYOUTS: dict[str, tuple[Spot, ...]] = {
    "TITLE": (
        Spot("CENTERED_TITLE", 0, 311_708, 744_575, 8_520_600, 2_052_600, 52),
        Spot("SUBTITLE", 0, 311_700, 2_834_125, 8_520_600, 792_600, 28),
    ),
    "SECTION_HEADER": (Spot("TITLE", 0, 311_700, 2_150_850, 8_520_600, 841_800, 36),),
    "TITLE_AND_BODY": (TITLE, BODY),
    "TITLE_AND_TWO_COLUMNS": (
        TITLE,
        Spot("BODY", 0, 311_700, 1_152_475, 3_999_900, 3_416_400, 14),
        Spot("BODY", 1, 4_832_400, 1_152_475, 3_999_900, 3_416_400, 14),
    ),
    "TITLE_ONLY": (TITLE,),
    "ONE_COLUMN_TEXT": (
        Spot("TITLE", 0, 311_700, 555_600, 2_808_000, 755_700, 24),
        Spot("BODY", 0, 311_700, 1_389_600, 2_808_000, 3_179_400, 12),
    ),
    "MAIN_POINT": (Spot("TITLE", 0, 490_250, 450_150, 6_367_800, 4_090_800, 48),),
    "SECTION_TITLE_AND_DESCRIPTION": (
        Spot("TITLE", 0, 265_500, 1_233_175, 4_045_200, 1_482_300, 42),
        Spot("SUBTITLE", 0, 265_500, 2_803_075, 4_045_200, 1_235_100, 21),
        Spot("BODY", 0, 4_939_500, 724_075, 3_837_000, 3_695_100, 18),
    ),
    "CAPTION_ONLY": (Spot("BODY", 0, 311_700, 4_230_575, 5_998_800, 605_100, 18),),
    "BIG_NUMBER": (
        Spot("TITLE", 0, 311_700, 1_106_125, 8_520_600, 1_963_500, 120),
        Spot("BODY", 0, 311_700, 3_152_225, 8_520_600, 1_300_800, 18),
    ),
    "BLANK": (),
}
IDS = {name: f"p{place}" for place, name in enumerate(LAYOUTS, 2)}
BY_ID = {layout_id: name for name, layout_id in IDS.items()}
