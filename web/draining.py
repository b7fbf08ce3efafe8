"""A server that ends in order: what it has accepted is answered, and nothing new is accepted.

waitress by itself gives what is under way five seconds, drops what waits in line for a thread, and
sends no more of a long answer than the line takes at once.
"""

from __future__ import annotations

import selectors
import signal
import time
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer
from waitress.task import WSGITask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from threading import Event

PATIENCE = 60  # seconds for what is under way; who hangs longer is left
LOOK = 1.0  # seconds between two looks around, when nothing happens


def serve(server: Any, going: Event, grace: float, leave: Callable[[], object]) -> None:
    """Serves until SIGTERM or SIGINT, which sets ``going``; returns when all is answered.

    ``leave`` is called at the sign. For so many seconds of ``grace`` new connections are still
    taken, so that a load balancer has time to see that this server is going.
    """
    sockets: dict[int, Any] = server._map if isinstance(server, BaseWSGIServer) else server.map
    listening = [one for one in sockets.values() if isinstance(one, BaseWSGIServer)]
    for one in listening:
        one.channel_class = _channel(going)

    def go(*_: Any) -> None:
        going.set()
        listening[0].pull_trigger()  # it may be waiting for somebody to come

    signal.signal(signal.SIGTERM, go)
    signal.signal(signal.SIGINT, go)
    while not going.is_set():
        _look(sockets, LOOK)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough
    signal.signal(signal.SIGINT, signal.default_int_handler)  # who insists need not wait
    leave()
    _take_until(time.monotonic() + grace, sockets)
    for one in listening:
        _stop_listening(one)
    _finish(time.monotonic() + PATIENCE, sockets)
    server.task_dispatcher.shutdown(timeout=1)


def _take_until(end: float, sockets: dict[int, Any]) -> None:
    while (left := end - time.monotonic()) > 0:
        _look(sockets, min(left, LOOK))


def _stop_listening(one: Any) -> None:
    while _is_readable(one):  # whoever is connected already is answered
        one.handle_accept()
    wasyncore.dispatcher.close(one)  # not its own: the threads still need what wakes this one


def _finish(end: float, sockets: dict[int, Any]) -> None:
    while time.monotonic() < end:
        _look(sockets, 0)
        channels = [one for one in sockets.values() if isinstance(one, HTTPChannel)]
        if not channels:
            return
        if not _close_idle(channels):
            _look(sockets, min(LOOK, max(0, end - time.monotonic())))


def _close_idle(channels: Iterable[Any]) -> bool:
    """Closes the connections on which nothing is under way; whether there were any."""
    idle = [one for one in channels if not _is_busy(one) and not _is_readable(one)]
    for one in idle:
        one.handle_close()
    return bool(idle)


def _is_busy(channel: Any) -> bool:
    return bool(channel.requests or channel.request or channel.total_outbufs_len)


def _is_readable(one: Any) -> bool:
    with selectors.DefaultSelector() as line:
        line.register(one.socket, selectors.EVENT_READ)
        return bool(line.select(0))


def _look(sockets: dict[int, Any], seconds: float) -> None:
    wasyncore.loop(timeout=seconds, map=sockets, use_poll=True, count=1)


def _channel(going: Event) -> type[Any]:
    class Task(WSGITask):
        """Says in the answers of a server that is going that its connection ends with them."""

        def build_response_header(self) -> Any:
            if going.is_set():
                self.request.headers["CONNECTION"] = "close"
            return super().build_response_header()

    class Channel(HTTPChannel):
        task_class = Task

    return Channel
