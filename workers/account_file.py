"""fluxbatch.toml: accounts, each with the place where its key is found, pools of them, prices, budgets, notices.

A key itself is refused.

What stands there is never repeated in an error: it may be a key in the wrong place.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator, ValidationError, model_validator

from batches.errors import SettingError
from batches.manifest.values import Account
from batches.models import LANE_SLOTS, BadPrice, Price, negotiated
from batches.models.spelling import did_you_mean
from workers.budget_shape import BudgetShape, BudgetShapes
from workers.notify_shape import NotifyShape
from workers.settings import BFL_URL, usable_account, usable_url
from workers.strict import Strict, variable

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

WHERE_KEYS_ARE = 'key_env = "STUDIO_BFL_KEY", or key_file = "/run/secrets/studio"'

WORDS = {
    **dict.fromkeys(("model_type", "dict_type"), "it must be a table"),
    **dict.fromkeys(("tuple_type", "list_type"), "it must be a list"),
    "too_short": "it must not be empty",
    "missing": "it is missing",
}
"""By pydantic's name for a finding, where its own words speak of Python."""


def _by_lane(slots: Mapping[str, int]) -> Mapping[str, int]:
    for lane in slots:
        if lane not in LANE_SLOTS:
            hint = did_you_mean(lane, LANE_SLOTS) or f"there are {', '.join(LANE_SLOTS)}"
            raise ValueError(f"there is no lane `{lane}`; {hint}")
    return slots


def _host(name: str) -> str:
    """A name, or a pattern with a domain of its own: a bare `*` would send the key to anybody."""
    bare = name.removeprefix("*.")
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", bare) or (bare != name and "." not in bare):
        raise ValueError("give the name of a host in small letters, or *. and a domain: *.flux.example.com")
    return name


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise ValueError("name each account once")
    return names


Prices = Annotated[Mapping[str, Price], PlainValidator(negotiated)]


class AccountShape(Strict):
    """One account as a person wrote it down."""

    key_env: Annotated[str, AfterValidator(variable)] | None = None
    key_file: str | None = None
    api_url: Annotated[str, AfterValidator(usable_url)] = BFL_URL
    allowed_hosts: Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], Field(strict=False)] = ()
    slots: Annotated[dict[str, Annotated[int, Field(ge=1, le=1000)]], AfterValidator(_by_lane)] = Field(
        default_factory=dict
    )
    per_second: Annotated[float, Field(gt=0, le=1000)] | None = None
    prices: Prices = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if (self.key_env is None) == (self.key_file is None):
            raise ValueError(f"say in one way where its key is: {WHERE_KEYS_ARE}")
        return self


Name = Annotated[Account, AfterValidator(usable_account)]
Pool = Annotated[tuple[Name, ...], Field(strict=False, min_length=1), AfterValidator(_each_once)]


class FileShape(Strict):
    """The whole file."""

    accounts: dict[Name, AccountShape] = Field(default_factory=dict)
    pools: dict[Name, Pool] = Field(default_factory=dict)
    prices: Prices = Field(default_factory=dict)
    budgets: BudgetShapes = ()
    notify: NotifyShape | None = None


NOTHING_WRITTEN = FileShape()

TABLES: Mapping[str, type[Strict]] = {"accounts": AccountShape, "budgets": BudgetShape, "notify": NotifyShape}
"""By key, what the tables below it have."""


def read_file(file: Path) -> FileShape:
    """What stands in this file; raises SettingError with the first thing that is wrong with it."""
    try:
        return FileShape.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise SettingError(f"{file} cannot be read: {error.strerror}.", cure="Correct FLUXBATCH_CONFIG.") from error
    except ValidationError as error:
        raise _refusal(file, error.errors(include_url=False, include_input=False)[0]) from None
    except ValueError as error:  # tomllib's own, and of bytes that are no UTF-8
        raise SettingError(f"{file} is not TOML: {error}.", cure="Correct it, or write it anew.") from None


def _refusal(file: Path, found: Mapping[str, Any]) -> SettingError:
    """In our words. A key of the file is shown by its way from the top: `accounts.studio.slots`."""
    *way, key = (str(step) for step in (*found["loc"], *_steps(found)) if step != "[key]")
    place = ".".join([*way, key])
    if found["type"] != "extra_forbidden":
        said = WORDS.get(found["type"]) or str(found["msg"]).removeprefix("Value error, ")
        stop = "" if said.endswith("?") else "."
        return SettingError(f"{file}: `{place}` cannot be used: {said}{stop}", cure=f"Correct it in {file}.")
    if way and key == "key":
        return SettingError(f"{file}: `{place}` would keep the key itself.", cure=f"Say where it is: {WHERE_KEYS_ARE}.")
    known = (TABLES[way[0]] if way else FileShape).model_fields
    hint = did_you_mean(key, known) or f"there are {', '.join(known)}"
    return SettingError(f"{file}: unknown key `{place}`; {hint}", cure=f"Correct it in {file}.")


def _steps(found: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys below the one that pydantic knows of."""
    error = found.get("ctx", {}).get("error")
    return error.steps if isinstance(error, BadPrice) else ()
