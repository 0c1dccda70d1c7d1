"""How a metric is spelt: name, help, and a value for each set of labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Values = Iterable[tuple[tuple[str, ...], float]]


def gauge(name: str, help_: str, by: Sequence[str], values: Values) -> GaugeMetricFamily:
    """What goes up and down."""
    family = GaugeMetricFamily(f"fluxbatch_{name}", help_, labels=by)
    for labels, value in values:
        family.add_metric(labels, value)
    return family


def counter(name: str, help_: str, by: Sequence[str], values: Values) -> CounterMetricFamily:
    """What only grows. Its samples end in `_total`."""
    family = CounterMetricFamily(f"fluxbatch_{name}", help_, labels=by)
    for labels, value in values:
        family.add_metric(labels, value)
    return family


def single(value: float) -> Values:
    """A metric without labels."""
    return [((), value)]


def sorted_values(values: Mapping[tuple[str, ...], float]) -> Values:
    """In an order that stays from scrape to scrape."""
    return sorted(values.items())
