"""The flowchart of an SOP: nothing lies upon anything else, and every arrow is there once."""

import math
import random
from collections import Counter, defaultdict
from itertools import combinations, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sops import procedures

from bpmn.layout.labels import Box
from bpmn.sop.document import ACTIVITY, DECISION, DIAMOND, END, START, Arrow, Identity, Sop, Step
from bpmn.sop.flowchart import Heights, Unprintable, drawn
from bpmn.sop.flowchart.formats import LABEL
from bpmn.sop.flowchart.symbols import PENTAGON

EXACT = 0.001
APART = 0.9  # so far at least arrows are from each other and from symbols, beside letters of 9 pt
generated = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


class Reckoned:
    """Sets words without paper: every letter as wide as the next."""

    def __init__(self, sop):
        self.sop = sop

    def labels(self, words):
        sizes = []
        for text in words:
            longest = max(len(word) for word in text.split()) * 1.35
            width = min(max(longest, LABEL), len(text) * 1.35)
            sizes.append((width, 2.9 * math.ceil(len(text) * 1.35 / width)))
        return sizes

    def heights(self, columns):
        def lines(step):
            return max(
                math.ceil(len(getattr(step, name)) * 1.6 / width)
                for name, width in columns.texts.items()
            )

        return Heights((6, 10), tuple(3.9 * lines(step) + 2.4 for step in self.sop.steps))


class Sheets:
    """A flowchart as drawn, to be judged from its measures alone."""

    def __init__(self, sop):
        self.sop = sop
        self.chart = drawn(sop, Reckoned(sop))

    def faults(self):
        for sheet in self.chart.sheets:
            yield from self._of_symbols(sheet)
            yield from self._of_lines(sheet)
            yield from self._of_labels(sheet)
        yield from self._of_arrows()

    def _of_symbols(self, sheet):
        height = sum(sheet.heights)
        if height + sum(self.chart.heights.head) > self.chart.format.room[1] + EXACT:
            yield "higher than the paper", sheet.first
        for one, other in combinations(sheet.symbols, 2):
            if one.box.overlaps(other.box):
                yield "symbols", one, other
        tops = [0, *(sum(sheet.heights[: n + 1]) for n in range(len(sheet.heights)))]
        for symbol in sheet.symbols:
            if symbol.place is None:
                continue
            row = symbol.place - sheet.first
            actor = self.sop.steps[symbol.place].actor
            column = len(self.sop.actors) if actor is None else actor
            borders = self.chart.columns.borders
            if not (
                borders[column] < symbol.box.left < symbol.box.right < borders[column + 1]
                and tops[row] < symbol.box.top < symbol.box.bottom < tops[row + 1]
            ):
                yield "out of its cell", symbol

    def _of_lines(self, sheet):
        pieces = [(line, piece) for line in sheet.lines for piece in pairwise(line.points)]
        whole = Box(0, 0, self.chart.columns.borders[-1], sum(sheet.heights))
        for line, (one, other) in pieces:
            if (one[0] == other[0]) == (one[1] == other[1]):
                yield "not straight across or down", line
            if not (whole.left < min(one[0], other[0]) and max(one[0], other[0]) < whole.right):
                yield "beside the columns", line
            ends = (line.points[0], line.points[-1])
            for symbol in sheet.symbols:
                meets = [end for end in (one, other) if end in ends and on_edge(symbol, end)]
                if not meets and wide(one, other, APART / 2).overlaps(symbol.box):
                    yield "through a symbol", line, symbol
                for end in meets:
                    far = other if end == one else one
                    if inside(symbol, ((far[0] + end[0] * 9) / 10, (far[1] + end[1] * 9) / 10)):
                        yield "from inside", line, symbol
        for (line, one), (other_line, other) in combinations(pieces, 2):
            if line is other_line:
                continue
            down = [piece[0][0] == piece[1][0] for piece in (one, other)]
            if down[0] == down[1]:
                if wide(*one, APART / 2 - EXACT).overlaps(wide(*other, APART / 2)):
                    yield "upon another", line, other_line
            elif wide(*one, 0.01).overlaps(wide(*other, 0.01)) and not cross(one, other):
                yield "ends at another", line, other_line

    def _of_labels(self, sheet):
        for label in sheet.labels:
            for symbol in sheet.symbols:
                corners = [(x, y) for x in label.box[::2] for y in label.box[1::2]]
                if any(inside(symbol, corner) for corner in corners):
                    yield "words in a symbol", label, symbol
            for line in sheet.lines:
                for piece in pairwise(line.points):
                    if wide(*piece, 0.2).overlaps(label.box):
                        yield "words under an arrow", label, line
            borders = self.chart.columns.borders
            if any(label.box.left < border < label.box.right for border in borders):
                yield "words on a border", label
            tops = [0, *(sum(sheet.heights[: n + 1]) for n in range(len(sheet.heights)))]
            if any(label.box.top < border < label.box.bottom for border in tops):
                yield "words on a border between rows", label
        for one, other in combinations(sheet.labels, 2):
            if one.box.overlaps(other.box):
                yield "words on words", one, other

    def _of_arrows(self):
        """Each arrow leads from its row to its row, by one line or through two connectors."""
        found = defaultdict(list)
        for sheet in self.chart.sheets:
            for line in sheet.lines:
                ends = [
                    next((s for s in sheet.symbols if on_edge(s, point)), sheet.symbols[0])
                    for point in (line.points[0], line.points[-1])
                ]
                found[line.arrow].append(ends)
        letters = []
        for number, arrow in enumerate(self.sop.arrows):
            parts = found.pop(number, [])
            first = [part for part in parts if part[0].place == arrow.source]
            last = [part for part in parts if part[1].place == arrow.target]
            if len(first) != 1 or len(last) != 1 or len(parts) > 2:
                yield "not there once", arrow, parts
            elif len(parts) == 2:
                pair = [first[0][1].symbol, last[0][0].symbol]
                if {(s.kind, s.letter) for s in pair} != {(PENTAGON, pair[0].letter)}:
                    yield "connectors", arrow, pair
                letters.append(pair[0].letter)
        if found or "" in letters or len(set(letters)) != len(letters):
            yield "letters", letters, found
        words = Counter(label.arrow for sheet in self.chart.sheets for label in sheet.labels)
        if words != Counter(n for n, arrow in enumerate(self.sop.arrows) if arrow.label):
            yield "words", words

    def crossings(self):
        """How often arrows cross."""
        return sum(
            cross(*pieces)
            for sheet in self.chart.sheets
            for one, other in combinations(sheet.lines, 2)
            for pieces in [(a, b) for a in pairwise(one.points) for b in pairwise(other.points)]
        )

    def bends(self):
        """How often arrows turn."""
        return sum(len(line.points) - 2 for sheet in self.chart.sheets for line in sheet.lines)


