"""Everything that one running simulator is made of."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from simulator.faults.registry import Faults
from simulator.gallery import Gallery
from simulator.studio import Studio
from simulator.webhooks import Webhooks

if TYPE_CHECKING:
    from starlette.requests import Request

    from simulator.config import Config
    from simulator.outside import Outside


@dataclass(slots=True)
class Tally:
    """What was asked of the company since it started; the studio's own books know what was accepted."""

    polls: int = 0
    """Polls that no fault kept from being answered."""
    downloads: int = 0
    """Results delivered."""
    refused: Counter[int] = field(default_factory=Counter)
    """Refusals by status code."""


class Company:
    """The parts, put together once."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.clock = time.time
        self.studio = Studio(config, self.clock)
        self.gallery = Gallery()
        self.tally = Tally()
        self.faults = Faults(config.faults, config.random_seed)
        self.webhooks = Webhooks(self)
        self.hiccuped: set[str] = set()

    @cached_property
    def outside(self) -> Outside:
        """What reaches other servers."""
        from simulator.outside import Outside  # late: a sixth of the start-up, and few runs need it

        return Outside()


def company_of(request: Request) -> Company:
    """The company that this request is for."""
    company: Company = request.app.state.company
    return company
