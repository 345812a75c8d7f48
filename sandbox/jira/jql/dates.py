"""What a date in JQL means: epoch milliseconds, a wall time in the account's zone, a distance, or a function."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.jira.jql.syntax import Function, JqlError, Number, Operand, Text

FORMATS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
PERIOD = re.compile(r"([+-]?)((?:\d+[wdhm]\s*)+)")


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _start(function: str, local: datetime) -> datetime | None:
    midnight = datetime.combine(local.date(), time(), tzinfo=local.tzinfo)
    match function.lower():
        case "now":
            return local
        case "startofday":
            return midnight
        case "endofday":
            return midnight + timedelta(days=1)
        case "startofweek":
            return midnight - timedelta(days=(midnight.weekday() + 1) % 7)
        case "startofmonth":
            return midnight.replace(day=1)
        case _:
            return None


def _shift(text: str) -> timedelta | None:
    match = PERIOD.fullmatch(text.strip())
    if match is None:
        return None
    amounts = re.findall(r"(\d+)([wdhm])", match[2])
    length = sum((timedelta(**{UNITS[unit]: int(amount)}) for amount, unit in amounts), timedelta())
    return -length if match[1] == "-" else length


def instant(operand: Operand, *, field: str, now: datetime, zone: ZoneInfo) -> int:
    """Epoch milliseconds, or JqlError with the formats that would do."""
    local = now.astimezone(zone)
    match operand:
        case Number(value):
            return value
        case Function(name, arguments):
            start = _start(name, local)
            shift = _shift(arguments[0]) if arguments else timedelta()
            if start is None or shift is None:
                raise JqlError(f"Unable to find JQL function '{name}({', '.join(arguments)})'.")
            return _milliseconds(start + shift)
        case Text(value):
            shift = _shift(value)
            if shift is not None:
                return _milliseconds(local + shift)
            for pattern in FORMATS:
                try:
                    return _milliseconds(datetime.strptime(value, pattern).replace(tzinfo=zone))
                except ValueError:
                    continue
            raise JqlError(
                f"Date value '{value}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
                "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
            )
        case _:
            raise JqlError(f"The field '{field}' does not support EMPTY here.")
