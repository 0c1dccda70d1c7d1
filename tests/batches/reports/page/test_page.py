"""The report as a page: whole, of one file, and harmless whatever people have written."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from batches.policy import Budget, Per, Policy, WideBudget
from batches.reports import Question, cost_report
from batches.reports.page import Bounds, as_html, facts_of
from batches.reports.page.exhibits import MOST_LINES
from batches.store.ledger import limits, moves, standing
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT, plan_of, plan_with

if TYPE_CHECKING:
    from tests.batches.store.ledger.world import World

PAID = Reported(micro_credits=4 * CREDIT)
NONE = Bounds()
EVIL = '<script>alert("x")</script>'
VOID = {"meta", "path", "line", "rect", "link", "br"}


class Page(HTMLParser):
    """Reads a page, and says whether its elements are nested as they should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), name
            if name == "id":
                self.ids.append(str(value))
            if name in {"src", "href", "xlink:href", "action", "data"}:
                self.addresses.append(str(value))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(world: World, batch_id: str, bounds: Bounds = NONE) -> str:
    def read(tx: Any) -> str:
        ending = cost_report(tx, standing.find_batch(tx, batch_id))
        question = Question(batches=frozenset({batch_id}))
        return as_html(facts_of(tx, question, ending, bounds=bounds, now=world.now), now=world.now)

    return world.ask(read)


def make(
    world: World, count: int, *, labels: dict[str, str] | None = None, model: str = "flux-dev", **more: Any
) -> str:
    """A batch of jobs, each with a label of its own, finished half an hour after each other."""
    plan = plan_of(count, model=model)
    told = [job._replace(labels={"series": f"number {job.number}", **(labels or {})}) for job in plan.jobs()]
    batch_id = world.submit_plan(plan_with(tuple(told)), more.pop("policy", Policy()))
    for job_id in world.call():
        job = world.carry(world.claim(job_id), State.FETCHING)
        world.now += 1800
        world.finish(job, PAID)
    return batch_id


def test_it_is_one_whole_file_that_asks_for_nothing(world: World) -> None:
    text = page_of(world, make(world, 3, policy=Policy(budget=Budget(micro_credits=100 * CREDIT))))
    page = Page(text)
    assert page.addresses == []
    assert "://" not in text
    assert not re.search(r"@import|@font-face|url\((?!#)", text)
    assert "script" not in page.seen
    assert len(page.ids) == len(set(page.ids)), "and no two charts use one id"


def test_every_chart_is_told_to_those_who_cannot_see_it(world: World) -> None:
    text = page_of(world, make(world, 3, policy=Policy(budget=Budget(micro_credits=100 * CREDIT))))
    titles = re.findall(r"<h3>(.*?)</h3>", text)
    assert titles == [
        "Cost over time", "Budget", "Cost by model", "Cost by series", "Estimated and settled",
        "Throughput", "Slots in use", "Seconds per picture",
    ]  # fmt: skip
    assert text.count('<svg role="img" aria-labelledby=') == text.count("<desc id=") == text.count("<table>") == 8


def test_bounds_stand_beside_what_they_bound(world: World) -> None:
    day = WideBudget(name="lab-day", budget=Budget(micro_credits=50 * CREDIT), account="main", per=Per.DAY)
    budgets = [day, replace(day, name="of-another", account="other"), replace(day, name="dogs", labels={"of": "dogs"})]
    batch_id = make(world, 3, labels={"of": "cats"})
    text = page_of(world, batch_id, Bounds(slots={"main": {"standard": 24, "video": 5}}, budgets=budgets))
    assert "At most 2.0 of 24 slots on average." in text
    assert "lab-day (a day): 12 of 50 credits" in text
    assert "of-another" not in text
    assert "dogs" not in text
    with world.ledger.write() as tx:
        limits.set_ceiling(tx, "main", "standard", 8)
    assert "of 8 slots" in page_of(world, batch_id, Bounds(slots={"main": {"standard": 24}}))
    assert "the limit" not in page_of(world, batch_id, Bounds(slots={"other": {"standard": 24}})), "it is not known"


@pytest.mark.parametrize("where", ["label", "name of a label", "model", "reason", "manifest's name"])
def test_whatever_people_have_written_is_text(where: str, world: World) -> None:
    name = EVIL if where == "manifest's name" else "hello"
    labels = {"label": {"k": EVIL}, "name of a label": {EVIL: "v"}}.get(where, {})
    model = EVIL if where == "model" else "flux-dev"
    [job] = plan_of(1, model=model).jobs()
    batch_id = world.submit_plan(plan_with((job._replace(labels=labels),), name), Policy())
    claimed = world.carry(world.claim(*world.call()), State.RENDERING)
    reason = EVIL if where == "reason" else "Nudity"
    world.do(moves.end, claimed, State.MODERATED, reason=reason, cost=PAID, source="result", now=world.now)
    text = page_of(world, batch_id)
    assert "script" not in Page(text).seen
    assert "<script" not in text
    assert "&lt;script" in text


def test_an_empty_answer_is_a_page_too(world: World) -> None:
    def read(tx: Any) -> str:
        return as_html(facts_of(tx, Question(batches=None), now=world.now), now=world.now)

    page = Page(world.ask(read))
    assert "svg" not in page.seen
    assert "nothing to show" in page.text


def test_many_labels_are_told_as_the_first_and_the_others(world: World) -> None:
    text = page_of(world, make(world, 40))
    assert f"{40 - MOST_LINES} others" in text
    table = text.partition("Cost by series")[2].partition("</table>")[0]
    assert table.count("<tr>") == 1 + MOST_LINES + 1  # the header, the first ones, the others


def test_what_is_missing_is_told_by_reason(world: World) -> None:
    world.submit(3)
    for job_id, reason in zip(world.call(), ["Nudity", "Nudity", "Blood"], strict=True):
        job = world.carry(world.claim(job_id), State.RENDERING)
        world.do(moves.end, job, State.MODERATED, reason=reason, cost=PAID, source="result", now=world.now)
    text = page_of(world, job.batch_id)
    table = text.partition("Jobs without a picture")[2].partition("</table>")[0]
    assert re.findall(r"<td>(.*?)</td>", table) == ["moderated: Nudity", "2", "moderated: Blood", "1"]
    assert "Throughput" not in text, "and where no picture was made there is nothing to see of it"


def test_colours_are_the_pages_own(world: World) -> None:
    """So that charts follow it from light to dark, and to paper."""
    text = page_of(world, make(world, 3))
    for chart in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', chart))
        assert all(one.startswith("var(--") or one in {"none", "transparent"} for one in colours), colours
    defined = set(re.findall(r"(--[a-z0-9-]+):", text))
    assert set(re.findall(r"var\((--[a-z0-9-]+)\)", text)) <= defined
