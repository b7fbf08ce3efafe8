"""Mutation score of `bpmn/` and `engine/`: how many small faults the tests notice.

`make bench-mutation` puts one fault at a time into a copy of the tree and runs the tests that came
by there, the quickest first, on SQLite only. It wants `pip install coverage` in `.venv`, which is
no dependency of the project: one run of the tests records which test comes by which line. The
sample is drawn by a seed, the same number of faults from each package. What no test notices is
printed, and kept in `benchmarks/results/mutation.json`.

    python -m benchmarks.mutation [--sample 80] [--seed 1] [--processes 1] [--only FILE:LINE ...]
"""

from __future__ import annotations

import argparse
import importlib
import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import suppress
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import pytest

from benchmarks.mutants import Mutant, mutants

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "mutation.json"
RECORD = "ALUR_RECORD"  # set while the tests are recorded
RECORDING = Path(os.environ.get(RECORD, ROOT / "build" / "mutation"))
PACKAGES = ("bpmn", "engine")
# Tables, example data and the environment: wrong there is wrong at once, or a matter of taste.
LEFT_OUT = ("engine/migrations/", "engine/models.py", "engine/sample.py", "engine/settings.py")
TESTS = ("tests/bpmn", "tests/engine", "tests/oracle", "tests/tasks")
# Other processes, killed or cut off: slow, and they notice nothing that others do not.
TOO_SLOW = ("tests/engine/test_kill.py", "tests/engine/test_connection_loss.py")
OPTIONS = ("-q", "-p", "no:cacheprovider", "-m", "not postgresql")
STAGES = (25, 150)  # so many tests first, and so many more when those notice nothing
PATIENCE = 60.0  # seconds, beside ten times what the tests took when they were recorded
MEMORY = 4 << 30
# Loaded once, and by no test anew; never the packages under test.
LIBRARIES = (
    "alembic.command dramatiq holidays hypothesis.strategies icalendar lxml.etree SpiffWorkflow"
)


class Recording(NamedTuple):
    """Which tests come by a line, and how long each takes."""

    lines: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]

    def tests(self, mutant: Mutant) -> list[str]:
        """The tests that a mutant may disturb: those of its module first, then the quickest.

        What runs while modules are loaded belongs to no test: all that come by the file may notice.
        """
        lines = self.lines.get(mutant.path, {})
        found = set(lines.get(mutant.line) or lines.get(mutant.statement, ()))
        if "" in found or mutant.loading:
            found = {test for tests in lines.values() for test in tests}
        own = f"_{Path(mutant.path).stem}."
        return sorted(
            found & self.seconds.keys(), key=lambda test: (own not in test, self.seconds[test])
        )


class Recorder:
    """A plugin of pytest that tells coverage.py which test runs, and keeps what passed."""

    def __init__(self) -> None:
        coverage = importlib.import_module("coverage")
        self.file = RECORDING / f"{os.getpid()}"
        self.coverage = coverage.Coverage(
            data_file=f"{self.file}.coverage", source=list(PACKAGES), config_file=False
        )
        self.coverage.set_option("run:disable_warnings", ["no-data-collected", "no-sysmon"])
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()
        self.coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.coverage.switch_context(item.nodeid)
        started = time.perf_counter()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.perf_counter() - started
            self.coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self.failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        self.coverage.stop()
        data, lines = self.coverage.get_data(), {}
        for file in data.measured_files():
            lines[Path(file).relative_to(Path.cwd()).as_posix()] = data.contexts_by_lineno(file)
        seconds = {test: took for test, took in self.seconds.items() if test not in self.failed}
        if seconds:
            self.file.with_suffix(".json").write_text(json.dumps([lines, seconds]))


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Records from before the packages are loaded, in each process of pytest-xdist."""
    if RECORD in os.environ:
        early_config.pluginmanager.register(Recorder())


def record(processes: int) -> Recording:
    """Runs the tests once, in a copy as the mutants' own; what fails there is not asked later."""
    if not list(RECORDING.glob("*.json")):
        RECORDING.mkdir(parents=True, exist_ok=True)
        command = ["-m", "pytest", "-p", "benchmarks.mutation", "-n", str(processes), *OPTIONS]
        left_out = [f"--ignore={path}" for path in TOO_SLOW]
        environment = {**os.environ, "PYTHONPATH": str(tree()), RECORD: str(RECORDING)}
        subprocess.run(
            [sys.executable, *command, *left_out, *TESTS], cwd=tree(), env=environment, check=False
        )
    return recorded()


def recorded() -> Recording:
    """What the processes of the recording have kept."""
    lines: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    seconds: dict[str, float] = {}
    for file in RECORDING.glob("*.json"):
        found, took = json.loads(file.read_text())
        seconds |= took
        for path, tests in found.items():
            for line, names in tests.items():
                lines[path][int(line)] += names
    return Recording(lines, seconds)


