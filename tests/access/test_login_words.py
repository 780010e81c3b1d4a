"""What is counted when somebody tries to log in."""

from __future__ import annotations

import pytest

from geoplan.access.login import network_of, username_of


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("jinjiang", "jinjiang"),
        ("  JinJiang ", "jinjiang"),
        ("ｊｉｎ", "jin"),
        ("a.b-c_d9", "a.b-c_d9"),
        ("a", None),
        ("锦江", None),
        ("-rf", None),
        ("a b", None),
        ("a\nb", None),
        ("x" * 61, None),
        ("", None),
    ],
)
def test_a_username_is_small_plain_letters(text: str, name: str | None) -> None:
    assert username_of(text) == name


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("testclient", "unknown"),
        ("", "unknown"),
    ],
)
def test_attempts_are_counted_by_address_and_ipv6_by_its_network(
    address: str, counted: str
) -> None:
    assert network_of(address) == counted
