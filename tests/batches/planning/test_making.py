"""Which jobs a manifest comes to."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from batches.manifest import ManifestError
from batches.models import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.planning import Plan

    Planner = Callable[[str], Plan]

DEV = "model: flux-dev\n"


def test_a_job_says_all_that_is_to_be_sent(plan: Planner) -> None:
    text = """
model: flux-dev
params: {width: 512, height: 512, steps: 20}
labels: {project: demo}
output: {format: png}
prompts:
  - id: owl
    prompt: An owl
    params: {height: 256}
    labels: {series: birds}
    seeds: [7]
"""
    [job] = plan(text).jobs()
    assert (job.number, job.row_id, job.model) == (1, "owl", "flux-dev")
    assert (job.path, job.lane) == ("/v1/flux-dev", "standard")
    assert job.params == {
        "prompt": "An owl",
        "width": 512,
        "height": 256,
        "steps": 20,
        "seed": 7,
        "output_format": "png",
    }
    assert (job.prompt, job.seed, job.output_name) == ("An owl", 7, "0001-owl.png")
    assert job.labels == {"project": "demo", "series": "birds"}
    assert job.estimate == Estimate(
        low=2_500_000, micro_credits=2_500_000, high=2_500_000, output_pixels=512 * 256, input_pixels=0
    )


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        ("model: flux-dev", "jpeg"),  # the model's own
        ("model: flux-kontext-pro", "png"),  # the model's own
        ("model: flux-kontext-pro\nparams: {output_format: null}", "png"),  # null leaves it to the model
        ("model: flux-dev\nparams: {output_format: webp}", "webp"),
        ("model: flux-dev\noutput: {format: webp}", "webp"),
        ("model: flux-dev\noutput: {format: webp}\nparams: {output_format: webp}", "webp"),
        ("model: flux-3-image\noutput: {format: webp}", "jpeg"),  # offers no choice
    ],
)
def test_the_extension_is_of_the_format_that_will_come(text: str, extension: str, plan: Planner) -> None:
    [job] = plan(f"{text}\nprompts: [a]").jobs()
    assert job.output_name == f"0001-a.{extension}"


class TestCopies:
    """How many images of a prompt, and what tells them apart."""

    def test_one_prompt_is_one_image_whose_seed_the_server_draws(self, plan: Planner) -> None:
        [job] = plan(DEV + "prompts: [a]").jobs()
        assert job.seed is None
        assert "seed" not in job.params

    def test_each_prompt_once_per_seed(self, plan: Planner) -> None:
        jobs = list(plan(DEV + "seeds: [1, 2]\nprompts: [a, {prompt: b, seeds: [9]}]").jobs())
        assert [(job.prompt, job.seed) for job in jobs] == [("a", 1), ("a", 2), ("b", 9)]

    def test_repetitions_get_planned_seeds(self, plan: Planner) -> None:
        jobs = list(plan(DEV + "repeat: 3\nprompts: [a]").jobs())
        seeds = [job.seed for job in jobs]
        assert len(set(seeds)) == 3
        assert all(seed is not None and 0 <= seed < 2**31 for seed in seeds)
        assert [job.params["seed"] for job in jobs] == seeds

    def test_planned_seeds_are_the_same_in_every_version(self, plan: Planner) -> None:
        """Or a plan made before an upgrade would be another batch after it."""
        assert [job.seed for job in plan(DEV + "repeat: 2\nprompts: [a]").jobs()] == [254566046, 749375861]

    def test_planned_seeds_depend_on_neither_order_nor_number(self, plan: Planner) -> None:
        few = list(plan(DEV + "repeat: 2\nprompts: [a, b]").jobs())
        more = list(plan(DEV + "repeat: 3\nprompts: [b, a]").jobs())
        assert {job.fingerprint for job in few} < {job.fingerprint for job in more}

    def test_a_model_without_seeds_is_asked_again(self, plan: Planner) -> None:
        jobs = list(plan("model: flux-3-image\nrepeat: 2\nprompts: [a]").jobs())
        assert [job.params for job in jobs] == 2 * [{"prompt": "a"}]
        assert len({job.fingerprint for job in jobs}) == 2

    def test_a_seed_in_params_is_for_every_copy(self, plan: Planner) -> None:
        jobs = list(plan(DEV + "params: {seed: 5}\nrepeat: 2\nprompts: [a]").jobs())
        assert [job.seed for job in jobs] == [5, 5]
        assert len({job.fingerprint for job in jobs}) == 2

    def test_seeds_and_repetitions_multiply(self, plan: Planner) -> None:
        jobs = list(plan(DEV + "seeds: [1, 2]\nrepeat: 2\nprompts: [a]").jobs())
        assert [job.seed for job in jobs] == [1, 1, 2, 2]


class TestDuplicates:
    """The same request twice is made once; the others get copies of it."""

    def test_are_jobs_that_are_copies(self, plan: Planner) -> None:
        made = plan(DEV + "prompts:\n  - a\n  - b\n  - a\n  - a\n")
        assert (made.asked, made.unique, made.copies) == (4, 2, 2)
        assert [(job.number, job.prompt, job.occurrence) for job in made.jobs()] == [
            (1, "a", 1),
            (2, "b", 1),
            (3, "a", 2),
            (4, "a", 3),
        ]

    def test_are_billed_once(self, plan: Planner) -> None:
        assert plan(DEV + "prompts: [a, a]").micro_credits == plan(DEV + "prompts: [a]").micro_credits

    def test_warns_with_the_place_and_the_cure(self, plan: Planner) -> None:
        assert plan(DEV + "prompts:\n  - a\n  - b\n  - a\n  - a\n").warnings == (
            ("2 images are asked for again, first at m.yaml:7:5: a copy is free; `repeat` makes several of one prompt"),
        )

    @pytest.mark.parametrize(
        ("prompts", "unique"),
        [
            ("[{prompt: a, id: x}, {prompt: a, id: y}]", 1),  # ids are not sent
            ("[{prompt: a, params: {steps: 28}}, a]", 2),  # what is sent differs, though 28 is the default
            ("[{prompt: a, labels: {x: y}}, a]", 1),  # labels are not sent
            ("[{prompt: a, model: flux-dev}, a]", 1),  # the same model, said otherwise
        ],
    )
    def test_what_is_the_same(self, prompts: str, unique: int, plan: Planner) -> None:
        assert plan(DEV + f"prompts: {prompts}").unique == unique


class TestWarnings:
    """What is allowed, but probably not meant."""

    def test_a_retired_model_is_named_once(self, plan: Planner) -> None:
        assert plan("model: flux-pro\nprompts: [a, {prompt: b, params: {steps: 9}}]").warnings == (
            "flux-pro is retired: BFL may refuse it",
        )

    def test_a_format_that_cannot_reach_the_model(self, plan: Planner) -> None:
        [warning] = plan("model: flux-3-image\noutput: {format: png}\nprompts: [a]").warnings
        assert warning == "flux-3-image chooses its own file format: `output.format` does not reach it"


class TestSameness:
    """A plan is a value: the same manifest gives the same one."""

    TEXT = DEV + "repeat: 2\nprompts: [a, {prompt: b, id: x, params: {steps: 9}}]"

    def test_planning_again_gives_an_equal_plan(self, plan: Planner) -> None:
        assert plan(self.TEXT) == plan(self.TEXT)

    @pytest.mark.parametrize(
        "other",
        [
            TEXT.replace("repeat: 2", "repeat: 3"),
            TEXT.replace("steps: 9", "steps: 8"),
            TEXT.replace("id: x", "id: y"),
            TEXT + "\noutput: {name: 'z-{number}'}",
        ],
    )
    def test_a_plan_of_other_jobs_or_names_has_another_fingerprint(self, other: str, plan: Planner) -> None:
        assert plan(other).fingerprint != plan(self.TEXT).fingerprint

    def test_comments_and_labels_change_the_bytes_and_not_the_plan(self, plan: Planner) -> None:
        one, other = plan(self.TEXT), plan(self.TEXT + "\nlabels: {a: b} # a thought")
        assert one.manifest_sha256 != other.manifest_sha256
        assert one.fingerprint == other.fingerprint

    def test_fingerprints_are_the_same_in_every_version(self, plan: Planner) -> None:
        """Or everything that was made before an upgrade would be paid again after it."""
        [job] = plan(DEV + "prompts: [a]").jobs()
        assert job.fingerprint == "10687c023d134cfba81eb0dcad2b3e5f3e413f4b943a78e7ca3843f5a6127952"


class TestTotals:
    """What it comes to."""

    TEXT = """
