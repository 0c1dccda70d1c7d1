"""The page itself: facts -> one HTML document that needs no network, no script and no font from elsewhere."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from batches.megapixels import show_megapixels
from batches.money import show_credits, show_usd
from batches.reports.columns import at_least
from batches.reports.cost import state_of
from batches.reports.page import exhibits
from batches.reports.page.drawing import Easel, draw
from batches.reports.page.exhibits import difference, rounded
from batches.reports.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jinja2 import Template
    from markupsafe import Markup

    from batches.reports.page.exhibits import Figure
    from batches.reports.page.facts import Facts

Tile = tuple[str, str, str]
"""What a number is, the number, and what stands below it."""


def as_html(facts: Facts, *, now: float) -> str:
    """The report as a page."""
    with Easel() as easel:
        number = count(1)

        def drawn(figure: Figure) -> Markup:
            return draw(figure.spec, easel, name=f"chart-{next(number)}", title=figure.title, told=figure.told)

        return _template().render(
            title=_title(facts),
            lead=_lead(facts),
            tiles=list(_tiles(facts)),
            sections=_sections(facts),
            draw=drawn,
            sentences=[(said.strip(), said.startswith("  ")) for said in sentences(facts.report)],
            about=list(_about(facts, now)),
            css=(Path(__file__).parent / "page.css").read_text(),
        )


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    room = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return room.get_template("page.html.j2")


def _sections(facts: Facts) -> Sequence[tuple[str, Iterable[Figure]]]:
    asked = (
        ("Money", exhibits.of_money(facts)),
        ("Speed", exhibits.of_speed(facts)),
        ("What is missing", exhibits.of_gaps(facts)),
    )
    told = [(title, list(figures)) for title, figures in asked] if facts.report.totals.jobs else []
    return [(title, figures) for title, figures in told if figures]


def _title(facts: Facts) -> str:
    batches = facts.report.question.batches
    if batches is None:
        return "All batches"
    return next(iter(batches)) if len(batches) == 1 else f"{len(batches)} batches"


def _lead(facts: Facts) -> str:
    if facts.ending is not None:
        now = facts.ending.standing
        state = f"{state_of(now)}: {now.batch.paused}" if state_of(now) == "paused" else state_of(now)
        return f"{state}, account {', '.join(now.batch.accounts)}"
    since, until = facts.report.question.period.told
    return f"from {since or 'the beginning'} to {until or 'now'}"


def _tiles(facts: Facts) -> Iterator[Tile]:
    its, left = facts.report.totals, facts.report.outstanding
    yield "images", f"{its.images:,}", f"of {its.jobs:,} jobs" if its.jobs else "no jobs"
    yield (
        "megapixels",
        show_megapixels(its.output_pixels),
        f"{show_megapixels(its.input_pixels)} sent" if its.input_pixels else "",
    )
    yield at_least("", its.unknown) + "credits", rounded(its.settled), show_usd(its.settled)
    if its.credits_per_image is not None:
        yield "credits per image", f"{its.credits_per_image:,.2f}", _per_megapixel(facts)
    if its.drift is not None:
        yield "against the estimate", difference(its), _foreseen(facts)
    if saved := its.deduped + its.reused:
        yield "saved", rounded(saved), "credits, by copies"
    if wasted := sum(one.settled for one in facts.report.wasted):
        yield "wasted", rounded(wasted), "credits without a picture"
    if left.at_risk:
        yield "at risk", rounded(left.at_risk), "credits, the answer was lost"
    if left.reserved:
        yield "reserved", rounded(left.reserved), "credits, under way"
    if facts.cap is not None:
        yield "budget", rounded(facts.cap), _left(facts.cap - its.settled)


def _per_megapixel(facts: Facts) -> str:
    price = facts.report.totals.credits_per_megapixel
    return "" if price is None else f"{price:,.2f} per megapixel"


def _left(micro: int) -> str:
    return f"{rounded(abs(micro))} credits {'left' if micro >= 0 else 'over it'}"


def _foreseen(facts: Facts) -> str:
    its = facts.report.totals
    return f"{rounded(its.compared)} for {rounded(its.foreseen)}"


def _about(facts: Facts, now: float) -> Iterator[tuple[str, str]]:
    zone = facts.report.question.period.zone
    yield "Made", f"{datetime.fromtimestamp(now, zone):%Y-%m-%d %H:%M} ({zone.key})"
    if facts.ending is not None:
        batch = facts.ending.standing.batch
        yield "Prices as of", batch.prices_as_of
        yield "Manifest", batch.manifest_sha256
        yield "Estimated", show_credits(facts.ending.estimated)
    yield "Times", f"exact to the quarter of an hour, by the clocks of {zone.key}"
    if len(facts.slices) == 1:
        yield "Over time", "all of it ended within one quarter of an hour, so no chart goes by time"
    if facts.other_labels:
        yield "Labels without a chart", ", ".join(facts.other_labels)
