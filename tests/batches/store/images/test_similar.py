"""Pictures that look alike are found by their hashes, and no others."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from batches.policy import Check, Output
from batches.store.images import BadImage, Draft, verify
from batches.store.images.flags import Flag, findings
from batches.store.images.hashing import distance, signed
from batches.store.images.similar import groups_of

hashes = st.integers(-(2**63), 2**63 - 1)


def scene(size: tuple[int, int] = (256, 192), *, bright: int = 0) -> Image.Image:
    image = Image.new("L", (7, 6))
    image.putdata([place * place * 37 % 200 for place in range(42)])
    image = image.resize(size, Image.Resampling.BICUBIC).convert("RGB")
    return image.point(lambda level: min(255, level + bright))


def measured(image: Image.Image, form: str = "png", **options: object):  # noqa: ANN201
    draft = Draft(io.BytesIO())
    file = io.BytesIO()
    image.save(file, form, **options)
    draft.write(file.getvalue())
    return verify(draft, form)


@given(st.lists(hashes, max_size=30), st.integers(0, 12), st.data())
def test_groups_are_those_that_comparing_each_with_each_would_find(
    looks: list[int], most: int, data: st.DataObject
) -> None:
    for look in looks[:10]:  # near ones hardly come by chance
        bits = data.draw(st.sets(st.integers(0, 63), max_size=most + 1))
        looks.append(signed((look ^ sum(1 << bit for bit in bits)) & (2**64 - 1)))
    expected: list[set[int]] = []
    for one, look in enumerate(looks):
        near = [group for group in expected if any(distance(look, looks[other]) <= most for other in group)]
        expected = [group for group in expected if group not in near] + [{one}.union(*near)]
    assert groups_of(enumerate(looks), most) == sorted(sorted(group) for group in expected if len(group) > 1)


def test_the_same_scene_in_another_size_quality_or_light_looks_alike() -> None:
    first = measured(scene()).dhash
    for other in (
        measured(scene((512, 384))),
        measured(scene(), "jpeg", quality=40),
        measured(scene(bright=12)),
    ):
        assert distance(first, other.dhash) <= 4
    assert distance(first, measured(scene().rotate(90, expand=True)).dhash) > 16


@pytest.mark.parametrize(
    ("image", "one_colour"),
    [
        (Image.new("RGB", (64, 64), "teal"), True),
        (Image.new("L", (64, 64), 7), True),
        (Image.new("P", (64, 64), 3), True),
        (Image.new("RGBA", (64, 64), (1, 2, 3, 4)), True),
        (Image.new("I;16", (64, 64), 300), True),
        (Image.effect_noise((64, 64), 90), False),
        (Image.effect_noise((512, 512), 60).convert("RGB"), False),  # even from afar
        (scene(), False),
    ],
    ids=lambda value: getattr(value, "mode", value),
)
def test_one_colour_is_told_from_many(image: Image.Image, one_colour: bool) -> None:  # noqa: FBT001
    assert measured(image).one_colour is one_colour


@pytest.mark.parametrize("quality", [10, 50, 95])
def test_an_even_jpeg_is_even_at_any_quality(quality: int) -> None:
    assert measured(Image.new("RGB", (100, 60), (131, 77, 203)), "jpeg", quality=quality).one_colour


@pytest.mark.parametrize(
    ("asked", "flagged"),
    [
        ((256, 192), False),  # as asked
        ((271, 207), False),  # cut to whole steps of 16
        ((272, 192), True),  # a step too small
        ((255, 192), True),  # larger than asked
        (None, False),  # nobody knows
    ],
)
def test_a_size_is_as_asked_or_what_whole_steps_make_of_it(asked: tuple[int, int] | None, flagged: bool) -> None:  # noqa: FBT001
    found = list(findings(measured(scene()), asked, Output(size=Check.FAIL)))
    assert [(one.flag, one.check) for one in found] == ([(Flag.SIZE, Check.FAIL)] if flagged else [])


def test_what_the_batch_says_goes_with_the_finding() -> None:
    even = measured(Image.new("RGB", (64, 64), "teal"))
    (found,) = findings(even, None, Output(one_colour=Check.OFF))
    assert (found.flag, found.check, found.complaint) == (Flag.ONE_COLOUR, Check.OFF, "one colour everywhere")


def test_a_picture_that_is_none_has_no_hash() -> None:
    draft = Draft(io.BytesIO())
    draft.write(b"no picture")
    with pytest.raises(BadImage):
        verify(draft, "png")
