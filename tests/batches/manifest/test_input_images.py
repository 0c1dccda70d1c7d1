"""What lies in the file of an input image is known before anything is paid."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from batches.manifest import InputImages
from batches.manifest.images import MOST_BYTES
from batches.manifest.pairing import Pairing
from tests.pictures import picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "in a folder/ä.jpeg"])
def test_a_picture_is_measured_and_hashed(name: str, tmp_path: Path) -> None:
    file = picture(tmp_path / name, 200, 100)
    image = InputImages(tmp_path).read(name)
    assert (image.name, image.path) == (name, str(file))
    assert (image.width, image.height, image.pixels) == (200, 100, 20_000)
    assert image.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_an_absolute_name_is_taken_as_it_is(tmp_path: Path) -> None:
    file = picture(tmp_path / "a.png")
    assert InputImages(tmp_path / "elsewhere").read(str(file)).path == str(file)


def test_a_file_is_read_once(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    images = InputImages(tmp_path)
    assert images.read("a.png") is images.read("a.png")


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_file_that_changes_while_it_is_planned_is_named(side: str, tmp_path: Path) -> None:
    images = InputImages(tmp_path)
    images.read(picture(tmp_path / "a.png").name)
    if side == "left":
        picture(tmp_path / "a.png", colour=1)
    else:
        picture(tmp_path / "b.png").replace(tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"a\.png changed while it was being planned and submitted"):
        images.read("a.png")


def cut(file: Path) -> None:
    file.write_bytes(picture(file, 400, 300).read_bytes()[:-200])


def progressive(file: Path) -> None:
    Image.effect_noise((400, 300), 80).save(file, progressive=True)
    file.write_bytes(file.read_bytes()[:-2000])


def flipped(file: Path) -> None:
    data = bytearray(picture(file, 400, 300).read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def oversized(file: Path) -> None:
    file.touch()
    os.truncate(file, MOST_BYTES + 1)


def sized(width: int, height: int) -> Callable[[Path], object]:
    return lambda file: Image.new("1", (width, height)).save(file)


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("none.png", lambda _: None, "cannot read none.png: there is no such file"),
        ("a" * 300, lambda _: None, f"cannot read {'a' * 300}: File name too long"),
        ("a\0b", lambda _: None, "cannot read a\0b: "),
        ("folder", lambda file: file.mkdir(), "folder is a folder, not a file"),
        ("pipe", os.mkfifo, "pipe is no ordinary file"),
        ("empty.png", lambda file: file.touch(), "empty.png is no whole JPEG, PNG or WebP picture"),
        ("a.gif", picture, "a.gif is no whole JPEG, PNG or WebP picture"),
        ("a.jpg", cut, "a.jpg does not decode to its end"),
        ("a.jpg", progressive, "a.jpg does not decode to its end"),
        ("a.png", cut, "a.png does not decode to its end"),
        ("a.png", flipped, "a.png does not decode to its end"),
        ("a.webp", cut, "a.webp is no whole JPEG, PNG or WebP picture"),
        ("a.png", sized(63, 64), "a.png has 63x64 pixels"),
        ("a.png", sized(5000, 4001), "a.png has more than 20 megapixels"),
        ("a.png", sized(15_000, 12_000), "a.png has more than 20 megapixels"),  # where Pillow itself refuses
        ("a.jpg", oversized, "a.jpg has 20,971,521 bytes"),
    ],
    ids=lambda value: value[:40].replace("\0", "") if isinstance(value, str) else "",
)
def test_what_bfl_would_not_take_is_refused(
    name: str, make: Callable[[Path], object], message: str, tmp_path: Path
) -> None:
    make(tmp_path / name)
    with pytest.raises(ValueError, match=r".") as caught:
        InputImages(tmp_path).read(name)
    told, hint = caught.value.args
    assert told.startswith(message)
    assert hint, "there is a cure for each"


@pytest.mark.parametrize("size", [(64, 64), (5000, 4000)])
def test_the_smallest_and_the_largest_are_taken(size: tuple[int, int], tmp_path: Path) -> None:
    Image.new("1", size).save(tmp_path / "a.png")
    assert InputImages(tmp_path).read("a.png").pixels == size[0] * size[1]


@pytest.mark.parametrize(
    ("name", "found", "reason"),
    [
        ("p/7.jpg", ["p/7.jpg"], "no pattern"),
        ("p/8.jpg", ["p/8.jpg"], "whether it is there is asked when it is read"),
        ("p/7.*", ["p/7.jpg"], "the dot keeps 71.png away"),
        ("p/7*", ["p/7.jpg", "p/71.png"], "in the order of their names"),
        ("p/[67]*.png", ["p/71.png"], "any pattern of a shell"),
        ("p/*.webp", [], "a hidden file is not meant"),
        ("p/.*.webp", ["p/.x.webp"], "unless it is"),
        ("p/a[1].jpg", ["p/a[1].jpg"], "a name that looks like a pattern is a name where it exists"),
        ("none/7.*", [], "no such folder"),
        ("*/71.png", ["p/71.png"], "a pattern of folders"),
        ("**/71.png", ["p/71.png"], "of folders at any depth"),
        ("7*", ["7.png"], "in the manifest's own folder"),
    ],
)
def test_a_pattern_stands_for_the_files_that_match(name: str, found: list[str], reason: str, tmp_path: Path) -> None:
    for file in ("p/7.jpg", "p/71.png", "p/.x.webp", "p/a[1].jpg", "7.png"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    assert list(Pairing(tmp_path).files(name)) == found, reason
    assert list(Pairing(tmp_path / "other").files(f"{tmp_path}/{name}")) == [f"{tmp_path}/{one}" for one in found]
