"""What holds of every manifest, sensible or not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from batches.manifest import ManifestError, Problem, read_manifest
from batches.models import find
from batches.planning import Plan, make_plan
from batches.planning.names import folded
from tests.fuzzing import fuzzed

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

MODELS = st.sampled_from(["flux-2-pro", "flux-dev", "flux-kontext-pro", "flux-3-image", "flux-tools/deblur-v1"])
PLAUSIBLE = {
    "width": st.sampled_from([512, 1024]),
    "steps": st.integers(1, 50),
    "seed": st.integers(0, 3) | st.none(),
    "output_format": st.sampled_from(["png", "webp"]),
    "aspect_ratio": st.sampled_from(["16:9", "1:1"]),
    "image": st.just("https://example.com/a.png"),
}
ANYTHING = st.none() | st.booleans() | st.integers() | st.floats(0, 9) | st.lists(st.text(max_size=3), max_size=2)
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60)
TEMPLATES = st.sampled_from(["{id}", "{number}", "{model}/{id}-{seed}", "{name}-{number}", "{oops}"])


def some(**values: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    """Mappings with any of these keys."""
    return st.fixed_dictionaries({}, optional=values)


PARAMS = some(**PLAUSIBLE) | st.dictionaries(st.sampled_from([*PLAUSIBLE, "prompt"]), ANYTHING, max_size=2)
COPIES = {"seeds": st.lists(st.integers(0, 5), min_size=1, max_size=3), "repeat": st.integers(1, 3)}
PROMPTS = TEXT | some(prompt=TEXT, id=TEXT, model=MODELS | TEXT, params=PARAMS, **COPIES)
OUTPUT = some(format=st.sampled_from(["jpeg", "png", "webp"]), name=TEMPLATES)
COUNTS = st.integers(-1, 120)
PERCENTS = st.sampled_from(["5%", "0%", "101%", "1000%", "%", 5])
MONEY = some(credits=st.integers(0, 9) | st.floats(0, 9), dollars=st.floats(), part=PERCENTS)
CLOCKS = st.sampled_from(["07:00", "7:00Z", "22:00-07:00", "07:00-07:00", "2026-11-21 07:00", "2027-02-29 07:00", 7])
CANARY = some(first=COUNTS, moderated=PERCENTS, failed=PERCENTS, cost=PERCENTS)
POLICY = some(
    budget=MONEY,
    attempts=COUNTS,
    unsure=st.just("hold") | some(resubmit=PERCENTS | MONEY),
    in_flight=COUNTS,
    priority=COUNTS,
    share=COUNTS,
    window=CLOCKS,
    time_zone=st.sampled_from(["Europe/Berlin", "UTC", "Europe", "../x"]),
    deadline=CLOCKS,
    canary=CANARY,
    moderation=st.just("give up") | some(new_seeds=COUNTS),
)
ACCOUNTS = st.sampled_from(["studio", "127.0.0.1:8000", "a b"])
BATCH = {"account": ACCOUNTS | st.lists(ACCOUNTS, max_size=3), "reuse": st.booleans(), "policy": POLICY}
MANIFESTS = st.builds(
    lambda model, prompts, rest: {"version": 1, "name": "any", "model": model, "prompts": prompts, **rest},
    MODELS,
    st.lists(PROMPTS, min_size=1, max_size=5),
    some(params=PARAMS, output=OUTPUT, **COPIES) | some(**BATCH),
)


@fuzzed
@given(manifest=MANIFESTS)
def test_a_manifest_gives_problems_or_a_plan_that_keeps_its_promises(
    manifest: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "m.yaml"
    path.write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    outcome = outcome_of(path)
    assert outcome == outcome_of(path)
    if isinstance(outcome, Plan):
        keeps_its_promises(outcome)


def outcome_of(path: Path) -> Plan | tuple[Problem, ...]:
    try:
        return make_plan(read_manifest(path))
    except ManifestError as error:
        return error.problems


def keeps_its_promises(plan: Plan) -> None:
    jobs = list(plan.jobs())
    assert jobs == list(plan.jobs())
    made = [job for job in jobs if job.occurrence == 1]
    assert [job.number for job in jobs] == list(range(1, plan.asked + 1))
    assert len({job.fingerprint for job in jobs}) == len(made) == plan.unique
    assert len({(job.fingerprint, job.occurrence) for job in jobs}) == plan.asked
    assert len({folded(job.output_name) for job in jobs}) == plan.asked
    assert plan.asked >= plan.unique > 0
    assert plan.micro_credits == sum(job.estimate.micro_credits or 0 for job in made)
    for job in jobs:
        endpoint = find(job.model)
        assert endpoint.check(job.params) == ()
        assert endpoint.estimate(job.params) == job.estimate
        assert job.params.get("prompt") == job.prompt
        assert job.params.get("seed") == job.seed
        json.dumps(job.params, allow_nan=False)
