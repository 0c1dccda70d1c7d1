"""The price table: what every model costs an account, and the digest by which a batch pins it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from batches.models.catalogue import catalogue, find
from batches.models.sources import PRICES_AS_OF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.models.endpoint import Endpoint
    from batches.models.price import Price


@dataclass(frozen=True)
class PriceTable:
    """What BFL publishes and, going before it, what an account has negotiated."""

    negotiated: Mapping[str, Price] = field(default_factory=dict)  #: rules by model, instead of the published ones
    as_of: str = PRICES_AS_OF  #: the day the published rules were gathered

    def applied(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint at the price that it has for this account."""
        return self._repriced.get(endpoint.name, endpoint)

    @cached_property
    def sha256(self) -> str:
        """In hex, the same for the same rules, whoever says so: of their JSON with sorted keys and no blanks."""
        rules = {endpoint.name: self.applied(endpoint).price.rule() for endpoint in catalogue()}
        return hashlib.sha256(json.dumps(rules, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def as_json(self) -> dict[str, object]:
        """By what it is known, for machines."""
        return {"as_of": self.as_of, "sha256": self.sha256}

    @cached_property
    def _repriced(self) -> Mapping[str, Endpoint]:
        return {model: replace(find(model), price=price) for model, price in self.negotiated.items()}


PUBLISHED = PriceTable()
