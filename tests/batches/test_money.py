"""Money is exact: no amount is ever rounded on its way in, through or out."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches.money import credits_of, drift, is_drift, json_number, micro_credits, show_credits, show_usd, usd_of

amounts = st.integers(-(10**18), 10**18)  # a million million credits


@pytest.mark.parametrize(
    ("amount", "micro"),
    [
        ("4.5", 4_500_000),
        (Decimal("0.000001"), 1),
        (0, 0),
        (0.1, 100_000),  # one tenth, and not the float's 0.1000000000000000055
        (2.675, 2_675_000),
        (1e-6, 1),
        (1e15, 10**21),
        ("0.0000005", 0),  # half of the smallest part goes to the even side
        ("0.0000015", 2),
        ("-4.5", -4_500_000),
    ],
)
def test_an_amount_is_read_as_it_is_written(amount: Decimal | float | str, micro: int) -> None:
    assert micro_credits(amount) == micro


@given(amounts)
def test_what_goes_out_comes_back(micro: int) -> None:
    assert micro_credits(credits_of(micro)) == micro
    assert micro_credits(usd_of(micro) * 100) == micro


@given(amounts)
def test_the_shown_amount_is_the_whole_amount(micro: int) -> None:
    credit, _, _ = show_credits(micro).replace(",", "").partition(" credit")
    assert Decimal(credit) == credits_of(micro)
    assert Decimal(show_usd(micro).replace(",", "").replace("$", "")) == usd_of(micro)
    assert "E" not in show_credits(micro) + show_usd(micro)


@given(st.integers(0, 10**15))
def test_json_has_the_shortest_number_that_means_the_amount(micro: int) -> None:
    assert Decimal(json.dumps(json_number(credits_of(micro)))) == credits_of(micro)


@pytest.mark.parametrize(
    ("micro", "credit", "usd"),
    [
        (0, "0 credits", "$0.00"),
        (1_000_000, "1 credit", "$0.01"),
        (4_500_000, "4.5 credits", "$0.045"),
        (100_000_000, "100 credits", "$1.00"),  # and not 1E+2
        (1_230_000_000, "1,230 credits", "$12.30"),
        (1_234_567_500_000, "1,234,567.5 credits", "$12,345.675"),
        (1, "0.000001 credits", "$0.00000001"),  # and not 1E-8
    ],
)
def test_people_read_it_plainly(micro: int, credit: str, usd: str) -> None:
    assert (show_credits(micro), show_usd(micro)) == (credit, usd)


@pytest.mark.parametrize(
    ("micro", "number"), [(0, 0), (3_000_000, 3), (4_500_000, 4.5), (100_000, 0.1), (10**12, 1_000_000)]
)
def test_a_whole_number_of_credits_is_a_whole_number_in_json(micro: int, number: float) -> None:
    told = json_number(credits_of(micro))
    assert told == number
    assert type(told) is type(number)


@pytest.mark.parametrize(
    ("estimated", "charged", "part", "told", "reason"),
    [
        (100, 100, "0", False, "as foreseen"),
        (100, 105, "0.05", False, "5 % is still well"),
        (100, 95, "-0.05", False, "in either direction"),
        (10**15, 105 * 10**13 + 1, "0.050000000000001", True, "a micro-credit more is not"),
        (100, 94, "-0.06", True, "nor is one less"),
        (100, 0, "-1", True, "all of it was free"),
        (0, 0, None, False, "nothing was foreseen, and nothing charged"),
        (0, 1, None, True, "charged although it should be free"),
    ],
)
def test_a_drift_of_more_than_a_twentieth_is_told(
    estimated: int, charged: int, part: str | None, *, told: bool, reason: str
) -> None:
    assert drift(estimated, charged) == (None if part is None else Decimal(part)), reason
    assert is_drift(estimated, charged) == told, reason
