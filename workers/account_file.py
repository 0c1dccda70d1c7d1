"""fluxbatch.toml: more accounts, each with the place where its key is found, and pools of them. A key is refused.

What stands there is never repeated in an error: it may be a key in the wrong place.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, ValidationError, model_validator

from batches.errors import SettingError
from batches.manifest.values import Account
from batches.models import LANE_SLOTS, BadPrice, Price, negotiated
from batches.models.spelling import did_you_mean
from workers.settings import BFL_URL, usable_account, usable_url

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

WHERE_KEYS_ARE = 'key_env = "STUDIO_BFL_KEY", or key_file = "/run/secrets/studio"'

WORDS = {
    "model_type": "it must be a table",
    "dict_type": "it must be a table",
    "tuple_type": "it must be a list of names",
    "too_short": "it must not be empty",
}
"""By pydantic's name for a finding, where its own words speak of Python."""


def _variable(name: str) -> str:
    """Capital letters only, so that a key which was put here by mistake is not taken for a name, and shown."""
    if not (name.isascii() and name.isidentifier() and name.isupper()):
        raise ValueError("give the name of an environment variable in capitals, for example STUDIO_BFL_KEY")
    return name


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


class _Strict(BaseModel):
    """Nothing is guessed, and no value is shown."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class AccountShape(_Strict):
    """One account as a person wrote it down."""

    key_env: Annotated[str, AfterValidator(_variable)] | None = None
    key_file: str | None = None
    api_url: Annotated[str, AfterValidator(usable_url)] = BFL_URL
    allowed_hosts: Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], Field(strict=False)] = ()
    slots: Annotated[dict[str, Annotated[int, Field(ge=1, le=1000)]], AfterValidator(_by_lane)] = {}
    per_second: Annotated[float, Field(gt=0, le=1000)] | None = None
    prices: Prices = {}

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if (self.key_env is None) == (self.key_file is None):
            raise ValueError(f"say in one way where its key is: {WHERE_KEYS_ARE}")
        return self


Name = Annotated[Account, AfterValidator(usable_account)]
Pool = Annotated[tuple[Name, ...], Field(strict=False, min_length=1), AfterValidator(_each_once)]


class FileShape(_Strict):
    """The whole file."""

    accounts: dict[Name, AccountShape] = {}
    pools: dict[Name, Pool] = {}
    prices: Prices = {}


NOTHING_WRITTEN = FileShape()


def read_account_file(file: Path) -> FileShape:
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
    known = (AccountShape if way else FileShape).model_fields
    hint = did_you_mean(key, known) or f"there are {', '.join(known)}"
    return SettingError(f"{file}: unknown key `{place}`; {hint}", cure=f"Correct it in {file}.")


def _steps(found: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys below the one that pydantic knows of."""
    error = found.get("ctx", {}).get("error")
    return error.steps if isinstance(error, BadPrice) else ()