def wide(one, other, by):
    """The box of a piece of a line, with room around."""
    (left, right), (top, bottom) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    return Box(left - by, top - by, right + by, bottom + by)


def cross(one, other):
    """Whether one piece runs across the other."""
    down = [piece[0][0] == piece[1][0] for piece in (one, other)]
    if down[0] == down[1]:
        return False
    upright, flat = (one, other) if down[0] else (other, one)
    (x, _), (_, y) = upright[0], flat[0]
    top, bottom = sorted(point[1] for point in upright)
    left, right = sorted(point[0] for point in flat)
    return top + 0.01 < y < bottom - 0.01 and left + 0.01 < x < right - 0.01


def depth(placed, point):
    """How far inside of a symbol a point is, 1 in the middle, 0 on the edge."""
    across, down = placed.symbol.width / 2, placed.symbol.height / 2
    x, y = abs(point[0] - placed.x), abs(point[1] - placed.y)
    if placed.symbol.kind == DIAMOND:
        return 1 - x / across - y / down
    if placed.symbol.kind == "capsule" and x > across - down:
        return 1 - math.hypot(x - (across - down), y) / down
    return min(1 - x / across, 1 - y / down)


def inside(placed, point):
    return depth(placed, point) > EXACT


def on_edge(placed, point):
    return abs(depth(placed, point)) < EXACT


WORDS = "menyiapkan berkas surat lengkap pegawai kepada atasan disposisi dan meneliti".split()
LABELS = ("Ya", "Tidak", "Disetujui", "Tidak lengkap, dikembalikan", "Sesudah 3 hari kerja")


def invented(chance, rows, actors):
    """An SOP of so many rows: chance is a `random.Random`."""
    steps, arrows = [], []
    for row in range(rows):
        last = row == rows - 1
        kind = DECISION if not last and chance.random() < 0.3 else ACTIVITY
        text = " ".join(chance.choices(WORDS, k=chance.randint(2, 25)))
        steps.append(Step(str(row + 1), text, chance.randrange(actors), kind, waktu="1 jam"))
        if last:
            continue
        if kind == DECISION:
            labels = chance.sample(LABELS, chance.choice((2, 2, 2, 3)))
            arrows.append(Arrow(row, row + 1, labels[0]))
            arrows += [Arrow(row, chance.randrange(rows), label) for label in labels[1:]]
        else:
            arrows.append(Arrow(row, row + 1))
            if chance.random() < 0.1:
                arrows.append(Arrow(row, chance.randrange(row, rows)))
    names = tuple(f"Pelaksana {number + 1}" for number in range(actors))
    return Sop(Identity(nama="Contoh"), names, tuple(steps), tuple(dict.fromkeys(arrows)))


