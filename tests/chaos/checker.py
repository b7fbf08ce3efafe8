"""Whether what clients were told and what the database holds could both come of one right engine.

What is looked for is linearizability (Herlihy and Wing, 1990): every request takes effect at one
moment between its being asked and its answer, as if a single engine did one after the other. Cases
are objects of their own, so each is judged by itself (a history is linearizable exactly when that
of each object is). Checkers such as Knossos and Porcupine search for an order of the effects, and
remember the states they have been in. Here the record of a case claims one: the search has only to
place what left no fact, refusals and claims that were held already, between the facts. To do so as
soon as it is possible forbids nothing later, so the walk never turns back and is in no state twice.

All functions are pure: attempts and rows in, sentences about what is wrong out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.chaos.desk import Desk
from tests.chaos.record import ACCEPTED, CLOSED, REFUSED, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bpmn.diagram import Diagram
    from bpmn.replay import Replay
    from tests.chaos.desk import Case
    from tests.chaos.record import Attempt

    Stories = Mapping[str, Mapping[tuple[str, str], tuple[int, int]]]

REMINDING = ("message.thrown", "ingat")
_PAIRS = (("service.called", "service.completed"), ("document.ordered", "document.made"))
NEVER, EVER = float("-inf"), float("inf")
_HELD = {"task.claimed": "claim", "task.released": "release"}  # facts, and what asks for them


@dataclass(frozen=True)
class Look:
    """An answer that left no fact, and when it is right."""

    told: str
    begun: float
    ended: float
    is_right: Callable[[Desk], bool]


# Accepted, refused, unknown


def presence(attempts: Iterable[Attempt], cases: Iterable[Case]) -> Iterator[str]:
    """Accepted is there once, refused is not, unknown at most once, and nothing else is there."""
    kept = Counter(token for case in cases for token in _tokens(case))
    asked: dict[str, list[Attempt]] = defaultdict(list)
    for one in attempts:
        if one.status == 500 or one.reason == "input":
            yield f"{one.act} of {one.item or one.key} by {one.person} was answered {one.status}"
        if one.token is not None:
            asked[one.token].append(one)
    for token, same in asked.items():
        outcomes = {one.outcome for one in same}
        if ACCEPTED in outcomes and kept[token] != 1:
            yield f"{token} was accepted, and is there {kept[token]} times"
        elif outcomes == {REFUSED} and kept[token]:
            yield f"{token} was refused, and is there"
        elif UNKNOWN in outcomes and kept[token] > 1:
            yield f"{token} is there {kept[token]} times"
        if kept[token] and any(one.reason == CLOSED for one in same):
            yield f"{token} is there, and was told that another had closed its task"
    yield from (
        f"{token} is there, and nobody asked for it" for token in kept if token not in asked
    )


def _tokens(case: Case) -> list[str]:
    begun = case.facts[0].element if case.facts else None  # what was filled in at the start
    return [case.token, *(t for i in case.items if i.element != begun for t in i.tokens)]


# The order of a case


def sequence(case: Case, diagram: Diagram) -> Iterator[str]:
    """Whether the facts of a case, one after the other, are what one engine could have done."""
    desk = Desk(diagram, case)
    for fact in case.facts:
        if wrong := desk.apply(fact):
            yield f"case {case.id}: {wrong}"
    for item in case.items:
        if (item.status == "completed") != (len(item.tokens) == 1):
            times = len(item.tokens)
            yield f"case {case.id}: task {item.id} is {item.status}, submitted {times} times"
    left = {item.id for item in case.items if item.status == "open"}
    if left != set(desk.open.values()):
        told = sorted(desk.open)
        yield f"case {case.id}: tasks {sorted(left)} are open, and {told} by its record"


def real_time(case: Case, diagram: Diagram, attempts: Iterable[Attempt]) -> Iterator[str]:
    """Whether every answer about a case is right at a moment between its asking and its coming."""
    looks, bounds = _looks(case, attempts), _bounds(case, attempts)
    desk, ahead = Desk(diagram, case), list(zip(case.facts, bounds, strict=True))
    # The earliest answer among a fact and all behind it.
    soonest = [EVER] * (len(ahead) + 1)
    for place in reversed(range(len(ahead))):
        soonest[place] = min(ahead[place][1][1], soonest[place + 1])
    for place in range(len(ahead) + 1):
        looks = _placed(looks, desk, soonest[place])
        if place == len(ahead):
            break
        fact, (begun, _) = ahead[place]
        late = [one for one in looks if one.ended < begun]
        if late:
            break
        if soonest[place] < begun:
            told = f"{fact.kind} {fact.element}".strip()
            yield f"case {case.id}: what the record has behind {told} was answered before it"
            return
        desk.apply(fact)
    first = sorted(looks, key=lambda one: one.ended)[:1]
    yield from (f"case {case.id}: {one.told}, was right at no moment" for one in first)


def _placed(looks: list[Look], desk: Desk, soonest: float) -> list[Look]:
    """What is left when all that is right now, and asked before any other answer, has its place."""
    while True:
        limit = min([soonest, *(one.ended for one in looks)])
        left = [one for one in looks if one.begun > limit or not one.is_right(desk)]
        if len(left) == len(looks):
            return left
        looks = left


def _bounds(case: Case, attempts: Iterable[Attempt]) -> list[tuple[float, float]]:
    """Between which seconds each fact happened; of what the engine does by itself nobody knows."""
    asked: dict[str | None, list[Attempt]] = defaultdict(list)
    claims: dict[tuple[str, int], list[float]] = defaultdict(list)
    elements = {item.id: item.element for item in case.items}
    for one in attempts:
        if one.act in ("start", "complete"):
            asked[one.token].append(one)
        elif one.item in elements:
            claims[one.act, one.person].append(one.begun)
    tokens = {item.id: item.tokens for item in case.items}
    done: Counter[str | None] = Counter()
    found = []
    for fact in case.facts:
        of: Sequence[Attempt] = ()
        if fact.kind == "instance.started":
            of = asked[case.token]
            done[fact.element] += 1
        elif fact.kind == "task.opened":
            done[fact.element] += 1
        elif fact.kind == "task.completed":
            number = case.number(fact.element, done[fact.element] - 1)
            of = [one for token in tokens.get(number or 0, ()) for one in asked[token]]
        elif fact.kind in _HELD:
            begun = claims.get((_HELD[fact.kind], fact.person or 0), [EVER])
            found.append((min(begun), EVER))
            continue
        answered = [one.ended for one in of if one.outcome == ACCEPTED]
        found.append((min((one.begun for one in of), default=NEVER), min(answered, default=EVER)))
    return found


def _looks(case: Case, attempts: Iterable[Attempt]) -> list[Look]:
    """The answers about a case that left no fact of their own."""
    elements = {item.id for item in case.items}
    found = []
    for one in attempts:
        if one.item in elements and (is_right := _judgement(one)):
            told = f"{one.act} of {one.item} by {one.person}, {one.outcome} {one.reason}".strip()
            found.append(Look(told, one.begun, one.ended, is_right))
    return found


def _judgement(one: Attempt) -> Callable[[Desk], bool] | None:
    """When an answer is right; None where it says nothing, or has a fact."""
    item, person = one.item or 0, one.person
    told = (one.act, one.outcome)
    if told == ("claim", ACCEPTED):
        return lambda desk: desk.is_open(item) and desk.holder(item) == person
    if told == ("release", ACCEPTED):
        return lambda desk: desk.holder(item) != person
    if one.outcome != REFUSED:
        return None
    if one.reason == CLOSED:
        return lambda desk: desk.is_closed(item)
    if one.reason == "held" or (one.reason, one.act) == ("foreign", "complete"):
        return lambda desk: desk.holder(item) not in (None, person)
    return None


# What a finished case tells


def story(case: Case, stories: Stories, way: Replay) -> Iterator[str]:
    """Whether a finished case did all it had to, once, on a way through its diagram."""
    told = Counter((fact.kind, fact.element) for fact in case.facts)
    for what, (least, most) in stories.get(case.key, {}).items():
        if not least <= told[what] <= most:
            yield f"case {case.id}: {what[0]} {what[1]} is told {told[what]} times"
    kinds = Counter(fact.kind for fact in case.facts)
    for wanted, done in _PAIRS:
        if kinds[wanted] != kinds[done]:
            yield f"case {case.id}: {wanted} {kinds[wanted]} times, {done} {kinds[done]} times"
    due = Counter((f.element, f.due) for f in case.facts if f.kind == "timer.fired")
    yield from (f"case {case.id}: {what} fired {n} times" for what, n in due.items() if n > 1)
    steps = [fact.element or "" for fact in case.facts if fact.kind == "task.completed"]
    if away := way.deviations(steps):
        yield f"case {case.id}: step {away[0]} of {steps} is no way through the diagram"


def asked_once(diary: Iterable[str], cases: Iterable[Case]) -> Iterator[str]:
    """Whether handlers were asked for each deed, and under one key however often.

    A line of the diary is the topic, the case and the key.
    """
    keys: dict[tuple[str, str], set[str]] = defaultdict(set)
    for line in diary:
        topic, case, key = line.split()
        keys[topic, case].add(key)
    for one in cases:
        told = Counter((f.kind, f.element) for f in one.facts)
        for topic, kind in (("catat", "service.completed"), ("kirim", "message.thrown")):
            wanted, asked = told[kind, topic], len(keys[topic, str(one.id)])
            if asked != wanted:
                yield f"case {one.id}: {topic} was asked for {asked} deeds, and {wanted} are told"


def reminded(notices: Iterable[tuple[int, int]], cases: Iterable[Case]) -> Iterator[str]:
    """Whether nobody was told more often of a case than its record reminds them.

    ``notices`` are the case and the person of each; of a case without such reminders, none.
    """
    sent = {case.id: sum((f.kind, f.element) == REMINDING for f in case.facts) for case in cases}
    for (case, person), times in sorted(Counter(notices).items()):
        if times > sent.get(case, 0):
            yield f"case {case}: {person} was told {times} times of {sent.get(case, 0)} reminders"


def check(
    attempts: Sequence[Attempt],
    cases: Sequence[Case],
    diagrams: Mapping[str, Diagram],
    stories: Stories,
    ways: Mapping[str, Replay],
) -> Iterator[str]:
    """All of it."""
    yield from presence(attempts, cases)
    owner = {item.id: case.id for case in cases for item in case.items}
    starts = {case.token: case.id for case in cases}
    of_case: dict[int | None, list[Attempt]] = defaultdict(list)
    for one in attempts:
        of_case[owner.get(one.item or 0) or starts.get(one.token or "")].append(one)
        begun = starts.get(one.token or "")
        if one.case is not None and begun != one.case:
            yield f"{one.token} was told to be case {one.case}, and is {begun}"
    for case in cases:
        wrong = list(sequence(case, diagrams[case.key]))
        # An order that no engine could have done need not be compared with the clock.
        wrong = wrong or list(real_time(case, diagrams[case.key], of_case[case.id]))
        yield from wrong
        if case.status != "completed":
            yield f"case {case.id}: {case.status} when all was done"
        yield from story(case, stories, ways[case.key])
