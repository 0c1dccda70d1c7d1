"""A plan knows its input images: they are there, they fit, and what is kept of them is a reference."""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batches.manifest import ManifestError
from batches.money import micro_credits as cr
from tests.pictures import picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.planning import Plan

    Planner = Callable[[str], Plan]
    Refused = Callable[[str], list[tuple[str, str, str]]]

KLEIN = "model: flux-2-klein-4b\n"
FILL = "model: flux-pro-1.0-fill\n"
RELATIVE = "paths are relative to the manifest"


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_job_holds_a_reference_and_never_the_bytes(plan: Planner) -> None:
    cat = picture(Path("photos/cat.jpg"))
    [job] = plan(KLEIN + "params: {input_image: photos/cat.jpg}\nprompts: [a hat]").jobs()
    assert job.params == {
        "prompt": "a hat",
        "input_image": {"file": str(cat.absolute()), "sha256": sha256(cat)},
    }


def test_the_same_bytes_under_another_name_are_the_same_job(plan: Planner) -> None:
    picture(Path("cat.png"))
    picture(Path("again.png"))
    picture(Path("dog.png"), colour=9)
    made = plan(KLEIN + "matrix: {params.input_image: [cat.png, again.png, dog.png]}\nprompts: [a]")
    cat, again, dog = made.jobs()
    assert cat.fingerprint == again.fingerprint != dog.fingerprint
    assert made.unique == 2


def test_a_url_counts_as_its_text(plan: Planner) -> None:
    url = "https://example.com/a.png?b=*"
    [job] = plan(KLEIN + f"params: {{input_image: '{url}'}}\nprompts: [a]").jobs()
    assert job.params["input_image"] == url
    assert (job.estimate.low or 0) < (job.estimate.high or 0), "nobody has measured it"


def test_an_image_is_billed_as_it_was_measured(plan: Planner) -> None:
    """FLUX.2 draws as large as its first input: 2 megapixels of output, and 2 and 1 of input."""
    picture(Path("wide.png"), 2048, 1000)
    picture(Path("small.png"), 64, 64)
    [job] = plan(KLEIN + "params: {input_image_2: small.png, input_image: wide.png}\nprompts: [a]").jobs()
    assert job.estimate.output_pixels == 2048 * 1000
    assert job.estimate.micro_credits == cr("1.4") + cr("0.1") + 3 * cr("0.1")


def test_a_folder_of_pictures_is_edited_each_with_its_own_size(plan: Planner) -> None:
    for number, name in enumerate(("a.jpg", "b.png", "c.webp")):
        picture(Path("photos") / name, 100 + number, 64)
    text = "params: {input_image: '{file}'}\nprompts: {from: photos/*, id: '{stem}', prompt: as a woodcut}"
    jobs = list(plan(KLEIN + text).jobs())
    assert [(job.row_id, job.prompt, job.estimate.output_pixels) for job in jobs] == [
        ("a", "as a woodcut", 6400),
        ("b", "as a woodcut", 6464),
        ("c", "as a woodcut", 6528),
    ]


def test_a_column_pairs_each_row_with_its_picture(plan: Planner) -> None:
    picture(Path("photos/7.jpg"))
    picture(Path("photos/8.png"), colour=1)
    Path("r.csv").write_text("prompt,photo\na,7\nb,8\nc,\n")
    entry = "prompts: {from: r.csv, params: {input_image: 'photos/{photo}.*'}}"
    with pytest.raises(ManifestError, match=r"r\.csv:4:1: `input_image`: no file matches photos/\.\*"):
        plan(KLEIN + entry)
    Path("r.csv").write_text("prompt,photo\na,7\nb,8\n")
    files = [job.params["input_image"]["file"] for job in plan(KLEIN + entry).jobs()]  # type: ignore[index]
    assert [Path(file).name for file in files] == ["7.jpg", "8.png"]


def test_a_column_may_hold_a_path_and_an_empty_cell_takes_the_default(plan: Planner) -> None:
    picture(Path("own.png"))
    picture(Path("default.png"), colour=1)
    Path("r.csv").write_text("prompt,params.input_image\na,own.png\nb,\n")
    jobs = plan(KLEIN + "params: {input_image: default.png}\nprompts: {from: r.csv}").jobs()
    assert [Path(job.params["input_image"]["file"]).name for job in jobs] == ["own.png", "default.png"]  # type: ignore[index]


def test_filled_texts_are_read_as_what_the_model_takes(plan: Planner) -> None:
    Path("r.csv").write_text("prompt,w,who\na,512,0042\n")
    [job] = plan("model: flux-dev\nparams: {width: '{w}', user: '{who}'}\nprompts: {from: r.csv}").jobs()
    assert (job.params["width"], job.params["user"]) == (512, "0042")


def test_a_list_of_images_takes_patterns_and_urls(plan: Planner) -> None:
    for number in range(3):
        picture(Path(f"p/{number}.png"), 300, 300, colour=number)
    [job] = plan("model: flux-3-image\nparams: {images: ['p/*', 'https://example.com/x']}\nprompts: [a]").jobs()
    *files, url = job.params["images"]  # type: ignore[misc]
    assert [Path(one["file"]).name for one in files] == ["0.png", "1.png", "2.png"]
    assert url == "https://example.com/x"