prompts:
  - {prompt: a, model: flux-2-pro, params: {width: 1024, height: 2048}}
  - {prompt: b, model: flux-dev, params: {width: 512, height: 512}}
  - {prompt: b, model: flux-dev, params: {width: 512, height: 512}}
  - {prompt: c, model: flux-2-klein-base-4b-finetuned, params: {finetune_id: x}}
"""

    def test_the_bill_is_the_sum_of_what_is_known(self, plan: Planner) -> None:
        made = plan(self.TEXT)
        assert made.micro_credits == 4_500_000 + 2_500_000  # 3 + 1.5 for the second megapixel; 2.5
        assert made.unknown_prices == 1
        assert made.output_pixels == 1024 * 2048 + 512 * 512 + 1024 * 1024

    def test_the_bill_has_a_line_for_each_model(self, plan: Planner) -> None:
        lines = plan(self.TEXT).models
        assert [(line.model, line.jobs, line.output_pixels, line.micro_credits) for line in lines] == [
            ("flux-2-pro", 1, 1024 * 2048, 4_500_000),
            ("flux-dev", 1, 512 * 512, 2_500_000),
            ("flux-2-klein-base-4b-finetuned", 1, 1024 * 1024, 0),
        ]

    def test_as_json_tells_it_to_machines(self, plan: Planner) -> None:
        told = plan(self.TEXT).as_json()
        assert (told["name"], told["jobs"], told["unique_jobs"], told["unknown_prices"]) == ("hello", 4, 3, 1)
        known = {"credits": 7, "usd": 0.07}
        assert told["cost"] == {**known, "low": known, "high": known}
        assert told["output_megapixels"] == 3.407872
        assert {model: (line["jobs"], line["copies"], line["credits"]) for model, line in told["models"].items()} == {
            "flux-2-pro": (1, 0, 4.5),
            "flux-dev": (1, 1, 2.5),
            "flux-2-klein-base-4b-finetuned": (1, 0, 0),
        }
        assert len(told["warnings"]) == 1

    def test_amounts_survive_json_to_the_last_digit(self, plan: Planner) -> None:
        told = json.loads(json.dumps(plan("model: flux-2-klein-4b\nprompts: [a, b, c]").as_json()))
        assert Decimal(str(told["cost"]["credits"])) == Decimal("4.2")
        assert Decimal(str(told["cost"]["usd"])) == Decimal("0.042")


class TestExpansion:
    """What many images of one prompt come to."""

    def test_a_range_of_seeds_is_a_list_of_them(self, plan: Planner) -> None:
        assert [job.seed for job in plan(DEV + "seeds: 3..5\nprompts: [a]").jobs()] == [3, 4, 5]

    def test_a_range_is_counted_and_not_held(self, plan: Planner) -> None:
        with pytest.raises(ManifestError, match=r"more than 10,000,000 images"):
            plan(DEV + "seeds: 1..999999999\nprompts: [a]")

    def test_the_seed_of_the_batch_takes_the_place_of_its_name(self, plan: Planner) -> None:
        named, seeded, other = (
            [job.seed for job in plan(f"{DEV}repeat: 2\n{seed}\nprompts: [a]").jobs()]
            for seed in ("", "seed: 1", "seed: 2")
        )
        assert named == [254566046, 749375861]
        assert len({*named, *seeded, *other}) == 6

    def test_models_are_compared_on_the_same_seeds(self, plan: Planner) -> None:
        jobs = list(plan("models: [flux-dev, flux-2-pro]\nrepeat: 2\nprompts: [a]").jobs())
        assert [job.model for job in jobs] == ["flux-dev", "flux-dev", "flux-2-pro", "flux-2-pro"]
        assert [job.seed for job in jobs[:2]] == [job.seed for job in jobs[2:]]

    def test_parameters_of_a_variant_lie_over_the_defaults(self, plan: Planner) -> None:
        text = (
            "params: {width: 512, height: 512}\nmodels: {flux-dev: {width: 768, steps: 9}, flux-2-pro: }\nprompts: [a]"
        )
        dev, pro = plan(text).jobs()
        assert dev.params == {"prompt": "a", "width": 768, "height": 512, "steps": 9}
        assert pro.params == {"prompt": "a", "width": 512, "height": 512}
        assert [line.model for line in plan(text).models] == ["flux-dev", "flux-2-pro"]
