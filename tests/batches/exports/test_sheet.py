"""A contact sheet is a page with its pictures beside it, or all in one."""

from __future__ import annotations

import base64
import io
import json
import re
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from batches.errors import SettingError
from batches.exports import Manner, Options
from batches.exports.thumbnails import SIDE, as_webp, thumbnail

if TYPE_CHECKING:
    from tests.batches.exports.gallery import Gallery

LOT = re.compile(r'^lot\((".*?"), (\[.*?\]), (\[\n.*?\n\])\);$', re.DOTALL | re.MULTILINE)
AWKWARD = '</script><script>alert("x")</script> <!-- \u2028 雪 🦊'


def lots(text: str) -> list[dict[str, object]]:
    """What a page is told of its pictures."""
    return [
        {"folder": json.loads(folder), **dict(zip(json.loads(names), cells, strict=True))}
        for folder, names, lines in LOT.findall(text)
        for cells in json.loads(lines)
    ]


def test_a_page_lies_beside_its_thumbnails_and_the_pictures_themselves(gallery: Gallery) -> None:
    batch = gallery.make(2)
    gallery.export(batch, form="sheet")
    assert list(gallery.files()) == [
        *("index.html", "items/0000.js", "pictures/0000/0001-row-1.png", "pictures/0000/0002-row-2.png"),
        *("thumbs/0000/0001-row-1.webp", "thumbs/0000/0002-row-2.webp"),
    ]
    made = gallery.folder / "dataset/pictures/0000/0001-row-1.png"
    assert made.samefile(gallery.folder / f"images/{batch}/0001.png")
    page = gallery.files()["index.html"].decode()
    assert '<script src="items/0000.js" defer></script>' in page
    first, _ = lots(gallery.files()["items/0000.js"].decode())
    assert first == {
        "folder": "0000", "file": "0001-row-1.png", "text": "A fox", "model": "flux-dev", "seed": "1", "width": 32,
        "height": 24, "credits": 1.4, "batch": batch, "job": 1, "id": "row-1", "flags": "", "label_style": "photo",
        "split": "train",
    }  # fmt: skip


def test_the_pictures_themselves_stay_where_they_are_when_asked(gallery: Gallery) -> None:
    gallery.export(gallery.make(1), form="sheet", options=Options(images=False))
    assert [key.partition("/")[0] for key in gallery.files()] == ["index.html", "items", "thumbs"]
    assert b'data-pictures="none"' in gallery.files()["index.html"]


def test_as_one_file_it_has_its_thumbnails_inside(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("batches.exports.formats.sheet.CHUNK", 2)
    gallery.export(gallery.make(3), form="sheet", options=Options(self_contained=True))
    [(key, page)] = gallery.files().items()
    items = lots(page.decode())
    assert (key, [item["job"] for item in items]) == ("index.html", [1, 2, 3])
    with Image.open(io.BytesIO(base64.b64decode(str(items[0]["thumb"])))) as image:
        assert (image.format, image.size) == ("WEBP", (32, 24))


def test_more_pictures_than_a_page_bears_are_refused_before_anything_is_written(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("batches.exports.formats.sheet.MOST_INSIDE", 2)
    with pytest.raises(SettingError, match="takes 2 pictures at most, and these are 3") as refused:
        gallery.export(gallery.make(3), form="sheet", options=Options(self_contained=True))
    assert "--sample 2" in refused.value.cure
    assert not gallery.place.root.exists()


@pytest.mark.parametrize("inside", [False, True])
def test_a_prompt_is_never_taken_for_a_part_of_the_page(gallery: Gallery, *, inside: bool) -> None:
    batch = gallery.make(1, name="fox", prompts=[AWKWARD])
    gallery.export(batch, form="sheet", options=Options(self_contained=inside))
    text = gallery.files()["index.html" if inside else "items/0000.js"].decode()
    assert "alert" in text
    assert "<script>alert" not in text
    assert lots(text)[0]["text"] == AWKWARD


def test_written_anew_it_has_no_pictures_of_before(gallery: Gallery) -> None:
    batch = gallery.make(2)
    gallery.export(batch, form="sheet")
    gallery.place.put("thumbs/0000/0009-old.webp", b"of an earlier export")
    gallery.export(batch, form="sheet", manner=Manner(again=True))
    assert not [key for key in gallery.files() if "old" in key]


@pytest.mark.parametrize(
    ("mode", "colour", "seen"),
    [
        ("RGBA", (255, 0, 0, 0), (255, 255, 255)),
        ("LA", (0, 0), (255, 255, 255)),
        ("L", 128, (128, 128, 128)),
        ("1", 1, (255, 255, 255)),
    ],
    ids=["what lets all light through is white", "also in greys", "greys", "black and white"],
)
def test_a_thumbnail_is_small_and_opaque(mode: str, colour: object, seen: tuple[int, int, int]) -> None:
    file = io.BytesIO()
    Image.new(mode, (1200, 600), colour).save(file, "PNG")
    with Image.open(io.BytesIO(as_webp(thumbnail(file.getvalue())))) as image:
        assert (image.size, image.mode) == ((SIDE, SIDE // 2), "RGB")
        assert max(abs(one - other) for one, other in zip(image.getpixel((9, 9)), seen, strict=True)) <= 2
