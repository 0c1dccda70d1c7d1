"""Whether a broker is fit for use, by what it says of itself. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OLDEST = (5, 0)
"""Before it, a script that asks for the time may write nothing."""


def judged(info: Mapping[str, object], kind: str) -> str:
    """`configured, Redis 7.2.4, noeviction, keeps nothing`; raises BrokerError with the cure for what it is unfit for.

    `info` is the answer to INFO. Services that hide a part of it get the benefit of the doubt.
    """
    for problem, cure in _problems(info):
        raise BrokerError(f"the {kind} broker {problem}.", cure=cure)
    name = "Valkey" if "valkey_version" in info else "Redis"
    version = info.get("valkey_version", info.get("redis_version"))
    return f"{kind}, {name} {version}, {info.get('maxmemory_policy', 'eviction not told')}, {_saving(info)}"


def _problems(info: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    version = str(info.get("redis_version", "5.0"))
    if tuple(int(part) for part in version.split(".")[:2] if part.isdecimal()) < OLDEST:
        yield f"is Redis {version}, which is too old", "Use Redis 5 or newer, or Valkey."
    policy = info.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        cure = "Set maxmemory-policy noeviction on the Redis server."
        yield f"may throw keys away (maxmemory-policy {policy})", cure
    if info.get("role", "master") != "master":
        yield "is a replica, which takes no writes", "Let FLUXBATCH_BROKER_URL name the server that it copies."
    if info.get("cluster_enabled"):
        yield "is a cluster, which Celery cannot use", "Let FLUXBATCH_BROKER_URL name a server of its own."
    if "err" in (info.get("rdb_last_bgsave_status"), info.get("aof_last_write_status")):
        cure = "Free disk space there, or switch saving off: nothing in the broker has to outlive it."
        yield "could not save to its disk and may refuse writes", cure


def _saving(info: Mapping[str, object]) -> str:
    """Persistence is no need: what the broker loses, the ledger rings again."""
    if info.get("aof_enabled"):
        return "append-only"
    return "snapshots" if info.get("rdb_saves") else "keeps nothing"
