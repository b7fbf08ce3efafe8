"""How fast Alur is: `python -m benchmarks.speed [--quick] [part ...]`, without a part all of them.

With ``--quick`` each part does as little as shows that it works; nothing is kept or judged then.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from benchmarks.speed import measures
from benchmarks.speed.measures import Measure

PARTS = ("completions", "shares", "peers", "growth", "starts", "checks", "pages", "http")


def main() -> None:
    """Measures what is asked for, keeps it, and fails in the end when a bar was missed."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.speed")
    asked.add_argument("--quick", action="store_true", help="only show that it works")
    asked.add_argument("parts", nargs="*", metavar="part", help=" ".join(PARTS))
    given = asked.parse_args()
    unknown = sorted(set(given.parts) - set(PARTS))
    if unknown:
        asked.error(f"no such part: {', '.join(unknown)}")
    missed = [said for part in given.parts or PARTS for said in _missed(part, given.quick)]
    sys.exit(f"\nmissed: {'; '.join(missed)}" if missed and not given.quick else 0)


def _missed(part: str, quick: bool) -> list[str]:
    """Measures one part; says which of its bars were missed."""
    print(measures.heading(part), flush=True)
    found: list[Measure] = []
    for one in import_module(f"benchmarks.speed.{part}").measure(quick):
        print(one.line(), flush=True)
        found.append(one)
    if found and not quick:
        measures.keep(part, found)
    return [f"{part}: {one.name}" for one in found if one.is_missed]


if __name__ == "__main__":
    main()
