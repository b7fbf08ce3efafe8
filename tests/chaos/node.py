"""A node of the office under chaos: Alur's own command, on a clock that can be moved.

Run as a program with the command's arguments. Its clock runs faster than ours since
``CHAOS_EPOCH``, so that the minutes of a diagram, of leases and of pauses after failures pass in
seconds. ``CHAOS_CLOCK`` is a file of how many seconds it is ahead, ``CHAOS_DIARY`` where its
handlers note what they were asked, and ``CHAOS_WITHOUT`` names a guard of the engine that is taken
out, to see what the checker then says.
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine import clock, jobs, worker
from tasks.handlers import HANDLERS
from tests.chaos import guards
from web import cli

if TYPE_CHECKING:
    from engine.topics import Order

SPEED = 20  # times as fast as our clock
LEASE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=1)  # of the office's time
REAL_LEASE = LEASE.total_seconds() / SPEED  # seconds
AHEAD = struct.Struct("d")


def main() -> None:
    """Runs the command that the arguments name."""
    _move(os.environ["CHAOS_CLOCK"], float(os.environ["CHAOS_EPOCH"]))
    worker.LANES = tuple(replace(lane, lease=LEASE) for lane in worker.LANES)
    jobs.LONGEST_PAUSE = LONGEST_PAUSE
    diary = os.open(os.environ["CHAOS_DIARY"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(order: Order) -> dict[str, Any] | None:
        os.write(diary, f"{order.topic} {order.instance_id} {order.key}\n".encode())
        return {"nomor": order.instance_id} if order.topic == "catat" else None

    HANDLERS.update(catat=note, kirim=note)
    guards.take_out(os.environ.get("CHAOS_WITHOUT", ""))
    cli.main()


def office_time(epoch: float, seconds: float) -> datetime:
    """What the office's clock shows at so many seconds since the epoch of the machine."""
    return datetime.fromtimestamp(epoch + SPEED * (seconds - epoch), UTC)


def _move(file: str, epoch: float) -> None:
    with Path(file).open("rb") as opened:
        ahead = mmap.mmap(opened.fileno(), AHEAD.size, prot=mmap.PROT_READ)
    clock.now = lambda: office_time(epoch, time.time() + AHEAD.unpack(ahead[:])[0])


if __name__ == "__main__":
    main()
