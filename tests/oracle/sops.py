"""Invented SOP documents, whole in themselves: what an office could write, in every shape."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

from bpmn.sop.document import ACTIVITY, DECISION, Arrow, Identity, Sop, Step

VERBS = ("Menerima", "Memeriksa", "Mengagendakan", "Menandatangani", "Mengarsipkan")
THINGS = ("surat masuk", "berkas usulan", "nota dinas", "laporan bulanan", "daftar hadir")
FACTS = ("", "Berkas", "Buku agenda; ATK")
WAKTU = ("", "10 menit", "1 jam 30 menit", "1-2 hari", "30 detik")
REMARKS = ("", "Dicatat di buku agenda")
ANSWERS = (("Ya", "Tidak"), ("> 10 juta", "≤ 10 juta"), ("Kurang dari 3", "3 atau lebih"))
DEPTH = 3


@st.composite
def procedures(draw):
    """A document of blocks in blocks: sequences, choices, loops and parallel ways."""
    writing = _Writing(draw, draw(st.integers(1, 5)))
    _, open_ways = writing.block(DEPTH)
    writing.join(open_ways, writing.step())
    arrows = sorted(writing.arrows, key=lambda arrow: arrow.source)
    actors = tuple(f"Pelaksana {number}" for number in range(1, writing.actors + 1))
    identity = Identity(
        nama="SOP Contoh", nomor="7", dasar_hukum=("Peraturan satu", "Peraturan dua")
    )
    return Sop(identity, actors, tuple(writing.steps), tuple(arrows))


@dataclass
class _Writing:
    draw: object
    actors: int
    steps: list = field(default_factory=list)
    arrows: list = field(default_factory=list)

    def any_of(self, choices):
        return self.draw(st.sampled_from(choices))

    def step(self, kind=ACTIVITY):
        number = len(self.steps) + 1
        said = f"{self.any_of(VERBS)} {self.any_of(THINGS)} ke-{number}"
        actor = self.draw(st.integers(0, self.actors - 1))
        facts = [self.any_of(some) for some in (FACTS, WAKTU, FACTS, REMARKS)]
        self.steps.append(Step(str(number), said, actor, kind, *facts))
        return number - 1

    def join(self, open_ways, target):
        self.arrows += [Arrow(source, target, label) for source, label in open_ways]

    def block(self, depth):
        """Where it begins, and the ways that lead out of it."""
        shapes = (self.one, self.sequence, self.choice, self.several, self.loop, self.parallel)
        return self.any_of(shapes if depth else shapes[:1])(depth - 1)

    def one(self, _):
        place = self.step()
        return place, [(place, "")]

    def sequence(self, depth):
        first, open_ways = self.block(depth)
        second, more = self.block(depth)
        self.join(open_ways, second)
        return first, more

    def choice(self, depth):
        place = self.step(DECISION)
        one, other = self.any_of(ANSWERS)
        head, open_ways = self.block(depth)
        self.arrows.append(Arrow(place, head, one))
        return place, [(place, other), *open_ways]

    def several(self, depth):
        """A choice of three: two ways of their own, and past both."""
        place = self.step(DECISION)
        ways = [self.block(depth) for _ in range(2)]
        for label, (head, _) in zip(("Sah", "Ragu"), ways, strict=True):
            self.arrows.append(Arrow(place, head, label))
        return place, [*(way for _, open_ways in ways for way in open_ways), (place, "Batal")]

    def loop(self, depth):
        head, open_ways = self.block(depth)
        place = self.step(DECISION)
        self.join(open_ways, place)
        onward, back = self.any_of(ANSWERS)
        self.arrows.append(Arrow(place, head, back))
        return head, [(place, onward)]

    def parallel(self, depth):
        place = self.step()
        ways = [self.block(depth) for _ in range(self.draw(st.integers(2, 3)))]
        last = self.step()
        for head, open_ways in ways:
            self.arrows.append(Arrow(place, head))
            self.join(open_ways, last)
        return place, [(last, "")]
