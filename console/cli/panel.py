"""The panel that a terminal shows while batches are carried out. It fits narrow windows, and low ones."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.style import Style
from rich.table import Table
from rich.text import Text

from batches.money import show_credits
from batches.planning.finishing import show_moment
from batches.store.ledger.states import ENDED, State
from console.cli.outlook import show_money, show_notice, show_projected
from console.cli.output import show_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from batches.store.images import ImageStore
    from batches.store.ledger.lately import Ended
    from batches.store.ledger.standing import Standing
    from console.actions.lanes import Lane
    from console.actions.looking import Look
    from console.actions.onlooking import Scene

STYLES = {State.DONE: "green", State.MODERATED: "yellow", State.UNSURE: "yellow", State.FAILED: "red"}
OUTCOMES = {"moderated": "yellow", "failed": "red", "lost": "yellow"}

BAR_WIDTH = 40
WIDTH_OF_WORDS = 9
MOST_REASONS = 5
MOST_PICTURES = 3

LINES_OF_BATCH = 6
LINES_BESIDE = 10
"""What stands below the batches needs about so many."""


def panel(
    scene: Scene, per_minute: Mapping[str, float | None], store: ImageStore, *, since: float, height: int
) -> RenderableType:
    """All of it. Notices are shown that came about since then; batches, as many as the window is high enough for."""
    most = max(1, (height - LINES_BESIDE) // LINES_OF_BATCH)
    going_on_first = sorted(scene.looks, key=lambda look: look.standing.rests)
    parts: list[RenderableType] = []
    for look in going_on_first[:most]:
        parts += _batch(look, per_minute.get(look.standing.batch.id))
    if len(scene.looks) > most:
        parts.append(Text(f"… and {len(scene.looks) - most:,} more", style="dim"))
    return Group(*parts, *_beside(scene, store, since))


def counts(now: Standing) -> Text:
    """`12 queued, 3 rendering, 85 done`, in colours."""
    parts = [(f"{now.jobs[state]:,} {state}", STYLES.get(state, "")) for state in State if now.jobs.get(state)]
    return Text(", ").join(Text(text, style=style) for text, style in parts)


def _batch(look: Look, per_minute: float | None) -> Iterator[RenderableType]:
    now = look.standing
    ended = sum(now.jobs.get(state, 0) for state in ENDED)
    grid = Table.grid(padding=(0, 1))
    grid.add_column()
    grid.add_column(max_width=BAR_WIDTH)
    grid.add_column(no_wrap=True)
    grid.add_row(" ", ProgressBar(total=max(now.total, 1), completed=ended), _share(ended, now.total))
    yield Text(now.batch.id, style="bold", no_wrap=True, overflow="ellipsis")
    yield grid
    yield _indented(counts(now))
    if speed := _speed(look, per_minute):
        yield _indented(Text(speed))
    for held in _held(look):
        yield _indented(Text(held, style="yellow"))
    for line in _money(look):
        yield _indented(line)


def _share(ended: int, total: int) -> str:
    """`1,234 of 10,000, 12%`, and below a hundred until all have ended."""
    percent = 100 * ended // max(total, 1)
    return f"{ended:,} of {total:,}, {percent}%"


def _speed(look: Look, per_minute: float | None) -> str:
    """`96 images a minute, 12 min left (done about 04:10)`."""
    if look.standing.rests:
        return ""
    done_at = look.projection.done_at if look.projection else None
    told = [f"{per_minute:,.0f} images a minute"] if per_minute else []
    if done_at is not None:
        now = time.time()
        told.append(f"{show_seconds(done_at - now)} left (done about {show_moment(done_at, now)})")
    return ", ".join(told)


def _held(look: Look) -> Iterator[str]:
    """What keeps it, or some of its accounts, from going on."""
    batch = look.standing.batch
    if batch.paused is not None and not look.standing.rests:
        yield f"paused, {batch.paused}: {batch.paused_message}"
    if look.stop is not None:
        yield f"the account {look.stop.account} rests, {look.stop.reason}: {look.stop.message}"
    for no_more in look.exhausted:
        yield f"{no_more.account} pays no more: {no_more.message}"


def _money(look: Look) -> Iterator[Text]:
    """What is spent, where that leads, and the cap beside it."""
    yield Text(show_money(look.standing.money), style="dim")
    budget, projection = look.standing.batch.policy.budget, look.projection
    told = [f"{show_projected(projection)} at the end"] if projection else []
    told += [f"budget {show_credits(budget.micro_credits)}"] if budget else []
    beyond = budget is not None and projection is not None and projection.likely > budget.micro_credits
    if told:
        yield Text(", ".join(told), style="yellow" if beyond else "dim")


def _beside(scene: Scene, store: ImageStore, since: float) -> Iterator[Text]:
    """Slots, what was in vain, pictures and notices, each with its word in front."""
    notices = {notice.key: notice for look in scene.looks for notice in look.notices if notice.at >= since}
    accounts = {lane.account for lane in scene.lanes}
    told = {
        "slots": [_lane(lane, named=len(accounts) > 1) for lane in scene.lanes],
        "lately": list(_in_vain(scene.ended)),
        "pictures": list(_pictures(scene.ended, store)),
        "notices": [Text(show_notice(notice), style="yellow") for notice in notices.values()],
    }
    for word, lines in told.items():
        for number, line in enumerate(lines):
            front = (f"{'' if number else word:<{WIDTH_OF_WORDS}}", "dim")
            yield Text.assemble(front, line, no_wrap=True, overflow="ellipsis")


def _lane(lane: Lane, *, named: bool) -> Text:
    """`standard 12 of 12, cut from 24, 40 s ago: too many`."""
    view = lane.view
    said = Text(f"{f'{lane.account} ' if named else ''}{lane.lane} {view.used} of {view.limit}")
    if view.cut and view.limit < view.ceiling:
        ago = show_seconds(time.time() - view.cut.at)
        said.append(f", cut from {view.cut.before}, {ago} ago: {view.cut.why}", style="yellow")
    return said


def _in_vain(ended: Sequence[Ended]) -> Iterator[Text]:
    """What brought no picture, alike ones together, the latest first."""
    alike = Counter((one.outcome, one.message) for one in ended if one.outcome in OUTCOMES)
    for (outcome, message), count in list(alike.items())[:MOST_REASONS]:
        yield Text.assemble((f"{count:,} {outcome}", OUTCOMES[outcome]), f": {message}")


def _pictures(ended: Iterable[Ended], store: ImageStore) -> Iterator[Text]:
    """The names of the latest, to be clicked on."""
    keys = [one.image_key for one in ended if one.outcome == "done" and one.image_key]
    links = [
        Text(PurePosixPath(key).name, style=Style(link=_address(store.locate(key)))) for key in keys[:MOST_PICTURES]
    ]
    if links:
        yield Text("  ").join(links)


def _address(place: str) -> str:
    """What a terminal can open."""
    return place if "://" in place else Path(place).as_uri()


def _indented(text: Text) -> Text:
    return Text.assemble("  ", text)
