"""Where messages may go: out into the world, not into this machine or the network around it.

Whoever registers an address could otherwise have this machine ask services that trust it. Who
runs the machine names the networks inside that may be told in ``WAYFARE_HOOK_NETWORKS``.
"""

from __future__ import annotations

import ipaddress
import os
import socket

from data.errors import RefusedError

NETWORKS_VARIABLE = "WAYFARE_HOOK_NETWORKS"
"""Networks inside that may be told, such as ``10.20.0.0/16, 127.0.0.1/32``."""

Number = ipaddress.IPv4Address | ipaddress.IPv6Address

_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "169.254.0.0/16",
        "224.0.0.0/3",
        "::/128",
        "fe80::/10",
        "ff00::/8",
    )
)
"""Never told, whatever is named: services of a cloud about its machines answer there."""


def read_number(host: str) -> Number | None:
    """Read a host that is a number; None for a name."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def find_number(host: str, port: int) -> Number:
    """Look a host up and find the number to connect to.

    Raises
    ------
    RefusedError
        If any of its numbers may not be told.
    OSError
        If it has none.
    """
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    numbers = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for number in numbers:
        require_outward(number)
    if not numbers:
        raise OSError("the name has no address")
    return numbers[0]


def require_outward(number: Number) -> None:
    """Refuse a number that messages must not go to.

    Raises
    ------
    RefusedError
        If it is inside and not named, or never told.
    """
    plain = _find_inner(number)
    is_never = any(plain in network for network in _NEVER if network.version == plain.version)
    is_named = any(
        plain in network for network in _read_named() if network.version == plain.version
    )
    if is_never or not (plain.is_global or is_named):
        raise RefusedError(
            "This address is inside the network. Whoever runs the machine allows it by "
            f"{NETWORKS_VARIABLE}."
        )


def _find_inner(number: Number) -> Number:
    """Find the number that one of version 6 stands for, where it hides one of version 4."""
    if isinstance(number, ipaddress.IPv6Address):
        if number.ipv4_mapped is not None:
            return number.ipv4_mapped
        if number.sixtofour is not None:
            return number.sixtofour
        if number in ipaddress.ip_network("64:ff9b::/96"):
            return ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    return number


def _read_named() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Read the networks that are named; one that is none allows nothing."""
    found = []
    for text in os.environ.get(NETWORKS_VARIABLE, "").split(","):
        try:
            found.append(ipaddress.ip_network(text.strip()))
        except ValueError:
            continue
    return found
