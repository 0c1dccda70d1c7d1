"""How prices look: the rule, an example, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.money import cost_json, credits_of, show_credits
from console.cli.output import columns, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from batches.models import Endpoint, Price

NUMBERS = ("1 MP", "+ 1 MP input")


def in_words(price: Price) -> str:
    """The rule, and whether it is the account's own."""
    return f"{price.describe()} (negotiated)" if price.is_negotiated else price.describe()


def show_prices(found: Sequence[Endpoint], to: Console) -> None:
    """A line for each model, and below what the sources are."""
    table = columns("model", "price", *NUMBERS, "as of", "certainty", "source", right=frozenset(NUMBERS))
    for model in found:
        price, source = model.price, model.price.source
        with_input = _credits(model.example(1)) if model.takes_images else ""
        origin = (source.as_of, str(price.certainty), source.word)
        table.add_row(model.name, price.describe(), _credits(model.example()), with_input, *origin)
    to.print(table)
    to.print()
    for source in dict.fromkeys(model.price.source for model in found):
        say(f"{source.word}: {source.title}", to)


def where_from(model: Endpoint) -> str:
    """An example of its price, and who says so, in two lines."""
    example, source = model.example(), model.price.source
    told = [] if example is None else [f"For example {show_credits(example)} for one megapixel{_and_input(model)}."]
    day = f" as of {source.as_of}" if source.as_of else ""
    return "\n".join([*told, f"It is {model.price.certainty}{day}: {source.title}."])


def priced_json(model: Endpoint) -> dict[str, object]:
    """The same for machines; an example is null where the price is unknown."""
    examples = {"megapixel": _cost(model.example())}
    if model.takes_images:
        examples["with_megapixel_of_input"] = _cost(model.example(1))
    return {"model": model.name, "price": model.price.as_json(), "words": model.price.describe(), "example": examples}


def _and_input(model: Endpoint) -> str:
    with_input = model.example(1) if model.takes_images else None
    return "" if with_input is None else f", {credits_of(with_input):,} with a megapixel of input"


def _credits(micro: int | None) -> str:
    return "unknown" if micro is None else f"{credits_of(micro):,}"


def _cost(micro: int | None) -> dict[str, int | float] | None:
    return None if micro is None else cost_json(micro)
