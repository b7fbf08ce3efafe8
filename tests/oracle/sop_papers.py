"""What an SOP's document says, read back from its tags alone."""

import re

from tagged import tables

from bpmn.sop.document import ACTIVITY, DECISION, END, START, Arrow, Identity, Sop, Step

KINDS = {"Mulai": START, "Selesai": END, "Keputusan": DECISION}
WAY = re.compile(r"(?:(.+?): k|K)e (baris )?(\S+?)\.(?: |$)")


def read_back(pdf):
    """The document's table; its identity page is left out."""
    flowchart = [table for table in tables(pdf) if [c.words for c in table[0]][:1] == ["No"]]
    heads = {tuple(cell.words for cell in table[1]) for table in flowchart}
    (head,) = heads
    actors = head[:-3]
    rows = [row for table in flowchart for row in table[2:]]
    steps = [_step(row, actors) for row in rows]
    arrows = [
        Arrow(place, _place(steps, *target), label)
        for place, row in enumerate(rows)
        for label, *target in WAY.findall(_said(row).partition(". ")[2])
    ]
    return Sop(Identity(), actors, tuple(steps), tuple(arrows))


def _said(row):
    (said,) = [cell.said for cell in row if cell.said]
    return said


def _step(row, actors):
    (actor,) = [place for place, cell in enumerate(row[2:-4]) if cell.said]
    kind, _, by = _said(row).partition(". ")[0].removesuffix(".").partition(" oleh ")
    assert by == actors[actor]
    number, activity, *_ = (cell.words for cell in row)
    facts = [cell.words for cell in row[-4:]]
    return Step(number, activity, actor, KINDS.get(kind, ACTIVITY), *facts)


def _place(steps, in_rows, target):
    return int(target) - 1 if in_rows else [step.number for step in steps].index(target)
