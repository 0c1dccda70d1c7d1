"""The JSON Schema that editors complete and check manifests with: what it refuses is refused by the loader too."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from batches.manifest import ManifestError, read_manifest
from batches.manifest.compose import compose
from batches.models import Kind, Parameter, catalogue
from batches.planning import Plan, make_plan, manifest_schema
from tests.batches.planning.test_any_source import EXPANSION, VALUES
from tests.batches.planning.test_properties import BATCH, some
from tests.fuzzing import fuzzed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batches.models import Endpoint

    Planner = Callable[[str], Plan]
    Manifest = dict[str, Any]

ROOT = Path(__file__).parents[3]
SCHEMA = manifest_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
IMAGE_MODELS = [endpoint for endpoint in catalogue() if endpoint.produces == "image"]


def refusals(text: str) -> list[str]:
    """The paths to what the schema refuses."""
    document = compose(text, "m.yaml").value
    return sorted({error.json_path for error in VALIDATOR.iter_errors(document)})


class TestTheSchemaItself:
    """What an editor gets."""

    def test_it_is_valid_and_the_same_each_time(self) -> None:
        Draft202012Validator.check_schema(SCHEMA)
        assert json.dumps(manifest_schema()) == json.dumps(SCHEMA)

    def test_it_is_read_in_no_time(self) -> None:
        assert len(json.dumps(SCHEMA)) < 150_000

    @pytest.mark.parametrize("endpoint", IMAGE_MODELS, ids=lambda endpoint: endpoint.name)
    def test_each_model_has_a_block_with_all_that_a_manifest_may_set(self, endpoint: Any) -> None:
        block = SCHEMA["$defs"][endpoint.name]
        settable = {one.name for one in endpoint.parameters if endpoint.takes(one.name)} - {"prompt"}
        assert set(block["properties"]) == settable
        assert all(value["description"].endswith(".") for value in block["properties"].values())


PAGES = ["README.md", "docs/reference/manifest.md"]
WRITTEN = [
    *(
        (page, block)
        for page in PAGES
        for block in re.findall(r"```yaml\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    ),
    *((path.name, path.read_text()) for path in sorted((ROOT / "batches/examples").glob("*.yaml"))),
]


@pytest.mark.parametrize("text", [text for _, text in WRITTEN], ids=[name for name, _ in WRITTEN])
def test_every_manifest_that_we_show_passes(text: str) -> None:
    assert refusals(text) == []


FOX = "prompts: [a fox]\n"
WIDE = "params: {width: 1000}\n"
JUDGED = [
    # an entry that names its model: nothing comes after it
    ("prompts: [{prompt: a, model: flux-dev, params: {width: 1000}}]", "$.prompts[0].params.width"),
    ("prompts: {prompt: a, model: flux-dev, params: {steps: 0}}", "$.prompts.params.steps"),
    ("prompts: [{prompt: a, model: flux-devv}]", "$.prompts[0].model"),
    ("prompts: [{prompt: a, model: finetune}]", "$.prompts[0].model"),
    ("matrix: {x: [1]}\nprompts: [{prompt: a, model: flux-dev, params: {hieght: 512}}]", "$.prompts[0].params"),
    # an entry that takes the only model there is
    ("model: flux-dev\nprompts: [{prompt: a, params: {width: 1000}}]", "$.prompts[0].params.width"),
    ("model: flux-tools/erase-v1\nprompts: [{id: a, params: {wdith: 1}}]", "$.prompts[0].params"),
    # the top, where no entry says anything of its own
    (f"model: flux-dev\n{WIDE}{FOX}", "$.params.width"),
    (f"model: flux-dev\nlimit: 1\n{WIDE}prompts: [a, {{prompt: b, seeds: [1]}}]", "$.params.width"),
    (f"model: flux-devv\n{FOX}", "$.model"),
    (f"model: flux-dev\nparams: {{prompt: a}}\n{FOX}", "$.params"),
    (f"model: flux-dev\nparams: {{webhook_url: 'http://x'}}\n{FOX}", "$.params"),
    (f"model: flux-dev\nparams: {{output_format: jpg}}\n{FOX}", "$.params.output_format"),
    (f"model: flux-dev\nparams: {{width: '512'}}\n{FOX}", "$.params.width"),
]


@pytest.mark.parametrize(("text", "path"), JUDGED)
def test_what_nothing_can_change_is_judged(text: str, path: str, plan: Planner) -> None:
    text = f"version: 1\nname: hello\n{text}"
    assert refusals(text) == [path]
    with pytest.raises(ManifestError):
        plan(text.partition("name: hello\n")[2])


ALLOWED = {
    "an entry goes before the top": f"model: flux-dev\n{WIDE}prompts: [{{prompt: a, params: {{width: 512}}}}]",
    "an entry may use another model": f"model: flux-dev\n{WIDE}prompts: [{{prompt: a, model: flux-2-pro}}]",
    "so may a row": f"model: flux-dev\n{WIDE}prompts: {{from: p.csv}}",
    "a model that no entry uses is not asked for": "model: x\nprompts: [{prompt: a, model: flux-dev}]",
    "a combination may be left out": (
        f"models: {{flux-dev: {{width: 1000}}, flux-2-pro: }}\nexclude: [{{model: flux-dev}}]\n{FOX}"
    ),
    "a value that varies goes before the top": f"model: flux-dev\n{WIDE}matrix: {{params.width: [512]}}\n{FOX}",
    "an entry may not be picked": (
        "limit: 1\nmodel: flux-dev\nprompts: [a, {prompt: b, params: {width: 1000}}, {prompt: c, model: x}]"
    ),
    "blanks around a name do not count": f"model: ' flux-dev '\n{FOX}",
    "nor around an id": f"model: flux-dev\nprompts: [{{id: '{100 * 'x'} ', prompt: a}}]",
    "what is left open is as if it were not there": "model: flux-dev\nparams:\nprompts: [{prompt: a, model: }]",
}


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED)
def test_what_something_can_change_is_not_judged(text: str, plan: Planner, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("prompt,model\na,flux-2-pro\n")
    assert plan(text).unique
    assert refusals(f"version: 1\nname: hello\n{text}") == []


def test_a_value_that_is_filled_in_is_not_judged() -> None:
    """What comes of it shows with its row."""
    text = "version: 1\nname: a\nmodel: flux-dev\nparams: {width: '{w}', output_format: '{f}'}\nprompts: [a]"
    assert refusals(text) == []


def values_of(parameter: Parameter) -> st.SearchStrategy[object]:
    """All that this parameter may be."""
    match parameter.kind:
        case _ if parameter.choices:
            allowed: st.SearchStrategy[object] = st.sampled_from(parameter.choices)
        case Kind.BOOLEAN:
            allowed = st.booleans()
        case Kind.INTEGER:
            allowed = whole(parameter)
        case Kind.NUMBER:
            allowed = st.floats(parameter.minimum, parameter.maximum, allow_nan=False, allow_infinity=False)
        case Kind.RATIO:
            allowed = st.sampled_from(["16:9", "1:1", "9:21"])
        case Kind.STRING:
            allowed = st.text("abc", min_size=parameter.min_length or 0, max_size=9)
        case _:
            allowed = st.just("https://example.com/a.png")
    return allowed | st.none() if parameter.nullable else allowed


def whole(parameter: Parameter) -> st.SearchStrategy[object]:
    step, least = parameter.step or 1, int(parameter.minimum or 0)
    most = least + 1000 if parameter.maximum is None else int(parameter.maximum)
    return st.integers(-(-least // step), most // step).map(lambda number: number * step)


def params_of(endpoint: Endpoint) -> st.SearchStrategy[Manifest]:
    """All that this model may be asked for, prompts apart."""
    settable = [one for one in endpoint.parameters if endpoint.takes(one.name) and one.name != "prompt"]
    return st.fixed_dictionaries(
        {one.name: values_of(one) for one in settable if one.required},
        optional={one.name: values_of(one) for one in settable if not one.required},
    )


def own_entries(endpoint: Endpoint) -> st.SearchStrategy[Manifest]:
    """An entry that says all by itself."""
    prompt = {"prompt": st.just("a fox")} if endpoint.takes("prompt") else {}
    return st.fixed_dictionaries({"model": st.just(endpoint.name), "params": params_of(endpoint), **prompt})


def shared(endpoint: Endpoint) -> st.SearchStrategy[Manifest]:
    """A manifest that says all at its top."""
    entry: object = "a fox" if endpoint.takes("prompt") else {"repeat": 2}
    said = {"model": st.just(endpoint.name), "params": params_of(endpoint), "prompts": st.just([entry, entry])}
    return st.fixed_dictionaries({"version": st.just(1), "name": st.just("any"), **said})


ENDPOINTS = st.sampled_from(IMAGE_MODELS)
OWN = st.builds(
    lambda entries: {"version": 1, "name": "any", "prompts": entries},
    st.lists(ENDPOINTS.flatmap(own_entries), min_size=1, max_size=3),
)
VALID = OWN | ENDPOINTS.flatmap(shared)


@fuzzed
@given(manifest=VALID)
def test_a_manifest_that_can_be_planned_passes(manifest: Manifest, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = written(manifest, tmp_path_factory)
    assert make_plan(read_manifest(path)).unique
    assert refusals(path.read_text()) == []


KEYS = ["model", "params", "from", "prompt", "id", "seeds", "limit", "models", "matrix", "width", "steps", "user", "x"]
CHANGED = st.sampled_from([None, 1, 1000, "x", "{w}", "flux-dev", " flux-dev ", "512", [], {}, {"width": 1}]) | VALUES


def spots(value: object, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """The way to every value in it."""
    yield path
    within = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in within:
        yield from spots(inner, *path, step)


def put(value: Any, path: tuple[str | int, ...], change: Callable[[Any], Any]) -> Any:
    """The same with something else there."""
    if not path:
        return change(value)
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(copy[path[0]], path[1:], change)
    return copy


@st.composite
def changed_manifests(draw: st.DrawFn) -> Manifest:
    """A manifest that was right, with other keys and then with other values."""
    manifest = {**draw(VALID), **draw(EXPANSION), **draw(some(**BATCH))}
    for _ in range(draw(st.integers(0, 2))):
        path, key, value = draw(st.sampled_from(list(spots(manifest)))), draw(st.sampled_from(KEYS)), draw(CHANGED)
        manifest = put(manifest, path, lambda old, key=key, value=value: with_key(old, key, value))
    return manifest


def with_key(old: object, key: str, value: object) -> object:
    """A mapping with this key, a list with this value; and this value instead of any other."""
    return {**old, key: value} if isinstance(old, dict) else [*old, value] if isinstance(old, list) else value


@fuzzed
@given(manifest=changed_manifests())
def test_what_the_schema_refuses_the_loader_refuses(
    manifest: Manifest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = written(manifest, tmp_path_factory)
    try:
        make_plan(read_manifest(path))
    except ManifestError:
        return
    assert refusals(path.read_text()) == []


def written(manifest: Manifest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.getbasetemp() / "schema.yaml"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    (path.parent / "x").write_text("no source")
    return path
