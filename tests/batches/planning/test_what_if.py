"""The same manifest with something changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches import load
from batches.errors import FluxbatchError
from batches.models import latency_of
from batches.planning import Changed, Impossible, Premises, make_plan, read_overrides, what_if

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Asker = Callable[..., list[Changed | Impossible]]

TWO_MODELS = """
params: {width: 1024, height: 1024}
prompts:
  - {prompt: a, model: flux-2-pro}
  - {prompt: b, model: flux-dev, params: {steps: 9}}
"""


@pytest.fixture
def ask(tmp_path: Path) -> Asker:
    """What these changes make of the manifest with these lines."""

    def asker(text: str, *changes: str) -> list[Changed | Impossible]:
        path = tmp_path / "m.yaml"
        path.write_text(f"version: 1\nname: hello\n{text}")
        manifest = load(path)
        planned = make_plan(manifest)
        overrides = [read_overrides(change, [line.model for line in planned.models]) for change in changes]
        return list(what_if(manifest, planned, overrides, Premises()))

    return asker


def test_another_model_makes_every_row(ask: Asker) -> None:
    [found] = ask(TWO_MODELS, "model=flux-2-klein-4b")
    assert isinstance(found, Changed)
    assert [(line.model, line.jobs) for line in found.plan.models] == [("flux-2-klein-4b", 2)]
    assert found.difference == 2_800_000 - 5_500_000  # 2 x 1.4 for 3 + 2.5
    assert found.seconds == latency_of("flux-2-klein-4b").seconds


def test_what_the_other_model_does_not_take_is_left_out_and_named(ask: Asker) -> None:
    [found] = ask(TWO_MODELS, "model=flux-2-klein-4b")
    assert isinstance(found, Changed)
    assert found.notes == ("flux-2-klein-4b goes without steps",)


def test_a_parameter_goes_before_whatever_a_row_says(ask: Asker) -> None:
    [found] = ask("model: flux-dev\nprompts: [{prompt: a, params: {width: 512}}, b]", "width=256,height=256")
    assert isinstance(found, Changed)
    assert found.plan.output_pixels == 2 * 256 * 256
    assert [job.params["width"] for job in found.plan.jobs()] == [256, 256]


def test_a_format_goes_before_the_one_of_the_output(ask: Asker) -> None:
    [found] = ask("model: flux-dev\noutput: {format: png}\nprompts: [a]", "output_format=webp")
    assert isinstance(found, Changed)
    assert found.plan.models[0].stored_pixels.keys() == {"webp"}


def test_a_parameter_reaches_the_models_that_take_it(ask: Asker) -> None:
    [found] = ask("models: [flux-dev, flux-kontext-pro]\nprompts: [a]", "width=512")
    assert isinstance(found, Changed)
    assert found.notes == ("flux-kontext-pro goes without width",)
    assert found.plan.output_pixels == 512 * 768 + 1024 * 1024


def test_models_that_become_one_make_each_image_once(ask: Asker) -> None:
    text = "models: [flux-dev, flux-2-pro]\noutput: {name: '{id}-{model}'}\nprompts: [a]"
    [found] = ask(text, "model=flux-2-klein-4b")
    assert isinstance(found, Changed)
    assert (found.plan.asked, found.plan.unique) == (2, 1)


def test_what_cannot_be_planned_says_why(ask: Asker) -> None:
    [found] = ask(TWO_MODELS, "width=wide")
    assert isinstance(found, Impossible)
    assert found.reason.startswith("`width` is 'wide'; it must be a whole number")


def test_several_are_also_asked_all_at_once(ask: Asker) -> None:
    found = ask(TWO_MODELS, "model=flux-2-klein-4b", "height=2048")
    assert [one.name for one in found] == ["model=flux-2-klein-4b", "height=2048", "all of these"]
    assert isinstance(found[1], Impossible)  # flux-dev draws no more than 1440
    assert isinstance(found[2], Changed)
    assert found[2].plan.micro_credits == 3_000_000  # 2 x 1.5


def test_alternatives_are_not_asked_at_once(ask: Asker) -> None:
    assert len(ask(TWO_MODELS, "model=flux-2-klein-4b", "model=flux-2-max")) == 2


def test_a_difference_with_an_unknown_price_is_unknown(ask: Asker) -> None:
    [found] = ask(TWO_MODELS, "model=flux-2-klein-base-4b-finetuned,finetune_id=x")
    assert isinstance(found, Changed)
    assert (found.difference, found.plan.unknown_prices) == (None, 2)


def test_the_plan_itself_stays(ask: Asker) -> None:
    found = ask(TWO_MODELS, "width=1024")
    assert isinstance(found[0], Changed)
    assert (found[0].difference, found[0].notes) == (0, ())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("model=flux-2-por", 'did you mean "flux-2-pro"?'),
        ("widht=9", 'Did you mean "width"?'),
        ("modle=flux-dev", 'Did you mean "model"?'),
        ("model=flux-2-pro,steps=9", "`steps` is not a parameter of flux-2-pro."),
        ("webhook_url=http://x", "is not a parameter of"),
        ("width", "is no what-if"),
        ("width=", "is no what-if"),
        ("width=1,width=2", "is no what-if"),
        ("", "is no what-if"),
    ],
)
def test_a_change_that_says_nothing_is_refused(change: str, said: str, ask: Asker) -> None:
    with pytest.raises(FluxbatchError) as caught:
        ask(TWO_MODELS, change)
    assert said in str(caught.value)
