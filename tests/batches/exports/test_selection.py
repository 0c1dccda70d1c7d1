"""Which pictures a question takes, and into which split they go."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from batches.errors import SettingError
from batches.exports import sample_of, splits_of
from batches.store.ledger import feeding
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from tests.batches.exports.gallery import Gallery

HALVES = splits_of("one=0.5,two=0.5")


def test_done_jobs_alone_are_taken_if_nothing_else_is_said(gallery: Gallery) -> None:
    batch = gallery.make(3, waiting=2)
    assert gallery.export(batch).page.items == 3


def test_tables_take_jobs_in_other_states(gallery: Gallery) -> None:
    batch = gallery.world.submit(3)
    assert gallery.export(batch, form="jsonl", states=(State.QUEUED, State.DONE)).page.items == 3
    [row, *_] = gallery.rows("jobs.jsonl")
    assert (row["state"], row["image"], row["bytes"], row["credits"]) == ("queued", "", None, 0.0)


def test_models_and_labels_narrow_it(gallery: Gallery) -> None:
    photos = gallery.make(4, labels=[{"style": "photo"}, {"style": "drawing", "season": "autumn"}])
    others = gallery.make(2, name="owl", model="flux-2-pro")
    export = gallery.export
    assert export(photos, others, models=("flux-2-pro",)).page.items == 2
    assert export(photos, others, labels=(("style", ("photo",)),), place=gallery.at("photo")).page.items == 4
    both = export(photos, labels=(("season", ("autumn",)), ("style", ("drawing", "photo"))), place=gallery.at("both"))
    assert both.page.items == 2


def test_pictures_of_one_prompt_are_in_one_split(gallery: Gallery) -> None:
    batch = gallery.make(20, prompts=[f"Animal {number}" for number in range(10)])
    gallery.export(batch, form="jsonl", splits=HALVES)
    splits = defaultdict(set)
    for row in gallery.rows("jobs.jsonl"):
        splits[row["prompt"]].add(row["split"])
    assert all(len(found) == 1 for found in splits.values())
    assert {split for found in splits.values() for split in found} == {"one", "two"}


@pytest.mark.parametrize(("word", "column"), [("row", "id"), ("label:style", "label_style")])
def test_other_things_can_be_kept_together(gallery: Gallery, word: str, column: str) -> None:
    batch = gallery.make(12, labels=[{"style": f"style-{number}"} for number in range(6)])
    gallery.export(batch, form="jsonl", splits=HALVES, split_by=word)
    rows = gallery.rows("jobs.jsonl")
    assert {row["split"] for row in rows} == {"one", "two"}
    assert all(row["split"] == HALVES.of(row[column]) for row in rows)


def test_a_sample_is_always_the_same_and_a_larger_one_has_it(gallery: Gallery) -> None:
    batch = gallery.make(20)

    def sampled(text: str, name: str) -> set[str]:
        place = gallery.at(name)
        gallery.export(batch, form="jsonl", sample=sample_of(text), place=place)
        return set(place.get("jobs.jsonl").decode().splitlines())

    five = sampled("5", "five")
    assert len(five) == 5
    assert sampled("5", "five again") == five
    assert five < sampled("12", "twelve")
    assert len(sampled("50%", "half")) == pytest.approx(10, abs=5)
    with pytest.raises(SettingError, match=r"Nothing is in a sample of 0\.1%"):
        sampled("0.1%", "none")
    assert len(sampled("100", "more than there are")) == 20


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"models": ("flux-devv",)}, '--model flux-devv takes no job .*; did you mean "flux-dev"?'),
        ({"labels": (("style", ("foto",)),)}, '--label style=foto takes no job .*; did you mean "style=photo"?'),
        ({"labels": (("stile", ("photo",)),)}, '--label stile=photo takes no job .*; did you mean "style=photo"?'),
        ({"split_by": "label:stile"}, '--split-by stile takes no job .*; did you mean "style"?'),
    ],
    ids=["a model", "a value", "a label", "a label to keep together"],
)
def test_what_no_job_has_is_misspelt(gallery: Gallery, asked: dict[str, object], said: str) -> None:
    batch = gallery.make(1)
    with pytest.raises(SettingError, match=said):
        gallery.export(batch, **asked)


def test_a_batch_without_pictures_is_nothing_to_export(gallery: Gallery) -> None:
    batch = gallery.world.submit(1)
    gallery.world.do(feeding.close_ended_batches, gallery.world.now)
    with pytest.raises(SettingError, match="nothing to export"):
        gallery.export(batch)
    assert gallery.files() == {}


def test_a_sample_of_the_same_manifest_is_the_same_when_it_is_run_again(gallery: Gallery) -> None:
    for name in ("today", "tomorrow"):
        gallery.export(gallery.make(9, name=name), form="jsonl", sample=sample_of("3"), place=gallery.at(name))
    today, tomorrow = (
        [json.loads(line)["id"] for line in gallery.at(name).get("jobs.jsonl").splitlines()]
        for name in ("today", "tomorrow")
    )
    assert today == tomorrow


def test_several_batches_have_names_of_their_own(gallery: Gallery) -> None:
    first, second = gallery.make(1), gallery.make(1, name="owl")
    gallery.export(first, second)
    assert [row["file_name"] for row in gallery.rows()] == [f"{first}-0001-row-1.png", f"{second}-0001-row-1.png"]


def test_the_text_is_the_prompt_that_was_asked_for_or_the_one_that_was_used(gallery: Gallery) -> None:
    batch = gallery.make(1)
    gallery.export(batch)
    assert gallery.rows()[0]["text"] == "A fox"
    place = gallery.at("used")
    gallery.export(batch, caption="used", form="jsonl", place=place)
    assert b'"text": "A fox, sharp", "prompt": "A fox"' in place.get("jobs.jsonl")
