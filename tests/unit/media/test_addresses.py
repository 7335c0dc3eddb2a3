from __future__ import annotations

import socket

import pytest

from bot.media.addresses import BlockedAddressError, is_public, open_public_socket


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - an address to be refused
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.0.170",
        "192.0.2.1",
        "192.31.196.1",
        "192.52.193.1",
        "192.88.99.1",
        "192.175.48.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:1.1.1.1%1",
        "::ffff:0:127.0.0.1",
        "2a00:1450:4001:81c:0:5efe:7f00:1",
        "2a00:1450:4001:81c:200:5efe:10.0.0.1",
        "2606:4700::1111%eth0",
        "2620:4f:8000::1",
        "3fff::1",
        "5f00::1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "127.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "2130706433",
        "１２７.0.0.1",
        "127。0。0。1",
        "not an address",
        "",
    ],
)
def test_addresses_that_are_not_public_unicast_are_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "162.159.130.233", "2606:4700:4700::1111", "2a00:1450:4001::200e", "::ffff:1.1.1.1"]
)
def test_public_addresses_may_be_dialled(address: str) -> None:
    assert is_public(address)


def test_no_socket_is_made_for_a_refused_address() -> None:
    with pytest.raises(BlockedAddressError):
        open_public_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 443)))


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no Unix sockets here")
def test_only_internet_families_are_dialled() -> None:
    with pytest.raises(BlockedAddressError):
        open_public_socket((socket.AF_UNIX, socket.SOCK_STREAM, 0, "", ("1.1.1.1", 443)))


def test_a_socket_for_a_public_address_is_of_the_family_asked_for() -> None:
    with open_public_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("1.1.1.1", 443))) as made:
        assert made.family is socket.AF_INET
