"""What makes two jobs the same, spelt the short way and the long way."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from batches.planning.fingerprints import JobFingerprints

NAMES = st.sampled_from(["height", "aspect_ratio", "prompt_upsampling", "raw", "safety_tolerance", "steps", "user"])
VALUES = st.none() | st.booleans() | st.integers() | st.floats(0, 9) | st.text() | st.lists(st.text(), max_size=2)


SEEDS = st.none() | st.integers()


@given(
    params=st.dictionaries(NAMES, VALUES),
    prompt=st.fixed_dictionaries({}, optional={"prompt": st.text()}),
    seed=st.fixed_dictionaries({}, optional={"seed": SEEDS}),
    rest=st.fixed_dictionaries({}, optional={"copy": st.integers(2, 3)}),
)
def test_the_short_way_gives_the_hash_of_the_one_spelling(
    params: dict[str, object], prompt: dict[str, str], seed: dict[str, int | None], rest: dict[str, Any]
) -> None:
    request = {"model": "m", "params": {**params, **prompt, **seed}, **rest}
    expected = hashlib.sha256(json.dumps(request, sort_keys=True, separators=(",", ":")).encode()).digest()
    told = (prompt.get("prompt"), seed.get("seed"), rest.get("copy", 1))
    assert JobFingerprints("m", {**params, **seed}).of(*told) == expected
