"""One report as JSON, CSV, Markdown and Parquet."""

from __future__ import annotations

import csv
import io
import json
import sys
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from batches.errors import SettingError
from batches.reports import Figures, Question, Report, ReportLine, axes_of
from batches.reports.columns import COLUMNS
from batches.reports.formats import as_csv, as_json, as_markdown, as_parquet
from batches.reports.period import Period
from batches.store.ledger.corrections import Correction
from batches.store.ledger.quarters import What
from batches.store.ledger.spending import Outstanding
from batches.store.ledger.waste import Waste

CATS = Figures(
    jobs=3, attempts=4, images=2, output_pixels=2_073_600, settled=10_000_001, unknown=1, estimated=9_000_000,
    unpriced=1, foreseen=6_000_000, compared=9_000_000, deduped=3_000_000,
)  # fmt: skip
NOBODY = Figures(jobs=1)

REPORT = Report(
    question=Question(batches=None, by=axes_of("label:project,model"), period=Period(since=900.0)),
    lines=[
        ReportLine(values=('cats, "big" | small', "flux-dev"), figures=CATS),
        ReportLine(values=("", "flux-2-pro"), figures=NOBODY),
    ],
    totals=Figures.total([CATS, NOBODY]),
    wasted=[Waste(what=What.FAILED, reason="Task | Error", attempts=1, settled=1_000_001, unknown=0)],
    corrections=[
        Correction(reason="invoice | of May", attempts=1, micro_credits=2_000_000),
        Correction(reason="a refund", attempts=2, micro_credits=-3_000_000),
    ],
    outstanding=Outstanding(reserved=3_000_000, at_risk=0, expired=0),
)


def test_as_json_every_line_has_its_words_and_every_column() -> None:
    told = json.loads(json.dumps(as_json(REPORT)))
    assert (told["since"], told["until"], told["zone"]) == ("1970-01-01T00:15+00:00", None, "UTC")
    first, second = told["lines"]
    assert first == {
        "label:project": 'cats, "big" | small',
        "model": "flux-dev",
        "jobs": 3,
        "attempts": 4,
        "images": 2,
        "output_megapixels": 2.0736,
        "input_megapixels": 0,
        "credits": 10.000001,
        "usd": 0.10000001,
        "cost_unknown": 1,
        "credits_per_image": 5,  # 10.000001 / 2, to the micro-credit
        "credits_per_megapixel": 4.822531,
        "estimated_credits": 9,
        "estimate_unknown": 1,
        "difference_credits": 3,
        "difference_percent": 50,
        "drift": True,
        "deduped_credits": 3,
        "reused_credits": 0,
    }
    assert (second["credits_per_image"], second["difference_percent"], second["drift"]) == (None, None, False)
    assert told["totals"]["jobs"] == 4
    assert told["wasted"] == [
        {
            "outcome": "failed",
            "reason": "Task | Error",
            "attempts": 1,
            "cost": {"credits": 1.000001, "usd": 0.01000001},
            "cost_unknown": 0,
        }
    ]
    assert told["corrections"][1] == {
        "reason": "a refund",
        "attempts": 2,
        "difference": {"credits": -3, "usd": -0.03},
    }
    assert told["outstanding"]["reserved"] == {"credits": 3, "usd": 0.03}


def test_as_csv_amounts_are_exact_and_nothing_is_added_to_the_lines() -> None:
    header, *lines = csv.reader(io.StringIO(as_csv(REPORT)))
    assert header == ["label:project", "model", *(column.name for column in COLUMNS)]
    assert [line[:2] for line in lines] == [['cats, "big" | small', "flux-dev"], ["", "flux-2-pro"]]
    first, second = (dict(zip(header, line, strict=True)) for line in lines)
    assert (first["usd"], first["drift"]) == ("0.10000001", "true")
    assert (second["credits"], second["credits_per_image"]) == ("0", "")


def test_as_parquet_amounts_are_exact_decimals() -> None:
    table = pq.read_table(io.BytesIO(as_parquet(REPORT)))
    assert table.column_names == ["label:project", "model", *(column.name for column in COLUMNS)]
    first, second = table.to_pylist()
    assert (first["usd"], first["images"], first["drift"]) == (Decimal("0.10000001"), 2, True)
    assert second["credits_per_image"] is None


def test_as_parquet_it_needs_pyarrow_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SettingError, match="needs pyarrow") as refused:
        as_parquet(REPORT)
    assert "fluxbatch[parquet]" in refused.value.cure


def test_as_markdown_it_is_a_table_with_its_sentences() -> None:
    assert (
        as_markdown(REPORT) == """\
| label:project | model | jobs | images | MP | credits | USD | per image | per MP | estimated | difference | deduped |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""
        r"""| cats, "big" \| small | flux-dev | 3 | 2 | 2.07 | at least 10.000001 | at least $0.10000001 """
        "| at least 5.00 | at least 4.82 | at least 9 | +50.0 % ! | 3 |\n"
        "| (none) | flux-2-pro | 1 | 0 | 0.00 | 0 | $0.00 |  |  | 0 |  | 0 |\n"
        "| total |  | 4 | 2 | 2.07 | at least 10.000001 | at least $0.10000001 "
        "| at least 5.00 | at least 4.82 | at least 9 | +50.0 % ! | 3 |\n"
        r"""
- Time: from 1970-01-01T00:15+00:00 (UTC).
- ! was charged over 5 % more or less than was foreseen for the same pictures.
- Paid, and failed: 1 attempt, 1.000001 credits ($0.01000001).
  - 1 attempt, 1.000001 credits: Task \| Error
- Corrected by hand: 1 credit less in all.
  - 1 attempt, 2 credits more: invoice \| of May
  - 2 attempts, 3 credits less: a refund
- Reserved now: 3 credits ($0.03) for attempts under way.
"""
    )
