"""``python -m tests.chaos --seed 7 --minutes 5``: a run, its figures, and what is wrong."""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
import time
from pathlib import Path

from tests.chaos import campaign, faults, guards
from tests.chaos.campaign import Plan, Run


def main() -> None:
    """Runs until the minutes are over or so much was done; leaves with 1 when anything is wrong."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was begun is ended
    asked = _asked()
    seed = asked.seed if asked.seed is not None else secrets.randbelow(1_000_000)
    until, done, wrong = time.monotonic() + 60 * asked.minutes, 0, 0
    while wrong == 0 and (seconds := until - time.monotonic()) > 1:
        seconds = min(seconds, asked.part)
        plan = Plan(
            seed, seconds, asked.webs, asked.workers, asked.disk * 1_000_000, asked.pace,
            asked.kinds, asked.without, asked.keep,
        )  # fmt: skip
        print(f"seed {seed}: {len(plan.faults)} faults in {seconds:.0f} s", flush=True)
        if asked.schedule:
            print(*plan.faults, sep="\n")
        run = campaign.run(plan)
        _tell(run)
        wrong += len(run.wrong)
        done += _deeds(run)
        seed += 1
        if asked.completions and done >= asked.completions:
            break
    print(f"{done} completions, timers and jobs; {wrong} faults")
    sys.exit(wrong > 0)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="of the first run; each next has the next number")
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--completions", type=int, default=0, help="with timers and jobs; then end")
    parser.add_argument("--part", type=float, default=600, help="seconds of one run")
    parser.add_argument("--pace", type=float, default=1, help="4: a fourth of the faults")
    parser.add_argument("--webs", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--disk", type=int, default=2_000, help="MB, of a disk that can be full")
    parser.add_argument("--without", default="", choices=["", *guards.WITHOUT])
    kinds = tuple(faults.SHARES)
    parser.add_argument("--kinds", nargs="*", metavar="KIND", default=kinds, help=str(kinds))
    parser.add_argument("--schedule", action="store_true", help="print every fault")
    parser.add_argument("--keep", type=Path, help="a folder for the record and the logs")
    return parser.parse_args()


def _tell(run: Run) -> None:
    print(*(f"  {name:<28}{n:>9}" for name, n in sorted(run.happened.items())), sep="\n")
    print(run.figures)
    print(*(f"WRONG: {one}" for one in run.wrong[:40]), sep="\n", flush=True)


def _deeds(run: Run) -> int:
    """What was completed, fired, answered, sent, delivered and made."""
    kinds = (
        "task.completed", "timer.fired", "service.completed", "message.thrown", "message.received",
        "document.made",
    )  # fmt: skip
    return sum(run.figures.facts[kind] for kind in kinds)


if __name__ == "__main__":
    main()
