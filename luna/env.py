"""Typed readers of the environment that refuse bad values by name."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


class SettingError(Exception):
    """A setting that Luna can't run with; the message starts with its name."""


def text(name: str, default: str = "") -> str:
    """The value of `name`, or the content of the file that `NAME_FILE` points to."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingError(f"{name}_FILE: can't read {file} ({error.strerror})") from error
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool = False) -> bool:
    """1/true/yes/on or 0/false/no/off."""
    value = text(name, "1" if default else "0").lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise SettingError(f"{name}: {value!r} is neither yes nor no")


def number(name: str, default: int, *, least: int = 0, most: int = 1_000_000) -> int:
    """A whole number within [least, most]."""
    value = text(name, str(default))
    try:
        result = int(value)
    except ValueError:
        raise SettingError(f"{name}: {value!r} is not a whole number") from None
    if not least <= result <= most:
        raise SettingError(f"{name}: {result} is not between {least} and {most}")
    return result


def one_of(name: str, default: str, choices: tuple[str, ...]) -> str:
    """One of `choices`."""
    value = text(name, default)
    if value not in choices:
        raise SettingError(f"{name}: {value!r} is none of {', '.join(choices)}")
    return value


def url(name: str, default: str = "", *, schemes: tuple[str, ...] = ("http", "https")) -> str:
    """An absolute URL without its trailing slash, or empty."""
    value = text(name, default)
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.netloc:
        raise SettingError(f"{name}: {value!r} is not a URL that starts with {' or '.join(s + '://' for s in schemes)}")
    return value.rstrip("/")


def folder(name: str, default: Path) -> Path:
    """A folder that exists (made when missing) and can be written."""
    path = Path(text(name, str(default))).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(f"{name}: can't make {path} ({error.strerror})") from error
    if not os.access(path, os.W_OK):
        raise SettingError(f"{name}: {path} can't be written")
    return path


def kept_secret(name: str, keep_in: Path) -> str:
    """The operator's secret, or one that is made once and kept in `keep_in` (mode 0600)."""
    given = text(name)
    if given:
        if len(given) < 32:
            raise SettingError(f"{name}: too short, at least 32 characters are needed")
        return given
    return _made_once(keep_in, secrets.token_urlsafe(48))


def key_ring(name: str, keep_in: Path) -> dict[str, bytes]:
    """Encryption keys by id, the first one in use: `id:base64 of 32 bytes`, parted by commas."""
    value = text(name) or _made_once(keep_in, "k1:" + base64.b64encode(secrets.token_bytes(32)).decode())
    ring: dict[str, bytes] = {}
    for part in value.split(","):
        key_id, _, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,16}", key_id) or len(key) != 32 or key_id in ring:
            raise SettingError(f"{name}: each key is id:base64 of 32 bytes, ids unique, parted by commas")
        ring[key_id] = key
    return ring


def _made_once(path: Path, fresh: str) -> str:
    """What `path` holds; where it doesn't exist, `fresh`, written so that only one of two starters wins."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(fresh)
        return fresh
    except FileExistsError:
        kept = path.read_text(encoding="utf-8").strip()
        if not kept:
            raise SettingError(f"{path} is empty: restore it from a backup or remove it") from None
        return kept


@dataclass(frozen=True)
class PrivateTarget:
    """A `host:port` that Luna may call though it is private or plain http, within `network` if one is given."""

    host: str
    port: int
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None


def private_targets(name: str) -> tuple[PrivateTarget, ...]:
    """`host:port[=network]` entries parted by commas."""
    return tuple(_private_target(name, part.strip()) for part in text(name).split(",") if part.strip())


def _private_target(name: str, entry: str) -> PrivateTarget:
    address, _, network = entry.partition("=")
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})", address)
    if not match or not 0 < int(match[2]) < 65536:
        raise SettingError(f"{name}: {entry!r} is not host:port or host:port=network")
    try:
        limit = ipaddress.ip_network(network) if network else None
    except ValueError:
        raise SettingError(f"{name}: {network!r} is not a network such as 10.20.0.0/16") from None
    return PrivateTarget(match[1].strip("[]").lower(), int(match[2]), limit)
