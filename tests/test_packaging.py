import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ["bpmn", "engine", "tasks", "web"]
LOCKS = ["requirements/runtime.txt", "requirements/dev.txt"]
PIN = re.compile(r"^([\w.-]+==[\w.]+)", re.MULTILINE)
HASHED_PIN = re.compile(PIN.pattern + r".*\\\n +--hash=sha256:", re.MULTILINE)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_owns_a_top_level_name(package):
    others = set(packages_distributions().get(package, [])) - {"alur"}
    assert not others


@pytest.mark.parametrize("lock", LOCKS)
def test_a_python_lock_holds_no_addresses(lock):
    assert "://" not in (ROOT / lock).read_text()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_python_lock_holds_a_hash_for_every_pin(lock):
    text = (ROOT / lock).read_text()
    assert PIN.findall(text) == HASHED_PIN.findall(text)


def test_what_runs_is_locked_to_the_same_versions_for_development():
    runtime, dev = ({*PIN.findall((ROOT / lock).read_text())} for lock in LOCKS)
    assert runtime
    assert runtime <= dev


def test_the_lock_of_the_front_end_holds_no_addresses():
    assert '"resolved": "http' not in (ROOT / "web/frontend/package-lock.json").read_text()
