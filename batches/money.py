"""Money as exact integers: one credit is 1,000,000 micro-credits and costs 0.01 USD.

No amount is ever a float: what comes in as text or JSON is read through Decimal, what goes out is text or Decimal.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

MICRO_PER_CREDIT = 1_000_000
USD_PER_CREDIT = Decimal("0.01")

DRIFT = Decimal("0.05")
"""What is charged may be off its estimate by this part of it; beyond, the price table should be looked at."""


def micro_credits(amount: Decimal | float | str) -> int:
    """`4.5` -> 4_500_000. A float is read by its shortest text, so 0.1 means one tenth exactly."""
    return int((Decimal(str(amount)) * MICRO_PER_CREDIT).to_integral_value(ROUND_HALF_EVEN))


def credits_of(micro: int) -> Decimal:
    """`4_500_000` -> Decimal('4.5')."""
    return plain(Decimal(micro) / MICRO_PER_CREDIT)


def usd_of(micro: int) -> Decimal:
    """`4_500_000` -> Decimal('0.045')."""
    return plain(Decimal(micro) / MICRO_PER_CREDIT * USD_PER_CREDIT)


def plain(value: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent: 100, not 1E+2."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def show_credits(micro: int) -> str:
    """For people: `1,234.5 credits`."""
    return f"{credits_of(micro):,} credits" if micro != MICRO_PER_CREDIT else "1 credit"


def show_usd(micro: int) -> str:
    """For people, to the cent or as fine as the amount is: `$12.30`, `$0.045`."""
    amount = usd_of(micro)
    return f"${amount:,.2f}" if amount == amount.quantize(Decimal("0.01")) else f"${amount:,f}"


def cost_json(micro: int) -> dict[str, int | float]:
    """For machines: an amount as credits and dollars."""
    return {"credits": json_number(credits_of(micro)), "usd": json_number(usd_of(micro))}


def json_number(amount: Decimal) -> int | float:
    """As JSON has it: a whole number, or the float whose shortest spelling is the amount."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def drift(estimated: int, charged: int) -> Decimal | None:
    """By which part of the estimate jobs were charged more than that, or less; both for the same jobs.

    `100`, `106` -> Decimal('0.06'). None where the estimate was nothing.
    """
    return Decimal(charged - estimated) / estimated if estimated else None


def is_drift(estimated: int, charged: int) -> bool:
    """Whether jobs were charged so much more or less than their estimate that it has to be told."""
    return abs(charged - estimated) > DRIFT * estimated
