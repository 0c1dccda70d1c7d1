"""The broker's address: what is wrong with it is said in our words, and a password in it is shown to nobody."""

from __future__ import annotations

import pytest

from batches.errors import SettingError
from workers.broker import connect, for_celery
from workers.errors import BrokerError


@pytest.mark.parametrize(
    ("url", "shown", "reason"),
    [
        ("localhost:6379", "localhost:6379", "no scheme"),
        ("http://localhost", "http://localhost", "another protocol"),
        ("redis://host:port", "redis://host:port", "no port"),
        ("redis://[", "redis://[", "no address at all"),
        ("amqp://me:secret@host", "amqp://host", "another kind of broker"),
    ],
)
def test_an_address_that_is_none_is_said_with_its_cure(url: str, shown: str, reason: str) -> None:
    with pytest.raises(SettingError) as caught:
        connect(url)
    assert caught.value.message == f"FLUXBATCH_BROKER_URL is not the address of a Redis server: {shown}.", reason
    assert "redis://host:6379/0" in caught.value.cure


@pytest.mark.parametrize(
    ("url", "shown", "reason"),
    [
        ("redis://127.0.0.1:9/0", "redis://127.0.0.1:9/0", "nobody listens there"),
        ("redis://me:p@ss/w@127.0.0.1:9", "redis://127.0.0.1:9", "a password is shown to nobody"),
        ("unix:///nowhere/broker.sock", "unix:///nowhere/broker.sock", "there is no such file"),
    ],
)
def test_a_broker_that_does_not_answer_is_said_with_its_cure(url: str, shown: str, reason: str) -> None:
    with pytest.raises(BrokerError) as caught:
        connect(url)
    assert caught.value.message.startswith(f"The broker {shown} cannot be reached: "), reason
    assert "Start it, or correct FLUXBATCH_BROKER_URL" in caught.value.cure


def test_celerys_spelling_of_an_address_reaches_the_same_broker(broker_url: str) -> None:
    assert for_celery("redis://host/0") == "redis://host/0"
    spelled = for_celery(broker_url)
    assert spelled.startswith("redis+socket://")
    with connect(broker_url) as one, connect(spelled) as other:
        assert one.info()["run_id"] == other.info()["run_id"]
