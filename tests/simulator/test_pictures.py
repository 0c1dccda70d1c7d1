"""The pictures that stand for results."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from simulator.pictures import Picture, draw

CAT = Picture(
    prompt="A cat sleeps on a warm stone wall in the evening sun",
    model="flux-2-pro",
    seed=7,
    width=512,
    height=384,
    format="png",
    seconds=0,
)


def pixels(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(draw(picture))).convert("RGB")


def inked(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    """Whether something is written there in white, which no background is."""
    return any(min(pixel) > 215 for pixel in image.crop(box).get_flattened_data())


def test_the_prompt_stands_above_and_model_and_seed_below() -> None:
    image = pixels(CAT)
    assert inked(image, (0, 0, 512, 192))
    assert inked(image, (0, 340, 256, 384))
    assert not inked(image, (0, 310, 512, 335))


def test_without_a_prompt_there_is_only_the_foot() -> None:
    assert not inked(pixels(CAT._replace(prompt="")), (0, 0, 512, 330))


@pytest.mark.parametrize("change", [{"prompt": "A dog"}, {"seed": 8}, {"model": "flux-dev"}])
def test_prompt_seed_and_model_each_make_another_picture(change: dict[str, object]) -> None:
    assert draw(CAT._replace(**change)) != draw(CAT)


def test_prompt_and_seed_choose_the_colours() -> None:
    corners = {pixels(CAT._replace(seed=seed)).getpixel((0, 0)) for seed in range(5)}
    assert len(corners) == 5


@pytest.mark.parametrize(("width", "height"), [(64, 64), (64, 2048), (2048, 64), (16, 16), (2720, 1152)])
def test_every_size_can_be_drawn(width: int, height: int) -> None:
    assert pixels(CAT._replace(width=width, height=height)).size == (width, height)


@pytest.mark.parametrize(
    "prompt",
    ["word " * 5000, "x" * 5000, "猫は眠る 🐈", "two\nlines\tand\x00odd\x7fletters", "ﷺ عربي"],
    ids=["32 thousand tokens", "one long word", "other scripts", "control letters", "right to left"],
)
def test_every_prompt_can_be_drawn(prompt: str) -> None:
    assert pixels(CAT._replace(prompt=prompt)).size == (512, 384)
