"""The simulator's own description of itself, against the facts of the published specification.

`specification.yaml` holds those facts in short: every operation with its body and answers, every body with its fields.
`integer(256..1440 by 32) = 1024` is an integer in that range and a multiple of 32 that defaults to 1024.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from simulator import Config, create_app

if TYPE_CHECKING:
    from tests.simulator.conftest import Api

FACTS = yaml.safe_load((Path(__file__).parent / "specification.yaml").read_text(encoding="utf-8"))
OPERATIONS = sorted(FACTS["operations"])


class Description:
    """An OpenAPI document, told in short."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.schemas = document["components"]["schemas"]

    def told(self) -> dict[str, Any]:
        operations = {
            f"{method.upper()} {path}": self.operation(operation)
            for path, item in self.document["paths"].items()
            for method, operation in item.items()
        }
        return {"operations": operations, "bodies": {name: self.body(name) for name in self.bodies()}}

    def operation(self, operation: dict[str, Any]) -> str:
        """`what it takes -> what it answers`, and whether it is retired or needs no key."""
        takes = [parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] != "header"]
        if "requestBody" in operation:
            assert operation["requestBody"]["required"]
            takes.append(names(json_of(operation["requestBody"])))
        told = f"{', '.join(takes)} -> {names(json_of(operation['responses']['200']))}".strip()
        told += " (retired)" if operation.get("deprecated") else ""
        return told if operation.get("security") else f"{told} (no key)"

    def bodies(self) -> list[str]:
        """The names of all bodies, and of the alternatives among them."""
        posts = (item["post"] for item in self.document["paths"].values() if "post" in item)
        found = {names(json_of(post["requestBody"])) for post in posts}
        for name in list(found):
            found |= {names(each) for each in self.schemas[name].get("oneOf", [])}
        return sorted(found)

    def body(self, name: str) -> dict[str, str]:
        schema = self.schemas[name]
        if "oneOf" in schema:
            return {schema["discriminator"]["propertyName"]: " or ".join(sorted(map(names, schema["oneOf"])))}
        fields = {
            field: self.field(content, required=field in schema.get("required", []))
            for field, content in sorted(schema["properties"].items())
        }
        return fields | ({} if schema.get("additionalProperties", True) else {"anything else": "refused"})

    def field(self, schema: dict[str, Any], *, required: bool) -> str:
        told = self.type(schema)
        if schema.get("default") is not None:
            told += f" = {json.dumps(plain(schema['default']))}"
        return f"{told}, required" if required else told

    def type(self, schema: dict[str, Any]) -> str:
        if "$ref" in schema:
            return self.type(self.schemas[names(schema)])
        if "anyOf" in schema:
            return " | ".join(sorted(self.type(each) for each in schema["anyOf"]))
        if "enum" in schema or "const" in schema:
            return " ".join(map(json.dumps, schema.get("enum", [schema.get("const")])))
        if "prefixItems" in schema:
            return f"({', '.join(self.type(each) for each in schema['prefixItems'])})"
        if "items" in schema:
            return f"[{self.type(schema['items'])}]"
        return schema["type"] + limits(schema)


def limits(schema: dict[str, Any]) -> str:
    least = schema.get("minimum", schema.get("minLength", ""))
    most = schema.get("maximum", schema.get("maxLength", ""))
    told = f"{plain(least)}..{plain(most)}" if (least, most) != ("", "") else ""
    told += f"above {plain(schema['exclusiveMinimum'])}" if "exclusiveMinimum" in schema else ""
    told += f" by {plain(schema['multipleOf'])}" if "multipleOf" in schema else ""
    told += " of a url" if schema.get("format") == "uri" else ""
    return f"({told})" if told else ""


def plain(value: Any) -> Any:
    """3 for 3.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def json_of(content: dict[str, Any]) -> dict[str, Any]:
    return content["content"]["application/json"]["schema"]


def names(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " | ".join(sorted(names(each) for each in schema["anyOf"]))
    return schema["$ref"].rpartition("/")[2] if "$ref" in schema else "anything"


def test_the_simulator_takes_and_answers_what_the_specification_says() -> None:
    assert Description(create_app(Config()).openapi()).told() == FACTS


def test_the_running_simulator_describes_itself(api: Api) -> None:
    assert Description(api.http.get("/openapi.json").json()).told() == FACTS


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_exists_and_asks_for_a_key_where_the_specification_does(api: Api, operation: str) -> None:
    method, path = operation.split()
    path = path.replace("{model_slug}", "flux-1-dev")
    asked = {"params": {"id": "x"}} if path.endswith("get_result") else {}
    asked |= {"json": {}} if method == "POST" else {}
    stranger = api.http.request(method, path, headers={"x-key": "short"}, **asked)
    refused = (stranger.status_code, stranger.json().get("detail")) == (422, "Invalid API key format")
    assert refused != FACTS["operations"][operation].endswith("(no key)")
