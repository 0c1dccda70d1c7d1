"""JSON Lines: a mapping in each line."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from batches.manifest.problem import Place, Problem, Problems
from batches.manifest.sources.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NESTED = ("params", "labels")


def json_lines(lines: Iterable[str], file: str, problems: Problems) -> Iterator[Record]:
    """Every mapping, `{"params": {"width": 512}}` as a column `params.width`. Others are told and left out."""
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        try:
            yield Record(number, _flat(DECODER.decode(line)))
        except (ValueError, RecursionError) as error:
            message = f"this line cannot be read: {_reason(error)}"
            problems.add(Problem(Place(file, number, 1), message, "write one JSON mapping a line"))


def _flat(document: object) -> dict[str, object]:
    if not isinstance(document, dict):
        raise ValueError("it is no mapping")  # noqa: TRY004  # judged like every other fault of the line
    flat: dict[str, object] = {}
    for name, value in document.items():
        if name in NESTED and isinstance(value, dict):
            flat.update((f"{name}.{inner}", given) for inner, given in value.items())
        else:
            flat[name] = value
    return flat


def _reason(error: Exception) -> str:
    match error:
        case json.JSONDecodeError():
            return f"{error.msg} in column {error.colno}"
        case RecursionError():
            return "it is nested too deeply"
        case UnicodeEncodeError():
            return "half of a surrogate pair"
    return str(error)


def _mapping(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError("a name comes twice")
    for text in (*mapping, *mapping.values()):
        if isinstance(text, str):
            text.encode()
    return mapping


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number that JSON knows")
    return number


DECODER = json.JSONDecoder(object_pairs_hook=_mapping, parse_float=_finite, parse_constant=_finite)
