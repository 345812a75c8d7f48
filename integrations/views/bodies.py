"""The raw body of a request from a machine: bounded, whether its length was told or it comes in chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest


def body_of(request: HttpRequest, *, most: int) -> bytes | None:
    """At most `most` bytes. None for a larger one, which is not read beyond that, and for a length that is none.

    A body in chunks tells no length, and Django takes it for empty; so it is read past Django where the server says
    that the stream ends by itself: https://wsgi.readthedocs.io/en/latest/proposals-2.0.html#wsgi-input-terminated
    """
    told = str(request.META.get("CONTENT_LENGTH") or "")
    if told:
        return request.read(most) if told.isdecimal() and int(told) <= most else None
    if not request.META.get("wsgi.input_terminated"):
        return b""
    raw: bytes = request.META["wsgi.input"].read(most + 1)
    return raw if len(raw) <= most else None
