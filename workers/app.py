"""The Celery app. A message is a doorbell: it carries the ids of a job and its batch, and losing it loses nothing.

`celery -A workers.app worker` makes a worker for the environment's account; `inspect` and `control` find every worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery import Celery
from celery.utils import uuid
from kombu.transport import TRANSPORT_ALIASES

from workers.broker import SOCKET_SECONDS, for_celery, translating

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from redis import Redis

CARRY = "fluxbatch.carry"
"""The one task: carry this job on."""

KEY_PREFIX = "fluxbatch:"
"""Of all that Celery keeps in Redis."""

CREW = "workers.crew:Crew"
"""What a worker of this app has besides Celery's own parts. By name: who only rings needs none of it."""

CONF: Mapping[str, object] = {
    "task_serializer": "json",
    "accept_content": ["json"],
    "task_ignore_result": True,  # the ledger is the truth
    "task_acks_late": False,  # a doorbell is answered or rung again; it is never redelivered
    "worker_pool": "threads",  # one client, one ledger and one heartbeat for all jobs of a process
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "worker_send_task_events": False,  # until somebody watches: `control enable_events`
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,  # a broker that comes back after hours finds its workers
    "broker_transport_options": {
        "socket_timeout": SOCKET_SECONDS * 4,
        "socket_connect_timeout": SOCKET_SECONDS,
        "socket_keepalive": True,
        "health_check_interval": 30,
        "global_keyprefix": KEY_PREFIX,
    },
}
"""How Celery is used; docs/decisions/0009-celery.md has the reasons."""


TRANSPORT_ALIASES |= dict.fromkeys(("redis", "rediss"), "workers.transport:Transport")


def make_app(broker_url: str, account: str) -> Celery:
    """Celery on this broker, with a queue of its own for the account."""
    return _app(lambda: {"broker_url": for_celery(broker_url), "task_default_queue": queue_of(account)})


def queue_of(account: str) -> str:
    """A worker hears only the doorbells of its own account."""
    return f"fluxbatch.{account}"


def waiting_doorbells(redis: Redis, account: str) -> int:
    """How many no worker of this account has taken yet."""
    with translating():
        return int(redis.llen(f"{KEY_PREFIX}{queue_of(account)}"))


def add_tasks(app: Celery, carry: Callable[[int], None]) -> None:
    """Answer the doorbell with this."""

    def answer(*, job: int, batch: str) -> None:  # noqa: ARG001  # the batch is for people who look with `inspect`
        carry(job)

    app.task(name=CARRY)(answer)


def ring(app: Celery, job_id: int, batch_id: str) -> None:
    """Ring for one job: what `send_task` sends, without its looking for routes and options, which is half its time."""
    named = {"job": job_id, "batch": batch_id}
    message = app.amqp.create_task_message(uuid(), CARRY, kwargs=named, ignore_result=True)
    with translating(), app.producer_pool.acquire(block=True) as producer:
        producer.publish(
            message.body,
            headers=message.headers,
            routing_key=app.conf.task_default_queue,
            serializer=app.conf.task_serializer,
            retry=True,
            retry_policy=app.conf.task_publish_retry_policy,
            **message.properties,
        )


def _app(whose: Callable[[], Mapping[str, object]]) -> Celery:
    app = Celery("fluxbatch", set_as_current=False)
    app.add_defaults(lambda: {**CONF, **whose()})
    app.steps["worker"].add(CREW)
    return app


def _of_environment() -> Mapping[str, object]:
    """Broker, queue and threads as the environment says; read when they are first needed."""
    from workers.accounts import Accounts
    from workers.embedded import broker_address
    from workers.settings import Settings
    from workers.threads import threads_for

    settings = Settings.load()
    account = Accounts.of(settings).usual
    return {
        "broker_url": for_celery(settings.broker_url or broker_address(settings.home)),
        "task_default_queue": queue_of(account.name),
        "worker_concurrency": threads_for(account),
    }


app = _app(_of_environment)
"""For Celery's own commands."""
