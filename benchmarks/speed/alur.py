"""Alur as a contestant: `python -m benchmarks.speed.alur URL`, of an office."""

from __future__ import annotations

import sys
from uuid import uuid4

import web.app  # noqa: F401 - what a server has loaded lies in its garbage collector's way
from benchmarks.speed import contests, offices, procedure
from benchmarks.speed.contests import Turn
from benchmarks.speed.offices import Office
from engine import instances


def play(office: Office, cases: int, turn: Turn) -> None:
    """Plays cases from beginning to end."""
    for case in [office.start() for _ in range(cases)]:
        for _, given in procedure.way():
            item_id, actor = office.open_item(case)
            with turn.one():
                instances.complete(office.db, actor, item_id, given, token=uuid4().hex)


if __name__ == "__main__":
    here = offices.at(sys.argv[1])
    contests.take_part(lambda cases, turn: play(here, cases, turn))
