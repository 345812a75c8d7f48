"""A batchUpdate: requests by their names, carried out in order, all or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from sandbox.google.answers import GoogleError, RequestError
from sandbox.google.units import Json

File = TypeVar("File")


class Batch(Generic[File]):
    """The requests that one kind of file knows."""

    def __init__(self, *, nothing_asked: str) -> None:
        """`nothing_asked` is what this API says to a request that names none, or several."""
        self._handlers: dict[str, Callable[[File, Json], Json]] = {}
        self._nothing_asked = nothing_asked

    def handler(self, name: str) -> Callable[[Callable[[File, Json], Json]], Callable[[File, Json], Json]]:
        """Let the decorated function carry out the requests of this name."""

        def register(function: Callable[[File, Json], Json]) -> Callable[[File, Json], Json]:
            self._handlers[name] = function
            return function

        return register

    def apply(self, file: File, requests: list[Json]) -> list[Json]:
        """Carry them out and answer their replies; the first that can't be done raises GoogleError."""
        replies = []
        for place, request in enumerate(requests):
            if len(request) != 1:
                raise GoogleError(400, f"Invalid requests[{place}]: {self._nothing_asked}")
            ((name, asked),) = request.items()
            if name not in self._handlers:
                raise GoogleError(501, f"The sandbox doesn't know requests[{place}].{name}.", status="UNIMPLEMENTED")
            try:
                reply = self._handlers[name](file, asked)
            except RequestError as error:
                raise error.of(place, name) from None
            replies.append({name: reply} if reply else {})
        return replies


def mask(asked: Json) -> list[str]:
    """The fields to update; at least one has to be named."""
    fields = [name.strip() for name in asked.get("fields", "").split(",") if name.strip()]
    if not fields:
        raise RequestError("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    return fields
