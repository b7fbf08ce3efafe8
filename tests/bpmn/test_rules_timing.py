import pytest

from bpmn.rules import timing


def on_task(*lines: str, host: str = "userTask", attributes: str = "cancelActivity=false") -> str:
    """A boundary event ``w`` with these lines on the task ``a``."""
    inner = "\n".join(lines)
    return f"{host} a\nboundaryEvent w attachedToRef=a {attributes}\n{inner}"


def waktu(name: str, duration: str, *lines: str, **drawn: str) -> str:
    """The Waktu timer ``w`` of the task ``a``."""
    attributes = drawn.pop("attributes", "cancelActivity=false")
    said = ("property alur:timer=waktu", f"timer timeDuration {duration}", *lines)
    return on_task(*said, attributes=f'{attributes} name="{name}"', **drawn)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDuration", "PT10M"),
        ("timeDuration", "P1Y2M3DT4H5M6S"),
        ("timeDuration", "lama_kerja"),
        ("timeDate", "2026-01-31T16:00:00+07:00"),
        ("timeDate", "tenggat"),
    ],
)
def test_a_timer_of_iso_8601_or_of_an_expression_is_sound(judge, kind, text):
    assert judge(timing.duration, on_task(f"timer {kind} {text}")) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDuration", "PT"),
        ("timeDuration", "P10M5"),
        ("timeDuration", "PT1.5H"),
        ("timeDate", "2026-13-01T00:00:00Z"),
        ("timeDate", "2026-01-31"),
        ("timeDate", "2026-01-31T16:00:00"),  # of which zone?
        ("timeDuration", ""),
        ("timeDate", ""),
    ],
)
def test_a_literal_that_is_not_iso_8601_is_an_error(judge, kind, text):
    found = judge(timing.duration, on_task(f"timer {kind} {text}"))
    assert found == [("duration", "w", "error")]


def test_a_timer_that_says_no_time_at_all_is_an_error(judge):
    text = on_task("<timerEventDefinition />")
    assert judge(timing.duration, text) == [("duration", "w", "error")]


@pytest.mark.parametrize(
    ("name", "text"),
    [("10 menit", "PT10M"), ("1 jam", "PT60M"), ("1-2 hari", "P2D"), ("1 minggu", "P7D")],
)
def test_a_waktu_timer_that_is_named_as_long_as_it_lasts_is_sound(judge, name, text):
    assert judge(timing.waktu, waktu(name, text)) == []


@pytest.mark.parametrize(
    ("name", "text"), [("10 menit", "PT15M"), ("", "PT1H"), ("1 hari", "PT24H")]
)
def test_a_waktu_timer_named_otherwise_than_it_lasts_is_a_warning(judge, name, text):
    assert judge(timing.waktu, waktu(name, text)) == [("waktu", "w", "warning")]


def test_a_waktu_timer_that_interrupts_is_an_error(judge):
    found = judge(timing.waktu, waktu("1 jam", "PT1H", attributes="cancelActivity=true"))
    assert found == [("waktu", "w", "error")]


def test_a_waktu_timer_interrupts_unless_it_says_otherwise(judge):
    assert judge(timing.waktu, waktu("1 jam", "PT1H", attributes="")) == [("waktu", "w", "error")]


def test_a_second_waktu_timer_on_one_task_is_an_error(judge):
    second = "boundaryEvent v attachedToRef=a cancelActivity=false\nproperty alur:timer=waktu"
    assert judge(timing.waktu, waktu("1 jam", "PT1H", second)) == [("waktu", "v", "error")]


def test_a_waktu_timer_away_from_a_task_is_an_error(judge):
    text = "intermediateCatchEvent c\nproperty alur:timer=waktu"
    assert judge(timing.waktu, text) == [("waktu", "c", "error")]


def test_a_waktu_timer_on_what_no_person_does_is_an_error(judge):
    found = judge(timing.waktu, waktu("1 jam", "PT1H", host="scriptTask"))
    assert found == [("waktu", "w", "error")]


def test_known_values_of_timer_properties_are_sound(judge):
    text = "property alur:calendar=working\n" + on_task(
        "property alur:calendar=elapsed",
        "property alur:clock=arrival",
        "property alur:due=endOfDay",
        "property alur:timer=waktu",
        "property sop:keterangan=apa saja",
    )
    assert judge(timing.timer_properties, text) == []


