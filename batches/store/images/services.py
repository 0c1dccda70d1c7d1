"""Buckets are reached as their services' own tools reach them: by the same variables, files and endpoints."""

from __future__ import annotations

import os
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, S3Store

from batches.errors import SettingError
from batches.store.images.profiles import Profile
from batches.store.images.refusals import CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from obstore.store import AzureConfig, ClientConfig, ObjectStore, RetryConfig, S3Config

    from batches.store.images.address import BucketAddress

RETRIES: RetryConfig = {"max_retries": 5, "retry_timeout": timedelta(seconds=8)}
"""A service that is gone is told within 12 seconds: 8 of trying, and 4 for the last connection."""

CONNECT_SECONDS = 4

REQUEST_SECONDS = 60
"""For one request and its body, which is a part at most: four at a time pass a line of 3 Mbit/s."""

VARIABLES = {"s3": "AWS_*", "gs": "GOOGLE_*", "az": "AZURE_*"}

ENDPOINTS = {
    "s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
    "gs": ("GOOGLE_BASE_URL",),
    "az": ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"),
}
"""The variables that name another endpoint than the service's own, the first that is set goes before the others."""

PLAIN = {"s3": "AWS_ALLOW_HTTP", "gs": "GOOGLE_ALLOW_HTTP", "az": "AZURE_ALLOW_HTTP"}
"""The variables that allow an endpoint without TLS beyond this machine."""


def connect(address: BucketAddress) -> ObjectStore:
    """The bucket, ready to be used by any thread; nothing is sent yet. SettingError where it cannot be set up."""
    try:
        match address.service:
            case "s3":
                return _s3(address)
            case "gs":
                return GCSStore(address.bucket, client_options=_client(address), retry_config=RETRIES)
            case _:
                return _azure(address)
    except (BaseError, ValueError):
        raise SettingError(
            f"{address} cannot be opened: what {VARIABLES[address.service]} say in the environment cannot be used.",
            cure=f"Check {CREDENTIALS[address.service]}.",
        ) from None  # what it says may quote what was set


def _s3(address: BucketAddress) -> S3Store:
    profile = Profile.of(os.environ)
    config: S3Config = {"disable_bulk_delete": True}  # we delete one at a time, and not every service knows the other
    if profile and profile.region and not _first_set(("AWS_REGION", "AWS_DEFAULT_REGION")):
        config["region"] = profile.region
    endpoint = profile.endpoint if profile and not _first_set(ENDPOINTS["s3"]) else None
    if endpoint:
        config["endpoint"] = endpoint
    return S3Store(
        address.bucket,
        config=config,
        client_options=_client(address, endpoint),
        retry_config=RETRIES,
        credential_provider=profile if profile and profile.has_credentials else None,
    )


def _azure(address: BucketAddress) -> AzureStore:
    config: AzureConfig = {}
    if account := os.environ.get("AZURE_STORAGE_ACCOUNT_NAME"):
        config["account_name"] = account  # AzureStore takes it from there as well, but then its repr breaks
    return AzureStore(address.bucket, config=config, client_options=_client(address), retry_config=RETRIES)


def _client(address: BucketAddress, endpoint: str | None = None) -> ClientConfig:
    return {
        "allow_http": _is_plain(address, endpoint),
        "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
        "timeout": timedelta(seconds=REQUEST_SECONDS),
    }


def _is_plain(address: BucketAddress, endpoint: str | None) -> bool:
    """Whether there is no TLS; SettingError where there has to be."""
    if address.service == "az" and _is_on("AZURE_STORAGE_USE_EMULATOR"):
        return True
    name = _first_set(ENDPOINTS[address.service])
    if name is None and endpoint is None:
        return False
    url, name = urlsplit(endpoint if name is None else os.environ[name]), name or "endpoint_url"
    if url.scheme not in ("http", "https") or not url.hostname:
        raise SettingError(f"{name} is no address of a service.", cure="Give https://HOST, or unset it.")
    allowing = PLAIN[address.service]
    if url.scheme == "http" and not _is_here(url.hostname) and not _is_on(allowing):
        raise SettingError(
            f"{name} leads to {url.hostname} without TLS, and pictures would go there in the clear.",
            cure=f"Begin it with https://, or set {allowing}=true in a network that you trust.",
        )
    return url.scheme == "http"


def _first_set(names: Iterable[str]) -> str | None:
    return next((name for name in names if name in os.environ), None)


def _is_on(name: str) -> bool:
    return os.environ.get(name, "").lower() in ("1", "true", "yes", "on")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
