"""Pictures in a bucket, which is shut, gone, full, somebody else's, or asked with the wrong key."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

import obstore
import pytest
from obstore.store import S3Store

from batches.store.images import ImageMissing, ImageStoreError, ImageStoreFull, open_store
from batches.store.images.bucket import PART_BYTES
from tests.buckets import BUCKET, OWNER, READER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from batches.store.images import ImageStore

VERBS: dict[str, Callable[[ImageStore], object]] = {
    "put": lambda store: store.put("a.png", b"x"),
    "keep": lambda store: kept(store, b"x"),
    "get": lambda store: store.get("a.png"),
    "stream": lambda store: next(store.stream("a.png")),
    "listing": lambda store: next(store.listing()),
    "adopt": lambda store: store.adopt("b.png", store, "a.png"),
    "delete": lambda store: store.delete("a.png"),
}


def kept(store: ImageStore, data: bytes) -> None:
    with store.draft() as draft:
        draft.write(data)
        store.keep("a.png", draft)


def told(store: ImageStore, verb: str) -> ImageStoreError:
    """What a verb says when it fails; it always has a cure, and never a secret."""
    with pytest.raises(ImageStoreError) as refused:
        VERBS[verb](store)
    assert not any(secret in str(refused.value) for _, secret in (OWNER, READER))
    assert refused.value.__suppress_context__, "what obstore said may hold a signature"
    return refused.value


class TestLarge:
    """What is larger than a part."""

    def test_it_goes_and_comes_in_parts(self, in_bucket: Callable[[str], ImageStore]) -> None:
        data = bytes(range(256)) * (2 * PART_BYTES // 256) + b"and a rest"
        store = in_bucket("large")
        kept(store, data)
        parts = list(store.stream("a.png"))
        assert b"".join(parts) == data
        assert max(map(len, parts)) == PART_BYTES

    def test_one_that_is_replaced_while_it_is_read_is_not_mixed(self, in_bucket: Callable[[str], ImageStore]) -> None:
        store = in_bucket("replaced")
        kept(store, bytes(PART_BYTES + 1))
        parts = store.stream("a.png")
        next(parts)
        kept(store, b"1" * (PART_BYTES + 1))
        with pytest.raises(ImageStoreError, match="replaced while it was read"):
            list(parts)


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("batch/1.png", "image/png"),
        ("batch/1.webp", "image/webp"),
        ("batch/report.html", "text/html"),
        ("batch/1.png.json", "application/json"),
    ],
)
def test_a_browser_shows_what_is_kept(key: str, kind: str, in_bucket: Callable[[str], ImageStore]) -> None:
    in_bucket("shown").put(key, b"x")
    seen = obstore.get(S3Store(BUCKET, client_options={"allow_http": True}), f"shown/{key}")
    assert seen.attributes["Content-Type"] == kind


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("variable", "code"),
    [("AWS_SECRET_ACCESS_KEY", "SignatureDoesNotMatch"), ("AWS_ACCESS_KEY_ID", "InvalidAccessKeyId")],
)
def test_wrong_credentials_are_told(
    verb: str, variable: str, code: str, in_bucket: Callable[[str], ImageStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "WRONG")
    error = told(in_bucket("mine"), verb)
    assert error.message.endswith(f": the credentials are refused ({code}).")
    assert "AWS_PROFILE" in error.cure


@pytest.mark.parametrize("verb", ["put", "keep", "delete"])
def test_who_may_only_read_is_told_what_is_missing(
    verb: str, in_bucket: Callable[[str], ImageStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_bucket("mine").put("a.png", b"x")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", READER[0])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", READER[1])
    store = in_bucket("mine")
    assert store.get("a.png") == b"x"
    error = told(store, verb)
    assert "a.png cannot be " in error.message
    assert "access is denied (AccessDenied)" in error.message
    assert error.cure == f"Let these credentials read, write, list and delete below s3://{BUCKET}/mine."


@pytest.mark.usefixtures("in_bucket")
@pytest.mark.parametrize("verb", ["get", "stream", "listing", "adopt", "delete"])
def test_a_bucket_that_is_not_there_is_no_missing_picture(verb: str) -> None:
    """A copy whose picture is missing is given up, one whose bucket is missing waits."""
    error = told(open_store("s3://nonesuch"), verb)
    assert not isinstance(error, ImageMissing)
    assert "there is no bucket nonesuch" in error.message
    assert error.cure == "Create it, or correct the address."


@pytest.mark.usefixtures("nobody")
def test_without_credentials_the_cure_names_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:9")
    error = told(open_store("s3://pictures"), "put")
    assert error.message == "s3://pictures/a.png cannot be written: there are no credentials."
    assert "AWS_ACCESS_KEY_ID" in error.cure


@pytest.mark.parametrize(
    ("address", "endpoint"),
    [("s3://box", "AWS_ENDPOINT_URL"), ("gs://box", "GOOGLE_BASE_URL"), ("az://box", "AZURE_STORAGE_ENDPOINT")],
)
@pytest.mark.usefixtures("cloud")
def test_an_endpoint_that_is_gone_is_told(address: str, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(endpoint, "http://127.0.0.1:9")
    error = told(open_store(address), "get")
    assert "does not answer" in error.message
    assert "Check the network" in error.cure


@pytest.mark.parametrize("address", ["s3://box", "gs://box", "az://box"])
@pytest.mark.parametrize(
    ("verb", "answer", "kind", "said"),
    [
        ("get", (404, "NoSuchKey"), ImageMissing, "it is not there"),
        ("get", (404, "ContainerNotFound"), ImageStoreError, "there is no bucket box"),
        ("listing", (404, "NoSuchBucket"), ImageStoreError, "there is no bucket box"),
        ("put", (403, "QuotaExceeded"), ImageStoreFull, "the bucket is full"),
        ("put", (403, "AuthorizationFailure"), ImageStoreError, "access is denied (AuthorizationFailure)"),
        ("put", (401, "InvalidToken"), ImageStoreError, "the credentials are refused (InvalidToken)"),
        ("put", (400, "ExpiredToken"), ImageStoreError, "the credentials have expired"),
        ("put", (400, "AuthorizationHeaderMalformed"), ImageStoreError, "the bucket is in another region"),
        ("put", (400, "Whatever"), ImageStoreError, "answers Whatever"),
    ],
)
def test_what_the_services_say_is_told_in_our_words(
    address: str, verb: str, answer: tuple[int, str], kind: type[ImageStoreError], said: str, *, cloud: Cloud
) -> None:
    status, code = answer
    cloud.says(status, f"<Error><Code>{code}</Code><Message>with a hush in it</Message></Error>")
    error = told(open_store(address), verb)
    assert type(error) is kind
    assert said in error.message
    assert "hush" not in str(error)
    assert error.cure or kind is ImageMissing


@pytest.mark.parametrize("address", ["s3://pictures", "gs://pictures"])
def test_what_is_not_there_is_deleted_already(address: str, cloud: Cloud) -> None:
    cloud.says(404, "<Error><Code>NoSuchKey</Code></Error>")
    open_store(address).delete("a.png")


def test_no_secret_is_shown_or_logged(cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    cloud.says(403, "<Error><Code>AuthenticationFailed</Code></Error>")
    store = open_store("az://pictures/autumn")
    with suppress(ImageStoreError):
        store.put("a.png", b"x")
    shown = f"{store!r} {vars(store)!r} {store.locate('a.png')} {caplog.text} {told(store, 'put')}"
    assert Cloud.SIGNATURE not in shown


@pytest.mark.usefixtures("cloud")
def test_a_disk_that_takes_no_drafts_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    with pytest.raises(ImageStoreError, match="where pictures wait for their bucket") as refused:
        kept(open_store("s3://pictures"), b"x")
    assert "TMPDIR" in refused.value.cure


class Cloud:
    """A server that says the same to everybody."""

    SIGNATURE = "c2lnbmF0dXJlLWh1c2g"

    def __init__(self) -> None:
        class Answers(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            said: ClassVar[tuple[int, bytes]] = (500, b"")

            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, body = self.said
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = answer  # noqa: N815  # so the library calls them

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._answers = Answers
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def says(self, status: int, body: str) -> None:
        """From now on."""
        self._answers.said = status, body.encode()


@pytest.fixture
def cloud(nobody: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:  # noqa: ARG001  # an environment
    """In the place of all three services, with credentials for each."""
    cloud = Cloud()
    environment = {
        "AWS_ENDPOINT_URL": cloud.url,
        "AWS_ACCESS_KEY_ID": OWNER[0],
        "AWS_SECRET_ACCESS_KEY": OWNER[1],
        "GOOGLE_BASE_URL": cloud.url,
        "GOOGLE_BEARER_TOKEN": Cloud.SIGNATURE,
        "AZURE_STORAGE_ENDPOINT": cloud.url,
        "AZURE_STORAGE_ACCOUNT_NAME": "account",
        "AZURE_STORAGE_SAS_TOKEN": f"sv=2024-01-01&sig={Cloud.SIGNATURE}",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    thread = threading.Thread(target=cloud.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield cloud
    cloud.server.shutdown()
    thread.join()
    cloud.server.server_close()