def copy() -> Path:
    """A copy of the tree, with what is built in it."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    tree = Path(tempfile.mkdtemp())
    for file in files.splitlines():
        (tree / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / file, tree / file)
    for built in ("web/static/dist", "web/frontend/node_modules"):
        (tree / built).parent.mkdir(parents=True, exist_ok=True)
        (tree / built).symlink_to(ROOT / built)
    return tree


def sample(size: int, seed: int) -> list[Mutant]:
    """As many faults of each package, each place as likely as any other."""
    chosen, drawn = random.Random(seed), []
    for package in PACKAGES:
        faults = list(every(package))
        chosen.shuffle(faults)
        drawn.append(list(islice(filter(is_python, faults), size)))
    return [mutant for pair in zip(*drawn, strict=True) for mutant in pair]


def is_python(mutant: Mutant) -> bool:
    """Whether the faulty file can be read at all; slow, so only those drawn are asked."""
    try:
        compile(mutant.apply((ROOT / mutant.path).read_bytes()), mutant.path, "exec")
    except SyntaxError:
        return False
    return True


def every(package: str) -> Iterator[Mutant]:
    """All faults of a package."""
    for file in sorted((ROOT / package).rglob("*.py")):
        path = file.relative_to(ROOT).as_posix()
        if not path.startswith(LEFT_OUT):
            yield from mutants(path, file.read_bytes())


def judge(mutant: Mutant, recording: Recording) -> str:
    """Whether the tests notice a fault: killed, timeout, survived or uncovered."""
    tests, outcome = recording.tests(mutant), "uncovered"
    first, more = STAGES
    for some in (tests[:first], tests[first : first + more]):
        if some and outcome in ("uncovered", "survived"):
            outcome = run(mutant, some, PATIENCE + 10 * sum(recording.seconds[t] for t in some))
    return outcome


def run(mutant: Mutant, tests: list[str], patience: float) -> str:
    """Runs tests on a fault, in a process of their own."""
    file = tree() / mutant.path
    sound = file.read_bytes()
    try:
        write(file, mutant.apply(sound))
        process = os.fork()
        if not process:
            test(tree(), tests)
        return outcome(process, time.monotonic() + patience)
    finally:
        write(file, sound)


@cache
def tree() -> Path:
    """The copy that this process puts its faults into; what else Python compiles there is kept."""
    return copy()


def write(file: Path, source: bytes) -> None:
    """Writes a module; what was compiled of it may seem new enough within one second."""
    for compiled in file.parent.glob(f"__pycache__/{file.stem}.*"):
        compiled.unlink()
    file.write_bytes(source)


def test(within: Path, tests: list[str]) -> NoReturn:
    """What that process does; the libraries are loaded already."""
    status = 3
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        said = os.open(within / "said", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        for stream in range(3):
            os.dup2(said, stream)
        os.chdir(within)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # they would be loaded anew each time
        os.environ["PYTHONPATH"] = sys.path[0] = str(within)
        status = pytest.main(["-x", *OPTIONS, *tests])
    finally:
        os._exit(status)


def outcome(process: int, end: float) -> str:
    """Waits for a process; what it has started ends with it."""
    done, status = 0, 0
    while not done and time.monotonic() < end:
        time.sleep(0.02)
        done, status = os.waitpid(process, os.WNOHANG)
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
    if not done:
        os.waitpid(process, 0)
        return "timeout"
    return "survived" if status == 0 else "killed"


def main() -> None:
    """Prints what survives as it is found, then the score, and keeps both."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sample", type=int, default=80, help="faults of each package")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--only", nargs="*", metavar="FILE:LINE", help="all faults there instead")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="alur-mutation-") as tempfile.tempdir:
        report(measured(asked), asked)


def measured(asked: argparse.Namespace) -> dict[Mutant, str]:
    """What comes of each fault that is asked for."""
    recording = record(asked.processes)
    chosen = sample(asked.sample, asked.seed)
    if asked.only:
        chosen = [m for p in PACKAGES for m in every(p) if f"{m.path}:{m.line}" in asked.only]
    for library in LIBRARIES.split():
        importlib.import_module(library)
    found: dict[Mutant, str] = {}
    sound = [mutant._replace(end=mutant.start, new="") for mutant in chosen[:2]]
    if {judge(mutant, recording) for mutant in sound} - {"survived", "uncovered"}:
        sys.exit("the tests fail without a fault")
    tree.cache_clear()  # each process makes its own
    with multiprocessing.get_context("fork").Pool(asked.processes) as pool:
        for mutant, judged in zip(
            chosen, pool.imap(partial(judge, recording=recording), chosen), strict=True
        ):
            found[mutant] = judged
            if asked.only or judged not in ("killed", "timeout"):
                print(f"{judged}: {mutant}", flush=True)
    return found


def report(found: dict[Mutant, str], asked: argparse.Namespace) -> None:
    """Prints the score of each package and of both, and writes the results of a sample."""
    scores = {package: score(found, f"{package}/") for package in PACKAGES} | {"all": score(found)}
    for name, counts in scores.items():
        print(f"{name:<8}{counts}")
    if not asked.only:
        lasting = [f"{m} ({was})" for m, was in found.items() if was in ("survived", "uncovered")]
        record = {"seed": asked.seed, "sample": asked.sample} | scores | {"survivors": lasting}
        RESULTS.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def score(found: dict[Mutant, str], within: str = "") -> dict[str, float]:
    """How many came to what end, and the percentage that was noticed."""
    counts = Counter(was for mutant, was in found.items() if mutant.path.startswith(within))
    noticed = counts["killed"] + counts["timeout"]
    ends = {name: counts[name] for name in ("killed", "timeout", "survived", "uncovered")}
    return ends | {"score": round(100 * noticed / max(counts.total(), 1), 1)}


if __name__ == "__main__":
    main()
