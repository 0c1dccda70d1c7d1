"""Prices are exact, say where they come from, and never guess."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches.models import PRICES_AS_OF, Endpoint, catalogue, find
from batches.models.price import megapixels
from batches.money import micro_credits

MEGAPIXEL = 1024 * 1024


@pytest.mark.parametrize(
    ("model", "params", "credit", "reason"),
    [
        ("flux-2-pro", {"width": 65, "height": 65}, "3", "a documented answer; less than a megapixel is one"),
        ("flux-2-pro", {"width": 1024, "height": 1440}, "4.5", "charged in public: 63 credits for 14 images"),
        ("flux-2-klein-4b", {"width": 1024, "height": 2048}, "1.5", "BFL's own example of two megapixels"),
        ("flux-2-klein-4b", {"width": 768, "height": 1024}, "1.4", "echoed by the live API"),
        ("flux-2-pro", {}, "3", "a square megapixel when no size is named"),
        ("flux-2-max", {"width": 2048, "height": 2048}, "16", "7 + 3 x 3"),
        (
            "flux-2-flex",
            {"width": 1025, "height": 1024},
            "10",
            "5 + 5: one column more is one megapixel more",
        ),
        ("flux-2-klein-9b-kv-finetuned", {"width": 1024, "height": 2048}, "1.7", "as its base: 1.5 + 0.2"),
        ("flux-3-image", {}, "4.8", "1k is the default"),
        ("flux-3-image", {"resolution": "4k"}, "60.7", "by resolution"),
        ("flux-kontext-pro", {}, "4", "flat"),
        ("flux-kontext-max", {"aspect_ratio": "21:9"}, "8", "flat"),
        ("flux-pro-1.1", {"width": 1440, "height": 1440}, "4", "flat, whatever the size"),
        ("flux-pro-1.1-ultra", {"raw": True}, "6", "raw costs the same"),
        ("flux-dev", {}, "2.5", "flat"),
        ("flux-pro-1.0-fill", {"image": "a.png"}, "5", "flat, whatever the image"),
        ("flux-tools/outpainting-v1", {}, "20", "high is the default"),
        ("flux-tools/outpainting-v1", {"mode": "fast"}, "4.5", "by mode"),
        ("flux-tools/vto-v2", {}, "4.75", "as observed"),
        ("finetune", {"iterations": 149}, "200", "below 150"),
        ("finetune", {"iterations": 150}, "400", "from 150"),
        ("finetune", {}, "400", "300 is the default"),
        ("finetune", {"iterations": 500}, "400", "to 500"),
        ("finetune", {"iterations": 501}, "600", "above 500"),
    ],
)
def test_a_job_costs_what_bfl_says(model: str, params: dict[str, object], credit: str, reason: str) -> None:
    assert find(model).estimate(params).micro_credits == micro_credits(credit), reason


@pytest.mark.parametrize(
    ("model", "params", "input_pixels", "credit", "reason"),
    [
        ("flux-2-pro", {"input_image": "a"}, [1], "4.5", "3 + 1.5: the output is as large as the input"),
        ("flux-2-pro", {"input_image": "a", "width": 64, "height": 64}, [2 * MEGAPIXEL], "6", "3 + 2 x 1.5"),
        ("flux-2-max", {"input_image": "a", "input_image_2": "b"}, [1, 1], "13", "7 + 3 + 3: rounded each"),
        (
            "flux-2-pro",
            {"input_image": "a", "width": 64, "height": 64},
            [9 * MEGAPIXEL],
            "9",
            "3 + 4 x 1.5: shrunk",
        ),
    ],
)
def test_input_megapixels_are_charged_image_by_image(
    model: str, params: dict[str, object], input_pixels: list[int], credit: str, reason: str
) -> None:
    estimate = find(model).estimate(params, input_pixels=input_pixels)
    assert estimate.micro_credits == micro_credits(credit), reason


@pytest.mark.parametrize(
    ("model", "params", "reason"),
    [
        ("flux-2-klein-base-4b-finetuned", {}, "its base has no public price"),
        ("flux-tools/vto-v1", {}, "nobody says"),
        ("flux-3-image", {"resolution": "1.5k"}, "this resolution has no public price"),
        ("finetune", {"iterations": "many"}, "it cannot be counted"),
        ("finetune", {"iterations": 1001}, "beyond the last tier"),
    ],
)
def test_an_unknown_price_stays_unknown(model: str, params: dict[str, object], reason: str) -> None:
    estimate = find(model).estimate(params)
    assert (estimate.low, estimate.micro_credits, estimate.high) == (None, None, None), reason


@pytest.mark.parametrize(
    ("model", "params", "measured", "credit", "reason"),
    [
        ("flux-2-pro", {"input_image": "a"}, [], "4.5 4.5 13.5", "in and out 1, 1 or 4: 3 + 3 x 1.5 + 4 x 1.5"),
        ("flux-2-pro", {"input_image": "a"}, [None], "4.5 4.5 13.5", "None is not measured either"),
        ("flux-2-pro", {"input_image": "a", "width": 64, "height": 64}, [], "4.5 4.5 9", "only the input is open"),
        ("flux-2-pro", {"input_image": "a", "width": 64}, [1], "4.5 4.5 9", "half of the canvas is open"),
        (
            "flux-2-pro",
            {"input_image": "a", "input_image_2": "b"},
            [2 * MEGAPIXEL],
            "9 9 13.5",
            "the output follows the first, which is measured: 3 + 1.5 + 2 x 1.5, and 1.5 or 4 x 1.5",
        ),
        ("flux-pro-1.0-fill", {"image": "a"}, [], "5 5 5", "a flat price is in no doubt"),
        ("flux-2-pro", {}, [], "3 3 3", "nothing is in doubt"),
    ],
)
def test_a_size_that_is_not_known_makes_a_price_low_likely_and_high(
    model: str, params: dict[str, object], measured: list[int | None], credit: str, reason: str
) -> None:
    estimate = find(model).estimate(params, input_pixels=measured)
    told = [estimate.low, estimate.micro_credits, estimate.high]
    assert told == [micro_credits(one) for one in credit.split()], reason


IMAGE_PIXELS = st.integers(64 * 64, 6 * MEGAPIXEL)
FLUX2 = st.sampled_from(["flux-2-pro", "flux-2-max", "flux-2-klein-4b"])


@given(model=FLUX2, pixels=st.lists(IMAGE_PIXELS, min_size=1, max_size=2), known=st.integers(0, 2))
def test_what_is_measured_later_lies_between_low_and_high(model: str, pixels: list[int], known: int) -> None:
    params = dict(zip(("input_image", "input_image_2"), pixels, strict=False))
    doubted = find(model).estimate(params, input_pixels=pixels[:known])
    sure = find(model).estimate(params, input_pixels=pixels)
    assert sure.low == sure.micro_credits == sure.high
    assert doubted.low is not None
    assert doubted.high is not None
    assert doubted.low <= (sure.micro_credits or 0) <= doubted.high


@given(pixels=st.integers(1, 64 * MEGAPIXEL))
def test_megapixels_are_whole_and_rounded_up(pixels: int) -> None:
    assert megapixels(pixels) == math.ceil(pixels / MEGAPIXEL)
    assert megapixels(pixels + 1) - megapixels(pixels) == (pixels % MEGAPIXEL == 0)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("flux-2-pro", "3 credits for the first megapixel, 1.5 for each further, 1.5 per input megapixel"),
        ("flux-kontext-pro", "4 credits per image"),
        ("flux-3-image", "credits per image by resolution: 768sq 4.1, 1k 4.8, 1.5k unknown, 2k 10, 4k 60.7"),
        ("finetune", "credits by iterations: 200 up to 149, 400 up to 500, 600 up to 1000"),
        ("flux-tools/vto-v1", "unknown"),
    ],
)
def test_people_read_a_price_as_a_sentence(model: str, words: str) -> None:
    assert find(model).price.describe() == words


@pytest.mark.parametrize(
    ("model", "stated"),
    [
        (
            "flux-2-klein-4b",
            {"kind": "per_megapixel", "first_mp": 1.4, "additional_mp": 0.1, "input_mp": 0.1},
        ),
        ("flux-dev", {"kind": "per_image", "credits": 2.5, "source": "MIRROR25", "certainty": "stale"}),
        ("flux-tools/erase-v1", {"credits": 3, "as_of": "2026-09-21", "certainty": "observed"}),
        ("flux-tools/outpainting-v1", {"parameter": "mode", "credits": {"high": 20, "fast": 4.5}}),
        ("flux-2-pro-preview", {"source": "SKILL", "as_of": "2026-02-03", "certainty": "assumed"}),
        ("finetune", {"kind": "by_tier", "parameter": "iterations"}),
        ("flux-tools/vto-v1", {"kind": "unknown", "certainty": "unknown", "as_of": PRICES_AS_OF}),
    ],
)
def test_machines_read_exact_amounts_and_where_they_come_from(model: str, stated: dict[str, Any]) -> None:
    price = json.loads(json.dumps(find(model).price.as_json()))
    assert {key: price[key] for key in stated} == stated


@pytest.mark.parametrize("endpoint", catalogue(), ids=lambda endpoint: endpoint.name)
def test_every_price_names_its_source_and_its_date(endpoint: Endpoint) -> None:
    price = endpoint.price.as_json()
    assert all(price[key] for key in ("kind", "source", "source_title", "as_of", "certainty"))
