"""Which addresses Luna calls: the table of tricks, and the operator's exceptions."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luna.env import PrivateTarget
from luna.lib.addresses import AddressError, check_url, is_public, may_call, unwrapped

REFUSED_LITERALS = """
127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 0177.1 017700000001 0 0.0.0.0 00 0x0
10.0.0.1 10.1 012.0.0.1 0xa.0.0.1 167772161 172.16.0.1 172.31.255.255 192.168.0.1 192.168.1 0xc0a80001 3232235521
169.254.169.254 0xa9fea9fe 2852039166 0251.0376.0251.0376 169.254.0.1 100.64.0.1 100.127.255.254
192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 192.88.99.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
[::1] [::] [::ffff:127.0.0.1] [::ffff:10.0.0.1] [::ffff:a9fe:a9fe] [::127.0.0.1] [::10.0.0.1] [::ffff:0:127.0.0.1]
[64:ff9b::7f00:1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::a00:1] [2002:7f00:1::] [2002:a00:1::1] [2002:a9fe:a9fe::]
[2001:0:4136:e378:8000:63bf:3fff:fdd2] [2001::1] [2001:db8::1] [fe80::1] [fec0::1] [fc00::1] [fd00::1] [fd00:ec2::254]
[ff02::1] [100::1] [3fff::1] [5f00::1] [4000::1]
""".split()  # noqa: SIM905  a table
REFUSED_URLS = """
http://slack.com https://slack.com:8443 ftp://slack.com file:///etc/passwd gopher://slack.com //slack.com slack.com
https://user@slack.com https://user:pass@slack.com https://slack.com@127.0.0.1 https://127.0.0.1#@slack.com https://
https://slack.com\\@127.0.0.1 https://slack..com https://-slack.com https://slack.com. https://slack.com:99999 https://[::1
https://sl%61ck.com https://127。0。0。1 https://①②⑦.0.0.1 https://slack.com:0443x
""".split()  # noqa: SIM905  a table
PUBLIC = ["https://slack.com", "https://fernhill.atlassian.net/jira", "https://8.8.8.8", "https://[2606:4700::1111]"]
ON_PREM = PrivateTarget("jira.corp.example", 8443, ipaddress.ip_network("10.20.0.0/16"))
SANDBOX = PrivateTarget("127.0.0.1", 8099)


@pytest.mark.parametrize("literal", REFUSED_LITERALS)
def test_private_and_special_addresses_are_refused_however_they_are_written(literal: str) -> None:
    with pytest.raises(AddressError):
        check_url(f"https://{literal}/", [])


@pytest.mark.parametrize("url", [*REFUSED_URLS, "https://sla ck.com", "https://slack.com\n", "https://a\x00b.com"])
def test_what_is_no_plain_https_address_is_refused(url: str) -> None:
    with pytest.raises(AddressError):
        check_url(url, [])


def test_the_table_is_as_long_as_promised() -> None:
    assert len(set(REFUSED_LITERALS)) + len(set(REFUSED_URLS)) >= 80


@pytest.mark.parametrize("url", PUBLIC)
def test_public_https_addresses_pass(url: str) -> None:
    assert check_url(url, []).port == 443


def test_the_operator_opens_one_host_and_port_within_a_network() -> None:
    target = check_url("https://JIRA.corp.example:8443/x", [ON_PREM])
    assert may_call(ipaddress.ip_address("10.20.3.4"), target.opened_by)
    assert not may_call(ipaddress.ip_address("10.21.3.4"), target.opened_by)
    assert not may_call(ipaddress.ip_address("8.8.8.8"), target.opened_by)
    with pytest.raises(AddressError):
        check_url("https://jira.corp.example:9443/x", [ON_PREM])


def test_a_listed_host_may_be_loopback_and_plain_http() -> None:
    target = check_url("http://127.0.0.1:8099/jira", [SANDBOX])
    assert may_call(ipaddress.ip_address("127.0.0.1"), target.opened_by)


@pytest.mark.parametrize(
    "metadata",
    ["169.254.169.254", "fd00:ec2::254", "::ffff:169.254.169.254", "ff02::1", "0.0.0.0"],  # noqa: S104
)
def test_no_setting_opens_the_metadata_service(metadata: str) -> None:
    assert not may_call(ipaddress.ip_address(metadata), PrivateTarget("meta.example", 80))


@given(st.ip_addresses(v=4))
def test_every_way_to_wrap_an_address_is_judged_as_the_address_itself(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    for wrapped in (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert is_public(ipaddress.IPv6Address(wrapped)) == is_public(inner)


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if unwrapped(address).is_private:
        assert not is_public(address)
