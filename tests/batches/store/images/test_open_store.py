"""Where pictures go is said in one setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from batches.errors import SettingError
from batches.store.images import FolderStore, MemoryStore, open_store

ACCOUNT = {"AZURE_STORAGE_ACCOUNT_NAME": "account"}


@pytest.mark.parametrize(
    ("address", "folder"),
    [
        ("images", "images"),
        ("./my images", "my images"),
        ("/data/images", "/data/images"),
        ("file:///data/images", "/data/images"),
        ("file:///data/my%20images", "/data/my images"),
        ("/data/100%25?#1", "/data/100%25?#1"),  # a path is no URL: every character is meant
    ],
)
def test_a_folder(address: str, folder: str) -> None:
    store = open_store(address)
    assert isinstance(store, FolderStore)
    assert store.root == Path(folder).absolute()


def test_memory() -> None:
    assert isinstance(open_store("memory:"), MemoryStore)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("s3://bucket", "s3://bucket"),
        ("s3://bucket/", "s3://bucket"),
        ("s3://my.bucket/images/autumn/", "s3://my.bucket/images/autumn"),
        ("gs://bucket/100%25 ä", "gs://bucket/100%25 ä"),  # a prefix is no URL: every character is meant
        ("az://container/images", "az://container/images"),
    ],
)
@pytest.mark.usefixtures("nobody")
def test_a_bucket(address: str, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, value)
    store = open_store(address)
    assert store.locate("") == place
    assert store.locate("batch/a.png") == f"{place}/batch/a.png"


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/images",
        "ftp://x",
        "file://images",  # this names a machine, not a folder
        "gcs://bucket/images",  # its own tools say gs
        "s3:bucket",
        "s3:///images",  # no bucket
        "s3://bucket/images/../others",
        "s3://bucket/a//b",  # no service keeps a name with nothing in it
        "s3://bucket/images?region=eu-west-1",
        "s3://KEY:hush@bucket/images",
        "az://container/images?sig=hush",
        "https://account.blob.core.windows.net/container?sv=1&sig=hush",
    ],
)
def test_what_is_not_known_is_refused_with_a_cure(address: str) -> None:
    with pytest.raises(SettingError, match=r"^FLUXBATCH_IMAGES_URL names no") as refused:
        open_store(address)
    assert "s3://" in refused.value.cure
    assert "hush" not in str(refused.value)


def test_whoever_gives_an_address_says_what_it_is_called() -> None:
    for address in ("ftp://x", "s3://"):
        with pytest.raises(SettingError, match=r"^--to names no"):
            open_store(address, "--to")


@pytest.mark.parametrize(
    ("address", "environment", "said"),
    [
        ("az://container", {}, "AZURE_STORAGE_ACCOUNT_NAME"),
        ("az://container", {**ACCOUNT, "AZURE_STORAGE_ACCOUNT_KEY": "no base64: hush"}, "AZURE_STORAGE_ACCOUNT_KEY"),
        ("gs://bucket", {"GOOGLE_SERVICE_ACCOUNT": "/not/there.json"}, "GOOGLE_APPLICATION_CREDENTIALS"),
        ("gs://bucket", {"GOOGLE_SERVICE_ACCOUNT_KEY": '{"private_key": {"hush": 1}}'}, "GOOGLE_*"),
        ("s3://bucket", {"AWS_CHECKSUM_ALGORITHM": "rot13"}, "AWS_*"),
        ("s3://bucket", {"AWS_ENDPOINT_URL": "http://minio.example.com:9000"}, "AWS_ALLOW_HTTP=true"),
        ("s3://bucket", {"AWS_ENDPOINT_URL": "minio:9000"}, "AWS_ENDPOINT_URL is no address of a service."),
        ("s3://bucket", {"AWS_ENDPOINT_URL": "http://localhost:99999"}, "AWS_ENDPOINT_URL is no address of a service."),
        ("s3://bucket", {"AWS_ENDPOINT_URL": "http://[::1"}, "AWS_ENDPOINT_URL is no address of a service."),
        ("s3://bucket", {"AWS_ENDPOINT_URL": "http://localhost/a b"}, "AWS_ENDPOINT_URL is no address of a service."),
        ("s3://bucket", {"AWS_ACCESS_KEY_ID": "hush\n"}, "AWS_ACCESS_KEY_ID has letters in it that no key has."),
        ("gs://bucket", {"GOOGLE_BEARER_TOKEN": "hush hush"}, "GOOGLE_BEARER_TOKEN has letters"),
        ("s3://bucket", {"AWS_ENDPOINT_URL_S3": ""}, "AWS_ENDPOINT_URL_S3 is no address of a service."),
        ("gs://bucket", {"GOOGLE_BASE_URL": "http://192.0.2.1"}, "GOOGLE_ALLOW_HTTP=true"),
        ("az://container", {**ACCOUNT, "AZURE_STORAGE_ENDPOINT": "http://azure.example.com"}, "AZURE_ALLOW_HTTP=true"),
    ],
)
@pytest.mark.usefixtures("nobody")
def test_what_the_environment_gets_wrong_is_told_before_anything_is_paid(
    address: str, environment: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingError) as refused:
        open_store(address)
    assert said in str(refused.value)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("endpoint", "allowed"),
    [
        ("http://127.0.0.1:9000", ""),
        ("http://localhost:9000", ""),
        ("http://minio:9000", "true"),
        ("https://minio.example.com", ""),
    ],
)
@pytest.mark.usefixtures("nobody")
def test_an_endpoint_of_ones_own(endpoint: str, allowed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ALLOW_HTTP", allowed)
    assert open_store("s3://bucket").locate("a") == "s3://bucket/a"
