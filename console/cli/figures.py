"""How the figures of a plan look: time, room, what-ifs, and a sample of its jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from batches.megapixels import megapixels, show_megapixels
from batches.money import credits_of, show_usd
from batches.planning import Changed
from console.cli.output import columns, known, say, show_bytes, show_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console
    from rich.table import Table

    from batches.planning import Duration, Impossible, Plan, PlannedJob
    from batches.store.ledger.survey import Survey
    from console.actions.forecasting import Forecast


def show_forecast(figures: Forecast, now: float, to: Console, *, some_is_there: bool = False) -> None:
    """Hours, disk, and whether it is done in time. They are for the whole plan, which is said if some is there."""
    duration, whole = figures.duration, " for all of it" if some_is_there else ""
    say(f"Takes about {show_seconds(duration.seconds)}{whole} with all its slots, going by {_basis(duration)}.", to)
    how = "going by earlier ones" if figures.room.learnt else "by rule of thumb"
    free = "" if figures.free is None else f"; {show_bytes(figures.free)} are free"
    say(f"The images need about {show_bytes(figures.room.bytes)}{whole}, {how}{free}.", to)
    if figures.is_short:
        say("Note: that is more than is free: make room, or set FLUXBATCH_IMAGES_URL to a place that has it", to)
    if figures.finish:
        say(figures.finish.say(now), to)


def what_if_table(plan: Plan, seconds: float, results: Iterable[Changed | Impossible]) -> Table:
    """The plan as it stands, then a line for each change that can be planned."""
    numbers = ("images", "MP", "credits", "USD", "time", "difference")
    table = columns("what if", *numbers, right=frozenset(numbers))
    table.add_row("as planned", *_figures(plan, seconds), "")
    for one in results:
        if isinstance(one, Changed):
            table.add_row(one.name, *_figures(one.plan, one.seconds), _more(one.difference))
    return table


def show_what_if(plan: Plan, seconds: float, results: Sequence[Changed | Impossible], to: Console) -> None:
    """The table, and beside it what was left out, and why something cannot be planned."""
    to.print(what_if_table(plan, seconds, results))
    for one in results:
        if not isinstance(one, Changed):
            say(f"{one.name}: cannot be planned: {one.reason}", to)
        elif one.notes:
            say(f"{one.name}: {'; '.join(one.notes)}", to)


def show_sample(jobs: Iterable[PlannedJob], to: Console) -> None:
    """Each job with its whole prompt."""
    for job in jobs:
        seed = "random seed" if job.seed is None else f"seed {job.seed}"
        say(f"{job.number:,}  {job.output_name}", to)
        say(f"    {job.model}, {seed}, {_size(job)}", to)
        if job.prompt:
            to.print(Padding(Text(job.prompt), (0, 0, 0, 4), expand=False))


def sample_json(jobs: Iterable[PlannedJob]) -> list[dict[str, object]]:
    """The same for machines."""
    return [
        {
            "number": job.number,
            "model": job.model,
            "seed": job.seed,
            "output_name": job.output_name,
            "output_megapixels": None if job.estimate.output_pixels is None else megapixels(job.estimate.output_pixels),
            "prompt": job.prompt,
        }
        for job in jobs
    ]


def survey_json(surveyed: Survey | None) -> dict[str, object] | None:
    """What the ledger has already, for machines; None where there is no ledger."""
    if surveyed is None:
        return None
    batch = surveyed.continues.batch.id if surveyed.continues else None
    return {"batch": batch, "done": surveyed.done, **surveyed.as_json()}


def _size(job: PlannedJob) -> str:
    """`1024 x 768` where both are set, else about how many megapixels."""
    width, height, pixels = job.params.get("width"), job.params.get("height"), job.estimate.output_pixels
    if isinstance(width, int) and isinstance(height, int):
        return f"{width} x {height}"
    return "size not known" if pixels is None else f"{show_megapixels(pixels)} MP"


def _figures(plan: Plan, seconds: float) -> tuple[str, ...]:
    unknown_sizes = sum(line.unknown_sizes for line in plan.models)
    return (
        f"{plan.unique:,}",
        known(show_megapixels(plan.output_pixels), unknown_sizes, plan.unique),
        known(f"{credits_of(plan.micro_credits):,}", plan.unknown_prices, plan.unique),
        known(show_usd(plan.micro_credits), plan.unknown_prices, plan.unique),
        show_seconds(seconds),
    )


def _more(difference: int | None) -> str:
    if difference is None:
        return "unknown"
    return f"{credits_of(difference):+,}" if difference else "0"


def _basis(duration: Duration) -> str:
    """Where the seconds per image come from."""
    published = [model for model, pace in duration.paces.items() if not pace.learnt_from]
    if not published:
        return "earlier jobs"
    if len(published) == len(duration.paces):
        return "published times"
    return f"earlier jobs, and published times of {', '.join(published)}"
