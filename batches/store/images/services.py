"""Buckets are reached as their services' own tools reach them: by the same variables, files and endpoints."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, S3Store

from batches.errors import SettingError
from batches.store.images.endpoints import endpoint_variable, is_plain, is_word
from batches.store.images.profiles import Profile
from batches.store.images.refusals import CREDENTIALS

if TYPE_CHECKING:
    from obstore.store import AzureConfig, ClientConfig, ObjectStore, RetryConfig, S3Config

    from batches.store.images.address import BucketAddress

RETRIES: RetryConfig = {"max_retries": 5, "retry_timeout": timedelta(seconds=8)}
"""A service that is gone is told within 12 seconds: 8 of trying, and 4 for the last connection."""

CONNECT_SECONDS = 4

REQUEST_SECONDS = 60
"""For one request and its body, which is a part at most: four at a time pass a line of 3 Mbit/s."""

VARIABLES = {"s3": "AWS_*", "gs": "GOOGLE_*", "az": "AZURE_*"}

SENT = {
    "s3": ("AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_TOKEN"),
    "gs": ("GOOGLE_BEARER_TOKEN",),
    "az": ("AZURE_STORAGE_TOKEN",),
}
"""The variables that go into a header as they are."""


def connect(address: BucketAddress) -> ObjectStore:
    """The bucket, ready to be used by any thread; nothing is sent yet. SettingError where it cannot be set up."""
    for name in SENT[address.service]:
        if not is_word(os.environ.get(name, "")):
            raise SettingError(f"{name} has letters in it that no key has.", cure="Copy it again, without line breaks.")
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
    if profile and profile.region and not {"AWS_REGION", "AWS_DEFAULT_REGION"} & os.environ.keys():
        config["region"] = profile.region
    endpoint = profile.endpoint if profile and not endpoint_variable("s3") else None
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
        "allow_http": is_plain(address.service, endpoint),
        "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
        "timeout": timedelta(seconds=REQUEST_SECONDS),
    }
