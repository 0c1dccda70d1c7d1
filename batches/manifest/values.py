"""What may stand after a key of the manifest, and in what words it is refused."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)

ACCOUNT = "^[A-Za-z0-9._:-]+$"
SEED_RANGE = r"^(-?[0-9]{1,15})\.\.(-?[0-9]{1,15})$"


def _one(value: object) -> object:
    if type(value) is not int:  # True == 1 == 1.0, and a Literal goes by equality
        raise ValueError("must be 1")
    return value


def _scalar(value: object) -> object:
    if value is None or isinstance(value, list | dict):
        raise ValueError("must be text or a number")
    return value


def _seeds(written: object, check: ValidatorFunctionWrapHandler) -> object:
    if not isinstance(written, str):
        return check(written)
    ends = re.fullmatch(SEED_RANGE, written)
    if not ends or int(ends[1]) > int(ends[2]):
        raise ValueError('must be a list of whole numbers or a range such as "1..20"')
    return range(int(ends[1]), int(ends[2]) + 1)


# A TypeError in these would pass pydantic by, so they raise ValueError.
def _shuffle(value: object) -> object:
    if not isinstance(value, int):
        raise ValueError("must be true, false or a whole number")  # noqa: TRY004  # see above
    return value


def _models(written: object) -> object:
    if isinstance(written, list) and all(isinstance(name, str) for name in written):
        if len(set(written)) < len(written):
            raise ValueError("must name each model once")
        return dict.fromkeys(written)
    if not isinstance(written, dict):
        raise ValueError("must be a list of models, or a mapping of models to their parameters")  # noqa: TRY004  # see above
    return written


def _account(name: str) -> str:
    if not re.fullmatch(ACCOUNT, name):
        raise ValueError("must be letters, digits and any of . _ : -")
    return name


def _each_once(names: list[str]) -> list[str]:
    if len(set(names)) < len(names):
        raise ValueError("must name each account once")
    return names


def _accounts(written: object, check: ValidatorFunctionWrapHandler) -> object:
    return check(written) if isinstance(written, list) else [_ONE_ACCOUNT.validate_python(written)]


def _sources(written: object) -> object:
    if not isinstance(written, str | list):
        raise ValueError("must be the name of a file or a list of them")  # noqa: TRY004  # see above
    return [written] if isinstance(written, str) else written


Version = Annotated[Literal[1], BeforeValidator(_one)]
Name = Annotated[str, StringConstraints(pattern="^[a-z0-9-]+$", max_length=60)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    WithJsonSchema({"type": "string", "minLength": 1}),  # blanks around it do not count, as no schema can say
]
Account = Annotated[str, Field(max_length=60, json_schema_extra={"pattern": ACCOUNT}), AfterValidator(_account)]
_ONE_ACCOUNT: TypeAdapter[str] = TypeAdapter(Account)
AccountList = Annotated[
    list[Account], Field(min_length=1, json_schema_extra={"uniqueItems": True}), AfterValidator(_each_once)
]
Accounts = Annotated[AccountList, WrapValidator(_accounts, json_schema_input_type=Account | AccountList)]
Format = Literal["jpeg", "png", "webp"]
Count = Annotated[int, Field(ge=1)]

Scalar = Annotated[Any, AfterValidator(_scalar), WithJsonSchema({"type": ["string", "number", "boolean"]})]
Texts = dict[str, Scalar]
Params = dict[str, Any]

SeedList = Annotated[list[int], Field(min_length=1)]
SeedRange = Annotated[str, StringConstraints(pattern=SEED_RANGE)]
Seeds = Annotated[SeedList, WrapValidator(_seeds, json_schema_input_type=SeedList | SeedRange)]
Shuffle = Annotated[Any, AfterValidator(_shuffle), WithJsonSchema({"type": ["boolean", "integer"]})]

Files = Annotated[list[Text], Field(min_length=1)]
Sources = Annotated[Files, BeforeValidator(_sources, json_schema_input_type=Text | Files)]

ModelList = Annotated[list[Text], Field(min_length=1)]
ModelParams = Annotated[dict[Text, Params | None], Field(min_length=1)]
Models = Annotated[ModelParams, BeforeValidator(_models, json_schema_input_type=ModelList | ModelParams)]
Axes = Annotated[dict[Text, Annotated[list[Any], Field(min_length=1)]], Field(min_length=1)]
Matches = Annotated[list[Annotated[dict[Text, Any], Field(min_length=1)]], Field(min_length=1)]
