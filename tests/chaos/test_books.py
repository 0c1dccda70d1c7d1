"""The books tell a picture that was paid twice, and a credit nobody can explain, from all that a policy allows."""

from __future__ import annotations

import pytest

from tests.chaos.books import Books, Task, Try

PRICE = 3_000_000


def task(name: str, *, price: int = PRICE, begins: float = 0, ends: float = 9) -> Task:
    what = ("flux-2-pro", "a heron")
    return Task(id=name, what=what, lane="standard", micro_credits=price, accepted_at=begins, finished_at=ends)


def attempt(
    ticket: str | None, outcome: str | None, *, settled: int | None = None, answered: float = 1, ends: float | None = 9
) -> Try:
    what, came_at = ("flux-2-pro", "a heron"), None if ticket is None else answered
    return Try(what=what, ticket=ticket, accepted_at=came_at, outcome=outcome, ended_at=ends, settled=settled)


DONE = attempt("a", "done", settled=PRICE)


@pytest.mark.parametrize(
    ("tasks", "tries", "twice", "unexplained"),
    [
        pytest.param([task("a")], [DONE], 0, 0, id="ordered once, paid once"),
        pytest.param([task("a")], [], 1, 0, id="an order of which the ledger knows nothing"),
        pytest.param([task("a")], [attempt(None, "refused")], 1, 0, id="taken for refused, and billed"),
        pytest.param([task("a")], [attempt(None, None)], 0, 0, id="the answer was lost, and it is held"),
        pytest.param([task("b"), task("a")], [attempt(None, "lost"), DONE], 0, 0, id="lost, and ordered again"),
        pytest.param(
            [task("b"), task("a")], [attempt("b", "lost", answered=10), DONE], 0, 0, id="the lost answer came late"
        ),
        pytest.param([task("b"), task("a")], [attempt("b", "lost"), DONE], 1, 0, id="given up with its ticket"),
        pytest.param([task("b"), task("a")], [DONE], 1, 0, id="ordered again for no reason"),
        pytest.param([task("b"), task("a")], [attempt("b", "failed"), DONE], 0, 0, id="called failed, and billed"),
        pytest.param(
            [task("b"), task("a")], [attempt("b", "done", settled=PRICE), DONE], 1, 0, id="two pictures of one job"
        ),
        pytest.param([task("a", price=0)], [attempt("a", "moderated")], 0, 0, id="moderated, and free"),
        pytest.param([task("a", price=4_000_000)], [DONE], 0, 1_000_000, id="billed more than was settled"),
        pytest.param([task("a")], [attempt("a", "moderated")], 0, PRICE, id="called moderated, and billed"),
    ],
)
def test_the_books_know_what_was_paid_twice_and_what_is_unexplained(
    tasks: list[Task], tries: list[Try], twice: int, unexplained: int
) -> None:
    books = Books(tasks, tries)
    assert (books.paid_twice, books.unexplained) == (twice, unexplained)


def test_a_task_counts_as_active_until_it_ends_or_the_ledger_is_told_that_it_has() -> None:
    tasks = [task("a"), task("b", begins=4), task("c", begins=5), task("orphan")]
    tries = [attempt("a", "failed", ends=5), attempt("b", "done"), attempt("c", "done")]
    assert Books(tasks, tries).peaks == {"standard": 2}