@pytest.mark.parametrize("name", ["alur:calendar", "alur:clock", "alur:due", "alur:timer"])
def test_an_unknown_value_of_a_timer_property_is_an_error(judge, name):
    found = judge(timing.timer_properties, on_task(f"property {name}=lain"))
    assert found == [("timer-properties", "w", "error")]


def test_an_unknown_calendar_of_the_process_is_an_error_on_the_process(judge):
    found = judge(timing.timer_properties, "property alur:calendar=libur")
    assert found == [("timer-properties", "p", "error")]


@pytest.mark.parametrize(
    "text", ["R3/PT1H", "R/PT1M", "R12/2026-12-01T08:00+07:00/P1M", "ulangan", '"R3/PT1H"']
)
def test_a_cycle_of_iso_8601_or_of_an_expression_is_sound(judge, text):
    assert judge(timing.duration, on_task(f"timer timeCycle {text}")) == []


@pytest.mark.parametrize("text", ["R3/PT1", "R0/PT1H", "R/PT59S", "R3/2026-12-01/P1D", "R/"])
def test_a_cycle_that_is_not_iso_8601_or_never_rests_is_an_error(judge, text):
    found = judge(timing.duration, on_task(f"timer timeCycle {text}"))
    assert found == [("duration", "w", "error")]


LIMITS = ("alur:waitLimit", "alur:remindBefore", "alur:escalateAfter")


@pytest.mark.parametrize("text", ["P1D", "PT30M", "P1M"])
@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_that_is_a_length_of_time_is_sound(judge, name, text):
    assert judge(timing.limits, f"property {name}={text}") == []


@pytest.mark.parametrize("text", ["", "1 hari", "PT0S", "P0D", "R3/PT1H", "lama"])
@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_that_is_no_length_of_time_is_an_error(judge, name, text):
    assert judge(timing.limits, f"property {name}={text}") == [("limits", "p", "error")]


def test_the_waiting_limit_of_a_task_is_judged_on_the_task(judge):
    assert judge(timing.limits, "userTask a\nproperty alur:waitLimit=P2D") == []
    found = judge(timing.limits, "userTask a\nproperty alur:waitLimit=2 hari")
    assert found == [("limits", "a", "error")]


def started_by_timer(subject: str, actor: str = "subject") -> str:
    said = f"property alur:subject={subject}" if subject else ""
    return f"""
        lane Staf {actor}: s a
        startEvent s
            {said}
            timer timeCycle R/P1M
        userTask a
    """


@pytest.mark.parametrize("subject", ["person:198509092090031009", "group:umum-aparatur"])
def test_a_timer_start_that_says_about_whom_is_sound(judge, subject):
    assert judge(timing.timer_start, started_by_timer(subject)) == []


def test_a_start_without_a_timer_needs_nobody(judge):
    assert judge(timing.timer_start, "startEvent s") == []


@pytest.mark.parametrize("subject", ["", "subject", "person:12", "group:", "starter"])
def test_a_timer_start_that_says_about_nobody_is_an_error(judge, subject):
    found = judge(timing.timer_start, started_by_timer(subject))
    assert found == [("timer-start", "s", "error")]


@pytest.mark.parametrize("actor", ["starter", "superior(starter)"])
def test_a_lane_of_the_starter_is_an_error_where_a_timer_starts(judge, actor):
    found = judge(timing.timer_start, started_by_timer("group:umum-aparatur", actor))
    assert found == [("timer-start", "Staf", "error")]


DEADLINE = """
    startEvent s
    userTask a
    boundaryEvent w attachedToRef=a cancelActivity=false name="1 jam"
        property alur:timer=waktu
        timer timeDuration PT1H
    boundaryEvent t attachedToRef=a
        timer timeDuration PT2H
    endEvent e
    s -> a -> e
    w -> e
    t -> e
"""


def test_a_deadline_behind_the_standard_duration_is_sound(judge):
    assert judge(timing.late_deadline, DEADLINE) == []
    assert judge(timing.late_deadline, DEADLINE.replace("PT2H", "PT60M")) == []


def test_a_deadline_before_the_standard_duration_is_over_is_said(judge):
    text = DEADLINE.replace("PT2H", "PT59M")
    assert judge(timing.late_deadline, text) == [("late-deadline", "t", "warning")]


def test_hours_and_days_are_not_weighed_against_each_other(judge):
    assert judge(timing.late_deadline, DEADLINE.replace("PT1H", "P1D")) == []
    text = DEADLINE.replace("PT1H", "P1DT2H")
    assert judge(timing.late_deadline, text) == [("late-deadline", "t", "warning")]
