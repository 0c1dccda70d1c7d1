"""What each format looks like on the disk. Whether others read it is asked in test_readers."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
import tarfile
from typing import TYPE_CHECKING

import pytest

from batches.errors import SettingError
from batches.exports import Manner, Options, kind_of
from batches.exports.formats.tar import END, entry
from tests.batches.exports.gallery import png

if TYPE_CHECKING:
    from tests.batches.exports.gallery import Gallery


class TestImageFolder:
    """Pictures with a table beside them."""

    def test_a_picture_is_linked_within_a_disk(self, gallery: Gallery) -> None:
        batch = gallery.make(2)
        gallery.export(batch)
        made = gallery.folder / "dataset/train/0001-row-1.png"
        assert made.samefile(gallery.folder / f"images/{batch}/0001.png")

    def test_it_is_copied_when_asked(self, gallery: Gallery) -> None:
        gallery.export(gallery.make(2), manner=Manner(copies=True))
        made = gallery.folder / "dataset/train/0001-row-1.png"
        assert made.stat().st_nlink == 1
        assert made.read_bytes() == png(1)

    def test_its_table_has_a_line_for_each(self, gallery: Gallery) -> None:
        batch = gallery.make(2)
        gallery.export(batch)
        first, second = gallery.rows()
        assert first == {
            "file_name": "0001-row-1.png", "text": "A fox", "prompt": "A fox", "model": "flux-dev", "seed": "1",
            "width": 32, "height": 24, "credits": 1.4, "sha256": hashlib.sha256(png(1)).hexdigest(), "batch": batch,
            "job": 1, "id": "row-1", "label_style": "photo",
        }  # fmt: skip
        assert second["file_name"] == "0002-row-2.png"

    def test_more_than_a_folder_takes_are_in_several_each_with_its_table(
        self, gallery: Gallery, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("batches.exports.formats.imagefolder.MOST", 2)
        gallery.export(gallery.make(3))
        assert [row["job"] for row in gallery.rows("train/0000/metadata.jsonl")] == [1, 2]
        assert [row["job"] for row in gallery.rows("train/0001/metadata.jsonl")] == [3]


class TestWebDataset:
    """Tar shards."""

    def test_the_same_question_gives_the_same_bytes(self, gallery: Gallery) -> None:
        batch = gallery.make(3)
        for name in ("one", "two"):
            gallery.export(batch, form="webdataset", place=gallery.at(name))
        assert gallery.at("one").get("train/00000.tar") == gallery.at("two").get("train/00000.tar")

    def test_each_picture_has_three_entries_of_one_name(self, gallery: Gallery) -> None:
        gallery.export(gallery.make(2), form="webdataset")
        with tarfile.open(gallery.folder / "dataset/train/00000.tar") as tar:
            assert tar.getnames() == [
                f"000{number}-row-{number}.{ending}" for number in (1, 2) for ending in ("png", "json", "txt")
            ]
            assert tar.extractfile("0001-row-1.png").read() == png(1)
            assert tar.extractfile("0001-row-1.txt").read() == b"A fox"
            assert json.load(tar.extractfile("0001-row-1.json"))["model"] == "flux-dev"

    def test_a_shard_is_closed_once_it_is_large_enough(self, gallery: Gallery) -> None:
        page = gallery.export(gallery.make(3), form="webdataset", options=Options(shard_bytes=3_000)).page
        assert [shard.items for shard in page.shards] == [1, 1, 1]
        index = json.loads(gallery.files()["index.json"])
        for shard in index["shardlist"]:
            data = gallery.place.get(shard["url"])
            assert (shard["filesize"], shard["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(
    ("name", "size"),
    [("a.png", 0), ("a.png", 512), ("ein-mäuschen.json", 513), ("x" * 100, 1), ("ü" * 51, 1), ("x" * 300, 70_000)],
    ids=["nothing", "a whole block", "a name with an umlaut", "the longest short name", "a long name", "a longer one"],
)
def test_an_entry_is_what_others_read(name: str, size: int) -> None:
    data = bytes(number % 251 for number in range(size))
    with tarfile.open(fileobj=io.BytesIO(b"".join([*entry(name, data), END]))) as tar:
        [info] = tar.getmembers()
        assert (info.name, info.mode, info.mtime, info.uid, info.isfile()) == (name, 0o644, 0, 0, True)
        assert tar.extractfile(info).read() == data


def test_a_table_has_a_column_for_each_label_and_exact_amounts(gallery: Gallery) -> None:
    batch = gallery.make(2, waiting=1, prompts=['Say "hi",\nfox'], labels=[{"style": "photo"}, {"season": "autumn"}])
    gallery.export(batch, form="csv")
    first, second = csv.DictReader(io.StringIO(gallery.files()["jobs.csv"].decode()))
    assert (first["prompt"], first["credits"], first["image"]) == ('Say "hi",\nfox', "1.4", f"{batch}/0001.png")
    assert (first["label_style"], first["label_season"], second["label_season"]) == ("photo", "", "autumn")


@pytest.mark.parametrize(("form", "options"), [("parquet", Options()), ("imagefolder", Options(metadata="parquet"))])
def test_without_pyarrow_it_says_what_to_install(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch, form: str, options: Options
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SettingError, match="needs pyarrow") as refused:
        gallery.export(gallery.make(1), form=form, options=options)
    assert "fluxbatch[parquet]" in refused.value.cure


def test_half_a_character_that_a_model_said_is_spelt_out(gallery: Gallery) -> None:
    batch = gallery.make(1)
    gallery.source.put(f"{batch}/0001.png.json", json.dumps({"prompt_used": "A fox \ud83d"}).encode())
    for form in ("imagefolder", "webdataset", "parquet", "csv", "jsonl"):
        gallery.export(batch, form=form, place=gallery.at(form), caption="used")
    assert b"A fox \\ud83d," in gallery.at("csv").get("jobs.csv")


def test_a_format_that_there_is_not_is_misspelt() -> None:
    with pytest.raises(SettingError, match=r'did you mean "webdataset"\?'):
        kind_of("webdatset")
