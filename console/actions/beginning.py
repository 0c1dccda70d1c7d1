"""Writes a first manifest for a person to fill in, and the schema beside it that editors check it by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.models import find
from batches.planning import manifest_schema
from batches.planning.names import slug

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = "fluxbatch.schema.json"

MANIFEST = """\
# yaml-language-server: $schema=./{schema}
#
# What it comes to:  fluxbatch plan {file}
# Try it for free:   fluxbatch run {file} --simulate
# Make the images:   fluxbatch run {file}

version: 1
name: {name}

# The model for every prompt; `fluxbatch models` lists them, `fluxbatch models {model}` shows what this one takes.
model: {model}
params: {{}}

# Words that the cost report can be split by.
labels: {{project: {name}}}

prompts:
  # A text is a prompt.
  - A red fox trotting through fresh snow, low winter sun

  # A mapping says more: an id for the file name, parameters of its own, several seeds or a repeat.
  - id: owl
    prompt: An owl reading a newspaper in an armchair, oil painting
    repeat: 2
"""


def begin(file: Path, *, model: str, force: bool) -> tuple[Path, Path]:
    """Write the manifest and its schema; returns both files. An existing manifest is kept unless forced."""
    find(model)
    if file.suffix not in (".yaml", ".yml"):
        file = file.with_name(f"{file.name}.yaml")
    if file.exists() and not force:
        raise SettingError(f"{file} exists already.", cure="Choose another name, or add --force to replace it.")
    schema = file.with_name(SCHEMA)
    name = slug(file.stem) or "batch"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(MANIFEST.format(schema=SCHEMA, file=file, name=name, model=model), encoding="utf-8")
        schema.write_text(json.dumps(manifest_schema()) + "\n", encoding="utf-8")
    except OSError as error:
        raise SettingError(f"{file} cannot be written: {error.strerror}.", cure="Choose another folder.") from error
    return file, schema
