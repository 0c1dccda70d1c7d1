"""All endpoints, and how one is found by name."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from batches.errors import FluxbatchError
from batches.models.families import flux1, flux2, flux3, kontext, retired, tools
from batches.models.lanes import Lifecycle
from batches.models.spelling import did_you_mean

if TYPE_CHECKING:
    from batches.models.endpoint import Endpoint

_FAMILIES = (flux2, flux3, kontext, flux1, tools, retired)


class UnknownModel(FluxbatchError):
    """There is no model of this name."""

    def __init__(self, name: str) -> None:
        hint = did_you_mean(name, _by_name())
        ending = f"; {hint}" if hint else "."
        super().__init__(f'There is no model "{name}"{ending}', cure="`fluxbatch models` lists them.")
        self.name = name


def find(name: str) -> Endpoint:
    """The endpoint of this name; UnknownModel where there is none."""
    try:
        return _by_name()[name]
    except KeyError:
        raise UnknownModel(name) from None


@cache
def catalogue() -> tuple[Endpoint, ...]:
    """Every endpoint, those to choose first and families together."""
    standing = list(Lifecycle)
    everything = (endpoint for family in _FAMILIES for endpoint in family.ENDPOINTS)
    return tuple(sorted(everything, key=lambda endpoint: standing.index(endpoint.lifecycle)))


@cache
def _by_name() -> dict[str, Endpoint]:
    return {endpoint.name: endpoint for endpoint in catalogue()}
