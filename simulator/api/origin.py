"""Where a URL that we hand out must start, so that the client who gets it can reach us."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request

    from simulator.config import Config


def origin(request: Request, config: Config) -> str:
    """The configured public URL, else the host that the client, or the proxy before us, was asked for."""
    if config.public_url is not None:
        return config.public_url.rstrip("/")
    headers = request.headers
    scheme = headers.get("x-forwarded-proto", request.url.scheme).partition(",")[0]
    host = headers.get("x-forwarded-host", headers.get("host", request.url.netloc))
    return f"{scheme}://{host}"


def ticket_origin(request: Request, config: Config) -> str:
    """Where a ticket is polled: the region, if there is one."""
    if config.region_port is None:
        return origin(request, config)
    return str(request.url.replace(path="", query="", port=config.region_port))


def in_the_right_place(request: Request, config: Config) -> bool:
    """Whether tasks are known on the port that this request came in on."""
    return config.region_port in {None, request.scope["server"][1]}
