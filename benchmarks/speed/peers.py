"""Completions a second beside other engines: django-viewflow and bpmn-engine.

They are installed on demand into `.peers`, at exact versions, and are no part of Alur: of neither
its requirements nor `make setup`, and viewflow, under the AGPL, of nothing that is shipped. Where
they cannot be installed nothing is measured. Each runs the same procedure with the same values, on
its own terms: see `viewflow_office.py` and `bpmn_engine.mjs` in `foreign/`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from benchmarks.speed import contests, databases, offices, procedure
from benchmarks.speed.contests import contest, python
from benchmarks.speed.databases import Maker
from benchmarks.speed.measures import ROOT, Measure, at_least

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ALUR, VIEWFLOW, BPMN_ENGINE = "Alur", "django-viewflow 2.4", "bpmn-engine 25"
BARS = {VIEWFLOW: 6, BPMN_ENGINE: 12}  # times, on SQLite
SECONDS = 1.0  # of a turn
FOREIGN, PEERS = ROOT / "benchmarks" / "speed" / "foreign", ROOT / ".peers"
NODE, PYTHON = PEERS / "node", PEERS / "python"
DONE = "installed"  # a copy of what was installed, made last
Commands = dict[str, tuple[str, ...]]


def measure(quick: bool = False) -> Iterator[Measure]:
    """Their rates, and how many times as fast Alur is in the same run."""
    if not (_installed(VIEWFLOW, _install_viewflow) and _installed(BPMN_ENGINE, _install_bpmn)):
        return
    with databases.makers() as makers:
        sqlite, postgresql = makers.values()
        yield from _measured("SQLite", _on_sqlite(sqlite), quick)
        yield from _measured("PostgreSQL", _in_python(postgresql), quick)


def _measured(kind: str, commands: Commands, quick: bool) -> Iterator[Measure]:
    rounds, seconds = (1, 0.0) if quick else (contests.ROUNDS, SECONDS)
    with contest(commands) as contestants:
        contests.play(contestants, rounds, seconds)
    for one in contestants:
        yield from one.measures(kind)
    alur, *others = contestants
    for one in others:
        bar = at_least(BARS[one.name]) if kind == "SQLite" else None
        yield Measure(f"{ALUR} against {one.name}, {kind}", alur.rate / one.rate, "times", bar)


def _in_python(make: Maker) -> Commands:
    office = "benchmarks.speed.foreign.viewflow_office"
    offices.furnish(make("furnished"))
    return {
        ALUR: python("alur", make("alur", "furnished")),
        VIEWFLOW: (str(PYTHON / "bin" / "python"), "-m", office, make("viewflow")),
    }


def _on_sqlite(make: Maker) -> Commands:
    file = Path(make_url(make("bpmn")).database or "")
    given = file.with_suffix(".json")
    given.write_text(json.dumps({"source": _javascript(), "way": [g for _, g in procedure.way()]}))
    script = str(FOREIGN / "bpmn_engine.mjs")
    return _in_python(make) | {BPMN_ENGINE: ("node", script, str(NODE), str(file), str(given))}


def _javascript() -> str:
    """The procedure with its condition in the only language that bpmn-engine has."""
    drawn = procedure.source().decode()
    script = 'next(null, this.environment.output.decision === "reject")'
    said = drawn.replace('>decision == "reject"', f' language="javascript">{script}')
    assert said != drawn
    return said


def _installed(name: str, install: Callable[[], None]) -> bool:
    try:
        install()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{name} cannot be installed, so that nothing is measured: {error}")
        return False
    return True


def _install_viewflow() -> None:
    wanted = FOREIGN / "requirements.txt"
    if not _is_there(PYTHON, wanted):
        subprocess.run(["sh", ".ci/venv", PYTHON], cwd=ROOT, check=True)
        pip = [str(PYTHON / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", wanted], check=True)
        shutil.copy(wanted, PYTHON / DONE)


def _install_bpmn() -> None:
    wanted = FOREIGN / "package-lock.json"
    if not _is_there(NODE, wanted):
        shutil.rmtree(NODE, ignore_errors=True)
        NODE.mkdir(parents=True)
        for file in (wanted, FOREIGN / "package.json"):
            shutil.copy(file, NODE)
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=NODE, check=True)
        shutil.copy(wanted, NODE / DONE)


def _is_there(folder: Path, wanted: Path) -> bool:
    """Whether what is wanted has been installed, to its end."""
    done = folder / DONE
    return done.is_file() and done.read_bytes() == wanted.read_bytes()
