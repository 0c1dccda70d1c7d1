"""A manifest's `policy`, `account` and `reuse`: what they say, and in what words they are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from batches.policy import Budget, BudgetMode, Canary, Deadline, Policy, Unsure, Window

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.manifest import Manifest

    Read = Callable[[str], Manifest]
    Refused = Callable[[str], list[tuple[str, str, str]]]

HEAD = "version: 1\nname: hello\nprompts: [A fox]\n"
CREDIT = 1_000_000
BERLIN = "Europe/Berlin"
DEADLINE = 'must be a time such as "07:00" or "2026-11-21 07:00"'
HOURS = 'must be hours such as "22:00-07:00"'
MONEY = "must be a number above 0, at most 1,000,000,000 and with at most 6 decimals"
WARN = "must be a list of whole percentages from 1 to 100, such as [50, 80, 100]"
ONE_AMOUNT = "must have one amount, in `credits` or in `dollars`"
PERCENT = 'must be a percentage below 1000%, such as "5%"'
RESUBMIT = 'must be a percentage such as "1%" or an amount such as {credits: 5}'
ZONE = "such as `time_zone: Europe/Berlin`"


@pytest.mark.parametrize("line", ["", "policy:", "policy: {}", "account:\npolicy: {budget: }"])
def test_what_is_not_said_is_the_default(line: str, read: Read) -> None:
    manifest = read(HEAD + line)
    assert manifest.policy == Policy()
    assert (manifest.accounts, manifest.reuse) == ((), False)


@pytest.mark.parametrize(
    ("rules", "meant"),
    [
        ("budget: {credits: 500}", {"budget": Budget(micro_credits=500 * CREDIT, mode=BudgetMode.HARD)}),
        ("budget: {credits: 0.000001, mode: soft}", {"budget": Budget(micro_credits=1, mode=BudgetMode.SOFT)}),
        (
            "budget: {dollars: 5, mode: cautious}",
            {"budget": Budget(micro_credits=500 * CREDIT, mode=BudgetMode.CAUTIOUS)},
        ),
        ("budget: {credits: 5, warn: [90, 10]}", {"budget": Budget(micro_credits=5 * CREDIT, warn=(10, 90))}),
        ("budget: {dollars: 0.1}", {"budget": Budget(micro_credits=10 * CREDIT)}),  # and not the float's 0.1000…5
        ("budget: {dollars: 999999999.123457}", {"budget": Budget(micro_credits=99_999_999_912_345_700)}),  # exact
        ("attempts: 1", {"attempts": 1}),
        ("unsure: hold", {"unsure": Unsure()}),
        ("unsure: {resubmit: 1%}", {}),  # the default, said aloud
        ("unsure: {resubmit: 2.5%}", {"unsure": Unsure(part=Decimal("0.025"))}),
        ("unsure: {resubmit: {part: 5%}}", {"unsure": Unsure(part=Decimal("0.05"))}),  # the long form
        ("unsure: {resubmit: {credits: 5}}", {"unsure": Unsure(micro_credits=5 * CREDIT)}),
        ("unsure: {resubmit: {dollars: 1}}", {"unsure": Unsure(micro_credits=100 * CREDIT)}),
        ("in_flight: 12", {"in_flight": 12}),
        ("priority: -100", {"priority": -100}),
        ("share: 2", {"share": 2}),
        ("window: 22:00-07:00\n  time_zone: Europe/Berlin", {"window": Window(begin=1320, end=1860, time_zone=BERLIN)}),
        ("window: '8:00 - 24:00'\n  time_zone: UTC", {"window": Window(begin=480, end=1440, time_zone="UTC")}),
        (
            "deadline: 2026-11-21 07:00\n  time_zone: Europe/Berlin",
            {"deadline": Deadline(day=date(2026, 11, 21), minutes=420, time_zone=BERLIN)},
        ),
        ("deadline: 07:00\n  time_zone: Europe/Berlin", {"deadline": Deadline(minutes=420, time_zone=BERLIN)}),
        (
            "deadline: 2026-11-21T07:00+01:00",  # as programs write it
            {"deadline": Deadline(day=date(2026, 11, 21), minutes=420, time_zone="+01:00")},
        ),
        ("deadline: 7:00Z\n  time_zone: Europe/Berlin", {"deadline": Deadline(minutes=420, time_zone="Z")}),
        ("canary: {first: 20}", {"canary": Canary(first=20)}),
        (
            "canary: {first: 20, moderated: 5%, failed: 0%, cost: 110%}",
            {"canary": Canary(first=20, moderated=Decimal("0.05"), failed=Decimal(0), cost=Decimal("1.1"))},
        ),
        ("moderation: give up", {}),  # the default, said aloud
        ("moderation: {new_seeds: 3}", {"new_seeds": 3}),
    ],
)
def test_a_policy_means_what_it_says(rules: str, meant: dict[str, object], read: Read) -> None:
    policy = read(f"{HEAD}policy:\n  {rules}").policy
    assert policy == replace(Policy(), **meant)  # type: ignore[arg-type]  # rows of the table


def test_account_and_reuse_stand_at_the_top(read: Read) -> None:
    manifest = read(HEAD + "account: 127.0.0.1:8000\nreuse: true")
    assert (manifest.accounts, manifest.reuse) == (("127.0.0.1:8000",), True)


def test_several_accounts_may_pay(read: Read) -> None:
    assert read(HEAD + "account: [studio, lab]").accounts == ("studio", "lab")


@pytest.mark.parametrize(
    ("line", "column", "message", "hint"),
    [
        ("account: 7", 10, "`account` must be text, not 7", "put quotes around it"),
        ("account: our studio", 10, '`account` must be letters, digits and any of . _ : -, not "our studio"', ""),
        ("account: ''", 10, '`account` must be letters, digits and any of . _ : -, not ""', ""),
        (f"account: {61 * 'x'}", 10, "`account` must have at most 60 characters, not 61", ""),
        ("account: []", 10, "`account` must not be empty", ""),
        ("account: [studio, 7]", 19, "value 2 of `account` must be text, not 7", "put quotes around it"),
        (
            "account: [studio, 'a b']",
            19,
            'value 2 of `account` must be letters, digits and any of . _ : -, not "a b"',
            "",
        ),
        ("account: [studio, lab, studio]", 10, "`account` must name each account once, not a list", ""),
        ("reuse: yes", 8, '`reuse` must be true or false, not "yes"', "write `true`"),
        ("reuse: off", 8, '`reuse` must be true or false, not "off"', "write `false`"),
        ("reuse: 1", 8, "`reuse` must be true or false, not 1", ""),
        ("reuse:", 7, "`reuse` must be true or false, not nothing", ""),
        ("budget: {credits: 5}", 1, "unknown key `budget`", "it goes under `policy`"),
        ("polcy: {}", 1, "unknown key `polcy`", 'did you mean "policy"?'),
        ("policy: cheap", 9, '`policy` must be a mapping, not "cheap"', ""),
        ("policy: {budgt: 5}", 10, "unknown key `budgt`", 'did you mean "budget"?'),
    ],
)
def test_a_wrong_key_at_the_top_is_named(line: str, column: int, message: str, hint: str, refused: Refused) -> None:
    assert refused(HEAD + line) == [(f"m.yaml:4:{column}", message, hint)]


@pytest.mark.parametrize(
    ("rule", "column", "message", "hint"),
    [
        # money
        ("budget: 500", 18, "`budget` must be a mapping, not 500", ""),
        ("budget: {}", 18, f"`budget` {ONE_AMOUNT}", ""),
        ("budget: {credits: 5, dollars: 5}", 18, f"`budget` {ONE_AMOUNT}", ""),
        ("budget: {credits: 0}", 28, f"`credits` {MONEY}, not 0", ""),
        ("budget: {credits: -5}", 28, f"`credits` {MONEY}, not -5", ""),
        ("budget: {credits: true}", 28, f"`credits` {MONEY}, not true", ""),
        ("budget: {dollars: $5}", 28, f'`dollars` {MONEY}, not "$5"', ""),
        ("budget: {dollars: 0.0000001}", 28, f"`dollars` {MONEY}, not 1e-07", ""),
        ("budget: {dollars: 1e300}", 28, f"`dollars` {MONEY}, not 1e+300", ""),
        ("budget: {dollars: 1000000001}", 28, f"`dollars` {MONEY}, not 1000000001", ""),
        (
            "budget: {credits: 5, mode: herd}",
            37,
            "`mode` must be 'hard', 'cautious' or 'soft', not \"herd\"",
            'did you mean "hard"?',
        ),
        ("budget: {credits: 5, warn: [0]}", 37, f"`warn` {WARN}, not a list", ""),
        ("budget: {credits: 5, warn: 50}", 37, f"`warn` {WARN}, not 50", ""),
        ("budget: {credit: 5}", 19, "unknown key `credit`", 'did you mean "credits"?'),
        (
            "budget: {euros: 5, credits: 1}",
            19,
            "unknown key `euros`",
            "`credits`, `dollars`, `mode` and `warn` go here",
        ),
        # money at risk
        (
            "unsure: wait",
            18,
            '`unsure` must be `hold`, or `resubmit` with a bound such as {resubmit: 1%}, not "wait"',
            "",
        ),
        ("unsure: {}", 18, "`resubmit` is missing", ""),
        ("unsure: {resubmit: 101%}", 29, '`resubmit` must be at most 100%, not "101%"', ""),
        ("unsure: {resubmit: all}", 29, f'`resubmit` {PERCENT}, not "all"', ""),
        ("unsure: {resubmit: 1}", 29, f"`resubmit` {RESUBMIT}, not 1", ""),
        ("unsure: {resubmit: {credits: 1, part: 1%}}", 29, f"`resubmit` {ONE_AMOUNT}", ""),
        ("unsure: {hold: true, resubmit: 1%}", 19, "unknown key `hold`", "`resubmit` goes here"),
        # counts
        ("attempts: 0", 20, "`attempts` must be at least 1, not 0", ""),
        ("attempts: 101", 20, "`attempts` must be at most 100, not 101", ""),
        ("attempts: ", 20, "`attempts` must be a whole number, not nothing", ""),
        ("in_flight: 0", 21, "`in_flight` must be at least 1, not 0", ""),
        ("in_flight: 2.5", 21, "`in_flight` must be a whole number, not 2.5", ""),
        ("priority: 101", 20, "`priority` must be at most 100, not 101", ""),
        ("priority: -101", 20, "`priority` must be at least -100, not -101", ""),
        ("priority: high", 20, '`priority` must be a whole number, not "high"', ""),
        ("share: 0", 17, "`share` must be at least 1, not 0", ""),
        # times
        ("window: 22-7", 18, f'`window` {HOURS}, not "22-7"', ""),
        ("window: 22", 18, f"`window` {HOURS}, not 22", ""),
        ("window: 24:00-07:00", 18, f'`window` {HOURS}, not "24:00-07:00"', ""),
        ("window: 08:00-08:00", 18, '`window` must end at another time than it begins, not "08:00-08:00"', ""),
        ("window: 22:00-07:00", 18, "`window` needs a `time_zone`", ZONE),
        ("deadline: 07:00", 20, "`deadline` needs a `time_zone`", ZONE),
        ("deadline: 2026-11-21 07:00", 20, "`deadline` needs a `time_zone`", ZONE),
        ("deadline: tomorrow", 20, f'`deadline` {DEADLINE}, not "tomorrow"', ""),
        ("deadline: 2026-11-21", 20, f'`deadline` {DEADLINE}, not "2026-11-21"', ""),
        ("deadline: 2027-02-29 07:00", 20, f'`deadline` {DEADLINE}, not "2027-02-29 07:00"', ""),
        ("deadline: 7", 20, f"`deadline` {DEADLINE}, not 7", ""),
        (
            "time_zone: Europe/Berln",
            21,
            '`time_zone` must be a time zone such as Europe/Berlin, not "Europe/Berln"',
            'did you mean "Europe/Berlin"?',
        ),
        ("time_zone: ../etc", 21, '`time_zone` must be a time zone such as Europe/Berlin, not "../etc"', ""),
        ("time_zone: 1", 21, "`time_zone` must be a time zone such as Europe/Berlin, not 1", ""),
        # the first jobs
        ("canary: 20", 18, "`canary` must be a mapping, not 20", ""),
        ("canary: {failed: 1%}", 18, "`first` is missing", "say how many jobs go ahead, such as `first: 20`"),
        ("canary: {first: 0}", 26, "`first` must be at least 1, not 0", ""),
        ("canary: {first: 5%}", 26, '`first` must be a whole number, not "5%"', ""),
        ("canary: {first: 9, failed: 101%}", 37, '`failed` must be at most 100%, not "101%"', ""),
        ("canary: {first: 9, failed: 0.05}", 37, f"`failed` {PERCENT}, not 0.05", ""),
        ("canary: {first: 9, moderated: -1%}", 40, f'`moderated` {PERCENT}, not "-1%"', ""),
        ("canary: {first: 9, cost: 1000%}", 35, f'`cost` {PERCENT}, not "1000%"', ""),
        ("canary: {frist: 9, first: 9}", 19, "unknown key `frist`", 'did you mean "first"?'),
        # moderated jobs
        (
            "moderation: retry",
            22,
            '`moderation` must be `give up`, or `new_seeds` with a number such as {new_seeds: 3}, not "retry"',
            "",
        ),
        ("moderation: {new_seeds: 101}", 34, "`new_seeds` must be at most 100, not 101", ""),
        ("moderation: {}", 22, "`new_seeds` is missing", ""),
    ],
)
def test_a_wrong_rule_is_named_with_its_place_and_cure(
    rule: str, column: int, message: str, hint: str, refused: Refused
) -> None:
    assert refused(f"{HEAD}policy: {{{rule}}}") == [(f"m.yaml:4:{column}", message, hint)]


def test_all_wrong_rules_come_at_once(refused: Refused) -> None:
    text = HEAD + "policy:\n  budget: {credits: 0}\n  window: 8-9\n  canary: {first: 0, cost: 5}\n  moderation: x\n"
    assert [place for place, _, _ in refused(text)] == [
        "m.yaml:5:21",
        "m.yaml:6:11",
        "m.yaml:7:19",
        "m.yaml:7:28",
        "m.yaml:8:15",
    ]
