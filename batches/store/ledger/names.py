"""A column for a few names: always in the order of the alphabet, so that the same names are the same value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Text
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Dialect

BETWEEN = "+"
"""No account's name has it."""


class Names(TypeDecorator[tuple[str, ...]]):
    """Names in, names out; `lab+studio` in the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # SQLAlchemy's signature
        """As the database has them."""
        return None if value is None else BETWEEN.join(sorted(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002  # as above
        """As we have them."""
        return None if value is None else tuple(value.split(BETWEEN))