def test_null_leaves_an_image_out(plan: Planner) -> None:
    text = "model: flux-3-image\nparams: {images: missing.png}\nprompts: [{prompt: a, params: {images: null}}]"
    [job] = plan(text).jobs()
    assert job.params["images"] is None


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        (
            "params: {input_image: none.png}\nprompts: [a, b]",
            "m.yaml:4:23",
            "cannot read none.png: there is no such file",
            RELATIVE,
        ),
        ("params: {input_image: ftp://x/y}\nprompts: [a]", "m.yaml:4:23", "ftp://x/y is no http(s) URL", "name a file"),
        (
            "prompts: [{prompt: a, params: {input_image: 'p/*'}}]",
            "m.yaml:4:45",
            "5 files match p/*: p/0.png, p/1.png, p/2.png …",
            "one is wanted here",
        ),
        ("params: {input_image: 'p/9*'}\nprompts: [a]", "m.yaml:4:23", "no file matches p/9*", RELATIVE),
        ("prompts: {from: r.csv}", "r.csv:2:1", "no file matches p/x*", RELATIVE),
        ("matrix: {params.input_image: [p/0.png, n]}\nprompts: [a]", "m.yaml:4:40", "cannot read n: there", RELATIVE),
        (
            "params: {input_image: 'data:image/png;base64,aa'}\nprompts: [a]",
            "m.yaml:4:23",
            "this is a picture",
            "a man",
        ),
        (f"params: {{input_image: {200 * 'a'}=}}\nprompts: [a]", "m.yaml:4:23", "this is a picture as text", "a man"),
    ],
)
def test_an_image_that_cannot_be_used_is_named_where_it_is_said(
    text: str, place: str, message: str, hint: str, refused: Refused
) -> None:
    for number in range(5):
        picture(Path(f"p/{number}.png"))
    Path("r.csv").write_text("prompt,params.input_image\na,p/x*\n")
    [(where, told, cure)] = refused(KLEIN + text)
    assert where == place
    assert told.startswith(f"`input_image`: {message}")
    assert cure.startswith(hint)


def test_more_than_ten_images_in_one_list_are_refused(refused: Refused) -> None:
    for number in range(11):
        picture(Path(f"p/{number:02}.png"))
    [(_, message, hint)] = refused("model: flux-3-image\nparams: {images: 'p/*'}\nprompts: [a]")
    assert message == "`images`: 11 files match p/*: p/00.png, p/01.png, p/02.png …"
    assert hint == "at most 10 are wanted here"


@pytest.mark.parametrize("where", ["params: {{input_image: '{}'}}\nprompts: [a]", "prompts: {{from: r.csv}}"])
def test_base64_is_refused_and_not_repeated(where: str, refused: Refused) -> None:
    text = b64encode(picture(Path("a.png"), 64, 64).read_bytes()).decode()
    Path("r.csv").write_text(f"prompt,params.input_image\na,{text}\n")
    [(_, message, hint)] = refused(KLEIN + where.format(text))
    assert message == "`input_image`: this is a picture as text"
    assert hint == "a manifest names files or URLs: write it into a file"


def test_a_mask_is_as_large_as_its_image(plan: Planner, refused: Refused) -> None:
    for size in (64, 65):
        picture(Path(f"{size}.png"), 100, size)
    text = "params: {{image: 64.png, mask: {}}}\nprompts: [{{id: a}}]"
    assert plan(FILL + text.format("64.png")).unique == 1
    assert plan(FILL + text.format("'https://example.com/a.png'")).unique == 1, "nobody has measured it"
    [(_, message, hint)] = refused(FILL + text.format("65.png"))
    assert message == "`mask`: 65.png has 100x65 pixels and 64.png 100x64"
    assert hint == "make it as large as `image`"


def test_a_url_is_warned_of_where_bfl_speaks_of_none(plan: Planner) -> None:
    picture(Path("a.png"))
    for image, warnings in (
        ("https://example.com/a", ("flux-dev may refuse a URL as `image_prompt`: name a file",)),
        ("a.png", ()),
    ):
        assert plan(f"model: flux-dev\nparams: {{image_prompt: '{image}'}}\nprompts: [a]").warnings == warnings


class TestLater:
    """Between the plan and the submission."""

    TEXT = KLEIN + "params: {input_image: a.png}\nprompts: [a]"

    def test_an_image_that_changed_is_named(self, plan: Planner) -> None:
        picture(Path("a.png"))
        made = plan(self.TEXT)
        picture(Path("a.png"), colour=1)
        os.utime("a.png", (1, 1))
        with pytest.raises(ManifestError, match=r"a\.png changed while it was being planned and submitted"):
            list(made.jobs())

    def test_an_image_that_is_gone_is_named(self, plan: Planner) -> None:
        picture(Path("a.png"))
        made = plan(self.TEXT)
        Path("a.png").unlink()
        with pytest.raises(ManifestError, match=r"cannot read a\.png: there is no such file"):
            list(made.jobs())

    def test_an_edited_image_is_another_plan(self, plan: Planner) -> None:
        picture(Path("a.png"))
        before = plan(self.TEXT)
        picture(Path("a.png"), colour=1)
        assert plan(self.TEXT).fingerprint != before.fingerprint


def test_the_fingerprint_is_of_the_digest_alone(plan: Planner) -> None:
    cat = picture(Path("cat.png"))
    [job] = plan(KLEIN + "params: {input_image: cat.png}\nprompts: [a]").jobs()
    params = {"input_image": {"sha256": sha256(cat)}, "prompt": "a"}
    spelt = json.dumps({"model": "flux-2-klein-4b", "params": params}, sort_keys=True, separators=(",", ":"))
    assert job.fingerprint == hashlib.sha256(spelt.encode()).hexdigest()
