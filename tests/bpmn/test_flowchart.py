"""The flowchart of an SOP: nothing lies upon anything else, and every arrow is there once."""

import math
import random
from collections import Counter, defaultdict
from itertools import combinations, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpmn.layout.labels import Box
from bpmn.sop.document import ACTIVITY, DECISION, DIAMOND, END, START, Arrow, Identity, Sop, Step
from bpmn.sop.flowchart import Heights, Unprintable, drawn
from bpmn.sop.flowchart.formats import FORMATS, LABEL
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
        kind = DECISION if 1 < row and not last and chance.random() < 0.2 else ACTIVITY
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


@generated
@given(st.integers(0, 10**6), st.integers(1, 25), st.integers(1, 9))
def test_nothing_lies_upon_anything_and_every_arrow_is_there_once(seed, rows, actors):
    sop = invented(random.Random(seed), rows, actors)
    assert list(Sheets(sop).faults()) == []
