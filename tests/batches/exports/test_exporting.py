"""An export goes on where it was cut off, spoils nothing, and says what is wrong."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from batches.exports import ExportRefused, Manner, Options, PictureLost, splits_of
from batches.exports.claim import RENEW_SECONDS, STALE_SECONDS, Claim
from batches.store.images import FolderStore, ImageStoreFull, MemoryStore
from tests.batches.exports.gallery import png

if TYPE_CHECKING:
    from batches.exports import Progress
    from batches.store.images import Draft
    from tests.batches.exports.gallery import Gallery

TWO = Options(shard_count=2)
AGAIN, SKIPPING = Manner(again=True), Manner(skips=True)
FORMATS = ["imagefolder", "webdataset", "parquet", "csv", "jsonl"]


class CutOff(BaseException):
    """The process is killed."""


def cut_off_at(items: int) -> object:
    def told(progress: Progress) -> None:
        if progress.items == items:
            raise CutOff

    return told


@pytest.fixture(autouse=True)
def _small_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("batches.exports.formats.imagefolder.MOST", 2)


@pytest.mark.parametrize("form", FORMATS)
def test_cut_off_anywhere_it_goes_on_to_the_same_end(gallery: Gallery, form: str) -> None:
    """Two splits of two pictures per shard, cut off at each of six pictures in turn."""
    batch = gallery.make(6, prompts=["A fox", "An owl", "A whale"])
    asked = {"form": form, "options": TWO, "splits": splits_of("train=0.5,test=0.5")}
    gallery.export(batch, **asked)
    whole, page = gallery.files(), json.loads(gallery.place.get("export.json"))
    for items in range(1, 7):
        gallery.folder.joinpath("dataset").rename(gallery.folder / f"before {items}")
        with pytest.raises(CutOff):
            gallery.export(batch, told=cut_off_at(items), **asked)
        made = gallery.export(batch, **asked)
        assert made.is_new
        assert gallery.files() == whole
        assert json.loads(gallery.place.get("export.json")) == page


@pytest.mark.parametrize("form", FORMATS)
def test_any_image_store_takes_a_dataset(gallery: Gallery, form: str) -> None:
    batch, memory = gallery.make(3), MemoryStore()
    gallery.export(batch, form=form)
    gallery.export(batch, form=form, place=memory)
    assert {kept.key: memory.get(kept.key) for kept in memory.listing() if kept.key != "export.json"} == gallery.files()


def test_what_is_finished_is_not_written_again(gallery: Gallery) -> None:
    batch = gallery.make(3)
    done = []
    gallery.export(batch, form="webdataset", options=TWO, told=cut_off_at(100))
    with_first = gallery.folder / "dataset" / "train" / "00000.tar"
    before = with_first.stat().st_mtime_ns
    made = gallery.export(batch, form="webdataset", options=TWO, told=lambda progress: done.append(progress.items))
    assert (made.is_new, made.page.items, done) == (False, 3, [])
    assert with_first.stat().st_mtime_ns == before


def test_another_question_at_the_same_place_is_refused_with_the_difference(gallery: Gallery) -> None:
    batch = gallery.make(1)
    gallery.export(batch)
    with pytest.raises(ExportRefused, match='with caption "asked" instead of "used"') as refused:
        gallery.export(batch, caption="used", manner=AGAIN)
    assert "--to" in refused.value.cure


def test_a_place_with_anything_else_is_left_alone(gallery: Gallery) -> None:
    gallery.place.put("holiday/me.jpeg", b"me")
    with pytest.raises(ExportRefused, match=r"me\.jpeg"):
        gallery.export(gallery.make(1))
    assert list(gallery.files()) == ["holiday/me.jpeg"]


@pytest.mark.parametrize("page", [b"{}", b"[]", b"no JSON", b'{"claim": {}}', b"\xff"])
def test_a_page_that_is_not_ours_is_left_alone(gallery: Gallery, page: bytes) -> None:
    gallery.place.put("export.json", page)
    with pytest.raises(ExportRefused, match="was not written by this version"):
        gallery.export(gallery.make(1))
    assert gallery.place.get("export.json") == page


def test_batches_that_have_changed_are_exported_again_only_when_asked(gallery: Gallery) -> None:
    batch = gallery.make(3, waiting=2)
    gallery.export(batch)
    gallery.finish(gallery.world.call(room=1)[0])
    with pytest.raises(ExportRefused, match="it is of 3 jobs, and now there are 4"):
        gallery.export(batch)
    gallery.place.put("train/0009/stray.png", b"of an earlier export")
    assert gallery.export(batch, manner=AGAIN).page.items == 4
    assert sorted(key for key in gallery.files() if key.startswith("train")) == [
        *("train/0000/0001-row-1.png", "train/0000/0002-row-2.png", "train/0000/metadata.jsonl"),
        *("train/0001/0003-row-3.png", "train/0001/0004-row-4.png", "train/0001/metadata.jsonl"),
    ]


class TestClaims:
    """One process at a time."""

    def claimed(self, gallery: Gallery, claim: Claim) -> str:
        batch = gallery.make(5)
        with pytest.raises(CutOff):
            gallery.export(batch, told=cut_off_at(3))
        page = json.loads(gallery.place.get("export.json"))
        page["claim"] = {name: getattr(claim, name) for name in Claim.__slots__}
        gallery.place.put("export.json", json.dumps(page).encode())
        return batch

    def test_a_second_process_is_refused_while_the_first_lives(self, gallery: Gallery) -> None:
        batch = self.claimed(
            gallery, Claim(host=os.uname().nodename, pid=os.getppid(), token="t", at=gallery.world.now)
        )
        with pytest.raises(ExportRefused, match=f"Process {os.getppid()} on .* is writing"):
            gallery.export(batch)

    def test_one_that_died_here_is_no_hindrance(self, gallery: Gallery) -> None:
        nobody = 2**22 - 1  # above the largest pid of Linux by default
        batch = self.claimed(gallery, Claim(host=os.uname().nodename, pid=nobody, token="t", at=gallery.world.now))
        assert gallery.export(batch).page.finished

    def test_a_number_that_another_process_has_by_now_is_no_hindrance(self, gallery: Gallery) -> None:
        at = gallery.world.now - STALE_SECONDS
        batch = self.claimed(gallery, Claim(host=os.uname().nodename, pid=os.getppid(), token="t", at=at))
        assert gallery.export(batch).page.finished

    def test_elsewhere_it_is_dead_when_it_has_said_nothing_for_long(self, gallery: Gallery) -> None:
        batch = self.claimed(gallery, Claim(host="elsewhere", pid=1, token="t", at=gallery.world.now))
        gallery.world.now += STALE_SECONDS - 1
        with pytest.raises(ExportRefused, match="Process 1 on elsewhere"):
            gallery.export(batch)
        gallery.world.now += 2
        assert gallery.export(batch).page.finished

    def test_whoever_is_overtaken_steps_aside(self, gallery: Gallery) -> None:
        batch = gallery.make(5)

        def overtaken(progress: Progress) -> None:
            if progress.items == 1:
                page = json.loads(gallery.place.get("export.json"))
                page["claim"]["token"] = "another's"
                gallery.place.put("export.json", json.dumps(page).encode())
                gallery.world.now += RENEW_SECONDS + 1

        with pytest.raises(ExportRefused, match="taken over"):
            gallery.export(batch, told=overtaken)
        assert json.loads(gallery.place.get("export.json"))["claim"]["token"] == "another's"


class TestLostPictures:
    """The dataset has the pictures that were paid, or says which it has not."""

    @pytest.mark.parametrize("form", ["imagefolder", "webdataset", "parquet"])
    def test_one_that_is_gone_is_named_with_the_cure(self, gallery: Gallery, form: str) -> None:
        batch = gallery.make(3)
        gallery.source.delete(f"{batch}/0002.png")
        with pytest.raises(PictureLost, match=r"0002\.png, the picture of job 2 .* is gone") as lost:
            gallery.export(batch, form=form)
        assert f"fluxbatch verify {batch}" in lost.value.cure

    @pytest.mark.parametrize("form", ["imagefolder", "webdataset", "parquet"])
    def test_one_of_another_size_is_found(self, gallery: Gallery, form: str) -> None:
        batch = gallery.make(3)
        gallery.source.put(f"{batch}/0002.png", b"something else")
        with pytest.raises(PictureLost, match=r"0002\.png"):
            gallery.export(batch, form=form)

    @pytest.mark.parametrize(("form", "manner"), [("webdataset", Manner()), ("imagefolder", Manner(copies=True))])
    def test_one_of_the_same_size_is_found_wherever_bytes_pass(
        self, gallery: Gallery, form: str, manner: Manner
    ) -> None:
        batch = gallery.make(3)
        gallery.source.put(f"{batch}/0002.png", png(2)[::-1])
        with pytest.raises(PictureLost, match="is not the picture that was stored"):
            gallery.export(batch, form=form, manner=manner)

    @pytest.mark.parametrize("form", ["imagefolder", "webdataset", "parquet"])
    def test_they_are_left_out_and_counted_when_asked(self, gallery: Gallery, form: str) -> None:
        batch = gallery.make(5)
        gallery.source.delete(f"{batch}/0002.png")
        for number in (3, 4):  # all of a folder
            gallery.source.put(f"{batch}/000{number}.png", b"something else")
        page = gallery.export(batch, form=form, manner=SKIPPING).page
        assert (page.items, page.skipped) == (2, 3)
        assert b"2 pictures, made with models of Black Forest Labs; 3 were lost" in gallery.files()["README.md"]

    def test_a_caption_that_nobody_tells_is_lost_too(self, gallery: Gallery) -> None:
        batch = gallery.make(1)
        gallery.source.delete(f"{batch}/0001.png.json")
        with pytest.raises(PictureLost, match="has no sidecar"):
            gallery.export(batch, caption="used")


def test_a_full_disk_leaves_what_can_be_gone_on_with(gallery: Gallery) -> None:
    class Full(FolderStore):
        def keep(self, key: str, draft: Draft) -> None:
            if key == "train/00001.tar":
                raise ImageStoreFull("The disk is full.")
            super().keep(key, draft)

    batch = gallery.make(5)
    with pytest.raises(ImageStoreFull):
        gallery.export(batch, form="webdataset", options=TWO, place=Full(gallery.place.root))
    assert [key for key in gallery.files() if key.startswith("train")] == ["train/00000.tar"]
    done: list[int] = []
    gallery.export(batch, form="webdataset", options=TWO, told=lambda progress: done.append(progress.items))
    assert done == [3, 4, 5]
