"""The table of all faults, by the name of their effect, and how a file or a request spells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from simulator.faults import answers, business, connections, hooks

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.faults.fault import Fault

AnyFault = Annotated[
    answers.Status
    | answers.Restated
    | answers.Failed
    | answers.Truncated
    | answers.Garbage
    | answers.ContentType
    | answers.Pending
    | answers.NotFound
    | answers.ForeignHost
    | answers.Redirect
    | answers.Expired
    | connections.Lost
    | connections.Cut
    | connections.CutMidway
    | connections.Slow
    | connections.Hang
    | business.Outage
    | business.NoCredits
    | business.Drift
    | business.Stuck
    | hooks.Drop
    | hooks.Duplicate,
    Field(discriminator="effect"),
]
_FAULTS: TypeAdapter[list[AnyFault]] = TypeAdapter(list[AnyFault])


class _Loader(yaml.SafeLoader):
    """YAML 1.2 in one respect: `on` is a word, not the truth."""


_Loader.yaml_implicit_resolvers = {
    letter: resolvers for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items() if letter not in "oO"
}


class BadFault(ValueError):
    """A fault that the table does not know; the message says where and why, in one line."""


def read_faults(listed: object) -> list[Fault]:
    """The faults of a list of mappings."""
    try:
        return list(_FAULTS.validate_python(listed))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadFault(f"fault {place}: {first['msg']}") from None


def load_faults(path: Path) -> list[Fault]:
    """The faults of a YAML file: a mapping with one key, `faults`, and a list below it."""
    try:
        content: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 -- a SafeLoader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadFault(f"{path}: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict) or set(content) != {"faults"}:
        raise BadFault(f"{path}: expected one key, `faults`, with a list below it")
    try:
        return read_faults(content["faults"])
    except BadFault as error:
        raise BadFault(f"{path}: {error}") from None
