"""A picture counts when it decodes to the last pixel, and nothing else does."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from batches.store.images import BadImage, Draft, verify

FORMATS = ["jpeg", "png", "webp"]


def drawn(form: str, size: tuple[int, int] = (24, 16)) -> bytes:
    """A picture in which no two pixels are alike."""
    image = Image.new("RGB", size)
    image.putdata([(x * 9 % 256, y * 13 % 256, (x * y) % 256) for y in range(size[1]) for x in range(size[0])])
    file = io.BytesIO()
    image.save(file, form, lossless=True)
    return file.getvalue()


def draft_of(data: bytes) -> Draft:
    draft = Draft(io.BytesIO())
    for begin in range(0, len(data), 1000):
        draft.write(data[begin : begin + 1000])
    return draft


def pixels(data: bytes) -> bytes:
    return Image.open(io.BytesIO(data)).tobytes()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk + drawn("png")[33:]


PICTURES = {form: drawn(form) for form in FORMATS}


@pytest.mark.parametrize("form", FORMATS)
def test_a_picture_is_measured(form: str) -> None:
    data = PICTURES[form]
    found = verify(draft_of(data), form)
    assert (found.format, found.width, found.height, found.bytes) == (form, 24, 16, len(data))
    assert (found.sha256, found.one_colour) == (hashlib.sha256(data).hexdigest(), False)


@pytest.mark.parametrize("form", FORMATS)
def test_whatever_follows_a_whole_picture_harms_nothing(form: str) -> None:
    found = verify(draft_of(PICTURES[form] + b"\0trailing junk"), form)
    assert (found.width, found.height, found.bytes) == (24, 16, len(PICTURES[form]) + 14)


@pytest.mark.parametrize(("form", "expected"), [*permutations(FORMATS, 2), *product(["gif", "bmp", "tiff"], FORMATS)])
def test_a_picture_of_another_format_is_not_what_was_asked_for(form: str, expected: str) -> None:
    with pytest.raises(BadImage):
        verify(draft_of(drawn(form)), expected)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "0 bytes that are no picture"),
        (b"<html>502 Bad Gateway</html>", "no picture, beginning b'<html>502 Bad Ga'"),
        (b'{"error": "link expired"}', "no picture"),
        (b"\x89PNG\r\n\x1a\n", "no picture"),  # the signature alone
        (PICTURES["png"][:60], "does not decode"),  # cut off in the middle
        (bytes(10_000), "no picture"),
    ],
)
def test_what_is_no_picture_is_shown(data: bytes, complaint: str) -> None:
    with pytest.raises(BadImage, match=complaint):
        verify(draft_of(data), "png")


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(BadImage, match="decompression bomb"):
        verify(draft_of(bomb(60_000, 60_000)), "png")


@pytest.mark.parametrize("form", FORMATS)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_picture_that_was_cut_off_passes_only_with_every_pixel(form: str, data: st.DataObject) -> None:
    whole = PICTURES[form]
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        verify(draft_of(cut), form)
    except BadImage:
        return
    assert pixels(cut) == pixels(whole)


@pytest.mark.parametrize("form", FORMATS)
@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_damaged_bytes_are_a_bad_image_and_never_a_crash(form: str, data: st.DataObject) -> None:
    damaged = bytearray(PICTURES[form])
    for place, byte in data.draw(st.dictionaries(st.integers(0, len(damaged) - 1), st.integers(0, 255))).items():
        damaged[place] = byte
    try:
        found = verify(draft_of(bytes(damaged)), form)
    except BadImage:
        return
    assert found.format == form
