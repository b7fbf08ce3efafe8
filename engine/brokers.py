"""A broker between workers, Redis or RabbitMQ: what one has leased, another may do.

It only carries numbers of jobs and their leases. What it loses costs a lease; while it is away each
worker does itself what it has leased.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import dramatiq
from dramatiq.errors import BrokerError

from bpmn.messages import message
from engine import measures
from engine.database import newest_revision
from engine.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

NAMESPACE = "alur"
PATIENCE = 3  # seconds for an answer; it is to be a machine nearby
AWAY = 10.0  # seconds until a broker that was away is tried again
IDLE = 500  # milliseconds, at most, between two looks at a line of Redis
# A broker that nobody answers for would block for ever; what the address says itself counts.
_RABBITMQ = {
    "blocked_connection_timeout": PATIENCE, "socket_timeout": PATIENCE, "stack_timeout": PATIENCE,
}  # fmt: skip
Item = tuple[int, str, bool]  # a job, the end of its lease, and whether it is the first
log = logging.getLogger("alur.worker")


class Shared:
    """The broker at a URL; raises `InvalidInput` where its library is not installed."""

    def __init__(self, url: str) -> None:
        extra, make = ("redis", _redis) if url.startswith("redis") else ("rabbitmq", _rabbitmq)
        try:
            self.broker, self.losses = make(url)
        except ImportError as error:
            said = message("ALUR_BROKER memerlukan pustaka: pip install 'alur[{x}]'", x=extra)
            raise InvalidInput(said) from error
        except ValueError as error:  # the value stays unsaid: it may hold a password
            raise InvalidInput(message("ALUR_BROKER tidak dapat dibaca.")) from error
        self._away_until = 0.0
        for name in ("dramatiq", "pika"):  # each of their threads would say it every few seconds
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)

    def close(self) -> None:
        """Gives the connections back."""
        getattr(self.broker, "client", self.broker).close()

    def waiting(self, queue: str) -> int:
        """How many messages nobody has taken yet; raises what `reach` takes care of."""
        if hasattr(self.broker, "client"):
            return int(self.broker.client.llen(f"{NAMESPACE}:{queue}"))
        return int(self.broker.get_queue_message_counts(queue)[0])

    def reach(self, ask: Callable[[], Any]) -> Any:
        """The answer of the broker; None while it is away, which is said and counted."""
        if time.monotonic() < self._away_until:
            return None
        try:
            return ask()
        except self.losses as error:
            self._away_until = time.monotonic() + AWAY
            measures.BROKER_FAILURES.inc()
            log.warning("broker away: %s; working without it", type(error).__name__)
            return None


class Line:
    """The line of one lane at a broker; ``take`` is given what comes out of it.

    Only nodes of one release share it: an older one may not know what a newer one wants done.
    """

    def __init__(self, shared: Shared, lane: str, take: Callable[[list[Item]], None]) -> None:
        self._shared = shared
        self._queue = f"alur-{newest_revision()}-{lane}"
        deliver = dramatiq.actor(
            broker=shared.broker, queue_name=self._queue, actor_name=self._queue
        )
        self._actor = deliver(take)
        self._sent = False
        self.worker = _Taker(
            shared.broker, queues={self._queue}, worker_threads=1, worker_timeout=IDLE
        )
        self.worker.queue_prefetch = 1  # the others stay where another worker finds them

    def send(self, batch: list[Item]) -> bool:
        """Hands leased jobs on; False when they have to be done here."""
        self._sent = self._shared.reach(lambda: self._actor.send(batch)) is not None
        return self._sent

    def stop(self, timeout: int) -> None:
        """Takes nothing more, and lets others have what it has not taken yet."""
        # Also while the broker is away, or its threads would go on looking for it. A consumer that
        # was cut off has nothing to give back.
        with suppress(AttributeError, *self._shared.losses):
            self.worker.stop(timeout)

    def is_longer(self, than: int) -> bool:
        """Whether more messages than that wait in line, where any may: an idle one asks nobody."""
        if not self._sent:
            return False
        waiting = self._shared.reach(lambda: self._shared.waiting(self._queue)) or 0
        self._sent = waiting > 0
        return waiting > than


class _Taker(dramatiq.Worker):
    """Looks at the line alone: nothing is sent with a delay, so nobody waits for that."""

    def _add_consumer(self, queue_name: str, *, delay: bool = False) -> None:
        if not delay:
            super()._add_consumer(queue_name)


def _redis(url: str) -> tuple[Any, tuple[type[Exception], ...]]:
    import redis
    from dramatiq.brokers.redis import RedisBroker
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    client = redis.Redis.from_url(
        url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=Retry(NoBackoff(), 1)
    )
    broker = RedisBroker(client=client, namespace=NAMESPACE, middleware=[])
    return broker, (redis.RedisError, BrokerError, OSError)


def _rabbitmq(url: str) -> tuple[Any, tuple[type[Exception], ...]]:
    import pika
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

    broker = RabbitmqBroker(url=url, confirm_delivery=True, middleware=[])
    for name, seconds in _RABBITMQ.items():
        if name not in urlsplit(url).query:
            setattr(broker.parameters, name, seconds)
    return broker, (pika.exceptions.AMQPError, BrokerError, OSError)
