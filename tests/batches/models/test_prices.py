"""The price table is known by what it says, so that a bill can name the one it went by."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from batches.models import PUBLISHED, PriceTable, catalogue, find, negotiated

if TYPE_CHECKING:
    from collections.abc import Mapping


def digest(written: Mapping[str, object]) -> str:
    """Of the published rules with these before them."""
    return PriceTable(negotiated(written)).sha256


def test_the_digest_can_be_made_again_from_what_machines_are_told() -> None:
    told: dict[str, Any] = {model.name: model.as_json()["price"] for model in catalogue()}
    origin = {"source", "source_title", "as_of", "certainty"}
    rules = {name: {key: price[key] for key in price.keys() - origin} for name, price in told.items()}
    spelt = json.dumps(rules, sort_keys=True, separators=(",", ":"))
    assert PUBLISHED.sha256 == hashlib.sha256(spelt.encode()).hexdigest()


@pytest.mark.parametrize(
    ("one", "other", "same", "reason"),
    [
        ({}, {"flux-dev": 2}, False, "a price of one's own"),
        ({"flux-dev": 2}, {"flux-dev": 2.000001}, False, "the smallest difference there is"),
        ({"flux-dev": 2}, {"flux-kontext-pro": 2}, False, "another model"),
        ({"flux-dev": {"discount_percent": 15}}, {"*": {"discount_percent": 15}}, False, "all models, or one"),
        ({"flux-dev": 2, "flux-2-pro": 3}, {"flux-2-pro": 3, "flux-dev": 2}, True, "in whatever order"),
        ({}, {"flux-dev": 2.5}, True, "agreed to be what is published: the same rule, whoever says so"),
        ({"flux-dev": 2}, {"flux-dev": 2.0}, True, "spelt in another way"),
    ],
)
def test_tables_have_one_digest_where_they_say_the_same(
    one: Mapping[str, object], other: Mapping[str, object], *, same: bool, reason: str
) -> None:
    assert (digest(one) == digest(other)) == same, reason


def test_what_is_negotiated_changes_the_price_of_an_endpoint_and_nothing_else() -> None:
    table = PriceTable(negotiated({"flux-dev": 2}))
    flux_dev, mine = find("flux-dev"), table.applied(find("flux-dev"))
    assert mine is table.applied(flux_dev), "made once"
    assert {**mine.as_json(), "price": None} == {**flux_dev.as_json(), "price": None}
    assert table.applied(find("flux-2-pro")) is find("flux-2-pro")
