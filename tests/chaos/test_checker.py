"""The checker itself: hand-made histories that a right engine could have produced, and others."""

from dataclasses import replace

import pytest

from bpmn import elements, reading
from bpmn.notation import file_of
from bpmn.replay import Replay
from tests.chaos import checker
from tests.chaos.desk import Case, Fact, Item
from tests.chaos.record import ACCEPTED, CLOSED, REFUSED, UNKNOWN, Attempt

(DIAGRAM,) = elements.diagrams(
    reading.read(
        file_of("""
            process id=p
            lane Staf group:umum-aparatur: s a w b x e
            startEvent s
            userTask a
            boundaryEvent w attachedToRef=a
                timer timeDuration PT1H
            exclusiveGateway x
            userTask b
            endEvent e
            s -> a -> x -> b -> e
            w -> x
        """)
    )
)
ONE, TWO = 1, 2  # people
FACTS = [
    Fact("instance.started"),
    Fact("task.opened", "a"),
    Fact("task.claimed", "a", ONE, "Staf"),
    Fact("task.completed", "a", ONE, "Staf"),
    Fact("task.opened", "b", seated=ONE),
    Fact("task.completed", "b", ONE, "Staf"),
    Fact("instance.completed"),
]
ITEMS = [Item(10, "a", "Staf", "completed", ("t1",)), Item(11, "b", "Staf", "completed", ("t2",))]
CASE = Case(7, "p", "t0", "completed", FACTS, ITEMS)
START = Attempt("start", ONE, 0, 1, ACCEPTED, key="p", token="t0", case=7)
CLAIM = Attempt("claim", ONE, 2, 3, ACCEPTED, 10)
FIRST = Attempt("complete", ONE, 4, 5, ACCEPTED, 10, token="t1")
SECOND = Attempt("complete", ONE, 6, 7, ACCEPTED, 11, token="t2")
ALL = [START, CLAIM, FIRST, SECOND]
STORIES = {"p": {("task.completed", "b"): (1, 1), ("timer.fired", "w"): (0, 1)}}


def wrong(attempts, case=CASE):
    """What the checker says of a case and what was asked."""
    diagrams, ways = {"p": DIAGRAM}, {"p": Replay(DIAGRAM)}
    return list(checker.check(attempts, [case], diagrams, STORIES, ways))


def after(at, *facts):
    """The case with these facts in the place of those from there on."""
    return replace(CASE, facts=[*FACTS[:at], *facts])


def test_what_one_engine_could_have_done_is_right():
    assert wrong(ALL) == []


