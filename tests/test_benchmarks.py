"""The benchmarks, which nobody runs every day, still work; how fast anything is is not judged."""

import tempfile
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.speed import completions, pages

ROOT = Path(__file__).parents[1]
FOREIGN = ROOT / "benchmarks" / "speed" / "foreign"  # what runs in other engines' own Python
FILES = sorted((ROOT / "benchmarks").rglob("*.py"))
MODULES = [
    ".".join(file.relative_to(ROOT).with_suffix("").parts)
    for file in FILES
    if FOREIGN not in file.parents
]


@pytest.mark.parametrize("module", MODULES)
def test_a_benchmark_can_be_loaded(module):
    assert import_module(module).__doc__


def test_completions_are_measured_beside_the_usual_way_and_the_floor(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # in memory, where tests have theirs
    found = {one.name: one for one in completions.measure(True, "SQLite")}

    for name in (completions.ALUR, completions.USUAL, completions.FLOOR):
        assert found[f"{name}, SQLite"].value > 0
    times = found[f"{completions.ALUR} against {completions.USUAL}, SQLite"]
    assert times.bar == completions.at_least(4.5)
    assert found["commits of a completion, SQLite"].value == 1


def test_what_browsers_are_sent_stays_light(monkeypatch, tmp_path):
    """Which is no matter of speed, and judged here too."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = list(pages.measure(quick=True))
    assert len(found) == 7
    assert [one.name for one in found if one.is_missed] == []
