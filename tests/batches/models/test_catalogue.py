"""The catalogue is BFL's specification, field by field, and a person finds their way in it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from batches.models import LANE_SLOTS, Endpoint, Kind, LaneClass, Lifecycle, UnknownModel, catalogue, find

FACTS = Path(__file__).with_name("facts.txt")


def facts() -> dict[str, list[str]]:
    """What facts.txt says of each endpoint: its standing, then its fields."""
    stated: dict[str, list[str]] = {}
    for block in FACTS.read_text().split("\n\n")[1:]:
        names, standing, fields = " ".join(block.split()).split(" : ")
        stated |= {name: [standing, *fields.split(", ")] for name in names.split()}
    return stated


def told(endpoint: Endpoint) -> list[str]:
    """The same, read from the schema that the endpoint shows to others."""
    schema: dict[str, Any] = endpoint.json_schema()
    openness = "open" if schema["additionalProperties"] else "closed"
    fields = [
        f"{name}{'!' if name in schema['required'] else ''} {field(shape)}"
        for name, shape in sorted(schema["properties"].items())
    ]
    return [f"{endpoint.lifecycle} {endpoint.lane} {openness}", *fields]


def field(shape: dict[str, Any]) -> str:
    """One field: its alternatives, each with its bounds, then its default."""
    forms = " or ".join(form(one) for one in shape.get("anyOf", [shape]))
    return f"{forms} = {json.dumps(shape['default'])}" if "default" in shape else forms


def form(shape: dict[str, Any]) -> str:
    """One alternative: `integer 256..1440 /32`, `string 1..256`, `string jpeg|png`, `null`."""
    least = shape.get("minimum", shape.get("minLength"))
    most = shape.get("maximum", shape.get("maxLength", ""))
    words = [
        shape["type"],
        "" if least is None else f"{least}..{most}",
        f"/{shape['multipleOf']}" if "multipleOf" in shape else "",
        "|".join(map(str, shape.get("enum", [shape["const"]] if "const" in shape else []))),
    ]
    return " ".join(filter(None, words))


@pytest.mark.parametrize("endpoint", catalogue(), ids=lambda endpoint: endpoint.name)
def test_every_endpoint_takes_exactly_what_bfl_specifies(endpoint: Endpoint) -> None:
    assert told(endpoint) == facts()[endpoint.name]


def test_no_endpoint_is_missing_and_none_is_invented() -> None:
    names = [endpoint.name for endpoint in catalogue()]
    assert sorted(names) == sorted(facts())
    assert len(names) == len(set(names))


def test_a_request_goes_to_the_path_of_the_name() -> None:
    assert find("flux-tools/erase-v1").path == "/v1/flux-tools/erase-v1"


def test_what_can_be_chosen_comes_first_and_what_is_gone_last() -> None:
    standing = [endpoint.lifecycle for endpoint in catalogue()]
    assert standing == sorted(standing, key=list(Lifecycle).index)


def test_a_lane_class_has_the_slots_bfl_grants_it() -> None:
    assert LANE_SLOTS == {LaneClass.STANDARD: 24, LaneClass.KONTEXT_MAX: 6, LaneClass.VIDEO: 5}
    narrow = [endpoint.name for endpoint in catalogue() if endpoint.lane is LaneClass.KONTEXT_MAX]
    assert narrow == ["flux-kontext-max"]


def test_only_the_training_endpoint_makes_something_else_than_an_image() -> None:
    assert [endpoint.name for endpoint in catalogue() if endpoint.produces != "image"] == ["finetune"]


def test_input_images_are_known_apart_from_other_texts() -> None:
    kontext = find("flux-kontext-pro")
    params = {"prompt": "a cat", "input_image_2": "b.png", "input_image": "a.png", "input_image_3": None}
    assert kontext.images(params) == ("a.png", "b.png")
    assert find("flux-3-image").images({"images": ["a.png", "b.png"]}) == ("a.png", "b.png")
    assert find("flux-3-image").images({"images": "a.png"}) == ("a.png",)


def test_every_mask_is_as_large_as_an_image_of_its_endpoint() -> None:
    masks = {}
    for endpoint in catalogue():
        kinds = {one.name: one.kind for one in endpoint.parameters}
        for one in endpoint.parameters:
            if one.same_size_as:
                masks[endpoint.name, one.name] = one.same_size_as
                assert one.kind == kinds[one.same_size_as] == Kind.IMAGE
    assert masks == {
        ("flux-pro-1.0-fill", "mask"): "image",
        ("flux-pro-1.0-fill-finetuned", "mask"): "image",
        ("flux-tools/erase-v1", "mask"): "image",
    }


def test_the_first_generation_alone_takes_no_urls() -> None:
    for endpoint in catalogue():
        images = [one for one in endpoint.parameters if one.kind in {Kind.IMAGE, Kind.IMAGES}]
        older = endpoint.name == "flux-dev" or endpoint.name.startswith("flux-pro")
        assert all(one.urls != older for one in images), endpoint.name


def test_an_endpoint_tells_machines_all_about_itself() -> None:
    flex = json.loads(json.dumps(find("flux-2-flex").as_json()))
    assert flex["path"] == "/v1/flux-2-flex"
    assert (flex["lane"], flex["slots"], flex["lifecycle"]) == ("standard", 24, "current")
    assert flex["price"]["first_mp"] == 5
    assert flex["parameters"]["required"] == ["prompt"]
    assert flex["images"][:2] == ["input_image", "input_image_2"]


def test_every_endpoint_survives_json() -> None:
    for endpoint in catalogue():
        assert json.loads(json.dumps(endpoint.as_json(), allow_nan=False)) == endpoint.as_json()


def test_people_get_a_sentence_for_every_endpoint_and_every_field() -> None:
    for endpoint in catalogue():
        for sentence in [endpoint.summary, *(one.sentence for one in endpoint.parameters)]:
            assert sentence.endswith("."), sentence


def test_a_misspelt_model_is_answered_with_the_one_that_was_meant() -> None:
    with pytest.raises(UnknownModel) as caught:
        find("flux-2-por")
    assert caught.value.message == 'There is no model "flux-2-por"; did you mean "flux-2-pro"?'
    assert caught.value.cure == "`fluxbatch models` lists them."


def test_a_model_like_no_other_is_answered_without_a_guess() -> None:
    with pytest.raises(UnknownModel, match=r'^There is no model "xyz"\.\n'):
        find("xyz")


def test_the_catalogue_loads_without_any_package_but_our_own() -> None:
    script = (
        "import sys; before = set(sys.modules); import batches.models; "
        "print(*{name.split('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == ["batches"]
