"""Slack's own markup as HTML, for the pages on which a person reads what arrived. The rest is escaped."""

from __future__ import annotations

import html
import re
from typing import Any

from markupsafe import Markup

from sandbox.company.people import BY_SLACK_ID, CHANNELS

MOONS = ("new_moon", "waxing_crescent_moon", "first_quarter_moon", "moon", "full_moon")
EMOJI = dict(zip(MOONS, "🌑🌒🌓🌔🌕", strict=True)) | {
    "waxing_gibbous_moon": "🌔", "white_check_mark": "✅", "warning": "⚠️", "rocket": "🚀", "tada": "🎉",
    "red_circle": "🔴", "large_green_circle": "🟢", "large_yellow_circle": "🟡",
}  # fmt: skip
HELD = re.compile(r"`([^`\n]+)`|<([^<>\n]+)>")
STYLES = (("\\*", "strong"), ("_", "em"), ("~", "s"))
QUOTE = re.compile(r"(?:&gt;|>) ?")


def mrkdwn(text: str) -> Markup:
    """A whole mrkdwn text: code blocks, quotes, line breaks, and what stands within a line."""
    pieces = []
    for place, part in enumerate(text.split("```")):
        if place % 2:
            pieces.append(f"<pre>{_words(part.strip(chr(10)))}</pre>")
        elif part:
            pieces.append(_paragraph(part.strip("\n") if place else part))
    return Markup("".join(pieces))  # noqa: S704 - every piece was escaped below


def _paragraph(text: str) -> str:
    shown, quoted = [], list[str]()
    for line in [*text.split("\n"), None]:
        match = QUOTE.match(line) if line is not None else None
        if line is not None and match is not None:
            quoted.append(_line(line[match.end() :]))
            continue
        if quoted:
            shown.append(f"<blockquote>{'<br>'.join(quoted)}</blockquote>")
            quoted = []
        if line is not None:
            shown.append(_line(line) + "<br>")
    return "".join(shown).removesuffix("<br>").replace("<br><blockquote>", "<blockquote>")


def _line(text: str) -> str:
    """One line. Code and links are set aside first, so that styles may stand around them but never reach in."""
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        code, angle = match.groups()
        held.append(f"<code>{_words(code)}</code>" if code is not None else _angle(angle))
        return f"\ue000{len(held) - 1}\ue001"

    shown = _words(HELD.sub(hold, text.replace("\ue000", "").replace("\ue001", "")))
    for mark, tag in STYLES:
        shown = re.sub(
            rf"(?<![\w{mark}]){mark}(?=\S)([^\n]+?)(?<=\S){mark}(?![\w{mark}])", rf"<{tag}>\1</{tag}>", shown
        )
    return re.sub("\ue000(\\d+)\ue001", lambda match: held[int(match[1])], shown)


def _words(text: str) -> str:
    """Slack's three entities undone, emoji names replaced, and the whole escaped for HTML."""
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return html.escape(re.sub(r":([a-z_]+):", lambda match: EMOJI.get(match[1], match[0]), plain))


def link(url: str, label: str) -> str:
    """A link, or its label alone where the address is none that a page should follow."""
    if not re.match(r"(?:https?://|mailto:)", url):
        return _words(label)
    return f'<a href="{html.escape(url.replace("&amp;", "&"))}">{_words(label)}</a>'


def _angle(inside: str) -> str:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        person = BY_SLACK_ID.get(target[1:])
        return f'<span class="mention">@{_words(person.name if person else label or target[1:])}</span>'
    if target.startswith("#"):
        name = next((channel.name for channel in CHANNELS if channel.id == target[1:]), label or target[1:])
        return f'<span class="mention">#{_words(name)}</span>'
    if target.startswith("!"):
        return f'<span class="mention">@{_words(label or target[1:])}</span>'
    return link(target, label or target)


def plain(text: str) -> Markup:
    """A plain_text object: no markup, but emoji names."""
    return Markup(_words(text).replace("\n", "<br>"))  # noqa: S704 - escaped by _words


def text_object(text: dict[str, Any]) -> Markup:
    return plain(str(text.get("text", ""))) if text.get("type") == "plain_text" else mrkdwn(str(text.get("text", "")))


def rich_text(block: dict[str, Any]) -> Markup:
    """A rich_text block: sections, lists, quotes and preformatted text."""
    return Markup("".join(_rich(element) for element in block.get("elements", [])))  # noqa: S704 - escaped piece by piece


def _rich(element: dict[str, Any]) -> str:
    parts = element.get("elements", [])
    match element.get("type"):
        case "rich_text_list":
            tag = "ol" if element.get("style") == "ordered" else "ul"
            return (
                f"<{tag}>" + "".join(f"<li>{_rich_line(part.get('elements', []))}</li>" for part in parts) + f"</{tag}>"
            )
        case "rich_text_quote":
            return f"<blockquote>{_rich_line(parts)}</blockquote>"
        case "rich_text_preformatted":
            return f"<pre>{_rich_line(parts)}</pre>"
        case _:
            return f"<p>{_rich_line(parts)}</p>"


def _rich_word(part: dict[str, Any]) -> str:
    match part.get("type"):
        case "text":
            return _words(str(part.get("text", ""))).replace("\n", "<br>")
        case "link":
            return link(str(part.get("url", "")), str(part.get("text") or part.get("url", "")))
        case "emoji":
            return EMOJI.get(str(part.get("name")), html.escape(f":{part.get('name')}:"))
        case "user":
            return _angle(f"@{part.get('user_id', '')}")
        case "channel":
            return _angle(f"#{part.get('channel_id', '')}")
        case _:
            return ""


def _rich_line(parts: list[dict[str, Any]]) -> str:
    shown = []
    for part in parts:
        words = _rich_word(part)
        for style, tag in (("bold", "strong"), ("italic", "em"), ("strike", "s"), ("code", "code")):
            if (part.get("style") or {}).get(style):
                words = f"<{tag}>{words}</{tag}>"
        shown.append(words)
    return "".join(shown)
