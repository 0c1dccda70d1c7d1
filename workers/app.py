"""The Celery app. A message is a doorbell: it carries a job's id and nothing else, and losing it loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery import Celery

from workers.broker import SOCKET_SECONDS, for_celery, translating

if TYPE_CHECKING:
    from collections.abc import Callable

CARRY = "fluxbatch.carry"
"""The one task: carry this job on."""


def make_app(broker_url: str, account: str) -> Celery:
    """Celery on this broker, with a queue of its own for the account."""
    app = Celery("fluxbatch", broker=for_celery(broker_url), set_as_current=False)
    app.conf.update(
        task_default_queue=queue_of(account),
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,  # the ledger is the truth
        task_acks_late=False,  # a doorbell is answered or rung again; it is never redelivered
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "socket_timeout": SOCKET_SECONDS * 4,
            "socket_connect_timeout": SOCKET_SECONDS,
            "socket_keepalive": True,
            "health_check_interval": 30,
            "global_keyprefix": "fluxbatch:",
        },
    )
    return app


def queue_of(account: str) -> str:
    """A worker hears only the doorbells of its own account."""
    return f"fluxbatch.{account}"


def add_tasks(app: Celery, carry: Callable[[int], None]) -> None:
    """Answer the doorbell with this."""
    app.task(name=CARRY)(carry)


def ring(app: Celery, job_id: int) -> None:
    """Ring for one job."""
    with translating():
        app.send_task(CARRY, args=[job_id], queue=app.conf.task_default_queue, ignore_result=True)
