"""What a person wants a new manifest to say, and whether it can be said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.manifest import Place, Problems, Seals, Template
from batches.manifest.sources.finding import Source
from batches.manifest.sources.reading import records
from batches.models import find
from batches.money import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SIDES = re.compile(r"(\d+)\s*x\s*(\d+)")
RATIO = re.compile(r"\d+:\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants a manifest to say; what is left out is left to fill in, or to the model."""

    model: str  #: for every prompt
    prompts: Sequence[str] = ()  #: as they are; beside a source, the template of all its rows
    source: Path | None = None  #: with a prompt, or with columns for a template, in each row
    seeds: int = 1  #: pictures of each prompt
    size: str | None = None  #: such as 1024x768, or 16:9 where the model takes a ratio
    format: str | None = None  #: of the files: jpeg, png or webp
    budget: str | None = None  #: credits

    @property
    def template(self) -> str | None:
        """How a prompt is made of a row; None: it has one."""
        return self.prompts[0] if self.source and self.prompts else None

    @property
    def params(self) -> Mapping[str, object]:
        """Its size as the model's parameters; raises SettingError for what is none."""
        if self.size is None:
            return {}
        if sides := SIDES.fullmatch(self.size.strip()):
            return {"width": int(sides[1]), "height": int(sides[2])}
        if RATIO.fullmatch(self.size.strip()):
            return {"aspect_ratio": self.size.strip()}
        raise SettingError(f'"{self.size}" is no size.', cure="Write it as 1024x768, or as 16:9.")

    @property
    def credits(self) -> Decimal | None:
        """Its budget; raises SettingError for what is none."""
        if self.budget is None:
            return None
        try:
            amount = Decimal(self.budget)
        except InvalidOperation:
            amount = Decimal(0)
        if not amount.is_finite() or amount <= 0:
            raise SettingError(f'"{self.budget}" is no budget.', cure="Give it in credits, such as 20; one is a cent.")
        return plain(amount)


def checked(wish: Wish) -> Sequence[str]:
    """The columns of its source. Raises SettingError for what cannot be planned, and UnknownModel."""
    columns = _columns(wish)
    check_model(wish, columns)
    _ = wish.credits
    return columns


def _columns(wish: Wish) -> Sequence[str]:
    if wish.source is None:
        return []
    if len(wish.prompts) > 1:
        raise SettingError("Beside --from, --prompt is the template of every row.", cure="Give it once.")
    return check_source(wish.source, wish.template)


def columns_of(source: Path) -> Sequence[str]:
    """What the first row of a file has; raises ManifestError for one that has no row."""
    problems = Problems()
    first = next(records(Source(str(source), source, Place(str(source))), problems, Seals()), None)
    problems.refuse()
    return list(first.values) if first else []


def check_source(source: Path, template: str | None) -> Sequence[str]:
    """Its columns; raises SettingError where they give no prompt."""
    columns = columns_of(source)
    told = f"{source} has the columns {', '.join(columns)}"
    if template is None:
        if "prompt" not in columns:
            example = ", ".join(f"{{{column}}}" for column in columns[:2])
            raise SettingError(f"{told}, and none is `prompt`.", cure=f'Say how to make one: --prompt "{example}".')
        return columns
    try:
        names = Template(template).names
    except ValueError as error:
        raise SettingError(f'--prompt "{template}": {error.args[0]}.', cure=f"{error.args[1].capitalize()}.") from None
    if missing := [name for name in names if name not in columns]:
        raise SettingError(f'--prompt "{template}": there is no column `{missing[0]}`.', cure=f"{told}.")
    return columns


def check_model(wish: Wish, columns: Sequence[str]) -> None:
    """Raise UnknownModel, or SettingError for what the model does not take or has not got."""
    model = find(wish.model)
    if wish.seeds > 1 and not model.takes("seed"):
        raise SettingError(f"{wish.model} takes no seed.", cure="Leave --seeds out, or choose another model.")
    params = dict(wish.params)
    if wish.format:
        params["output_format"] = wish.format
    given = {column.removeprefix("params.") for column in columns} | {"prompt"}
    for problem in model.check(params):
        if problem.name not in given or problem.name in params:
            hint = f"{problem.hint[:1].upper()}{problem.hint[1:]}; " if problem.hint else ""
            cure = f"{hint}`fluxbatch models {wish.model}` tells what it takes."
            raise SettingError(f"{wish.model}: {problem.message}", cure=cure)
