"""Drive's search language, as far as one app needs it: terms joined by `and`, `or` and `not`.

Source: developers.google.com/workspace/drive/api/guides/search-files.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sandbox.google.answers import GoogleError
from sandbox.google.files import File

Test = Callable[[File], bool]
TOKEN = re.compile(r"\s*('(?:[^'\\]|\\.)*'|[A-Za-z]+|!=|<=|>=|[=<>{}()])")


def _refused() -> GoogleError:
    return GoogleError(400, "Invalid Value", reason="invalid")


class Reader:
    """A query, read once from left to right. Raises GoogleError where it can't be understood."""

    def __init__(self, text: str) -> None:
        self._tokens: list[str] = []
        place = 0
        while text[place:].strip():
            found = TOKEN.match(text, place)
            if found is None:
                raise _refused()
            self._tokens.append(found[1])
            place = found.end()

    def read(self) -> Test:
        test = self._either()
        if self._tokens:
            raise _refused()
        return test

    def _next(self, *wanted: str) -> str:
        if not self._tokens or (wanted and self._tokens[0] not in wanted):
            raise _refused()
        return self._tokens.pop(0)

    def _is_next(self, word: str) -> bool:
        if self._tokens[:1] == [word]:
            self._tokens.pop(0)
            return True
        return False

    def _text(self) -> str:
        token = self._next()
        if not token.startswith("'"):
            raise _refused()
        return re.sub(r"\\(.)", r"\1", token[1:-1])

    def _either(self) -> Test:
        tests = [self._both()]
        while self._is_next("or"):
            tests.append(self._both())
        return lambda file: any(test(file) for test in tests)

    def _both(self) -> Test:
        tests = [self._term()]
        while self._is_next("and"):
            tests.append(self._term())
        return lambda file: all(test(file) for test in tests)

    def _term(self) -> Test:
        if self._is_next("not"):
            test = self._term()
            return lambda file: not test(file)
        if self._is_next("("):
            inner = self._either()
            self._next(")")
            return inner
        if self._tokens and self._tokens[0].startswith("'"):
            value = self._text()
            self._next("in")
            self._next("parents")
            return lambda file: file.parent == value
        return self._field()

    def _field(self) -> Test:
        match self._next():
            case "name":
                return self._compared(lambda file: file.name, "=", "!=", "contains")
            case "mimeType":
                return self._compared(lambda file: file.mime_type, "=", "!=", "contains")
            case "createdTime":
                return self._compared(lambda file: file.created, "=", "!=", "<", "<=", ">", ">=")
            case "modifiedTime":
                return self._compared(lambda file: file.modified, "=", "!=", "<", "<=", ">", ">=")
            case "trashed":
                sign, wanted = self._next("=", "!="), self._next("true", "false") == "true"
                return lambda file: (file.is_trashed is wanted) is (sign == "=")
            case "appProperties":
                return self._property()
            case _:
                raise _refused()

    def _compared(self, value_of: Callable[[File], str], *signs: str) -> Test:
        sign, wanted = self._next(*signs), self._text()
        tests: dict[str, Callable[[str], bool]] = {
            "=": lambda value: value == wanted,
            "!=": lambda value: value != wanted,
            # `contains` looks at the beginnings of words only.
            "contains": lambda value: re.search(rf"(?<!\w){re.escape(wanted)}", value, re.IGNORECASE) is not None,
            "<": lambda value: value < wanted,
            "<=": lambda value: value <= wanted,
            ">": lambda value: value > wanted,
            ">=": lambda value: value >= wanted,
        }
        return lambda file: tests[sign](value_of(file))

    def _property(self) -> Test:
        self._next("has")
        self._next("{")
        self._next("key")
        self._next("=")
        key = self._text()
        self._next("and")
        self._next("value")
        self._next("=")
        value = self._text()
        self._next("}")
        return lambda file: file.app_properties.get(key) == value


def test_of(text: str) -> Test:
    """Which files a query wants; all, where it is empty."""
    return Reader(text).read() if text.strip() else lambda _file: True
