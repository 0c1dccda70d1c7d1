"""What a bucket refuses, by what a person does about it. Never a key, a secret or a signed address."""

from __future__ import annotations

import errno
import re
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstore.exceptions import BaseError

from batches.store.images.errors import ImageMissing, ImageStoreAway, ImageStoreError, ImageStoreFull

if TYPE_CHECKING:
    from batches.store.images.address import BucketAddress

CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS (a key file), or log in with gcloud auth application-default login",
    "az": "AZURE_STORAGE_ACCOUNT_NAME, and AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN",
}
"""Where the credentials of each service stand: to be set where they are missing, checked where they are wrong."""

ROOM = "Make room and run the same command again: paid results are fetched, not paid again."


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that may be wrong. In its texts stand {bucket}, {address}, {server}, {code} and {credentials}."""

    words: str  #: after "s3://bucket/key cannot be written: "
    cure: str
    kind: type[ImageStoreError] = ImageStoreError


NO_CREDENTIALS = Refusal("there are no credentials", "Set {credentials}.")
WRONG_CREDENTIALS = Refusal("the credentials are refused ({code})", "Check {credentials}.")
MUTE_PROFILE = Refusal(
    "the profile in ~/.aws tells no credentials",
    "Log in again; where it has a credential_process, run that by hand to see why.",
)
EXPIRED = Refusal("the credentials have expired", "Log in again.")
NO_BUCKET = Refusal("there is no bucket {bucket}", "Create it, or correct the address.")
NOT_THERE = Refusal("it is not there", "", ImageMissing)
DENIED = Refusal("access is denied ({code})", "Let these credentials read, write, list and delete below {address}.")
FULL = Refusal("the bucket is full ({code})", ROOM, ImageStoreFull)
ELSEWHERE = Refusal("the bucket is in another region", "Set AWS_REGION to that of the bucket.")
REPLACED = Refusal("it was replaced while it was read", "Try again.")
BAD_NAME = Refusal("no bucket takes such a name", "Correct output.name.")
NO_ANSWER = Refusal(
    "{server} does not answer",
    "Check the network, and the endpoint if you have set one; then run the same command again.",
    ImageStoreAway,
)
UNWELL = Refusal("{server} answers {code}", "Run the same command again later.", ImageStoreAway)
UNUSABLE = Refusal("what is set for the service cannot be used", "Check {credentials}.")
TROUBLE = Refusal(
    "{server} answers {code}",
    "Check the address and the endpoint; if they are right, run the same command again later.",
)

BY_CODE = {
    "NoSuchBucket": NO_BUCKET,
    "ContainerNotFound": NO_BUCKET,
    "InvalidBucketName": NO_BUCKET,
    "InvalidResourceName": NO_BUCKET,
    "AccessDenied": DENIED,
    "InvalidAccessKeyId": WRONG_CREDENTIALS,
    "SignatureDoesNotMatch": WRONG_CREDENTIALS,
    "InvalidToken": WRONG_CREDENTIALS,
    "AuthenticationFailed": WRONG_CREDENTIALS,
    "InvalidAuthenticationInfo": WRONG_CREDENTIALS,
    "ExpiredToken": EXPIRED,
    "TokenRefreshRequired": EXPIRED,
    "QuotaExceeded": FULL,
    "InsufficientStorage": FULL,
    "XMinioStorageFull": FULL,
    "PermanentRedirect": ELSEWHERE,
    "AuthorizationHeaderMalformed": ELSEWHERE,
}
"""What the service itself calls it goes first."""

PANIC = "PanicException"
"""The name of what obstore raises for its own mistakes. It is no Exception, and would end a thread without a word."""

BY_KIND = {
    PANIC: UNUSABLE,
    "ValueError": BAD_NAME,
    "FileNotFoundError": NOT_THERE,
    "PreconditionError": REPLACED,
    "UnauthenticatedError": WRONG_CREDENTIALS,
    "PermissionDeniedError": DENIED,
}
"""Then what obstore takes it for."""

BY_STATUS = {
    "": NO_ANSWER,
    "301": ELSEWHERE,
    "403": DENIED,
    "404": NO_BUCKET,
    **dict.fromkeys(("408", "429", "500", "502", "503", "504"), UNWELL),
    "507": FULL,
}
"""Then the status of HTTP; empty where nothing came back."""

CODE = re.compile(r"<Code>(\w+)</Code>|\(code: (\w+)\)")
STATUS = re.compile(r"status code: (\d{3})")
SERVER = re.compile(r"Error performing \w+ https?://(?:[^/\s?@]*@)?([^/\s?@]+)")
"""The host that was asked, and nothing else of its address."""

ASKED_THE_MACHINE = re.compile(
    r"https?://[^\s?]+(/latest/api/token|/latest/meta-data/|/computeMetadata/|/identity/oauth)"
)
"""With no credentials at hand, the cloud's own machine is asked for some."""

ASKED_THE_PROFILE = "External AWS credential provider"
"""What obstore calls ours, which reads profiles."""


def is_of_obstore(error: BaseException) -> bool:
    """Whether it is something that obstore raises."""
    return isinstance(error, BaseError | OSError | ValueError) or type(error).__name__ == PANIC


def refusal(error: BaseException, address: BucketAddress, key: str, deed: str) -> ImageStoreError:
    """Our error for what obstore raised when this key was to be read, written, listed, copied or deleted."""
    text = str(error)
    code, status, server = _found(CODE, text), _found(STATUS, text), _found(SERVER, text)
    if ASKED_THE_PROFILE in text:
        known = MUTE_PROFILE
    elif ASKED_THE_MACHINE.search(text):
        known = NO_CREDENTIALS
    else:
        known = BY_CODE.get(code) or BY_KIND.get(type(error).__name__) or BY_STATUS.get(status, TROUBLE)
    facts = {
        "bucket": address.bucket,
        "address": address,
        "server": server or "the service",
        "code": code or status or "without a reason",
        "credentials": CREDENTIALS[address.service],
    }
    where = f"{address}/{key}" if key else str(address)
    return known.kind(f"{where} cannot be {deed}: {known.words.format(**facts)}.", cure=known.cure.format(**facts))


def disk_refusal(error: OSError) -> ImageStoreError:
    """Our error for what the disk said on which a draft was written."""
    folder = tempfile.gettempdir()
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ImageStoreFull(f"The disk under {folder}, where pictures wait for their bucket, is full.", cure=ROOM)
    return ImageStoreError(
        f"{folder}, where pictures wait for their bucket, cannot be used: {error.strerror}.",
        cure="Check that the folder may be written, or set TMPDIR to another.",
    )


def _found(pattern: re.Pattern[str], text: str) -> str:
    """What the first group that matched says."""
    found = pattern.search(text)
    return found[found.lastindex or 0] if found else ""
