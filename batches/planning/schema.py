"""JSON Schema of manifests with every model's parameters, for editors and for `fluxbatch schema`.

What it refuses is refused by `make_plan` too. So parameters are judged only where nothing can change or skip them;
elsewhere they are suggested, by an `if` without consequences: it refuses nothing, and editors complete from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batches.manifest import shape_schema
from batches.models import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.models import Endpoint, Parameter

    Schema = dict[str, Any]

MODELS = [endpoint for endpoint in catalogue() if endpoint.produces == "image"]
NAMES = [endpoint.name for endpoint in MODELS]

#: A text with something to fill in; what it comes to is known only with its row.
TEMPLATE = {"type": "string", "pattern": "[{]"}
SUGGESTED = {"$ref": "#/$defs/suggested"}
JUDGED = {"$ref": "#/$defs/judged"}


def manifest_schema() -> Schema:
    """JSON Schema of manifest version 1."""
    schema = shape_schema()
    schema["$defs"]["PromptShape"] |= SUGGESTED
    schema["$defs"] |= {
        "suggested": {"properties": {"model": {"examples": NAMES}}, "allOf": _by_model(_suggesting)},
        "judged": {"properties": {"model": {"enum": NAMES}}, "allOf": _by_model(_judging)},
        **{endpoint.name: _block(endpoint) for endpoint in MODELS},
    }
    return {**schema, "allOf": [SUGGESTED, *_suggestions(), *_judgements()]}


def _block(endpoint: Endpoint) -> Schema:
    """What a manifest may set for this model; its prompts stand elsewhere."""
    settable = (one for one in endpoint.parameters if endpoint.takes(one.name) and one.name != "prompt")
    return {
        "description": endpoint.summary,
        "properties": {one.name: _value(one) for one in settable},
        "additionalProperties": False,
    }


def _value(parameter: Parameter) -> Schema:
    """A value that the model takes, or a text that becomes one when it is filled in."""
    schema: Schema = parameter.json_schema()
    told = {"description": f"{parameter.sentence} It must be {parameter.rule()}."}
    if "default" in schema:
        told["default"] = schema["default"]
    forms = schema.get("anyOf") or [{key: schema[key] for key in schema if key not in {"default", "description"}}]
    types = [form["type"] for form in forms]
    if "string" not in types:  # so the pattern of a template can stand beside the range: neither judges the other
        return {**told, **forms[0], "type": [*types, "string"], "pattern": TEMPLATE["pattern"]}
    return {**told, "anyOf": forms if {"type": "string"} in forms else [*forms, TEMPLATE]}


def _suggestions() -> list[Schema]:
    """What is offered and refuses nothing: a row may name another model or value, or not be made at all."""
    models = {"items": {"examples": NAMES}, "properties": {name: {"if": _ref(name)} for name in NAMES}}
    axes = {"properties": {"model": {"items": {"examples": NAMES}}}}
    inherited = _by_model(lambda name: _entries(_when(_without("model"), _suggesting(name))))
    return [{"properties": {"models": models, "matrix": axes, "zip": axes}}, *inherited]


def _judgements() -> list[Schema]:
    """What must be right whatever else the manifest says."""
    named = {"properties": {"model": {"type": "string", "not": {"pattern": r"\s"}}}, "required": ["model"]}
    all_made = _without("sample", "limit")
    one_model = _without("models", "matrix", "zip")
    inherited = _by_model(lambda name: _entries(_when(_without("model", "from"), _judging(name))))
    plain = {"type": "array", "items": {"anyOf": [{"type": "string"}, _without("model", "params", "from")]}}
    return [
        _when(all_made, _entries(_when({**named, **_without("from")}, JUDGED))),
        _when({"allOf": [all_made, one_model]}, {"allOf": inherited}),
        _when({"allOf": [named, one_model, {"properties": {"prompts": plain}}]}, JUDGED),
    ]


def _by_model(then: Callable[[str], Schema]) -> list[Schema]:
    """What holds where a model is named, for each of them."""
    return [_when({"properties": {"model": {"const": name}}, "required": ["model"]}, then(name)) for name in NAMES]


def _suggesting(name: str) -> Schema:
    return {"properties": {"params": {"if": _ref(name)}}}


def _judging(name: str) -> Schema:
    return {"properties": {"params": _ref(name)}}


def _ref(name: str) -> Schema:
    """The block of a model; a slash has its own spelling in a JSON pointer."""
    return {"$ref": f"#/$defs/{name.replace('/', '~1')}"}


def _when(condition: Schema, then: Schema) -> Schema:
    return {"if": condition, "then": then}


def _without(*keys: str) -> Schema:
    """A mapping with none of these keys."""
    return {"type": "object", "not": {"anyOf": [{"required": [key]} for key in keys]}}


def _entries(schema: Schema) -> Schema:
    """What holds of every entry, in a list or alone; for mappings only."""
    return {"properties": {"prompts": {**schema, "items": schema}}}
