"""A column for a few names: always in the order of the alphabet, so that the same names are the same value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Text, func, literal, type_coerce
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Column, ColumnElement, Dialect

BETWEEN = "+"
"""No name has it."""


class Names(TypeDecorator[tuple[str, ...]]):
    """Names in, names out; `lab+studio` in the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # SQLAlchemy's signature
        """As the database has them."""
        return None if value is None else BETWEEN.join(sorted(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002  # as above
        """As we have them."""
        return None if value is None else tuple(filter(None, value.split(BETWEEN)))


def has(names: Column[tuple[str, ...]], name: str | ColumnElement[str]) -> ColumnElement[bool]:
    """Whether this name is one of them. Not by LIKE, for which `Lab` would be `lab` in SQLite."""
    between = literal(BETWEEN)
    written = between + type_coerce(names, Text) + between
    return func.replace(written, between + name + between, "") != written
