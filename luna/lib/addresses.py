"""Which addresses Luna may call (pure). Everyone else's private networks are closed, whatever a form says.

`ipaddress.is_private` is not enough: it lets CGNAT, NAT64, 6to4, IPv4-compatible and multicast addresses pass.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from luna.env import PrivateTarget

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_REFUSED_V4 = [
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
_REFUSED_V6 = [ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16")]
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# What no setting opens: the cloud's metadata and everything else on the link, groups, nobody.
_NEVER_V4 = [ipaddress.IPv4Network(text) for text in ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4")]
_NEVER_V6 = [ipaddress.IPv6Network(text) for text in ("::/128", "fe80::/10", "fd00:ec2::/32", "ff00::/8", "2001::/32")]
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")


class AddressError(ValueError):
    """An address that Luna doesn't call; the message says why, without telling what is there."""


@dataclass(frozen=True)
class Target:
    """Where a URL leads. `opened_by` is the operator's entry that opens it, where there is one."""

    scheme: str
    host: str
    port: int
    opened_by: PrivateTarget | None


def unwrapped(address: IPAddress) -> IPAddress:
    """The IPv4 address inside a mapped, compatible, 6to4 or NAT64 address, else `address` itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is not None:
        return inner
    if any(address in network for network in _NAT64):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _COMPATIBLE and int(address) > 1:
        return ipaddress.IPv4Address(int(address))
    return address


def is_public(address: IPAddress) -> bool:
    """Whether anybody on the internet may call it."""
    inner = unwrapped(address)
    if isinstance(inner, ipaddress.IPv4Address):
        return not any(inner in network for network in _REFUSED_V4)
    return inner in _GLOBAL_UNICAST and not any(inner in network for network in _REFUSED_V6)


def may_call(address: IPAddress, opened_by: PrivateTarget | None) -> bool:
    """Whether a connection to `address` may be made, for a target that `opened_by` opens or none does."""
    if is_public(address) and (opened_by is None or opened_by.network is None):
        return True
    if opened_by is None:
        return False
    inner = unwrapped(address)
    never: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network] = (
        _NEVER_V4 if isinstance(inner, ipaddress.IPv4Address) else _NEVER_V6
    )
    if any(inner in network for network in never):
        return False
    return opened_by.network is None or inner in opened_by.network


def check_url(url: str, private_hosts: Iterable[PrivateTarget]) -> Target:
    """Where `url` leads: https on port 443, or a `host:port` that the operator opened. Raises AddressError."""
    if re.search(r"[\x00-\x20\x7f\\]", url):
        raise AddressError("The address holds spaces or control characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressError("This is not a web address.") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise AddressError("The address has to start with https:// and name a host.")
    if "@" in parts.netloc:
        raise AddressError("The address must not hold a user name or password.")
    host = _host(parts.hostname)
    port = (443 if parts.scheme == "https" else 80) if port is None else port
    opened_by = next((entry for entry in private_hosts if (_host(entry.host), entry.port) == (host, port)), None)
    if opened_by is None and (parts.scheme != "https" or port != 443):
        raise AddressError(
            "Luna calls https addresses on port 443 only; the operator can open others with LUNA_PRIVATE_HOSTS."
        )
    literal = _literal(host)
    if literal is not None and not may_call(literal, opened_by):
        raise AddressError(REFUSED)
    return Target(parts.scheme, host, port, opened_by)


REFUSED = "This address lies in a private network. The operator can open it with LUNA_PRIVATE_HOSTS."


def _host(text: str) -> str:
    """The host in ASCII, as a resolver gets it. Raises AddressError."""
    if ":" in text:
        if _literal(text) is None:
            raise AddressError("This is not a web address.")
        return text.lower()
    try:
        name = text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise AddressError("The host's name is not a valid one.") from None
    if not _HOST.fullmatch(name):
        raise AddressError("The host's name is not a valid one.")
    return name


def _literal(host: str) -> IPAddress | None:
    """The address that a literal means, however it is written (octal, hexadecimal, one number); None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None
