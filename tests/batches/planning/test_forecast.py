"""Hours and disk follow from the lines of a plan, and from earlier jobs where there were any."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches.models import LANE_SLOTS, LaneClass, latency_of
from batches.planning import NO_EXPERIENCE, Charged, Experience, Learnt, Premises, duration_of, make_plan, room_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from batches.planning import Plan

    Planner = Callable[[str], Plan]

MEGAPIXEL = 1024 * 1024
DEV = latency_of("flux-dev").seconds


def learnt(model: str, *, seconds: float = 2.0, charged: Charged | None = None, **sizes: float) -> Experience:
    """Ten jobs of this model."""
    return Experience({model: Learnt(jobs=10, seconds=seconds, charged=charged, bytes_per_pixel=sizes)})


class TestDuration:
    """Work divided by slots."""

    def test_a_night_is_the_work_of_its_lane_divided_by_the_slots(self, plan: Planner) -> None:
        planned = plan("model: flux-dev\nrepeat: 2400\nprompts: [a]")
        assert duration_of(planned, Premises()).seconds == pytest.approx(2400 * DEV / 24)

    def test_models_of_a_lane_share_its_slots(self, plan: Planner) -> None:
        planned = plan("models: [flux-dev, flux-2-pro]\nrepeat: 240\nprompts: [a]")
        seconds = 240 * (DEV + latency_of("flux-2-pro").seconds) / 24
        assert duration_of(planned, Premises()).seconds == pytest.approx(seconds)

    def test_the_longest_lane_is_the_night(self, plan: Planner) -> None:
        duration = duration_of(plan("models: [flux-dev, flux-kontext-max]\nrepeat: 240\nprompts: [a]"), Premises())
        narrow = 240 * latency_of("flux-kontext-max").seconds / LANE_SLOTS[LaneClass.KONTEXT_MAX]
        assert duration.seconds == duration.lanes["kontext-max"] == pytest.approx(narrow)
        assert duration.lanes["standard"] == pytest.approx(240 * DEV / 24)

    def test_few_images_take_as_long_as_the_slowest_of_them(self, plan: Planner) -> None:
        assert duration_of(plan("model: flux-dev\nprompts: [a, b]"), Premises()).seconds == DEV

    def test_copies_take_no_time(self, plan: Planner) -> None:
        once, often = (plan(f"model: flux-dev\nprompts: [{prompts}]") for prompts in ("a", "a, a, a"))
        assert duration_of(once, Premises()) == duration_of(often, Premises())

    def test_what_is_learnt_goes_before_what_is_published(self, plan: Planner) -> None:
        planned = plan("models: [flux-dev, flux-2-pro]\nrepeat: 240\nprompts: [a]")
        duration = duration_of(planned, Premises(learnt("flux-dev", seconds=2.0)))
        assert duration.seconds == pytest.approx(240 * (2 + latency_of("flux-2-pro").seconds) / 24)
        assert {model: pace.learnt_from for model, pace in duration.paces.items()} == {"flux-dev": 10, "flux-2-pro": 0}

    def test_an_account_may_have_slots_of_its_own(self, plan: Planner) -> None:
        planned = plan("model: flux-dev\nrepeat: 2400\nprompts: [a]")
        assert duration_of(planned, Premises(slots={"standard": 48})).seconds == pytest.approx(2400 * DEV / 48)

    def test_in_flight_is_shared_by_all_lanes(self, plan: Planner) -> None:
        text = "models: [flux-dev, flux-kontext-max]\nrepeat: 240\nprompts: [a]\npolicy: {in_flight: 4}"
        duration = duration_of(plan(text), Premises())
        lanes = {"standard": 240 * DEV / 4, "kontext-max": 240 * latency_of("flux-kontext-max").seconds / 4}
        assert duration.lanes == pytest.approx(lanes), "none has more than 4 slots"
        assert duration.seconds == pytest.approx(sum(lanes.values())), "and both together have no more"

    def test_more_in_flight_than_there_are_slots_changes_nothing(self, plan: Planner) -> None:
        many = "model: flux-dev\nrepeat: 2400\nprompts: [a]\n"
        assert duration_of(plan(many + "policy: {in_flight: 100}"), Premises()) == duration_of(plan(many), Premises())


class TestRoom:
    """Pixels by bytes per pixel."""

    @pytest.mark.parametrize(("kind", "per_pixel"), [("jpeg", 0.3), ("png", 1.7), ("webp", 0.2)])
    def test_each_format_has_a_rule_of_thumb(self, kind: str, per_pixel: float, plan: Planner) -> None:
        lines = plan(f"model: flux-2-pro\noutput: {{format: {kind}}}\nprompts: [a, b]").models
        room = room_of(lines, NO_EXPERIENCE)
        assert (room.bytes, room.learnt) == (round(2 * MEGAPIXEL * per_pixel), False)

    def test_copies_take_room(self, plan: Planner) -> None:
        lines = plan("model: flux-2-pro\nprompts: [a, a]").models
        assert room_of(lines, NO_EXPERIENCE).bytes == round(2 * MEGAPIXEL * 0.3)

    def test_what_is_learnt_goes_before_the_rule(self, plan: Planner) -> None:
        lines = plan("model: flux-2-pro\nprompts: [a, {prompt: b, params: {output_format: png}}]").models
        some = room_of(lines, learnt("flux-2-pro", jpeg=0.5))
        both = room_of(lines, learnt("flux-2-pro", jpeg=0.5, png=1.0))
        assert (some.bytes, some.learnt) == (round(MEGAPIXEL * (0.5 + 1.7)), False)
        assert (both.bytes, both.learnt) == (round(MEGAPIXEL * (0.5 + 1.0)), True)


class TestPrices:
    """A price that nobody publishes is learnt; one that is published stays."""

    CHARGED = Charged(low=1_000_000, likely=2_000_000, high=5_000_000)
    BASE = "flux-2-klein-base-4b-finetuned"

    @pytest.fixture
    def manifest(self, tmp_path: Path) -> Path:
        path = tmp_path / "m.yaml"
        path.write_text(
            "version: 1\nname: hello\nprompts:\n  - {prompt: a, model: flux-dev}\n"
            f"  - {{prompt: b, model: {self.BASE}, params: {{finetune_id: x}}}}\n"
        )
        return path

    def planned(self, manifest: Path, experience: Experience) -> Plan:
        from batches import load

        return make_plan(load(manifest), Premises(experience))

    def test_an_unknown_price_is_what_earlier_jobs_were_charged(self, manifest: Path) -> None:
        plan = self.planned(manifest, learnt(self.BASE, charged=self.CHARGED))
        assert (plan.unknown_prices, plan.learnt_prices) == (0, 1)
        assert (plan.low, plan.micro_credits, plan.high) == (3_500_000, 4_500_000, 7_500_000)
        assert [job.estimate.micro_credits for job in plan.jobs()] == [2_500_000, 2_000_000]

    def test_it_stays_unknown_where_earlier_jobs_were_not_told_either(self, manifest: Path) -> None:
        plan = self.planned(manifest, learnt(self.BASE, charged=None))
        assert (plan.unknown_prices, plan.learnt_prices, plan.micro_credits) == (1, 0, 2_500_000)

    def test_a_published_price_stays(self, manifest: Path) -> None:
        plan = self.planned(manifest, learnt("flux-dev", charged=self.CHARGED))
        assert (plan.low, plan.micro_credits, plan.high) == (2_500_000, 2_500_000, 2_500_000)

    def test_what_is_learnt_makes_no_other_plan(self, manifest: Path) -> None:
        plans = [self.planned(manifest, one) for one in (NO_EXPERIENCE, learnt(self.BASE, charged=self.CHARGED))]
        assert len({plan.fingerprint for plan in plans}) == 1
