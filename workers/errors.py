"""Errors of the workers' room that a person can mend."""

from __future__ import annotations

from batches.errors import FluxbatchError


class BrokerError(FluxbatchError):
    """The broker (Redis) cannot be reached or is not fit for use."""


class ApiUnreachable(FluxbatchError):
    """The API does not answer."""


class AccountRefused(FluxbatchError):
    """The API answers, but this account may not be used: the key is refused, or the credits are spent."""
