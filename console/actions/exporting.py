"""A question about pictures, put together from words, and carried out."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.exports import Question, export, kind_of
from batches.exports.question import LABEL
from batches.models.spelling import did_you_mean
from batches.store.images import open_store
from batches.store.ledger.states import State
from console.actions.submitting import find

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batches.exports import Manner, Outcome, Progress
    from batches.store.ledger import Ledger
    from workers.settings import Settings

KINSHIPS = ("prompt", "row", LABEL)


def ids_of(ledger: Ledger, names: Sequence[str]) -> tuple[str, ...]:
    """The batches of these names, each once."""
    return tuple(dict.fromkeys(find(ledger, name).id for name in names))


def carry_out(
    ledger: Ledger,
    settings: Settings,
    question: Question,
    to: str,
    *,
    manner: Manner,
    told: Callable[[Progress], None],
) -> Outcome:
    """Write it to this address."""
    source, place = open_store(settings.images_url), open_store(to, "--to")
    return export(ledger, source, place, question, manner=manner, clock=time.time, told=told)


def states_of(word: str, states: Sequence[State]) -> tuple[State, ...]:
    """Those asked for, each once; a format with pictures has done jobs alone."""
    asked = tuple(state for state in State if state in states) or (State.DONE,)
    if asked != (State.DONE,) and not kind_of(word).is_table:
        other = next(state for state in asked if state is not State.DONE)
        raise SettingError(
            f"--state {other} has no pictures, and --format {word} is of pictures.",
            cure="Take --format csv or jsonl for jobs in other states.",
        )
    return asked


def labels_of(pairs: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """`style=photo`, `style=drawing` -> of style one of both."""
    values: defaultdict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise SettingError(f"--label cannot be {pair!r}.", cure="Say a label and its value: --label style=photo.")
        values[key].append(value)
    return tuple((key, tuple(sorted(set(values[key])))) for key in sorted(values))


def kinship_of(word: str) -> str:
    """What a split never tears apart: prompt, row or label:KEY."""
    if word in ("prompt", "row") or (word.startswith(LABEL) and word != LABEL):
        return word
    hint = did_you_mean(word, KINSHIPS)
    raise SettingError(
        f"--split-by knows no {word!r}{'; ' if hint else '.'}{hint}", cure="Take prompt, row or label:KEY."
    )


def refuse_foreign_options(word: str, given: Mapping[str, bool]) -> None:
    """Raise SettingError for an option that the format has no use for."""
    kind = kind_of(word)
    for option, is_given in given.items():
        if is_given and option not in kind.takes:
            raise SettingError(f"--{option} means nothing for --format {word}.", cure="Leave it out.")