RIGHT = {
    "a second answer to the same request": replace(FIRST, begun=8, ended=9),
    "a request that was lost, and came again": replace(FIRST, outcome=UNKNOWN, begun=3, ended=3.5),
    "a request of nobody knows what became": replace(FIRST, outcome=UNKNOWN, token="t9"),
    "a refusal of what was closed meanwhile": Attempt(
        "complete", TWO, 3.5, 4.5, REFUSED, 10, token="t8", reason=CLOSED
    ),
    "a refusal of what another holds": Attempt("claim", TWO, 2.5, 2.6, REFUSED, 10, reason="held"),
    "a claim of what one has": Attempt("claim", ONE, 2.5, 3.5, ACCEPTED, 10),
    "a refusal that says to try again": Attempt(
        "complete", TWO, 0, 1, REFUSED, 10, token="t8", reason="stale"
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_may_come_beside_it_is_right(name):
    assert wrong([*ALL, RIGHT[name]]) == []


WRONG = {
    "accepted and not there": (replace(FIRST, token="t9"), "t9 was accepted, and is there 0 times"),
    "refused and there": (
        replace(SECOND, outcome=REFUSED, token="t0", reason=CLOSED),
        "t0 is there, and was told that another had closed its task",
    ),
    "an error of the program": (
        replace(FIRST, outcome=UNKNOWN, status=500, token="t9"),
        "complete of 10 by 1 was answered 500",
    ),
    "a claim answered to another at the same time": (
        Attempt("claim", TWO, 3.2, 3.4, ACCEPTED, 10),
        "case 7: claim of 10 by 2, accepted, was right at no moment",
    ),
    "a claim of what is done": (
        Attempt("claim", ONE, 5.1, 5.2, ACCEPTED, 10),
        "case 7: claim of 10 by 1, accepted, was right at no moment",
    ),
    "closed before it was": (
        Attempt("complete", TWO, 3.1, 3.9, REFUSED, 10, token="t8", reason=CLOSED),
        "case 7: complete of 10 by 2, refused closed, was right at no moment",
    ),
    "held by nobody": (
        Attempt("claim", TWO, 1.1, 1.9, REFUSED, 10, reason="held"),
        "case 7: claim of 10 by 2, refused held, was right at no moment",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_no_engine_may_say_is_found(name):
    attempt, said = WRONG[name]
    assert said in wrong([*ALL, attempt])


def test_a_document_that_was_ordered_before_may_be_made_after_the_end():
    ordered = [*FACTS[:-1], Fact("document.ordered", "b"), FACTS[-1], Fact("document.made", "b")]
    assert wrong(ALL, replace(CASE, facts=ordered)) == []
    assert wrong(ALL, replace(CASE, facts=ordered[:-1])) != []


def test_an_act_that_was_refused_each_time_may_not_be_there():
    refused = replace(SECOND, outcome=REFUSED, reason="stale")
    assert wrong([START, CLAIM, FIRST, refused]) == ["t2 was refused, and is there"]


def test_what_nobody_asked_for_may_not_be_there():
    assert wrong([START, CLAIM, FIRST]) == ["t2 is there, and nobody asked for it"]


def test_an_act_answered_before_another_was_asked_comes_before_it():
    swapped = [replace(FIRST, begun=8, ended=9), SECOND]
    assert wrong([START, CLAIM, *swapped]) == [
        "case 7: what the record has behind task.completed a was answered before it"
    ]


def test_what_overlaps_may_come_in_either_order():
    assert wrong([START, CLAIM, replace(FIRST, ended=6.8), SECOND]) == []


def test_looks_may_not_see_time_run_backwards():
    """Each could be right by itself, and not the one after the other."""
    closed = Attempt("complete", TWO, 4.1, 4.2, REFUSED, 10, token="t8", reason=CLOSED)
    held = Attempt("claim", ONE, 4.3, 4.4, ACCEPTED, 10)
    assert wrong([*ALL, held]) == []
    assert wrong([*ALL, closed]) == []
    assert wrong([*ALL, closed, held]) == [
        "case 7: claim of 10 by 1, accepted, was right at no moment"
    ]


ORDERS = {
    "twice": (
        after(4, FACTS[3], *FACTS[4:]),
        "case 7: a completed while it was not open",
    ),
    "by another": (
        after(3, replace(FACTS[3], person=TWO), *FACTS[4:]),
        "case 7: a task.completed by 2 while 1 had it",
    ),
    "claimed from another": (
        after(3, replace(FACTS[2], person=TWO), *FACTS[3:]),
        "case 7: a task.claimed by 2 while 1 had it",
    ),
    "released by another": (
        after(3, Fact("task.released", "a", TWO, "Staf"), *FACTS[3:]),
        "case 7: a released by 2, who did not have it",
    ),
    "a timer of what is done": (
        after(4, Fact("timer.fired", "w"), *FACTS[4:]),
        "case 7: w fired though a was not open",
    ),
    "after the end": (
        after(7, Fact("task.completed", "b", ONE, "Staf")),
        "case 7: task.completed b after the end",
    ),
    "opened for another": (
        after(4, Fact("task.opened", "b", seated=TWO), *FACTS[5:]),
        "case 7: b opened for 2 while 1 had its place",
    ),
    "opened twice": (
        after(2, FACTS[1], *FACTS[2:]),
        "case 7: a opened twice, or without a task",
    ),
    "answered and not called": (
        after(6, Fact("service.completed", "c"), *FACTS[6:]),
        "case 7: c answered more often than called",
    ),
    "ended too soon": (after(5, FACTS[6]), "case 7: ended with ['b'] open"),
}  # fmt: skip


@pytest.mark.parametrize("name", ORDERS)
def test_an_order_that_no_engine_can_do_is_found(name):
    case, said = ORDERS[name]
    assert said in wrong(ALL, case)


def test_a_task_that_is_still_open_by_the_table_alone_is_found():
    case = replace(CASE, items=[ITEMS[0], replace(ITEMS[1], status="open", tokens=())])
    assert "case 7: tasks [11] are open, and [] by its record" in wrong(ALL, case)


def test_a_task_that_was_submitted_twice_is_found():
    case = replace(CASE, items=[ITEMS[0], replace(ITEMS[1], tokens=("t2", "t9"))])
    twin = replace(SECOND, token="t9")
    assert wrong([*ALL, twin], case) == ["case 7: task 11 is completed, submitted 2 times"]


def test_a_case_that_stands_still_is_found():
    left = replace(after(5), status="running", items=[ITEMS[0], Item(11, "b", "Staf", "open", ())])
    assert wrong(ALL[:3], left) == [
        "case 7: running when all was done",
        "case 7: task.completed b is told 0 times",
        "case 7: step 1 of ['a'] is no way through the diagram",
    ]


def test_a_timer_that_fired_twice_is_found():
    fired = Fact("timer.fired", "w", due="2026-11-27T02:00:00+00:00")
    case = replace(
        after(2, fired, FACTS[4], replace(FACTS[5]), FACTS[6]),
        items=[Item(10, "a", "Staf", "cancelled", ()), ITEMS[1]],
    )
    asked = [START, SECOND]
    assert wrong(asked, replace(case, facts=[*case.facts[:3], replace(FACTS[4], seated=None),
                                             *case.facts[4:]])) == []  # fmt: skip
    twice = replace(case, facts=[*case.facts[:3], fired, *case.facts[3:]])
    assert "case 7: w fired though a was not open" in wrong(asked, twice)
    assert "case 7: timer.fired w is told 2 times" in wrong(asked, twice)
    assert "case 7: ('w', '2026-11-27T02:00:00+00:00') fired 2 times" in wrong(asked, twice)


def test_a_handler_is_asked_under_one_key_for_each_deed():
    case = after(6, Fact("service.completed", "catat"), Fact("message.thrown", "kirim"))
    assert list(checker.asked_once(["catat 7 x", "catat 7 x", "kirim 7 y"], [case])) == []
    assert list(checker.asked_once(["catat 7 x", "catat 7 z"], [case])) == [
        "case 7: catat was asked for 2 deeds, and 1 are told",
        "case 7: kirim was asked for 0 deeds, and 1 are told",
    ]


def test_a_document_that_was_ordered_and_never_made_is_found():
    case = after(4, Fact("document.ordered", "a"), *FACTS[4:])
    assert wrong(ALL, case) == ["case 7: document.ordered 1 times, document.made 0 times"]


def test_nobody_is_told_more_often_than_reminded():
    case = after(4, Fact("message.thrown", "ingat"), *FACTS[4:])
    assert list(checker.reminded([(7, ONE), (7, TWO)], [case])) == []
    assert list(checker.reminded([(7, ONE), (7, ONE)], [case])) == [
        "case 7: 1 was told 2 times of 1 reminders"
    ]


def test_a_start_is_told_the_case_that_it_is():
    told = replace(START, case=8)
    assert wrong([told, *ALL[1:]]) == ["t0 was told to be case 8, and is 7"]
