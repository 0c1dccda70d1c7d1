"""The shape of manifest version 1, as a person writes it. What a model takes is the plan's question."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Name = Annotated[str, StringConstraints(pattern="^[a-z0-9-]+$", max_length=60)]
Seeds = Annotated[list[int], Field(min_length=1)]
Format = Literal["jpeg", "png", "webp"]
Repeat = Annotated[int, Field(ge=1)]


def _scalar(value: object) -> object:
    if value is None or isinstance(value, list | dict):
        raise ValueError("must be text or a number")
    return value


def _one(value: object) -> object:
    if type(value) is not int:  # True == 1 == 1.0, and a Literal goes by equality
        raise ValueError("must be 1")
    return value


Version = Annotated[Literal[1], BeforeValidator(_one)]
Label = Annotated[Any, AfterValidator(_scalar), WithJsonSchema({"type": ["string", "number", "boolean"]})]


def _sources(written: object) -> object:
    if not isinstance(written, str | list):
        raise ValueError("must be the name of a file or a list of them")  # noqa: TRY004 - pydantic lets a TypeError through
    return [written] if isinstance(written, str) else written


Files = Annotated[list[Text], Field(min_length=1)]
Sources = Annotated[Files, BeforeValidator(_sources, json_schema_input_type=Text | Files)]


class _Shape(BaseModel):
    """Nothing is guessed: unknown keys are refused and no type is turned into another."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class OutputShape(_Shape):
    """How the files come out."""

    format: Format | None = Field(default=None, description="The file format, for every model that lets you choose it.")
    name: Text = Field(
        default="{number}-{id}",
        description="File names without extension. Placeholders: {number}, {id}, {model}, {seed}, {name}. "
        "Columns and variables may be used too. A slash makes a folder.",
    )


class PromptShape(_Shape):
    """One prompt, or a file of them, with what differs from the defaults."""

    prompt: Text | None = Field(
        default=None, description="What to draw; beside `from` a template over the columns, such as {subject} at dusk."
    )
    from_: Sources | None = Field(
        default=None,
        alias="from",
        description="Files with a prompt in each row, relative to the manifest: .txt, .csv, .tsv, .jsonl or .parquet, "
        "by name or by a pattern such as prompts/*.csv.",
    )
    id: Id | None = Field(default=None, description="Your own name for this prompt, once per manifest.")
    model: Text | None = Field(default=None, description="The model for this prompt.")
    params: dict[str, Any] | None = Field(default=None, description="Parameters of the model, over the defaults.")
    labels: dict[str, Label] | None = Field(default=None, description="Labels for cost reports, over the defaults.")
    vars: dict[str, Label] | None = Field(default=None, description="Variables for templates, over the defaults.")
    seeds: Seeds | None = Field(default=None, description="One image per seed, instead of the default seeds.")
    repeat: Repeat | None = Field(default=None, description="This many images, or this many per seed.")


def _prompt(written: object) -> object:
    if isinstance(written, str):
        return {"prompt": written}
    if not isinstance(written, dict):
        raise ValueError("must be text or a mapping")  # noqa: TRY004 - pydantic lets a TypeError through
    return written


def _prompts(written: object) -> object:
    if not isinstance(written, list | dict):
        raise ValueError("must be a list of prompts")  # noqa: TRY004 - as above
    return [written] if isinstance(written, dict) else written


Prompt = Annotated[PromptShape, BeforeValidator(_prompt, json_schema_input_type=str | PromptShape)]
Prompts = Annotated[
    list[Prompt],
    Field(min_length=1),
    BeforeValidator(_prompts, json_schema_input_type=Annotated[list[Prompt], Field(min_length=1)] | PromptShape),
]


class ManifestShape(_Shape):
    """A batch of images to make with BFL's FLUX models."""

    version: Version = Field(description="The version of this format: 1.")
    name: Name = Field(description="The name of the batch: lower-case letters, digits and dashes.")
    model: Text | None = Field(default=None, description="The model for every prompt that names none.")
    prompt: Text | None = Field(default=None, description="A template for every row that has no prompt of its own.")
    vars: dict[str, Label] | None = Field(default=None, description="Variables for templates.")
    params: dict[str, Any] | None = Field(default=None, description="Parameters for every prompt; must fit its model.")
    labels: dict[str, Label] | None = Field(default=None, description="Labels for cost reports, on every image.")
    seeds: Seeds | None = Field(default=None, description="Each prompt once per seed.")
    repeat: Repeat | None = Field(default=None, description="Each prompt this many times, or this many times per seed.")
    output: OutputShape | None = Field(default=None, description="How the files come out.")
    prompts: Prompts = Field(description="What to draw: texts, mappings, and files of prompts.")


def manifest_schema() -> dict[str, Any]:
    """JSON Schema of manifest version 1, for editors and for `fluxbatch schema`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **ManifestShape.model_json_schema(),
        "title": "fluxbatch manifest, version 1",
    }
