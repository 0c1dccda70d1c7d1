"""Pages to print: as large as paper, with pictures side by side, and with words in any language."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from batches.errors import SettingError
from batches.exports import Options
from batches.exports.bands import Cell, Order, next_band
from batches.exports.frame import PIXELS, Frame
from batches.exports.items import Item
from batches.exports.lettering import fitted, font
from batches.exports.stream import Stream
from batches.store.ledger.exporting import NOTHING, ExportLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.batches.exports.gallery import Gallery


def item(model: str, seed: int, prompt: str = "A fox", size: tuple[int, int] = (1024, 768)) -> Item:
    line = ExportLine(
        1, "autumn-1", 1, prompt, "done", "", model, {"prompt": prompt, "seed": seed}, {}, "k.png", "a" * 64, 9,
        *size, None, (), NOTHING,
    )  # fmt: skip
    return Item(line=line, split="train", place=0, name="0001", caption=prompt)


def stream(*items: Item) -> Stream[tuple[Item, bytes]]:
    return Stream(iter([(one, b"") for one in items]))


def said(rows: Sequence[Sequence[Cell | None]]) -> list[list[str]]:
    return [[f"{cell.item.line.model} {cell.item.line.params['seed']}" if cell else "" for cell in row] for row in rows]


def order(**changes: Any) -> Order:
    return Order(**{"by": None, "columns": 2, "models": ("dev", "pro"), "most_rows": 9, **changes})


class TestBands:
    """What stands together."""

    def test_pictures_stand_as_they_come(self) -> None:
        waiting = stream(item("dev", 1), item("dev", 2), item("pro", 1, "An owl"))
        assert said(next_band(waiting, order()).rows) == [["dev 1", "dev 2"]]
        assert said(next_band(waiting, order()).rows) == [["pro 1"]]

    def test_each_model_has_its_column_also_where_a_picture_is_missing(self) -> None:
        waiting = stream(item("dev", 1), item("dev", 2), item("pro", 1), item("pro", 1, "An owl"))
        band = next_band(waiting, order(by="model"))
        assert (band.heading, said(band.rows)) == ("A fox", [["dev 1", "pro 1"], ["dev 2", ""]])
        assert said(next_band(waiting, order(by="model")).rows) == [["", "pro 1"]]

    def test_the_seeds_of_a_model_are_a_row_or_several(self) -> None:
        waiting = stream(*(item("dev", seed) for seed in (1, 2, 3)), item("pro", 1))
        assert said(next_band(waiting, order(by="seed")).rows) == [["dev 1", "dev 2"], ["dev 3"], ["pro 1"]]

    def test_a_prompt_with_more_rows_than_a_page_has_begins_anew(self) -> None:
        waiting = stream(*(item("dev", seed) for seed in range(5)))
        bands = [said(next_band(waiting, order(by="seed", most_rows=2)).rows) for _ in range(2)]
        assert bands == [[["dev 0", "dev 1"], ["dev 2", "dev 3"]], [["dev 4"]]]


def test_what_is_given_back_is_handed_out_again_first() -> None:
    waiting = Stream(iter("abcd"))
    taken = [next(waiting.take()), next(waiting.take())]
    waiting.give_back(taken)
    assert (waiting.next, list(waiting.take())) == ("a", ["a", "b", "c", "d"])
    waiting.give_back("xy")
    assert list(waiting.take()) == ["x", "y"]


@pytest.mark.parametrize("paper", ["a4", "a3"])
@pytest.mark.parametrize("columns", [1, 4, 24])
@pytest.mark.parametrize("size", [(1024, 768), (64, 2048), (2048, 64), (1, 1)], ids=str)
def test_any_picture_fits_into_its_column_and_a_page_has_room_for_a_row(
    paper: Any, columns: int, size: tuple[int, int]
) -> None:
    for has_headings in (False, True):
        frame = Frame(paper, columns, has_headings=has_headings)
        wide, high = frame.picture(item("dev", 1, size=size))
        assert 0 < wide <= frame.width
        assert 0 < high <= frame.height
        assert frame.most_rows >= 1


@pytest.mark.parametrize("paper", ["a4", "a3"])
def test_a_page_is_as_large_as_its_paper(gallery: Gallery, paper: Any) -> None:
    gallery.export(gallery.make(3), form="print", options=Options(paper=paper))
    [(key, data)] = gallery.files().items()
    with Image.open(io.BytesIO(data)) as image:
        assert (key, image.size, image.info["dpi"]) == ("pages/sheet-001.jpg", PIXELS[paper], (150, 150))


def test_what_has_no_room_on_a_page_is_on_the_next(gallery: Gallery) -> None:
    """A4 has room for one picture of 1,098 x 824 dots with its words, and a third is not yet begun."""
    page = gallery.export(gallery.make(3), form="print", options=Options(columns=1)).page
    assert [(shard.key, shard.items) for shard in page.shards] == [
        (f"pages/sheet-00{number}.jpg", 1) for number in (1, 2, 3)
    ]


def test_models_have_columns_of_their_own_number(gallery: Gallery) -> None:
    with pytest.raises(SettingError, match="--columns means nothing with --by model"):
        gallery.export(gallery.make(1), form="print", options=Options(by="model", columns=3))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(" \n\t ", id="blanks"),
        pytest.param("雪の中を歩く赤い狐" * 40, id="a language without blanks"),
        pytest.param("ثعلب أحمر في الثلج " * 20, id="from right to left"),
        pytest.param("🦊" * 90, id="signs that the font has not"),
        pytest.param("half \ud83d", id="half a character"),
        pytest.param("a\x00\x1b[31m", id="what steers terminals"),
        pytest.param("w" * 900, id="one long word"),
    ],
)
def test_words_of_any_language_stay_within_their_lines(gallery: Gallery, text: str) -> None:
    lines = fitted(text, 18, 200, 2)
    assert len(lines) <= 2
    assert all(font(18).getlength(line) <= 200 for line in lines)
    batch = gallery.make(1, prompts=[text.encode(errors="replace").decode()])
    assert gallery.export(batch, form="print", options=Options(by="seed")).page.finished


def test_words_are_broken_between_words_and_what_is_left_is_shown_as_left() -> None:
    assert fitted("A red fox trotting through fresh snow", 18, 200, 3) == ["A red fox trotting", "through fresh snow"]
    assert fitted("A red fox trotting through fresh snow", 18, 200, 1) == ["A red fox trotting…"]
