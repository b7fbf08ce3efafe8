"""Tables in the shapes that offices write them: each is read as its ``.sop`` beside it says.

A line of such a file is a row: number, kind, actor, Kegiatan, Kelengkapan, Waktu, Output,
Keterangan, and where it leads (the places of rows from 0, with labels).
"""

from dataclasses import replace
from pathlib import Path

import pytest
from office_tables import BUILT
from sop_papers import read_back

from bpmn.durations import parse_words
from bpmn.elements import diagrams
from bpmn.findings import Severity
from bpmn.reading import read
from bpmn.sop.document import Identity, Sop
from bpmn.sop.folding import folded
from bpmn.sop.table import understood
from bpmn.sop.unfolding import unfolded
from engine.checking import check
from engine.sop_tables import grids_of
from tasks.papers.sop import pdf

TABLES = Path(__file__).parent / "tables"
WRITTEN = sorted(file.name for file in TABLES.iterdir() if file.suffix != ".sop")


def content(name: str) -> bytes:
    return BUILT[name]() if name in BUILT else (TABLES / name).read_bytes()


def told(sop: Sop) -> str:
    """An SOP in lines."""
    identity = [f"{name}: {value}" for name, value in vars(sop.identity).items() if value]
    rows = []
    for place, step in enumerate(sop.steps):
        actor = "?" if step.actor is None else sop.actors[step.actor]
        ways = ", ".join(f"{way.label} {way.target}".strip() for way in sop.after(place))
        said = (step.activity, step.kelengkapan, step.waktu, step.output, step.keterangan)
        rows.append(" | ".join((step.number, step.kind, actor, *said, f"-> {ways}")))
    return "\n".join([*identity, " · ".join(sop.actors), *rows]) + "\n"


@pytest.mark.parametrize("name", [*WRITTEN, *BUILT])
def test_a_table_is_read_as_an_analyst_would_read_it(name):
    found = understood(grids_of(content(name)))
    assert told(found.sop) == (TABLES / f"{name}.sop").read_text()


def timed(waktu: str) -> str:
    """What a diagram's timer is called; words that are no length of time stand in the report."""
    return waktu if parse_words(waktu) else ""


@pytest.mark.parametrize("name", [*WRITTEN, *BUILT])
def test_the_diagram_of_a_table_passes_the_check_and_folds_into_the_same_rows(name):
    sop = understood(grids_of(content(name))).sop
    source = unfolded(sop)
    findings = check(source).findings
    refused = [f for f in findings if f.severity in (Severity.ERROR, Severity.BLOCKING)]
    assert refused == []
    (diagram,) = diagrams(read(source))
    again = folded(diagram).sop
    assert again.actors == sop.actors
    assert [s.activity for s in again.steps] == [s.activity for s in sop.steps]
    assert [s.waktu for s in again.steps] == [timed(s.waktu) for s in sop.steps]
    assert set(again.arrows) == set(sop.arrows)


def test_that_drawn_symbols_say_who_acts_is_a_guess():
    said = [str(remark.said) for remark in understood(grids_of(content("pengadaan.docx"))).remarks]
    assert "Pelaksana dibaca dari letak simbol yang digambar." in said


def test_there_are_tables_of_every_format():
    assert {Path(name).suffix for name in (*WRITTEN, *BUILT)} >= {".docx", ".xlsx", ".csv", ".md"}
    assert len(WRITTEN) + len(BUILT) >= 13


@pytest.mark.parametrize("name", [*WRITTEN, *BUILT])
def test_a_table_comes_back_from_the_paper_of_its_diagram(name):
    sop = understood(grids_of(content(name))).sop
    (diagram,) = diagrams(read(unfolded(sop)))
    written = read_back(pdf(folded(diagram).sop))
    steps = tuple(replace(step, waktu=timed(step.waktu)) for step in sop.steps)
    arrows = tuple(sorted(sop.arrows, key=lambda arrow: arrow.source))
    assert written == replace(sop, identity=Identity(), steps=steps, arrows=arrows)