def usual(chance, rows, actors):
    """One as offices have it: now and then a decision, mostly back to a step shortly before."""
    steps, arrows, actor = [], [], 0
    for row in range(rows):
        last = row == rows - 1
        kind = DECISION if row > 1 and not last and chance.random() < 0.2 else ACTIVITY
        if chance.random() < 0.7:
            actor = min(max(actor + chance.choice((-1, 1)), 0), actors - 1)
        steps.append(Step(str(row + 1), " ".join(chance.choices(WORDS, k=12)), actor, kind))
        if kind == DECISION:
            back = max(row - chance.randint(1, 4), 0)
            arrows += [Arrow(row, row + 1, "Ya"), Arrow(row, back, "Tidak")]
        elif not last:
            arrows.append(Arrow(row, row + 1))
    names = tuple(f"Pelaksana {number + 1}" for number in range(actors))
    return Sop(Identity(nama="Contoh"), names, tuple(steps), tuple(arrows))


def sheets_of_offices(rows, actors):
    return [Sheets(usual(random.Random(seed), rows, actors)) for seed in range(12)]  # noqa: S311  (drawings)


@generated
@given(st.randoms(use_true_random=False), st.integers(1, 25), st.integers(1, 9))
def test_nothing_lies_upon_anything_and_every_arrow_is_there_once(chance, rows, actors):
    assert list(Sheets(invented(chance, rows, actors)).faults()) == []


@generated
@given(procedures())
def test_nor_does_it_in_choices_loops_and_parallel_ways(sop):
    assert list(Sheets(sop).faults()) == []


@pytest.mark.parametrize(
    ("rows", "actors", "crossings", "bends"),
    [(8, 4, 0.03, 0.7), (15, 5, 0.07, 0.8), (40, 7, 0.07, 0.9)],
)
def test_arrows_of_usual_procedures_cross_and_turn_little(rows, actors, crossings, bends):
    """So often each arrow at most, on the average of twelve procedures."""
    found = sheets_of_offices(rows, actors)
    arrows = sum(len(one.sop.arrows) for one in found)
    assert sum(one.crossings() for one in found) / arrows <= crossings
    assert sum(one.bends() for one in found) / arrows <= bends
    assert not any(list(one.faults()) for one in found)


def test_the_same_document_is_drawn_the_same():
    sop = usual(random.Random(1), 30, 6)  # noqa: S311  (a drawing)
    assert drawn(sop, Reckoned(sop)) == drawn(sop, Reckoned(sop))


def test_a_row_of_a_start_or_an_end_is_a_capsule_and_a_decision_a_diamond():
    steps = (
        Step("", "Mulai", 0, START), Step("1", "Memeriksa", 0, DECISION), Step("2", "Mengirim", 1),
        Step("", "Selesai", 0, END),
    )  # fmt: skip
    arrows = (Arrow(0, 1), Arrow(1, 2, "Ya"), Arrow(1, 0, "Tidak"), Arrow(2, 3))
    sheets = Sheets(Sop(Identity(), ("A", "B"), steps, arrows))
    (sheet,) = sheets.chart.sheets
    kinds = {symbol.place: symbol.symbol.kind for symbol in sheet.symbols}
    assert kinds == {0: "capsule", 1: "diamond", 2: "box", 3: "capsule"}
    assert list(sheets.faults()) == []


def test_an_arrow_over_several_pages_has_two_connectors():
    steps = tuple(Step(str(row + 1), "kata " * 60, 0) for row in range(30))
    arrows = (*(Arrow(row, row + 1) for row in range(29)), Arrow(0, 29), Arrow(28, 1))
    sheets = Sheets(Sop(Identity(), ("A", "B"), steps, arrows))
    assert len(sheets.chart.sheets) > 2
    assert list(sheets.faults()) == []
    (head, *_, foot) = sheets.chart.sheets
    ups = [s.symbol.up for sheet in (head, foot) for s in sheet.symbols if s.place is None]
    assert sorted(ups) == [False] * 4 + [True] * 2


def test_a_row_higher_than_a_page_is_refused_in_one_sentence():
    sop = Sop(Identity(), ("A",), (Step("1", "kata " * 9000, 0),), ())
    with pytest.raises(Unprintable, match="tidak muat di kertas A3"):
        drawn(sop, Reckoned(sop))
