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
        for label, *target in WAY.findall(_told(row, actors)[1])
    ]
    return Sop(Identity(), actors, tuple(steps), tuple(arrows))


def _told(row, actors):
    """What the symbol of a row is, and where its arrows lead, as is said with it."""
    (at,) = [place for place, cell in enumerate(row[2:-4]) if cell.said]
    kind, by, ways = row[2 + at].said.partition(f" oleh {actors[at]}.")
    assert by
    return kind, ways.strip()


def _step(row, actors):
    (actor,) = [place for place, cell in enumerate(row[2:-4]) if cell.said]
    kind, _ = _told(row, actors)
    number, activity, *_ = (cell.words for cell in row)
    facts = [cell.words for cell in row[-4:]]
    return Step(number, activity, actor, KINDS.get(kind, ACTIVITY), *facts)


def _place(steps, in_rows, target):
    return int(target) - 1 if in_rows else [step.number for step in steps].index(target)
