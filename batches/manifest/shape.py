"""The shape of manifest version 1, as a person writes it. What a model takes is the plan's question."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from batches.manifest.output_shape import OutputShape
from batches.manifest.policy_shape import PolicyShape
from batches.manifest.strict import Strict
from batches.manifest.values import (
    Accounts,
    Axes,
    Count,
    Id,
    Matches,
    Models,
    Name,
    Params,
    Seeds,
    Shuffle,
    Sources,
    Text,
    Texts,
    Version,
)


class PromptShape(Strict):
    """One prompt, or a file of them, with what differs from the defaults."""

    prompt: Text | None = Field(
        default=None, description="What to draw; beside `from` a template over the columns, such as {subject} at dusk."
    )
    from_: Sources | None = Field(
        default=None,
        alias="from",
        description="Files with a prompt in each row, relative to the manifest: .txt, .csv, .tsv, .jsonl or .parquet, "
        "by name or by a pattern such as prompts/*.csv; or pictures such as photos/*.jpg, with {file} and {stem}.",
    )
    id: Id | None = Field(
        default=None, description="Your own name for this prompt, once per manifest; up to 100 characters."
    )
    model: Text | None = Field(default=None, description="The model for this prompt.")
    params: Params | None = Field(
        default=None, description="Parameters of the model, over the defaults; texts may be templates."
    )
    labels: Texts | None = Field(default=None, description="Labels for cost reports, over the defaults.")
    vars: Texts | None = Field(default=None, description="Variables for templates, over the defaults.")
    seeds: Seeds | None = Field(default=None, description="One image per seed, instead of the default seeds.")
    repeat: Count | None = Field(default=None, description="This many images, or this many per seed.")


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


class ManifestShape(Strict):
    """A batch of images to make with BFL's FLUX models."""

    version: Version = Field(description="The version of this format: 1.")
    name: Name = Field(description="The name of the batch: lower-case letters, digits and dashes.")
    model: Text | None = Field(default=None, description="The model for every prompt that names none.")
    prompt: Text | None = Field(default=None, description="A template for every row that has no prompt of its own.")
    vars: Texts | None = Field(default=None, description="Variables for templates.")
    params: Params | None = Field(default=None, description="Parameters for every prompt; must fit its model.")
    labels: Texts | None = Field(default=None, description="Labels for cost reports, on every image.")
    seeds: Seeds | None = Field(default=None, description="Each prompt once per seed.")
    repeat: Count | None = Field(default=None, description="Each prompt this many times, or this many times per seed.")
    models: Models | None = Field(
        default=None, description="Each prompt with each of these models, and the parameters that are for one alone."
    )
    matrix: Axes | None = Field(
        default=None,
        description="Each prompt with every combination of these values, of `model`, of `params.NAME` or of variables.",
    )
    zip: Axes | None = Field(
        default=None, description="As `matrix`, but the first values go together, then the second, and so on."
    )
    include: Matches | None = Field(
        default=None, description="Only the combinations that have all values of one of these mappings."
    )
    exclude: Matches | None = Field(
        default=None, description="But not those that have all values of one of these mappings."
    )
    seed: int | None = Field(
        default=None, description="What planned seeds, `sample` and `shuffle` are drawn with, instead of the name."
    )
    sample: Count | None = Field(default=None, description="Only so many of the prompts, drawn.")
    shuffle: Shuffle | None = Field(
        default=None, description="The prompts in an order that is drawn, with this seed or with `seed`."
    )
    limit: Count | None = Field(default=None, description="Only the first so many of the prompts.")
    output: OutputShape | None = Field(default=None, description="How the files come out.")
    account: Accounts | None = Field(
        default=None,
        description="Whose key pays, instead of the one that is set up: an account, a list of them, or a pool.",
    )
    reuse: bool = Field(
        default=False, description="Take finished results of earlier batches where the very same was asked for."
    )
    policy: PolicyShape | None = Field(
        default=None, description="The rules of the batch: what it may cost, when and how it is made."
    )
    prompts: Prompts = Field(description="What to draw: texts, mappings, and files of prompts.")


def shape_schema() -> dict[str, Any]:
    """JSON Schema of the shape."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **ManifestShape.model_json_schema(),
        "title": "fluxbatch manifest, version 1",
    }
