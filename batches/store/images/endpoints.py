"""Endpoints of buckets: which one is meant, and whether pictures may go there without TLS."""

from __future__ import annotations

import os
from ipaddress import ip_address
from urllib.parse import urlsplit

from batches.errors import SettingError

ENDPOINTS = {
    "s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
    "gs": ("GOOGLE_BASE_URL",),
    "az": ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"),
}
"""The variables that name another endpoint than the service's own, the first that is set goes before the others."""

PLAIN = {"s3": "AWS_ALLOW_HTTP", "gs": "GOOGLE_ALLOW_HTTP", "az": "AZURE_ALLOW_HTTP"}
"""The variables that allow an endpoint without TLS beyond this machine."""


def endpoint_variable(service: str) -> str | None:
    """The variable that names another endpoint than the service's own; None where there is none."""
    return next((name for name in ENDPOINTS[service] if name in os.environ), None)


def is_plain(service: str, of_profile: str | None) -> bool:
    """Whether there is no TLS; SettingError where there has to be. The environment goes before the profile."""
    if service == "az" and _is_on("AZURE_STORAGE_USE_EMULATOR"):
        return True
    variable = endpoint_variable(service)
    if variable is None and of_profile is None:
        return False
    name, endpoint = (variable, os.environ[variable]) if variable else ("endpoint_url", of_profile or "")
    scheme, host = _parts(name, endpoint)
    if scheme == "http" and not _is_here(host) and not _is_on(PLAIN[service]):
        raise SettingError(
            f"{name} leads to {host} without TLS, and pictures would go there in the clear.",
            cure=f"Begin it with https://, or set {PLAIN[service]}=true in a network that you trust.",
        )
    return scheme == "http"


def is_word(text: str) -> bool:
    """Whether it may stand in a header or an address: letters of ASCII without spaces and line breaks."""
    return text.isascii() and text.isprintable() and " " not in text


def _parts(name: str, endpoint: str) -> tuple[str, str]:
    """Scheme and host. What is no address would make the library panic."""
    try:
        url = urlsplit(endpoint)
        good = url.scheme in ("http", "https") and url.port != 0 and is_word(endpoint)
    except ValueError:  # of a port or a bracket
        good = False
    if not good or not url.hostname:
        raise SettingError(f"{name} is no address of a service.", cure="Give https://HOST, or unset it.")
    return url.scheme, url.hostname


def _is_on(name: str) -> bool:
    return os.environ.get(name, "").lower() in ("1", "true", "yes", "on")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
