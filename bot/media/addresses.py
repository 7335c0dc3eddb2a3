"""Which network addresses a download may dial: public unicast ones only."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

_REFUSED_4: Final = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments, 192.0.0.8 (the IPv4 dummy address) among them
        "192.31.196.0/24",  # AS112, RFC 7535
        "192.52.193.0/24",  # AMT, RFC 7450
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "192.175.48.0/24",  # AS112, RFC 7534
    )
)
_REFUSED_6: Final = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "64:ff9b::/96",  # NAT64: an IPv4 address behind it may be an internal one
        "64:ff9b:1::/48",  # NAT64, local use
        "2001::/23",  # protocol assignments, Teredo among them
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112, RFC 7534
        "3fff::/20",  # documentation, RFC 9637, which some Python versions do not know
        "::/96",  # IPv4-compatible, deprecated
        "fec0::/10",  # site-local, deprecated
    )
)
_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})
"""What stands before an IPv4 address, which may be an internal one, in an interface's identifier (RFC 5214)."""


class BlockedAddressError(OSError):
    """An address that is not public was about to be dialled."""


def is_public(address: str) -> bool:
    """Tell whether an IP address, as a socket would dial it, is public unicast.

    `ipaddress.is_global` alone says yes to NAT64, 6to4, 192.0.0.8, 192.88.99.1 and multicast on some Python versions;
    those ranges are refused by name. An address with a zone belongs to a link, and is refused whatever it is.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return _is_public(parsed)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None and not address.scope_id:
        return _is_public(address.ipv4_mapped)
    if isinstance(address, ipaddress.IPv6Address) and (address.scope_id or int(address) >> 32 & 0xFFFF_FFFF in _ISATAP):
        return False
    refused = _REFUSED_4 if isinstance(address, ipaddress.IPv4Address) else _REFUSED_6
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in refused)
    )


def open_public_socket(address_info: tuple[Any, ...]) -> socket.socket:
    """Make the socket for one `getaddrinfo` row, for `aiohttp.TCPConnector(socket_factory=...)`.

    It is called with the address that is dialled, after every name resolution and for literal addresses too, so
    there is no gap in which a name could change its meaning.

    Raises:
        BlockedAddressError: the address is not public.
    """
    family, kind, protocol, _, address = address_info
    if family not in (socket.AF_INET, socket.AF_INET6) or not is_public(str(address[0])):
        raise BlockedAddressError("the address is not public")
    return socket.socket(family=family, type=kind, proto=protocol)
