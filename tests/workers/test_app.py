"""A message is a doorbell: it names a job with its batch and nothing else, and only workers of the account hear it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64decode
from typing import TYPE_CHECKING

import pytest

from workers.app import CARRY, make_app, queue_of, ring
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


def test_a_flushed_broker_is_rung_on_at_once(broker_url: str, redis: Redis) -> None:
    with make_app(broker_url, "ours") as app:
        ring(app, 7, "posters")
        redis.flushall()
        ring(app, 8, "posters")
    assert redis.llen("fluxbatch:fluxbatch.ours") == 1


@pytest.mark.parametrize(
    ("setting", "value", "reason"),
    [
        ("task_acks_late", False, "late acknowledgement runs tasks twice"),
        ("task_ignore_result", True, "results would pile up"),
        ("result_backend", None, "the ledger is the truth"),
        ("task_serializer", "json", "pickle runs what it reads"),
        ("accept_content", ["json"], "pickle runs what it reads"),
        ("worker_pool", "threads", "a fork breaks clients and locks"),
        ("worker_prefetch_multiplier", 1, "doorbells are for whoever has time"),
        ("task_time_limit", None, "threads know no limit"),
        ("task_soft_time_limit", None, "threads know no limit"),
        ("task_default_rate_limit", None, "it counts per process"),
        ("worker_send_task_events", False, "nobody watches yet"),
        ("broker_connection_max_retries", None, "a broker may be away all night"),
        ("broker_connection_retry_on_startup", True, "a worker may come before its broker"),
        ("task_default_queue", queue_of("ours"), "accounts do not hear each other"),
    ],
)
def test_celery_is_used_as_decided(setting: str, value: object, reason: str) -> None:
    assert make_app("redis://nowhere/0", "ours").conf[setting] == value, reason


def test_sockets_end_a_silence_and_keys_keep_apart() -> None:
    options = make_app("redis://nowhere/0", "ours").conf.broker_transport_options
    assert options["socket_timeout"] > 1, "a blocking read waits for a second"
    assert options["health_check_interval"] > 0
    assert options["global_keyprefix"] == "fluxbatch:"


def test_importing_the_app_is_light_and_reads_no_setting() -> None:
    script = (
        "import sys, workers.app; print(*{'workers.worker', 'sqlalchemy', 'httpx', 'pydantic'} & sys.modules.keys())"
    )
    environment = {**os.environ, "FLUXBATCH_API_URL": "nonsense"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
