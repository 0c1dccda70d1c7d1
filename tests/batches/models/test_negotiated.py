"""Prices of one's own are read strictly, and make rules like those that are published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from batches.models import PUBLISHED, BadPrice, PriceTable, catalogue, find, negotiated
from batches.money import micro_credits

if TYPE_CHECKING:
    from collections.abc import Mapping

MEGAPIXEL = 1024 * 1024
BY_MEGAPIXEL = {"first_mp": 2.5, "additional_mp": 1.2, "input_mp": 1.1}


def cost(written: Mapping[str, object], model: str, params: Mapping[str, object] | None = None) -> int | None:
    """Micro-credits of one job, by a table with these prices."""
    return PriceTable(negotiated(written)).applied(find(model)).estimate(params or {}).micro_credits


@pytest.mark.parametrize(
    ("written", "model", "params", "credit", "reason"),
    [
        ({"flux-dev": 2}, "flux-dev", {}, "2", "so many credits for each image"),
        ({"flux-dev": 0}, "flux-dev", {}, "0", "free is a price, too"),
        ({"flux-dev": 0.1}, "flux-dev", {}, "0.1", "one tenth, exactly"),
        ({"flux-dev": 2}, "flux-2-pro", {}, "3", "the others cost what is published"),
        ({"flux-2-pro": 2}, "flux-2-pro", {"width": 2048, "height": 2048}, "2", "flat where the published one is not"),
        ({"flux-2-pro": BY_MEGAPIXEL}, "flux-2-pro", {"width": 2048, "height": 1024}, "3.7", "2.5 + 1.2"),
        ({"flux-2-pro": BY_MEGAPIXEL}, "flux-2-pro", {"input_image": "a"}, "3.6", "2.5 + 1.1"),
        ({"flux-tools/vto-v1": BY_MEGAPIXEL}, "flux-tools/vto-v1", {}, "2.5", "what nobody publishes may be agreed"),
        ({"flux-3-image": {"2k": 8}}, "flux-3-image", {"resolution": "2k"}, "8", "by choice"),
        ({"flux-3-image": {"2k": 8}}, "flux-3-image", {}, "4.8", "a choice that is not named, as published"),
        ({"flux-3-image": {"1.5k": 7}}, "flux-3-image", {"resolution": "1.5k"}, "7", "one that nobody publishes"),
        ({"flux-2-pro": {"discount_percent": 50}}, "flux-2-pro", {"width": 2048, "height": 1024}, "2.25", "4.5 / 2"),
        ({"flux-dev": {"discount_percent": 100}}, "flux-dev", {}, "0", "all of it"),
        ({"flux-dev": {"discount_percent": 33.333333}}, "flux-dev", {}, "1.666667", "2.5 x 0.66666667, rounded"),
        ({"*": {"discount_percent": 15}}, "flux-kontext-max", {}, "6.8", "8 x 0.85"),
        ({"*": {"discount_percent": 15}, "flux-dev": 2}, "flux-dev", {}, "2", "a line of its own goes before *"),
        (
            {"*": {"discount_percent": 15}, "flux-dev": {"discount_percent": 20}},
            "flux-dev",
            {},
            "2",
            "and takes off from what is published",
        ),
    ],
)
def test_a_job_costs_what_was_agreed(
    written: Mapping[str, object], model: str, params: Mapping[str, object], credit: str, reason: str
) -> None:
    assert cost(written, model, params) == micro_credits(credit), reason


@pytest.mark.parametrize("model", [one.name for one in catalogue() if one.price.kind == "unknown"])
def test_a_discount_on_everything_leaves_an_unknown_price_unknown(model: str) -> None:
    assert cost({"*": {"discount_percent": 15}}, model) is None
    assert model not in negotiated({"*": {"discount_percent": 15}})


def test_a_discount_leaves_a_choice_of_unknown_price_unknown() -> None:
    assert cost({"*": {"discount_percent": 15}}, "flux-3-image", {"resolution": "1.5k"}) is None


@pytest.mark.parametrize(
    ("written", "steps", "said"),
    [
        ("2", (), "it must be a table"),
        ({"flux-2-por": 2}, ("flux-2-por",), 'there is no such model; did you mean "flux-2-pro"?'),
        ({"else": 2}, ("else",), "there is no such model; `fluxbatch models` lists them"),
        ({"flux-pro-1": {"1": 2}}, ("flux-pro-1",), "there is no such model; put a name with a dot in quotes"),
        ({"flux-dev": "2"}, ("flux-dev",), "give credits, at least 0"),
        ({"flux-dev": True}, ("flux-dev",), "give credits, at least 0"),
        ({"flux-dev": [2]}, ("flux-dev",), "give credits, at least 0"),
        ({"flux-dev": -1}, ("flux-dev",), "give credits, at least 0, at most 1,000,000 and with at most 6 decimals"),
        ({"flux-dev": 1_000_001}, ("flux-dev",), "give credits, at least 0"),
        ({"flux-dev": 1e300}, ("flux-dev",), "give credits, at least 0"),
        ({"flux-dev": float("inf")}, ("flux-dev",), "give credits, at least 0"),
        ({"flux-dev": float("nan")}, ("flux-dev",), "give credits, at least 0"),
        ({"flux-dev": 0.0000001}, ("flux-dev",), "with at most 6 decimals"),
        ({"flux-dev": {}}, ("flux-dev",), "it says no price"),
        ({"flux-2-pro": {"first_mp": 2}}, ("flux-2-pro",), "additional_mp and input_mp must stand there, too"),
        ({"flux-2-pro": {**BY_MEGAPIXEL, "input_mp": -1}}, ("flux-2-pro", "input_mp"), "give credits, at least 0"),
        ({"flux-2-pro": {"frist_mp": 2}}, ("flux-2-pro", "frist_mp"), 'did you mean "first_mp"?'),
        ({"flux-2-pro": {"high": 2}}, ("flux-2-pro", "high"), "there are first_mp, additional_mp, input_mp"),
        ({"flux-3-image": {"3k": 2}}, ("flux-3-image", "3k"), "there are 768sq, 1k, 1.5k, 2k, 4k"),
        ({"flux-tools/outpainting-v1": {"slow": 2}}, ("flux-tools/outpainting-v1", "slow"), "there are high, fast"),
        ({"flux-3-image": {"2k": "8"}}, ("flux-3-image", "2k"), "give credits, at least 0"),
        ({"flux-dev": {"discount_percent": 0}}, ("flux-dev", "discount_percent"), "give a number above 0, at most 100"),
        ({"flux-dev": {"discount_percent": 101}}, ("flux-dev", "discount_percent"), "give a number above 0"),
        ({"flux-dev": {"discount_percent": "5%"}}, ("flux-dev", "discount_percent"), "give a number above 0"),
        (
            {"flux-dev": {"discount_percent": 5, "first_mp": 2}},
            ("flux-dev", "first_mp"),
            "there are discount_percent",
        ),
        ({"flux-tools/vto-v1": {"discount_percent": 5}}, ("flux-tools/vto-v1",), "nobody publishes what it costs"),
        ({"*": 2}, ("*",), "give a discount, as in {discount_percent = 15}"),
        ({"*": BY_MEGAPIXEL}, ("*",), "give a discount, as in {discount_percent = 15}"),
        ({"*": {"discount_percent": -5}}, ("*", "discount_percent"), "give a number above 0"),
    ],
)  # fmt: skip
def test_what_is_no_price_is_told_with_the_keys_that_lead_there(
    written: object, steps: tuple[str, ...], said: str
) -> None:
    with pytest.raises(BadPrice) as caught:
        negotiated(written)
    assert said in str(caught.value)
    assert caught.value.steps == steps


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (2, "2 credits per image"),
        (BY_MEGAPIXEL, "2.5 credits for the first megapixel, 1.2 for each further, 1.1 per input megapixel"),
        ({"discount_percent": 12.5}, "12.5% less than 4 credits per image"),
    ],
)
def test_a_price_of_ones_own_is_a_sentence_too(written: object, words: str) -> None:
    price = negotiated({"flux-kontext-pro": written})["flux-kontext-pro"]
    assert (price.describe(), price.is_negotiated) == (words, True)


@pytest.mark.parametrize(
    ("written", "stated"),
    [
        (2.5, {"kind": "per_image", "credits": 2.5}),
        ({"discount_percent": 15}, {"kind": "discounted", "percent": 15, "full": {"kind": "per_image", "credits": 4}}),
    ],
)
def test_machines_read_that_it_is_negotiated(written: object, stated: dict[str, Any]) -> None:
    price = json.loads(json.dumps(negotiated({"flux-kontext-pro": written})["flux-kontext-pro"].as_json()))
    assert price == {
        **stated,
        "source": "AGREED",
        "source_title": "prices of your own, in fluxbatch.toml",
        "as_of": None,
        "certainty": "negotiated",
    }


def test_no_published_price_counts_as_negotiated() -> None:
    assert not any(PUBLISHED.applied(model).price.is_negotiated for model in catalogue())
