"""Parameters are judged before anything is sent: all problems at once, in words, with what was meant."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batches.models import Endpoint, Kind, Parameter, ParameterProblem, catalogue, find

DEV = find("flux-dev")
RATIO = find("flux-kontext-pro")
BOUNDED = {
    parameter
    for endpoint in catalogue()
    for parameter in endpoint.parameters
    if parameter.minimum is not None or parameter.maximum is not None
}


def only_problem(model: str, **params: object) -> ParameterProblem:
    """The one thing wrong with these parameters."""
    (problem,) = find(model).check(params)
    return problem


@pytest.mark.parametrize(
    ("model", "params", "reason"),
    [
        ("flux-dev", {}, "nothing is required"),
        ("flux-dev", {"width": 256, "height": 1440}, "both ends of a range are allowed"),
        ("flux-dev", {"guidance": 2}, "a whole number is a number"),
        ("flux-dev", {"seed": None}, "null leaves it to the server"),
        ("flux-dev", {"seed": 2**64}, "BFL names no bounds for a seed"),
        ("flux-dev", {"user": "u" * 256}, "the greatest length is allowed"),
        ("flux-dev", {"output_format": "webp"}, "one of the choices"),
        ("flux-kontext-pro", {"prompt": "", "aspect_ratio": "21:9"}, "the widest ratio"),
        ("flux-kontext-pro", {"prompt": "", "aspect_ratio": "9:21"}, "the tallest ratio"),
        ("flux-kontext-pro", {"prompt": "", "aspect_ratio": "7:3"}, "21:9 in other words"),
        ("flux-3-image", {"prompt": "", "aspect_ratio": "auto"}, "the server may choose the ratio"),
        ("flux-3-image", {"prompt": "", "images": "a.png"}, "one image needs no list"),
        ("flux-3-image", {"prompt": "", "images": ["a.png"] * 10}, "ten images are allowed"),
        (
            "flux-2-klein-4b-finetuned",
            {"prompt": "", "finetune_id": "a", "finetune_strength": 7.5},
            "no range",
        ),
    ],
)
def test_what_bfl_takes_has_no_problem(model: str, params: dict[str, object], reason: str) -> None:
    assert find(model).check(params) == (), reason


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("width", 224, "`width` is 224; it must be a whole number from 256 to 1440 in steps of 32."),
        ("width", True, "`width` is true; it must be a whole number from 256 to 1440 in steps of 32."),
        ("width", 1024.0, "`width` is 1024.0; it must be a whole number from 256 to 1440 in steps of 32."),
        ("width", None, "`width` is null; it must be a whole number from 256 to 1440 in steps of 32."),
        ("seed", "7", "`seed` is '7'; it must be a whole number."),
        ("guidance", 5.01, "`guidance` is 5.01; it must be a number from 1.5 to 5."),
        ("guidance", float("nan"), "`guidance` is nan; it must be a number from 1.5 to 5."),
        ("prompt_upsampling", 1, "`prompt_upsampling` is 1; it must be true or false."),
        ("prompt", ["a"], "`prompt` is ['a']; it must be a text."),
        ("image_prompt", 5, "`image_prompt` is 5; it must be an image."),
        ("output_format", "gif", "`output_format` is 'gif'; it must be one of jpeg, png, webp."),
        ("user", "", "`user` is ''; it must be a text of 1 to 256 characters."),
    ],
)
def test_a_problem_names_the_value_and_what_is_allowed(name: str, value: object, message: str) -> None:
    assert only_problem("flux-dev", **{name: value}).message == message


@pytest.mark.parametrize(
    ("model", "name", "value", "hint"),
    [
        ("flux-dev", "heigth", 512, 'did you mean "height"?'),
        ("flux-dev", "Seed", 1, 'did you mean "seed"?'),
        ("flux-dev", "mood", "blue", ""),
        ("flux-dev", "output_format", "JPG", 'did you mean "jpeg"?'),
        ("flux-dev", "width", 1000, "the nearest allowed: 992 and 1024"),
        ("flux-dev", "width", 1441, "the nearest allowed: 1440"),
        ("flux-dev", "width", 1, "the nearest allowed: 256"),
        ("flux-dev", "guidance", 0, "the nearest allowed: 1.5"),
        ("flux-dev", "user", "u" * 257, "it has 257"),
        ("flux-dev", "width", "wide", ""),
        (
            "flux-pro-1.1-ultra",
            "aspect_ratio",
            969,
            'YAML reads a bare ratio as a number: write it in quotes, as in "16:9"',
        ),
    ],
)
def test_a_hint_says_what_was_probably_meant(model: str, name: str, value: object, hint: str) -> None:
    assert only_problem(model, **{name: value}).hint == hint


def test_all_problems_are_told_at_once() -> None:
    problems = find("flux-2-flex").check({"guidance": 11, "steps": 0, "widht": 64, "seed": None})
    assert [problem.name for problem in problems] == ["prompt", "guidance", "steps", "widht"]


def test_what_is_required_must_be_there() -> None:
    assert only_problem("flux-2-pro").message == "`prompt` is missing; it must be a text."


def test_a_field_that_bfl_would_ignore_is_a_problem_all_the_same() -> None:
    assert find("flux-dev").open
    assert only_problem("flux-dev", raw=True).message == "`raw` is not a parameter of flux-dev."


@pytest.mark.parametrize("name", ["webhook_url", "webhook_secret"])
@pytest.mark.parametrize("model", ["flux-2-pro", "flux-3-image"])
def test_a_manifest_does_not_set_what_the_workers_manage(model: str, name: str) -> None:
    problem = only_problem(model, prompt="a cat", **{name: "https://example.com"})
    assert problem == ParameterProblem(name, f"`{name}` is set by the workers.", "leave it out")
    assert not find(model).takes(name)


def test_an_endpoint_takes_its_own_parameters_only() -> None:
    assert find("flux-2-flex").takes("steps")
    assert not find("flux-2-pro").takes("steps")


@pytest.mark.parametrize("images", [[], ["a.png"] * 11, ["a.png", 5], 5])
def test_a_list_of_images_holds_one_to_ten_images(images: object) -> None:
    problem = only_problem("flux-3-image", prompt="a cat", images=images)
    assert problem.message.endswith("it must be an image or a list of 1 to 10 images.")


@pytest.mark.parametrize("ratio", ["22:9", "9:22", "1.5:1", "0:1", "1:0", "16/9", "16:9 ", "", "1:1:1", "\u0661:1"])
def test_a_ratio_is_w_to_h_and_not_beyond_21_to_9(ratio: str) -> None:
    problem = only_problem("flux-kontext-pro", prompt="a cat", aspect_ratio=ratio)
    assert problem.message.endswith("it must be a ratio W:H between 21:9 and 9:21.")


@given(width=st.integers(1, 200), height=st.integers(1, 200))
def test_a_ratio_is_measured_exactly(width: int, height: int) -> None:
    problems = RATIO.check({"prompt": "", "aspect_ratio": f"{width}:{height}"})
    assert (problems == ()) == (9 * width <= 21 * height and 9 * height <= 21 * width)


@pytest.mark.parametrize("parameter", sorted(BOUNDED, key=str), ids=lambda parameter: parameter.name)
def test_a_range_holds_its_ends_and_nothing_beyond(parameter: Parameter) -> None:
    beyond = 1e-9 if parameter.kind is Kind.NUMBER else 1
    for end, outward in ((parameter.minimum, -beyond), (parameter.maximum, beyond)):
        if end is not None:
            assert parameter.allows(end)
            assert not parameter.allows(end + outward)


@given(width=st.integers(0, 2000))
def test_a_stepped_range_allows_exactly_its_multiples_and_hints_at_allowed_values(width: int) -> None:
    problems = DEV.check({"width": width})
    assert (problems == ()) == (width in range(256, 1441, 32))
    for problem in problems:
        near = problem.hint.removeprefix("the nearest allowed: ").split(" and ")
        assert DEV.check({"width": int(near[0])}) == DEV.check({"width": int(near[-1])}) == ()


@given(guidance=st.floats(allow_nan=True, allow_infinity=True))
def test_a_range_of_numbers_allows_exactly_what_lies_in_it(guidance: float) -> None:
    assert (DEV.check({"guidance": guidance}) == ()) == (1.5 <= guidance <= 5)


@pytest.mark.parametrize("endpoint", catalogue(), ids=lambda endpoint: endpoint.name)
def test_what_bfl_takes_by_default_is_allowed(endpoint: Endpoint) -> None:
    assert all(one.default is None or one.allows(one.default) for one in endpoint.parameters)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, max_examples=200)
@given(endpoint=st.sampled_from(catalogue()), data=st.data())
def test_no_value_makes_a_check_fail_and_each_problem_is_a_sentence(endpoint: Endpoint, data: Any) -> None:
    names = st.sampled_from([one.name for one in endpoint.parameters]) | st.text()
    params = data.draw(st.dictionaries(names, ANYTHING, max_size=6))
    for problem in endpoint.check(params):
        assert problem.message.startswith(f"`{problem.name}` is ")
        assert problem.message.endswith(".")
