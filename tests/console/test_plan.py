"""`fluxbatch plan` says what a person wants to know before a night, and leaves no trace."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from batches.errors import SettingError
from batches.manifest import ManifestError
from batches.planning import Duration, Room
from batches.store.ledger import Ledger
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from console.actions.forecasting import Forecast
from console.cli.figures import show_forecast
from console.cli.main import app
from console.cli.output import out, show_bytes, show_seconds
from tests.batches.store.ledger.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]

HELLO = "version: 1\nname: hello\nmodel: flux-dev\nprompts: [a fox, an owl]\n"
UNPRICED = (
    "version: 1\nname: try\nmodel: flux-tools/vto-v1\nprompts: [a coat]\n"
    'params: {person: "https://e.com/p.png", garment: "https://e.com/g.png"}\n'
)
EDIT = HELLO.replace("flux-dev", "flux-2-pro") + 'params: {input_image: "https://example.com/a.png"}\n'


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What `fluxbatch plan` prints for this manifest and these options, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "LEDGER_URL", "IMAGES_URL", "BROKER_URL", "ACCOUNT", "API_URL", "CONFIG"):
        monkeypatch.delenv(f"FLUXBATCH_{name}", raising=False)
    monkeypatch.delenv("BFL_API_KEY", raising=False)

    def planner(text: str, *words: str) -> str:
        Path("m.yaml").write_text(text)
        app(["plan", "m.yaml", *words], standalone_mode=False)
        return capsys.readouterr().out

    return planner


@pytest.fixture
def told(plan: Callable[..., str]) -> Callable[..., dict[str, Any]]:
    """The same as JSON."""
    return lambda text, *words: json.loads(plan(text, "--json", *words))


def earlier_job(seconds: float, **batch: Any) -> None:
    """A job of BFL's own account that took so long and cost 2 credits, in the ledger of this folder."""
    with Ledger(f"sqlite:///{Path('.fluxbatch/ledger.db').absolute()}") as ledger:
        world = World(ledger)
        world.submit(accounts=("default",), **batch)
        [job_id] = world.call(account="default")
        job = world.carry(world.claim(job_id, account="default"), State.RENDERING)
        world.now += seconds
        assert world.finish(world.carry(job, State.FETCHING), Reported(micro_credits=2_000_000))


def test_a_plan_says_images_cost_time_and_room(plan: Callable[..., str]) -> None:
    lines = plan(HELLO).splitlines()
    assert lines[0].split() == ["model", "images", "megapixels", "credits", "USD"]
    assert lines[1].split() == ["flux-dev", "2", "1.57", "5", "$0.05"]
    assert lines[2:4] == [
        "2 images for about 5 credits ($0.05).",
        "Takes about 5 s with all its slots, going by published times.",
    ]
    assert lines[4].startswith("The images need about 1 MB, by rule of thumb; ")


def test_a_plan_leaves_no_trace(plan: Callable[..., str]) -> None:
    plan(HELLO, "--by", "07:00", "--what-if", "steps=9", "--show", "1")
    assert [path.name for path in Path().iterdir()] == ["m.yaml"]


def test_low_and_high_are_shown_where_something_is_in_doubt(plan: Callable[..., str]) -> None:
    said = plan(EDIT)
    assert said.splitlines()[0].split() == [
        *("model", "images", "megapixels", "input", "low", "credits", "high", "USD"),
    ]
    assert "2 images for about 9 credits ($0.09), between 9 and 27." in said


def test_an_unknown_price_is_no_amount(plan: Callable[..., str]) -> None:
    said = plan(UNPRICED)
    assert said.splitlines()[1].split() == ["flux-tools/vto-v1", "1", "unknown", "unknown", "unknown", "unknown"]
    assert "1 image for a price that is not known." in said


def test_earlier_jobs_tell_prices_times_and_sizes(plan: Callable[..., str], told: Callable[..., Any]) -> None:
    earlier_job(33, model="flux-tools/vto-v1")
    said = plan(UNPRICED)
    assert "2 (learnt)" in said
    assert "Takes about 33 s with all its slots, going by earlier jobs." in said
    found = told(UNPRICED)
    assert (found["unknown_prices"], found["learnt_prices"], found["cost"]["credits"]) == (0, 1, 2)
    assert found["duration"]["seconds_per_image"] == {"flux-tools/vto-v1": {"seconds": 33, "learnt_from": 1}}


