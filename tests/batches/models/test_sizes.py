"""How many pixels will come back is known, or said to be unknown."""

from __future__ import annotations

import pytest

from batches.models import find

MEGAPIXEL = 1024 * 1024


@pytest.mark.parametrize(
    ("model", "params", "pixels", "reason"),
    [
        ("flux-dev", {}, 1024 * 768, "the canvas has a default"),
        ("flux-dev", {"width": 512}, 512 * 768, "half of it may be set"),
        ("flux-2-pro", {}, MEGAPIXEL, "text alone makes a square megapixel"),
        ("flux-2-pro", {"width": 2048, "height": None}, 2048 * 1024, "null is no size"),
        ("flux-2-pro", {"width": 640, "height": 480, "input_image": "a"}, 640 * 480, "the canvas goes first"),
        ("flux-2-pro", {"input_image": "a"}, None, "it follows an image that is not measured"),
        ("flux-2-pro", {"width": 640, "input_image": "a"}, None, "half of it follows the image"),
        ("flux-kontext-pro", {"aspect_ratio": "21:9"}, MEGAPIXEL, "about a megapixel in any ratio"),
        ("flux-pro-1.1-ultra", {}, 4 * MEGAPIXEL, "about four megapixels"),
        ("flux-3-image", {}, MEGAPIXEL, "1k is the default"),
        ("flux-3-image", {"resolution": "768sq", "aspect_ratio": "2:1"}, 768 * 768, "each class is an area"),
        ("flux-3-image", {"resolution": "8k"}, None, "no such class"),
        ("flux-tools/outpainting-v1", {"width": 1000, "height": 500}, 500_000, "the canvas is required"),
        ("flux-tools/outpainting-v1", {"width": 1000}, None, "and here it is not there"),
        ("flux-pro-1.0-fill", {"image": "a"}, None, "as large as an image that is not measured"),
        ("flux-pro-1.0-expand", {"image": "a"}, None, "the image's own sides are not known"),
        ("finetune", {}, None, "no image comes back"),
    ],
)
def test_the_output_has_as_many_pixels_as_can_be_known(
    model: str, params: dict[str, object], pixels: int | None, reason: str
) -> None:
    assert find(model).output_pixels(params) == pixels, reason


@pytest.mark.parametrize(
    ("model", "params", "measured", "pixels", "reason"),
    [
        ("flux-2-pro", {"input_image": "a"}, [1_000_000], 1_000_000, "an edit follows its first image"),
        ("flux-2-pro", {"input_image": "a"}, [6 * MEGAPIXEL], 4 * MEGAPIXEL, "larger ones are shrunk"),
        ("flux-2-pro", {"input_image": "a", "input_image_2": "b"}, [9], 9, "the second does not matter"),
        ("flux-2-pro", {"input_image": "a", "input_image_2": "b"}, [None, 9], None, "the first is not measured"),
        ("flux-2-pro", {"width": 64, "input_image": "a"}, [9], None, "half a canvas does not follow"),
        ("flux-tools/erase-v1", {"image": "a", "mask": "b"}, [700, 700], 700, "as large as its image"),
    ],
)
def test_a_measured_image_tells_the_size_of_what_follows_it(
    model: str, params: dict[str, object], measured: list[int | None], pixels: int | None, reason: str
) -> None:
    assert find(model).output_pixels(params, input_pixels=measured) == pixels, reason
