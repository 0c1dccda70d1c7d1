"""Negotiated prices as a person writes them down, turned into price rules. Nothing is guessed, no amount is shown."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from batches.models.catalogue import catalogue
from batches.models.price import ByChoice, Discounted, PerImage, PerMegapixel, Unpriced
from batches.models.sources import AGREED, Certainty
from batches.models.spelling import did_you_mean
from batches.money import micro_credits

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from batches.models.endpoint import Endpoint
    from batches.models.price import Price

EVERY_MODEL = "*"
DISCOUNT = "discount_percent"
MEGAPIXELS = ("first_mp", "additional_mp", "input_mp")

MOST_CREDITS = 1_000_000
"""For one image: with six decimals beside it a float still holds the amount exactly."""

per_image = partial(PerImage, source=AGREED, certainty=Certainty.NEGOTIATED)
per_megapixel = partial(PerMegapixel, source=AGREED, certainty=Certainty.NEGOTIATED)
by_choice = partial(ByChoice, source=AGREED, certainty=Certainty.NEGOTIATED)
discounted = partial(Discounted, source=AGREED, certainty=Certainty.NEGOTIATED)


class BadPrice(ValueError):
    """What stands at the end of `steps`, the keys that lead there, is no price."""

    def __init__(self, message: str, *steps: str) -> None:
        super().__init__(message)
        self.steps = steps


def negotiated(written: object) -> Mapping[str, Price]:
    """The rules by model; raises BadPrice for the first that cannot be used.

    A discount for `*` is for every model with a published price that has no line of its own.
    """
    if not isinstance(written, dict):
        raise BadPrice("it must be a table")
    own = {name: _price(name, amounts) for name, amounts in written.items() if name != EVERY_MODEL}
    return {**_of_every_model(written[EVERY_MODEL]), **own} if EVERY_MODEL in written else own


def _of_every_model(written: object) -> Mapping[str, Price]:
    if not isinstance(written, dict) or written.keys() != {DISCOUNT}:
        raise BadPrice("give a discount, as in {discount_percent = 15}", EVERY_MODEL)
    percent = _percent(written[DISCOUNT], EVERY_MODEL, DISCOUNT)
    priced = [endpoint for endpoint in catalogue() if not isinstance(endpoint.price, Unpriced)]
    return {endpoint.name: discounted(endpoint.price, percent) for endpoint in priced}


def _price(name: str, written: object) -> Price:
    endpoint = _endpoint(name, written)
    if written == {}:
        raise BadPrice("it says no price", name)
    match written:
        case dict() if DISCOUNT in written:
            return _discounted(endpoint, written)
        case dict() if isinstance(endpoint.price, ByChoice):
            return _by_choice(name, endpoint.price, written)
        case dict():
            return _per_megapixel(name, written)
        case _:
            return per_image(_credits(written, name))


def _endpoint(name: str, written: object) -> Endpoint:
    known = {endpoint.name: endpoint for endpoint in catalogue()}
    if name in known:
        return known[name]
    is_cut = isinstance(written, dict) and any(other.startswith(f"{name}.") for other in known)
    hint = did_you_mean(name, known) or "`fluxbatch models` lists them"
    raise BadPrice(f"there is no such model; {'put a name with a dot in quotes' if is_cut else hint}", name)


def _discounted(endpoint: Endpoint, written: Mapping[str, object]) -> Price:
    _refuse_strangers(endpoint.name, written, {DISCOUNT})
    if isinstance(endpoint.price, Unpriced):
        raise BadPrice("nobody publishes what it costs: give the price itself", endpoint.name)
    return discounted(endpoint.price, _percent(written[DISCOUNT], endpoint.name, DISCOUNT))


def _per_megapixel(name: str, written: Mapping[str, object]) -> Price:
    _refuse_strangers(name, written, MEGAPIXELS)
    if missing := [key for key in MEGAPIXELS if key not in written]:
        raise BadPrice(f"{' and '.join(missing)} must stand there, too", name)
    return per_megapixel(*(_credits(written[key], name, key) for key in MEGAPIXELS))


def _by_choice(name: str, published: ByChoice, written: Mapping[str, object]) -> Price:
    """What is not named costs what is published."""
    _refuse_strangers(name, written, dict(published.tariff))
    agreed = {choice: _credits(amount, name, choice) for choice, amount in written.items()}
    return by_choice(published.parameter, tuple({**dict(published.tariff), **agreed}.items()))


def _refuse_strangers(name: str, written: Mapping[str, object], known: Collection[str]) -> None:
    for key in written:
        if key not in known:
            raise BadPrice(did_you_mean(key, known) or f"there are {', '.join(known)}", name, key)


def _credits(written: object, *steps: str) -> int:
    if (amount := _number(written)) is None:
        raise BadPrice(f"give credits, at least 0, at most {MOST_CREDITS:,} and with at most 6 decimals", *steps)
    return micro_credits(amount)


def _percent(written: object, *steps: str) -> Decimal:
    if not (amount := _number(written)) or amount > 100:
        raise BadPrice("give a number above 0, at most 100 and with at most 6 decimals", *steps)
    return amount


def _number(written: object) -> Decimal | None:
    """None for what is none, and for one that is too small, too large or too fine."""
    if type(written) not in {int, float}:
        return None
    amount = Decimal(str(written))
    fits = amount.is_finite() and 0 <= amount <= MOST_CREDITS and amount == round(amount, 6)
    return amount if fits else None
