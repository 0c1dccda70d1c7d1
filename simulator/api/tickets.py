"""From an order to a ticket: what every submission has in common once its body is understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.api.origin import ticket_origin
from simulator.company import company_of
from simulator.loopback import is_loopback
from simulator.moderation import mentions
from simulator.money import number
from simulator.refusals import Refusal
from simulator.tasks import Hook

if TYPE_CHECKING:
    from starlette.requests import Request

    from simulator.company import Company
    from simulator.orders import Order
    from simulator.tasks import Task


def accept(request: Request, account: str, order: Order) -> Task:
    """Take the order, or refuse it."""
    company = company_of(request)
    hook = _hook(request, order)
    _hiccup(company, order)
    task = company.studio.accept(account, order, hook=hook, drag=getattr(request.state, "drag", 1.0))
    company.webhooks.expect(task)
    return task


def ticket(request: Request, order: Order, task: Task) -> dict[str, object]:
    """What the client keeps: where to poll, or that it will be called."""
    told: dict[str, object] = {"id": task.id}
    if order.webhook_url is None:
        start = ticket_origin(request, company_of(request).config)
        told["polling_url"] = f"{start}/v1/get_result?id={task.id}"
    else:
        told |= {"status": "Pending", "webhook_url": order.webhook_url}
    told["cost"] = number(task.price) if order.endpoint.quotes else None
    return told | {"input_mp": order.input_mp, "output_mp": order.output_mp}


def _hook(request: Request, order: Order) -> Hook | None:
    if order.webhook_url is None:
        return None
    if not is_loopback(order.webhook_url):
        raise Refusal(400, "The simulator calls webhooks on this machine only")
    start = ticket_origin(request, company_of(request).config)
    return Hook(order.webhook_url, order.webhook_secret, start)


def _hiccup(company: Company, order: Order) -> None:
    """Refuse the first sight of a body that asks for it."""
    if mentions(order.prompt, company.config.words.hiccup) and order.digest not in company.hiccuped:
        company.hiccuped.add(order.digest)
        raise Refusal(503, "The service is busy, please try again", {"Retry-After": "1"})
