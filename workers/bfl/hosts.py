"""Which hosts may see an account's key, which may hand out results, and which may have a private address."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Protocol

import httpx

from workers.bfl.line import parsed
from workers.settings import BFL_DOMAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from ipaddress import IPv4Address

BFLS = f"*.{BFL_DOMAIN}"
"""Regions and delivery hosts come and go; they are all below BFL's own domain."""


class PrivateAddress(Exception):
    """A host that should be out in the world turned out to be in our own network. Nothing was sent to it."""


@dataclass(frozen=True)
class Hosts:
    """The hosts of one account. Only those that a person named in full may have an address that is not public."""

    api_url: str  #: where this account's API is
    allowed: Sequence[str] = ()  #: further hosts, in full or as a pattern: `*.example.com`

    def may_see_key(self, url: str) -> bool:
        """The API itself; over https its siblings in other regions too, and what the account allows."""
        siblings = [BFLS] if fnmatchcase(self._api.host, BFLS) else []
        return self._is(url, [*self.allowed, *siblings])

    def may_deliver(self, url: str) -> bool:
        """Results come without the key, so BFL may always hand them out."""
        return self._is(url, [*self.allowed, BFLS])

    def guard(self, url: str) -> Mapping[str, Callable[[str, Mapping[str, object]], None]]:
        """What makes a request to this URL raise PrivateAddress, with nothing sent, where it leads into our network.

        The address is looked at on the connected socket: what a name meant before, or means later, does not count.
        """
        there = parsed(url)
        named = self._is_api(there) or there.host in self.allowed
        return {} if named else {"trace": _refuse_private}

    @cached_property
    def _api(self) -> httpx.URL:
        return parsed(self.api_url)

    def _is(self, url: str, patterns: Sequence[str]) -> bool:
        try:
            there = parsed(url)  # read as it will be when connecting
        except httpx.InvalidURL:
            return False
        if self._is_api(there):
            return True
        return there.scheme == "https" and any(fnmatchcase(there.host, pattern) for pattern in patterns)

    def _is_api(self, there: httpx.URL) -> bool:
        """The host and scheme we were told to use; this machine goes by any of its names."""
        same = there.host == self._api.host or (_is_loopback(there.host) and _is_loopback(self._api.host))
        return same and there.scheme == self._api.scheme


class _Stream(Protocol):
    """A connection, as httpcore hands it to those who trace it."""

    def get_extra_info(self, info: str) -> tuple[str, int]: ...

    def close(self) -> None: ...


def _refuse_private(event: str, info: Mapping[str, object]) -> None:
    if event != "connection.connect_tcp.complete":
        return
    stream: _Stream = info["return_value"]  # type: ignore[assignment]  # httpcore leaves the types of events open
    address = _address(stream.get_extra_info("server_addr")[0])
    if not address.is_global:
        stream.close()
        raise PrivateAddress(f"its address is {address}, which is not a public one")


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return _address(host).is_loopback
    return host == "localhost"


def _address(text: str) -> IPv4Address | IPv6Address:
    """An IPv4 address is one in the dress of IPv6 too."""
    address = ip_address(text.partition("%")[0])
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
