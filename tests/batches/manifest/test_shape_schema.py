"""The part of the JSON Schema that knows no model."""

from __future__ import annotations

import json

from batches.manifest import shape_schema


def test_every_key_has_its_sentence() -> None:
    schema = shape_schema()
    shapes = [schema, *schema["$defs"].values()]
    assert all(key["description"].endswith(".") for shape in shapes for key in shape["properties"].values())


def test_unknown_keys_are_refused_everywhere() -> None:
    schema = shape_schema()
    assert all(shape["additionalProperties"] is False for shape in [schema, *schema["$defs"].values()])


def test_prompts_are_a_list_of_texts_and_mappings_or_one_mapping() -> None:
    prompts = shape_schema()["properties"]["prompts"]["anyOf"]
    mapping = {"$ref": "#/$defs/PromptShape"}
    assert prompts == [
        {"type": "array", "minItems": 1, "items": {"anyOf": [{"type": "string"}, mapping]}},
        mapping,
    ]


def test_it_is_json() -> None:
    assert json.loads(json.dumps(shape_schema())) == shape_schema()
