"""The questions by which a person who is at a terminal makes a manifest. An answer that cannot be is asked again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from batches.errors import FluxbatchError, SettingError
from batches.models import Lifecycle, catalogue
from console.actions.beginning import target
from console.actions.wishing import Wish, check_model, check_source, columns_of
from console.cli.output import columns, complain, err, say
from console.cli.price_table import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batches.models import Endpoint

Answer = TypeVar("Answer")

NOTHING = ""
"""Enter alone."""


def ask_wish(file: Path | None, usual_file: Path, usual_model: str, *, force: bool) -> tuple[Path, Wish]:
    """The file to write, and what it shall say."""
    if file is None:
        file = _asked("File to write", str(usual_file), lambda said: target(Path(said), force=force))
    wish = _ask_model(usual_model)
    source = _asked("File of prompts (Enter: write them here)", NOTHING, _source)
    wish = _ask_template(wish, source) if source else replace(wish, prompts=_ask_prompts())
    found = columns_of(source) if source else []

    def good(changed: Wish) -> Wish:
        check_model(changed, found)
        _ = changed.credits
        return changed

    wish = _asked("Pictures of each prompt", "1", lambda said: good(replace(wish, seeds=_number(said))))
    wish = _asked(
        "Size, as 1024x768 or 16:9 (Enter: the model's)", NOTHING, lambda said: good(replace(wish, size=said or None))
    )
    wish = _asked(
        "Format: jpeg, png or webp (Enter: the model's)", NOTHING, lambda said: good(replace(wish, format=said or None))
    )
    wish = _asked("Budget in credits (Enter: none)", NOTHING, lambda said: good(replace(wish, budget=said or None)))
    return file, wish


def _asked(question: str, usual: str, read: Callable[[str], Answer]) -> Answer:
    """What the answer is read as; one that cannot be is told, and asked again."""
    while True:
        try:
            return read(typer.prompt(question, default=usual, show_default=bool(usual), err=True).strip())
        except FluxbatchError as error:
            complain(error)


def _ask_model(usual: str) -> Wish:
    table = columns("model", "price")
    for model in filter(_needs_no_more, catalogue()):
        table.add_row(model.name, in_words(model.price))
    err.print(table)

    def read(said: str) -> Wish:
        wish = Wish(model=said)
        check_model(wish, [])
        return wish

    return _asked("Model", usual, read)


def _needs_no_more(model: Endpoint) -> bool:
    """Whether a prompt is all it has to be given."""
    required = {one.name for one in model.parameters if one.required}
    return model.lifecycle is Lifecycle.CURRENT and model.produces == "image" and required <= {"prompt"}


def _ask_template(wish: Wish, source: Path) -> Wish:
    """How a prompt is made of a row. A column `prompt` is one already."""
    found = columns_of(source)
    names = ", ".join(f"{{{column}}}" for column in found)
    if "prompt" in found:
        say(f"The columns are {names}.", err)
        usual = "{prompt}"
    else:
        say(f"A prompt is made of the columns {names}.", err)
        usual = names

    def read(said: str) -> Wish:
        template = None if said == "{prompt}" else said
        check_source(source, template)
        return replace(wish, source=source, prompts=(template,) if template else ())

    return _asked("Prompt", usual, read)


def _ask_prompts() -> Sequence[str]:
    """Until there are no more; without any, the manifest has two to begin with."""
    prompts: list[str] = []
    while said := _asked(
        "Next prompt (Enter: no more)" if prompts else "Prompt (Enter: two to begin with)", NOTHING, str
    ):
        prompts.append(said)
    return prompts


def _source(said: str) -> Path | None:
    if not said:
        return None
    columns_of(Path(said))
    return Path(said)


def _number(said: str) -> int:
    if not said.isdecimal() or not int(said):
        raise SettingError(f'"{said}" is no number of pictures.', cure="Write a whole number, such as 4.")
    return int(said)
