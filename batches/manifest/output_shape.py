"""The shape of a manifest's output, as a person writes it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from batches.manifest.strict import Strict
from batches.manifest.values import Format, Text

FlagOrFail = Literal["flag", "fail", "off"]


class CheckShape(Strict):
    """What becomes of a picture that looks wrong: `flag` keeps it, `fail` fails its job, `off` looks away."""

    size: FlagOrFail = Field(default="flag", description="It is not as large as it was asked for.")
    one_colour: FlagOrFail = Field(default="flag", description="It has one colour everywhere.")
    similar: Literal["flag", "off"] = Field(
        default="flag", description="It looks like another one of its batch, as `fluxbatch verify` finds."
    )


class OutputShape(Strict):
    """How the files come out."""

    format: Format | None = Field(default=None, description="The file format, for every model that lets you choose it.")
    name: Text = Field(
        default="{number}-{id}",
        description="File names without extension. Placeholders: {number}, {id}, {model}, {seed}, {name}. "
        "Columns and variables may be used too. A slash makes a folder.",
    )
    embed: bool = Field(default=True, description="Whether pictures say inside where they come from.")
    check: CheckShape = Field(default=CheckShape(), description="What becomes of pictures that look wrong.")
