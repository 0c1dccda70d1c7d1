"""The text of a new manifest: with comments, in the order in which a person reads it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from batches.planning.names import slug

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from console.actions.wishing import Wish

SAMPLE = """\
prompts:
  # A text is a prompt.
  - A red fox trotting through fresh snow, low winter sun

  # A mapping says more: an id for the file name, parameters of its own, several seeds or a repeat.
  - id: owl
    prompt: An owl reading a newspaper in an armchair, oil painting
    repeat: 2
"""


def compose(file: Path, schema: str, wish: Wish, columns: Sequence[str]) -> str:
    """The manifest to be written into this file; the source of its prompts has these columns."""
    name = slug(file.stem) or "batch"
    parts = [_head(file, schema), f"version: 1\nname: {name}\n", _model(wish), _labels(name), *_rules(wish)]
    return "\n".join([*parts, _prompts(file, wish, columns)])


def _head(file: Path, schema: str) -> str:
    return f"""\
# yaml-language-server: $schema=./{schema}
#
# What it comes to:  fluxbatch plan {file}
# Try it for free:   fluxbatch run {file} --simulate
# Make the images:   fluxbatch run {file}
"""


def _model(wish: Wish) -> str:
    params = ", ".join(f"{name}: {value}" for name, value in wish.params.items())
    return f"""\
# The model for every prompt; `fluxbatch models` lists them, `fluxbatch models {wish.model}` shows what this one takes.
model: {wish.model}
params: {{{params}}}
"""


def _labels(name: str) -> str:
    return f"# Words that the cost report can be split by.\nlabels: {{project: {name}}}\n"


def _rules(wish: Wish) -> Iterator[str]:
    if wish.seeds > 1:
        yield f"# Each prompt is made once with each of these seeds.\nseeds: 1..{wish.seeds}\n"
    if wish.format:
        yield f"# Of the files.\noutput: {{format: {wish.format}}}\n"
    if wish.credits is not None:
        comment = "# No job begins that would cost more than is left of this."
        yield f"{comment}\npolicy:\n  budget: {{credits: {wish.credits}}}\n"


def _prompts(file: Path, wish: Wish, columns: Sequence[str]) -> str:
    if wish.source is not None:
        return _from(os.path.relpath(wish.source, file.parent), wish.template, columns)
    if not wish.prompts:
        return SAMPLE
    return "prompts:\n" + "".join(f"  - {_quoted(prompt)}\n" for prompt in wish.prompts)


def _from(source: str, template: str | None, columns: Sequence[str]) -> str:
    """A column may be named wherever a text is made for each row."""
    names = ", ".join(f"{{{column}}}" for column in columns)
    head = f"# Each row is a prompt. In `prompt`, `id`, `labels` and `output.name` may stand {names}.\n"
    prompt = "" if template is None else f"prompt: {_quoted(template)}\n"
    return f"{head}{prompt}prompts:\n  - from: {_quoted(source)}\n"


def _quoted(text: str) -> str:
    """What JSON quotes, YAML reads."""
    return json.dumps(text, ensure_ascii=False)