@pytest.mark.usefixtures("plan")
def test_a_broken_ledger_is_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".fluxbatch").mkdir()
    Path(".fluxbatch/ledger.db").write_text("this is no database, although it is where one should be\n" * 100)
    Path("m.yaml").write_text(HELLO)
    app(["plan", "m.yaml"], standalone_mode=False)
    said = capsys.readouterr()
    assert "2 images for about 5 credits" in said.out
    assert "Note: nothing is known of earlier jobs. The ledger" in said.err


@pytest.mark.parametrize(
    ("free", "said"),
    [
        (2_000_000, "The images need about 2 MB, by rule of thumb; 2 MB are free.\n"),
        (1_999_999, "Note: that is more than is free"),
        (None, "The images need about 2 MB, by rule of thumb.\n"),
    ],
)
def test_a_disk_that_is_too_small_is_told(free: int | None, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    figures = Forecast(Duration(1, {}, {}), Room(2_000_000, learnt=False), free, None)
    show_forecast(figures, 0, out)
    assert said in capsys.readouterr().out
    assert figures.is_short == said.startswith("Note")


def test_done_in_time_is_answered(plan: Callable[..., str], told: Callable[..., Any]) -> None:
    assert ", in time for 2999-01-01 07:00." in plan(HELLO, "--by", "2999-01-01T07:00")
    assert told(HELLO, "--by", "2999-01-01T07:00")["finish"]["in_time"] is True
    assert told(HELLO)["finish"] is None
    with pytest.raises(SettingError, match="'soon' is no time"):
        plan(HELLO, "--by", "soon")


def test_what_the_ledger_has_already_is_told(
    plan: Callable[..., str], told: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(HELLO)["ledger"] is None, "there is none"
    Path("m.yaml").write_text(HELLO)
    app(["submit", "m.yaml", "--yes"], standalone_mode=False)
    batch = capsys.readouterr().out.strip()
    text = HELLO.replace("an owl", "an owl, an owl, a hare")
    assert told(text)["ledger"] == {
        "batch": batch, "done": 0, "known": 2, "new": 1, "copies": 1, "reused": 0,
        "credits": 2.5, "unknown_prices": 0,
    }  # fmt: skip
    said = plan(text)
    assert f"{batch} has some of it: 2 known (0 done), 2 new." in said
    assert "To pay for what is new: about 2.5 credits ($0.025) for 1 image." in said
    assert "Takes about 5 s for all of it with all its slots" in said
    assert f"{batch} has all of it: 2 known (0 done), nothing new." in plan(HELLO)


def test_the_policy_is_told_and_asked(plan: Callable[..., str], told: Callable[..., Any]) -> None:
    rules = "{budget: {credits: 4}, in_flight: 1, deadline: 2999-01-01 07:00, time_zone: UTC}"
    text = f"{HELLO}policy: {rules}\n"
    said = plan(text)
    assert "Policy: a hard budget of 4 credits; at most 1 in flight; to be done by 2999-01-01 07:00 (UTC)." in said
    assert "Note: the budget of 4 credits covers about 1 of 2 images" in said
    assert "Takes about 10 s with all its slots" in said
    assert "in time for 2999-01-01" in said
    assert told(text, "--by", "2998-01-01T07:00")["finish"]["by"].startswith("2998"), "what is asked goes first"


def test_the_work_waits_for_its_hours(told: Callable[..., Any]) -> None:
    """So an hour of the day after tomorrow is the earliest, however little there is to do."""
    now = datetime.now(UTC)
    begin, end = (f"{(now + timedelta(hours=hours)).hour:02}:00" for hours in (2, 3))
    found = told(f"{HELLO}policy: {{window: {begin}-{end}, time_zone: UTC, deadline: 2999-01-01 07:00}}\n")["finish"]
    assert timedelta(hours=1) <= datetime.fromisoformat(found["at"]) - now <= timedelta(hours=2, minutes=1)


def test_a_deadline_that_is_over_is_refused_where_it_stands(plan: Callable[..., str]) -> None:
    text = f"{HELLO}policy:\n  time_zone: UTC\n  deadline: 2020-01-01 07:00\n"
    for verb in (["plan"], ["submit", "--yes"], ["run", "--yes", "--simulate"]):
        with pytest.raises(ManifestError, match=r"m.yaml:7:13: the `deadline` is over; name a time to come"):
            plan(text) if verb == ["plan"] else app([*verb, "m.yaml"], standalone_mode=False)


def test_a_plan_has_the_slots_of_its_account(plan: Callable[..., str], told: Callable[..., Any]) -> None:
    Path("fluxbatch.toml").write_text('[accounts.studio]\nkey_env = "STUDIO_BFL_KEY"\nslots = {standard = 1}\n')
    assert told(f"{HELLO}account: studio\n")["duration"]["seconds"] == told(HELLO)["duration"]["seconds"] * 2
    with pytest.raises(ManifestError, match=r'm.yaml:5:10: There is no account "stduio"; did you mean "studio"'):
        plan(f"{HELLO}account: stduio\n")


POOL = """
[accounts.studio]
key_env = "STUDIO_BFL_KEY"
slots = {standard = 1}

[accounts.lab]
key_env = "LAB_BFL_KEY"
slots = {standard = 1}

[pools]
night = ["studio", "lab"]
week = ["studio", "lap"]
"""


def test_a_plan_has_the_slots_of_all_accounts_of_a_pool(told: Callable[..., Any]) -> None:
    Path("fluxbatch.toml").write_text(POOL)
    alone, both = (told(f"{HELLO}account: {whose}\n")["duration"]["seconds"] for whose in ("studio", "night"))
    assert alone == 2 * both
    assert told(f"{HELLO}account: [lab, studio]\n")["duration"]["seconds"] == both


@pytest.mark.parametrize(
    ("whose", "said"),
    [
        ("[studio, lap]", r'm.yaml:5:19: There is no account "lap"; did you mean "lab"\?'),
        ("week", r'm.yaml:5:10: fluxbatch.toml: `pools.week`: There is no account "lap"; did you mean "lab"\?'),
        ("nigth", r'm.yaml:5:10: There is no account "nigth"; did you mean "night"\?'),
    ],
)
def test_an_account_that_a_pool_does_not_have_is_named_where_it_stands(
    whose: str, said: str, plan: Callable[..., str]
) -> None:
    Path("fluxbatch.toml").write_text(POOL)
    with pytest.raises(ManifestError, match=said):
        plan(f"{HELLO}account: {whose}\n")


NEGOTIATED = '[prices]\nflux-dev = 2\nflux-2-klein-4b = {discount_percent = 50}\n"flux-tools/vto-v1" = 9\n'


def test_a_plan_goes_by_negotiated_prices_and_says_so(plan: Callable[..., str], told: Callable[..., Any]) -> None:
    published = told(HELLO)
    Path("fluxbatch.toml").write_text(NEGOTIATED)
    said = plan(HELLO, "--what-if", "model=flux-2-klein-4b")
    assert said.splitlines()[1].split() == ["flux-dev", "2", "1.57", "4", "(negotiated)", "$0.04"]
    assert ["model=flux-2-klein-4b", "2", "2.10", "1.4", "$0.014", "2", "s", "-2.6"] in map(
        str.split, said.splitlines()
    )
    found = told(HELLO)
    assert (found["cost"]["credits"], found["models"]["flux-dev"]["negotiated"]) == (4, True)
    assert (published["cost"]["credits"], published["models"]["flux-dev"]["negotiated"]) == (5, False)
    assert found["prices"]["sha256"] != published["prices"]["sha256"]
    assert found["fingerprint"] == published["fingerprint"], "a price changes nothing of what is asked for"


def test_what_was_agreed_goes_before_what_was_learnt(told: Callable[..., Any]) -> None:
    earlier_job(33, model="flux-tools/vto-v1")
    Path("fluxbatch.toml").write_text(NEGOTIATED)
    found = told(UNPRICED)
    assert (found["cost"]["credits"], found["learnt_prices"]) == (9, 0)


def test_a_batch_reserves_negotiated_prices_and_its_report_names_their_table(
    told: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("fluxbatch.toml").write_text(NEGOTIATED)
    prices = told(HELLO)["prices"]
    app(["submit", "m.yaml", "--yes", "--json"], standalone_mode=False)
    assert json.loads(capsys.readouterr().out)["submitted"]["credits"] == 4

    def submitted_again(text: str) -> tuple[object, object]:
        Path("m.yaml").write_text(text)
        app(["submit", "m.yaml", "--yes"], standalone_mode=False)
        capsys.readouterr()
        app(["report", "hello", "--json"], standalone_mode=False)
        report = json.loads(capsys.readouterr().out)
        return report["prices"], report["estimated"]["credits"]

    Path("fluxbatch.toml").write_text("[prices]\nflux-dev = 1\n")
    assert submitted_again(HELLO) == (prices, 4), "those that its jobs were estimated with"
    edited = HELLO.replace("an owl", "an owl, a hare")
    assert submitted_again(edited) == (told(edited)["prices"], 5), "and with new jobs, those of the latest"


def test_the_page_on_negotiated_prices_shows_what_is_printed(
    plan: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs/how-to/negotiated-prices.md").read_text()
    blocks = {kind: re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL) for kind in ("toml", "yaml", "text")}
    Path("fluxbatch.toml").write_text(blocks["toml"][0])
    said = plan(blocks["yaml"][0], "--what-if", "model=flux-kontext-max")
    app(["models", "flux-kontext-max", "--prices"], standalone_mode=False)
    printed = {line.rstrip() for line in (said + capsys.readouterr().out).splitlines()}
    assert {line for block in blocks["text"] for line in block.splitlines()} <= printed


def test_submit_reserves_what_a_plan_has_learnt(told: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    earlier_job(33, model="flux-tools/vto-v1")
    assert told(UNPRICED)["cost"]["credits"] == 2
    app(["submit", "m.yaml", "--yes", "--json"], standalone_mode=False)
    submitted = json.loads(capsys.readouterr().out)["submitted"]
    assert (submitted["credits"], submitted["unknown_prices"]) == (2, 0)


def test_what_ifs_are_compared_in_a_table(plan: Callable[..., str], told: Callable[..., Any]) -> None:
    words = ("--what-if", "model=flux-2-klein-4b", "--what-if", "width=9")
    said = [line.split() for line in plan(HELLO + "params: {steps: 9}\n", *words).splitlines()]
    assert ["as", "planned", "2", "1.57", "5", "$0.05", "5", "s"] in said
    assert ["model=flux-2-klein-4b", "2", "2.10", "2.8", "$0.028", "2", "s", "-2.2"] in said
    changed, impossible, together = told(HELLO + "params: {steps: 9}\n", *words)["what_if"]
    assert changed["difference"] == {"credits": -2.2, "usd": -0.022}
    assert changed["notes"] == ["flux-2-klein-4b goes without steps"]
    assert impossible["reason"].startswith("`width` is 9;")
    assert (together["name"], together["changes"]) == ("all of these", {"model": "flux-2-klein-4b", "width": "9"})


def test_a_sample_shows_whole_prompts(plan: Callable[..., str], told: Callable[..., Any]) -> None:
    prompt = "A fox [bold]in[/bold] " + "very " * 60 + "deep snow"
    text = f"version: 1\nname: hello\nmodel: flux-dev\nseeds: [7, 8]\nprompts:\n  - {prompt}\n"
    said = plan(text, "--show", "1")
    assert "1  0001-a-fox-bold-in-bold-very-very-very-very.jpeg\n    flux-dev, seed 7, 0.79 MP\n" in said
    assert prompt in " ".join(said.split())
    [sample] = told(text, "--show", "1")["sample"]
    assert (sample["prompt"], sample["seed"], sample["number"]) == (prompt, 7, 1)


def test_the_page_shows_what_is_printed(plan: Callable[..., str]) -> None:
    """But for the time of day, and the disk of the one who wrote it."""
    words = ("--what-if", "model=flux-2-pro", "--what-if", "width=768,height=768")
    printed = [line.rstrip() for line in plan((ROOT / "batches/examples/hello.yaml").read_text(), *words).splitlines()]
    page = (ROOT / "docs/how-to/know-the-bill-first.md").read_text()
    shown = [line for block in re.findall(r"```text\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]
    assert {line for line in shown if "free" not in line and "done" not in line} <= set(printed)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 s"), (45.2, "45 s"), (120, "2 min"), (5 * 3600, "5 h 00 min"), (400_000, "111 h 07 min")],
)
def test_a_time_has_the_units_that_fit(seconds: float, said: str) -> None:
    assert show_seconds(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"), [(10, "1 MB"), (4_400_000, "4 MB"), (3_100_000_000, "3.1 GB"), (2 * 10**12, "2,000 GB")]
)
def test_room_has_the_unit_that_fits(count: int, said: str) -> None:
    assert show_bytes(count) == said
