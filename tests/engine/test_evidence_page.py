"""The script of docs/evidence.md: what an outsider says of an export, without our code."""

import base64
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from engine import corrections, export, history, journal, seals, signing
from engine.errors import BackupRefused, NotFound
from engine.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"
SCRIPT = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]


def quietly(_table, _rows):
    pass


class Exported:
    """An export, to be tampered with, and what the script says of it."""

    def __init__(self, office, folder: Path) -> None:
        self.office, self.folder = office, folder
        self.settings = Settings(folder / "home", office.db.url)
        self.cases = [office.start() for _ in range(3)]
        office.finish(self.cases[0])
        self.note("unit.added")
        seals.seal(office.db, self.settings)
        office.finish(self.cases[1])
        self.note("person.moved")
        seals.seal(office.db, self.settings)
        office.until(self.cases[2], "Langkah_3")

    def note(self, kind: str, **details) -> None:
        with self.office.db.write() as session:
            journal.record(session, kind, details)

    def lines(self, case=None) -> list[dict]:
        file, key = self.folder / "catatan.jsonl", signing.own(self.settings).public
        export.export(self.office.db, key, file, quietly, case=case, replace=True)
        return [json.loads(line) for line in file.read_text().splitlines()]

    def judge(self, lines: list[dict], fingerprint: str | None = None) -> tuple[int, str]:
        """The exit code and the last line of the script, as the page has it."""
        file = self.folder / "diubah.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        script = self.folder / "verify.py"
        script.write_text(SCRIPT)
        done = subprocess.run(
            [
                sys.executable, "-I", script, file,
                fingerprint or signing.own(self.settings).public.fingerprint,
            ],
            capture_output=True, text=True, check=False, timeout=60, cwd=self.folder,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, (done.stdout + done.stderr).strip()


@pytest.fixture
def exported(office, tmp_path):
    return Exported(office, tmp_path)


def of(lines, kind, **where):
    """The lines of a type, with these values."""
    return [
        line
        for line in lines
        if line["type"] == kind and all(line[name] == value for name, value in where.items())
    ]


# How an export is tampered with, and the beginning of what the script says.


def changed(name, value):
    def tamper(lines):
        of(lines, "entry", instance_id=2, seq=4)[0][name] = value

    return tamper, "BAD: case 2, entry 4"


def dropped(seq):
    def tamper(lines):
        lines.remove(of(lines, "entry", instance_id=2, seq=seq)[0])

    return tamper, f"BAD: case 2, entry {seq}"


def reordered(lines):
    a, b = (of(lines, "entry", instance_id=2, seq=seq)[0] for seq in (4, 5))
    a["seq"], b["seq"] = 5, 4
    i, k = lines.index(a), lines.index(b)
    lines[i], lines[k] = b, a


def moved(lines):
    of(lines, "entry", instance_id=2, seq=4)[0]["instance_id"] = 1


def inserted(lines):
    last = of(lines, "entry", instance_id=2)[-1]
    lines.insert(lines.index(last) + 1, last | {"seq": last["seq"] + 1, "previous": last["hash"]})


def vanished(lines):
    gone = {"case": "id", "entry": "instance_id", "submission": "instance_id"}
    lines[:] = [line for line in lines if line.get(gone.get(line["type"])) != 2]


def without_its_row(lines):
    lines.remove(of(lines, "case", id=2)[0])


def rewritten(lines):
    """The chain is consistent, and not as it was sealed."""
    entries = of(lines, "entry", instance_id=2)
    entries[3]["capacity"] = "Lane_Lain"
    for entry, following in zip(entries[3:], [*entries[4:], None], strict=True):
        covered = {k: v for k, v in entry.items() if k not in ("type", "hash")}
        covered["at"] = {"$datetime": covered["at"]}
        packed = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        entry["hash"] = history.digest(packed.encode())
        if following:
            following["previous"] = entry["hash"]
    of(lines, "case", id=2)[0]["last_hash"] = entries[-1]["hash"]


def on_line(kind, place, /, **changes):
    def tamper(lines):
        of(lines, kind)[place].update(changes)

    return tamper


def without(kind, place):
    def tamper(lines):
        lines.remove(of(lines, kind)[place])

    return tamper


TAMPERINGS = {
    **{
        f"{name} changed": changed(name, value)
        for name, value in {
            "at": "2001-01-01T00:00:00+00:00", "person_id": 1, "capacity": "x", "kind": "x",
            "element": "x", "details": "{}", "payload": "0" * 64, "previous": "1" * 64,
            "hash": "2" * 64,
        }.items()
    },
    "the first dropped": dropped(1),
    "one dropped": dropped(5),
    "the last dropped": dropped(18),
    "reordered": (reordered, "BAD: case 2, entry 4"),
    "moved to another case": (moved, "BAD: case 1, entry 21"),
    "inserted": (inserted, "BAD: case 2, entry 21"),
    "a case vanished": (vanished, "BAD: case 2: vanished since seal 1"),
    "a case's row vanished": (without_its_row, "BAD: case 2: vanished"),
    "rewritten to fit": (rewritten, "BAD: case 2, entry 20: not as in seal 2"),
    "a head changed": (on_line("case", 1, last_hash="3" * 64), "BAD: case 2, entry 21"),
    "an employee changed": (on_line("case", 1, subject_id=1), "BAD: case 2, entry 1"),
    "a starter changed": (on_line("case", 1, starter_id=1), "BAD: case 2, entry 1"),
    "a process changed": (on_line("case", 1, digest="4" * 64), "BAD: case 2, entry 1"),
    "a submission changed": (on_line("submission", 0, data="{}x"), "BAD: case 1, entry 3"),
    "a submission dropped": (without("submission", 0), "BAD: case 1, entry 3"),
    "the journal changed": (on_line("journal", 0, kind="x"), "BAD: journal, entry 1"),
    "the journal's first dropped": (without("journal", 0), "BAD: journal, entry 1"),
    "the journal's last dropped": (without("journal", 1), "BAD: journal, entry 2"),
    "a seal changed": (on_line("seal", 1, heads=""), "BAD: seal 2"),
    "a seal dropped": (without("seal", 0), "BAD: seal 1"),
    "a signature changed": (
        on_line("seal", 1, signature=base64.b64encode(b"0" * 64).decode()),
        "BAD: seal 2: signature",
    ),
}  # fmt: skip


def test_the_script_is_short_and_needs_nothing_of_ours():
    assert len(SCRIPT.splitlines()) <= 70
    imported = re.findall(r"^(?:import|from) (.*)$", SCRIPT, re.MULTILINE)
    assert imported == [
        "base64, hashlib, json, struct, sys",
        "cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey",
    ]


def test_a_whole_export_is_accepted(exported):
    lines = exported.lines()
    entries = sum(len(exported.office.history(case)) for case in exported.cases)
    assert exported.judge(lines) == (0, f"good: 3 cases, {entries} entries, 2 seals")


@pytest.mark.parametrize("office_url", ["sqlite"], indirect=True)
def test_what_was_tampered_with_is_rejected_by_name(exported):
    assert exported.cases == [1, 2, 3]
    found = {}
    for name, (tamper, _) in TAMPERINGS.items():
        lines = exported.lines()
        tamper(lines)
        found[name] = exported.judge(lines)
    expected = {name: (1, said) for name, (_, said) in TAMPERINGS.items()}
    cut = {name: (code, said[: len(expected[name][1])]) for name, (code, said) in found.items()}
    assert cut == expected


def test_seals_of_another_key_are_rejected(exported):
    assert exported.judge(exported.lines(), "0" * 64) == (
        1,
        "BAD: the last seal is not of that key",
    )


def test_one_case_is_exported_alone_and_accepted(exported):
    lines = exported.lines(case=exported.cases[1])
    assert {line["instance_id"] for line in of(lines, "entry")} == {exported.cases[1]}
    assert of(lines, "journal") == []
    assert exported.judge(lines)[0] == 0
    of(lines, "entry")[3]["kind"] = "x"
    assert exported.judge(lines) == (1, f"BAD: case {exported.cases[1]}, entry 4")


def test_a_new_key_and_a_case_deleted_for_its_age_are_accepted(exported):
    seals.change_key(exported.office.db, exported.settings)
    seals.seal(exported.office.db, exported.settings)
    case = exported.office.case(exported.cases[1])
    exported.note("instance.deleted", instance=case.id, seq=case.last_seq, hash=case.last_hash)
    lines = exported.lines()
    gone = {"case": "id", "entry": "instance_id", "submission": "instance_id"}
    left = [line for line in lines if line.get(gone.get(line["type"])) != case.id]
    assert exported.judge(left)[0] == 0


def test_the_same_bytes_come_out_twice_but_for_the_first_line(exported):
    assert exported.lines()[1:] == exported.lines()[1:]


def test_an_existing_file_is_replaced_only_when_told(exported, tmp_path):
    file = tmp_path / "ada.jsonl"
    file.write_text("lama")
    with pytest.raises(BackupRefused, match="sudah ada"):
        export.export(exported.office.db, None, file, quietly)
    assert file.read_text() == "lama"


def test_a_case_that_is_not_there_is_said_and_leaves_no_file(exported, tmp_path):
    with pytest.raises(NotFound):
        export.export(exported.office.db, None, tmp_path / "x.jsonl", quietly, case=9999)
    assert not (tmp_path / "x.jsonl").exists()


def test_what_is_damaged_is_exported_all_the_same(exported):
    with exported.office.db.write() as session:
        session.execute(text("UPDATE history SET capacity = 'x' WHERE seq = 2"))
    assert exported.judge(exported.lines())[1].endswith("entry 2")


def test_a_correction_that_was_changed_is_named(exported):
    office, case = exported.office, exported.cases[2]
    item = office.item(case)
    office.step(case)
    corrections.correct(office.db, office.superior, case, item.id, {"nilai_skp": 81}, "Keliru")
    seals.seal(office.db, exported.settings)
    lines = exported.lines()
    assert exported.judge(lines)[0] == 0
    (one,) = of(lines, "correction")
    one["data"] = one["data"].replace("81", "99")
    code, said = exported.judge(lines)
    assert code == 1
    assert said.startswith(f"BAD: case {case}, entry ")
