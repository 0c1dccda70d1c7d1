"""What a model does not take is said before anything is sent, where the manifest says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Refused = Callable[[str], list[tuple[str, str, str]]]

MISSPELT = 'There is no model "flux-2-por"; did you mean "flux-2-pro"?'
LISTED = "`fluxbatch models` lists them"


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        # the model
        ("prompts: [a]", "3:11", "no model is named", "name one here, or one for all at the top"),
        (
            "model: flux-2-por\nprompts: [a]",
            "3:8",
            MISSPELT,
            LISTED,
        ),
        ("prompts: [{prompt: a, model: x}]", "3:30", 'There is no model "x"', LISTED),
        (
            "prompts: [{prompt: a, model: finetune}]",
            "3:30",
            "finetune makes no images",
            "`fluxbatch models` lists those that do",
        ),
        # the prompt: missing, not wanted, in the wrong place
        (
            "model: flux-2-pro\nprompts: [{id: a}]",
            "4:11",
            "`prompt` is missing; it must be a text for flux-2-pro",
            "",
        ),
        (
            "model: flux-tools/deblur-v1\nparams: {image: 'https://example.com/a.png'}\nprompts: [a]",
            "5:11",
            "flux-tools/deblur-v1 takes no prompt",
            "leave it out and write an `id`",
        ),
        (
            "model: flux-dev\nparams: {prompt: b}\nprompts: [a]",
            "4:18",
            "`prompt` is not set here",
            "write it into `prompts`",
        ),
        # seeds
        (
            "model: flux-3-image\nseeds: [1]\nprompts: [a]",
            "4:8",
            "flux-3-image takes no seed",
            "`repeat` makes several of one prompt",
        ),
        (
            "model: flux-dev\nparams: {seed: 1}\nseeds: [1]\nprompts: [a]",
            "4:16",
            "`seed` is set here and in `seeds`",
            "keep one of them",
        ),
        # the format
        (
            "model: flux-dev\noutput: {format: png}\nprompts: [{prompt: a, params: {output_format: webp}}]",
            "5:47",
            "`output_format` is webp here and png in `output`",
            "keep one of them",
        ),
        (
            "model: flux-pro\noutput: {format: webp}\nprompts: [a]",
            "4:18",
            "`output_format` is 'webp'; it must be one of jpeg, png for flux-pro",
            "",
        ),
        # input images
        (
            "model: flux-2-pro\nparams: {input_image: cat.png}\nprompts: [a]",
            "4:23",
            "`input_image`: cannot read cat.png: there is no such file",
            "paths are relative to the manifest",
        ),
        (
            "model: flux-3-image\nparams: {images: ['https://example.com/a.png', b.png]}\nprompts: [a]",
            "4:18",
            "`images`: cannot read b.png: there is no such file",
            "paths are relative to the manifest",
        ),
        # the names of the files
        (
            "model: flux-dev\noutput: {name: '{ID}'}\nprompts: [a]",
            "4:16",
            "there is no placeholder {ID}",
            "placeholders are {id}, {model}, {seed}, {number}, {name}",
        ),
        (
            "model: flux-dev\noutput: {name: '{seed:04}'}\nprompts: [a]",
            "4:16",
            "there is no placeholder {seed:04}",
            "placeholders are {id}, {model}, {seed}, {number}, {name}",
        ),
        (
            "model: flux-dev\noutput: {name: '{id'}\nprompts: [a]",
            "4:16",
            "a brace is left open or closed alone",
            "write {{ or }} where a brace is meant",
        ),
        (
            "model: flux-dev\noutput: {name: '../{id}'}\nprompts: [a]",
            "4:16",
            "a file name cannot lead out of the images",
            "write a name or a folder and a name",
        ),
        # more than a machine holds
        (
            "model: flux-dev\nrepeat: 1000\nseeds: [1, 2]\nprompts: [a, {prompt: b, repeat: 1000000000000}]",
            "6:10",
            "this asks for more than 10,000,000 images, which is the most of one batch",
            "make several batches of it",
        ),
    ],
)
def test_a_refusal_says_where_and_how_to_mend_it(
    text: str, place: str, message: str, hint: str, refused: Refused
) -> None:
    assert refused(text) == [(f"m.yaml:{place}", message, hint)]


def test_a_wrong_default_is_reported_once_and_a_wrong_own_value_at_every_prompt(refused: Refused) -> None:
    wrong = "{prompt: a, params: {steps: 99}}"
    text = f"model: flux-dev\nparams: {{width: 100}}\nprompts:\n  - a\n  - b\n  - {wrong}\n  - {wrong}\n"
    assert [place for place, _, _ in refused(text)] == ["m.yaml:4:17", "m.yaml:8:33", "m.yaml:9:33"]


def test_a_default_must_fit_the_model_of_each_prompt(refused: Refused) -> None:
    text = "model: flux-2-pro\nparams: {width: 1600}\nprompts: [a, {prompt: b, model: flux-dev}]"
    [(place, message, hint)] = refused(text)
    assert place == "m.yaml:4:17"
    assert message == "`width` is 1600; it must be a whole number from 256 to 1440 in steps of 32 for flux-dev"
    assert hint.endswith("1440")


def test_a_line_of_a_prompt_file_is_blamed_at_its_own_place(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("a\n\nb\n")
    image = "'https://example.com/a.png'"
    text = f"model: flux-tools/deblur-v1\nparams: {{image: {image}}}\nprompts: {{from: p.txt}}"
    assert [place for place, _, _ in refused(text)] == ["p.txt:1:1", "p.txt:3:1"]


class TestCollisions:
    """Two images of one name: the second would overwrite the first."""

    @pytest.mark.parametrize(
        ("template", "prompts", "name"),
        [
            ("{id}", "[{id: a, prompt: x}, {id: A, prompt: y}]", "A.jpeg"),  # one file on macOS
            ("{id}", "[{id: \u00e9, prompt: x}, {id: e\u0301, prompt: y}]", "\u00e9.jpeg"),  # one letter, two spellings
            ("{id}", "[A fox, 'a fox!']", "a-fox.jpeg"),  # slugs agree
            ("same", "[{id: a, prompt: x}, {id: b, prompt: y}]", "same.jpeg"),
        ],
    )
    def test_both_prompts_are_named(self, template: str, prompts: str, name: str, refused: Refused) -> None:
        text = f"model: flux-dev\noutput: {{name: '{template}'}}\nprompts:\n  {prompts}"
        [(_, message, hint)] = refused(text)
        assert message == f"{name} is also the file of the prompt at m.yaml:6:4"
        assert hint == "begin `output.name` with {number}"

    def test_a_row_is_blamed_once_however_many_of_its_images_collide(self, refused: Refused) -> None:
        [(place, message, _)] = refused("model: flux-dev\noutput: {name: '{id}'}\nrepeat: 50\nprompts: [A fox]")
        assert place == "m.yaml:6:11"
        assert message == "a-fox.jpeg is also the file of another image of this prompt"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("models: {flux-dev: {steps: 99}, flux-2-pro: }", "3:28", "`steps` is 99; it must be a whole number"),
        ("model: flux-dev\nmatrix: {params.steps: [20, 99]}", "4:29", "`steps` is 99; it must be a whole number"),
        ("models: [flux-dev, flux-2-por]", "3:20", 'There is no model "flux-2-por"'),
        ("models: [flux-dev, flux-2-pro]\nparams: {steps: 20}", "4:17", "`steps` is not a parameter of flux-2-pro"),
    ],
)
def test_what_varies_is_blamed_where_it_is_said(text: str, place: str, message: str, refused: Refused) -> None:
    [(where, told, _)] = refused(f"{text}\nprompts: [a, b]")
    assert where == f"m.yaml:{place}"
    assert told.startswith(message)
