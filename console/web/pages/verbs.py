"""The API for people who read: each verb with what it takes, from the same document that programs get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from console.web.rendering import render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Taken:
    """Something that a verb takes."""

    name: str
    where: str  #: path, query or body
    needed: bool  #: whether it has to be said
    told: str  #: what it is


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing to ask."""

    group: str  #: that it is in
    method: str
    path: str
    title: str  #: in a sentence
    takes: Sequence[Taken]


@router.get("/api")
def verbs(request: Request) -> Response:
    """All of them."""
    document = request.app.openapi()
    groups: dict[str, list[Verb]] = {}
    for verb in verbs_in(document):
        groups.setdefault(verb.group, []).append(verb)
    return HTMLResponse(render("verbs.html", here="/api", groups=groups))


def verbs_in(document: Mapping[str, Any]) -> Iterator[Verb]:
    """What an OpenAPI document of ours describes, in its order."""
    for path, methods in document["paths"].items():
        for method, verb in methods.items():
            title = verb["description"].partition("\n")[0]
            yield Verb(verb["tags"][0], method.upper(), path, title, [*_parameters(verb), *_body(verb, document)])


def _parameters(verb: Mapping[str, Any]) -> Iterator[Taken]:
    for one in verb.get("parameters", ()):
        told = one.get("description", "")
        yield Taken(one["name"], one["in"], one["required"], told)


def _body(verb: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Taken]:
    """The fields of a JSON body."""
    shape = verb.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    found = document["components"]["schemas"].get(shape.get("$ref", "").rpartition("/")[2], {})
    for name, field in found.get("properties", {}).items():
        yield Taken(name, "body", name in found.get("required", ()), field.get("description", ""))
