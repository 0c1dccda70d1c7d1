"""A message is a doorbell: it names a job with its batch and nothing else, and only workers of the account hear it."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import TYPE_CHECKING

import pytest

from workers.app import CARRY, make_app, ring
from workers.errors import BrokerError

if TYPE_CHECKING:
    from redis import Redis


def test_a_doorbell_carries_the_ids_of_job_and_batch_and_nothing_else(broker_url: str, redis: Redis) -> None:
    with make_app(broker_url, "ours") as app:
        ring(app, 7, "posters")
    (message,) = map(json.loads, redis.lrange("fluxbatch:fluxbatch.ours", 0, -1))
    assert message["headers"]["task"] == CARRY
    arguments, named, _ = json.loads(b64decode(message["body"]))
    assert (arguments, named) == ([], {"job": 7, "batch": "posters"})


def test_accounts_have_queues_of_their_own(broker_url: str, redis: Redis) -> None:
    for account in ("ours", "theirs"):
        with make_app(broker_url, account) as app:
            ring(app, 7, "posters")
    assert redis.llen("fluxbatch:fluxbatch.ours") == redis.llen("fluxbatch:fluxbatch.theirs") == 1


def test_a_broker_that_is_away_is_said_in_our_words() -> None:
    with make_app("unix:///nowhere/broker.sock", "ours") as app, pytest.raises(BrokerError, match="cannot be reached"):
        ring(app, 7, "posters")
