"""The network between a node and PostgreSQL: a proxy that can be cut, slow, frozen or forgetful."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

CHUNK = 65_536
COMMIT = b"COMMIT"


class Line:
    """One node's way to the database; made in the network's loop, and told from any thread.

    While it is not ``open`` nobody gets through; each piece waits for ``delay`` seconds; while it
    is ``frozen`` nothing moves and nobody is told. Of the next ``lost`` commits the answer never
    arrives, and of the next ``unsent`` ones the commit itself does not.
    """

    def __init__(self, upstream: Path) -> None:
        self._upstream = str(upstream)
        self._ways: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self.open, self.frozen, self.delay = True, False, 0.0
        self.lost = self.unsent = 0
        self.swallowed = 0  # commits whose answer, or which themselves, were thrown away
        self.port = 0

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Ends all that goes through it."""
        for way in list(self._ways):
            self._end(way)

    def end(self) -> None:
        """Nobody gets through any more."""
        self.open = self.frozen = False
        self._server.close()
        self.cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.open:
            writer.transport.abort()
            return
        try:
            above, up = await asyncio.open_unix_connection(self._upstream)
        except OSError:  # the server is away
            writer.transport.abort()
            return
        way = writer, up
        self._ways.add(way)
        mute = asyncio.Event()
        await asyncio.gather(
            self._pump(way, reader, up, mute, asking=True),
            self._pump(way, above, writer, mute, asking=False),
        )

    async def _pump(
        self,
        way: tuple[asyncio.StreamWriter, asyncio.StreamWriter],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        mute: asyncio.Event,
        *,
        asking: bool,
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                while self.frozen:
                    await asyncio.sleep(0.05)
                if self.delay:
                    await asyncio.sleep(self.delay)
                if asking and COMMIT in data and self._forgets(mute):
                    break
                if not asking and mute.is_set():  # the commit is done, and nobody is told
                    break
                writer.write(data)
                await writer.drain()
        self._end(way)

    def _forgets(self, mute: asyncio.Event) -> bool:
        """Whether a commit itself is thrown away; its answer may be, later."""
        if self.unsent:
            self.unsent -= 1
            self.swallowed += 1
            return True
        if self.lost:
            self.lost -= 1
            self.swallowed += 1
            mute.set()
        return False

    def _end(self, way: tuple[asyncio.StreamWriter, asyncio.StreamWriter]) -> None:
        self._ways.discard(way)
        for writer in way:
            writer.transport.abort()


class Network:
    """The lines of all nodes, in a thread of their own."""

    def __init__(self, upstream: Path) -> None:
        self._upstream = upstream
        self._lines: list[Line] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def line(self) -> Line:
        """A new line, open."""
        line = Line(self._upstream)
        self._lines.append(line)
        self._run(line.listen())
        return line

    def cut(self, line: Line) -> None:
        """Ends all that goes through a line at this moment."""
        self._loop.call_soon_threadsafe(line.cut)

    def close(self) -> None:
        """Stops everything."""
        self._run(self._ended())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _ended(self) -> None:
        for line in self._lines:
            line.end()
        if others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others, timeout=5)

    def _run(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)
