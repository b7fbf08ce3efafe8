from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn.durations import (
    Cycle,
    Duration,
    parse_cycle,
    parse_instant,
    parse_iso,
    parse_words,
)

COUNTS = st.integers(min_value=0, max_value=999_999)
UNITS = "years months weeks days hours minutes seconds".split()
WORDS = "tahun bulan minggu hari jam menit detik".split()
WITA = timezone(timedelta(hours=8))


def iso(duration: Duration) -> str:
    """As ISO 8601 writes it; zero is ``PT0S``."""
    date = "".join(f"{getattr(duration, unit)}{unit[0].upper()}" for unit in UNITS[:4])
    time = "".join(f"{getattr(duration, unit)}{unit[0].upper()}" for unit in UNITS[4:])
    return f"P{date}T{time}"


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT10M", Duration(minutes=10)),
        ("P10M", Duration(months=10)),
        ("P1Y2M3W4DT5H6M7S", Duration(1, 2, 3, 4, 5, 6, 7)),
        ("P14D", Duration(days=14)),
        ("P2W", Duration(weeks=2)),
        ("PT0S", Duration()),
        ("PT36H", Duration(hours=36)),
        (" PT1H\n", Duration(hours=1)),
        ("P999999D", Duration(days=999_999)),
    ],
)
def test_an_iso_duration_is_read_as_it_is_written(text, duration):
    assert parse_iso(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        *("", "P", "PT", "P1", "1H", "PT1", "P1H", "PT1D", "P1DT", "pt1h", "P-1D", "-P1D"),
        *("PT1.5H", "PT1,5H", "PT 1H", "P1D1D", "PT1M1H", "P1D P1D", "R3/PT1H", "PT10M#"),
        *("P1000000D", "PT٣H", "P" + "1" * 5000 + "D"),
    ],
)
def test_what_is_no_iso_duration_in_whole_units_is_not_read(text):
    assert parse_iso(text) is None


@given(st.builds(Duration, *[COUNTS] * 7))
def test_every_duration_is_read_back_from_iso(duration):
    assert parse_iso(iso(duration)) == duration


@given(st.text(alphabet="PYMWDTHS0123456789.,-/ ", max_size=20))
def test_any_text_is_a_duration_or_none(text):
    found = parse_iso(text)
    assert found is None or parse_iso(iso(found)) == found


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("10 menit", Duration(minutes=10)),
        ("1 jam", Duration(hours=1)),
        ("1 jam 30 menit", Duration(hours=1, minutes=30)),
        ("1 Jam, 30 Menit.", Duration(hours=1, minutes=30)),
        ("10menit", Duration(minutes=10)),
        ("1 minggu", Duration(weeks=1)),
        ("14 hari", Duration(days=14)),
        ("3 hari kerja", Duration(days=3)),
        ("3 hari kalender", Duration(days=3)),
        ("2 bulan", Duration(months=2)),
        ("1 tahun", Duration(years=1)),
        ("45 detik", Duration(seconds=45)),
    ],
)
def test_the_words_of_an_sop_are_read(text, duration):
    assert parse_words(text) == duration


@pytest.mark.parametrize(
    "text",
    ["1-2 hari", "1 - 2 hari", "1–2 hari", "1 s.d. 2 hari", "1 sd 2 hari", "1 sampai 2 hari"],
)
def test_of_a_range_the_upper_bound_counts(text):
    assert parse_words(text) == Duration(days=2)


@pytest.mark.parametrize(
    "text",
    [
        *("", "menit", "10", "10 menits", "10 minutes", "sekali", "3 x 24 jam", "± 10 menit ±"),
        *("10 menit atau lebih", "10 menit 5 menit", "-1 hari", "1-2", "1 hari - 2"),
        *("1/2 minggu", "1/2 bulan", "1/0 hari", "0,33 jam", "1.000 menit", "1000000 hari"),
        "1 jam " + " " * 100,
    ],
)
def test_words_that_are_not_understood_are_not_guessed_at(text):
    assert parse_words(text) is None


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("120 Menit / 3 Hari", Duration(days=3)),
        ("30 menit s.d. 1 jam", Duration(hours=1)),
        ("1 hari - 2 hari", Duration(days=2)),
        ("1 hari atau 90 menit", Duration(days=1)),
        ("2 s/d 3 hari", Duration(days=3)),
        ("satu sampai dua hari", Duration(days=2)),
        ("1 minggu 2 hari / 8 hari", Duration(weeks=1, days=2)),
    ],
)
def test_of_two_times_the_longer_counts(text, duration):
    assert parse_words(text) == duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("± 1 jam", Duration(hours=1)),
        ("maks. 2 hari", Duration(days=2)),
        ("Maksimal 1 jam 30 menit", Duration(hours=1, minutes=30)),
        ("paling lama 3 (tiga) hari kerja", Duration(days=3)),
        ("selambat-lambatnya 14 hari", Duration(days=14)),
        ("1 (satu) hari kerja", Duration(days=1)),
        ("satu jam", Duration(hours=1)),
        ("sejam", Duration(hours=1)),
        ("Dua puluh lima menit", Duration(minutes=25)),
        ("setengah jam", Duration(minutes=30)),
        ("1,5 jam", Duration(hours=1, minutes=30)),
        ("1 ½ jam", Duration(hours=1, minutes=30)),
        ("1/2 tahun", Duration(months=6)),
        ("1 hari 1/2 jam", Duration(days=1, minutes=30)),
    ],
)
def test_upper_bounds_words_and_parts_of_a_unit_are_read(text, duration):
    assert parse_words(text) == duration


def test_half_a_day_is_half_a_working_day_of_seven_and_a_half_hours():
    assert parse_words("1/2 hari") == Duration(minutes=225)


@given(st.dictionaries(st.sampled_from(range(7)), COUNTS, min_size=1))
def test_any_units_in_any_order_are_read(counts):
    text = " ".join(f"{count} {WORDS[place]}" for place, count in counts.items())
    expected = Duration(**{UNITS[place]: count for place, count in counts.items()})
    assert parse_words(text) == (expected if len(text) <= 100 else None)


@given(low=COUNTS, high=COUNTS, place=st.sampled_from(range(7)), dash=st.sampled_from("-–"))
def test_a_range_is_as_long_as_its_upper_bound(low, high, place, dash):
    assert parse_words(f"{low}{dash}{high} {WORDS[place]}") == Duration(
        **{UNITS[place]: max(low, high)}
    )


def test_an_hour_is_sixty_minutes_but_a_day_is_not_24_hours():
    assert Duration(hours=1).same_as(Duration(minutes=60))
    assert Duration(weeks=1).same_as(Duration(days=7))
    assert Duration(years=1).same_as(Duration(months=12))
    assert not Duration(days=1).same_as(Duration(hours=24))
    assert not Duration(months=1).same_as(Duration(days=30))


@pytest.mark.parametrize(
    ("duration", "end"),
    [
        (Duration(minutes=90), datetime(2024, 1, 31, 17, 30, tzinfo=WITA)),
        (Duration(days=1), datetime(2024, 2, 1, 16, tzinfo=WITA)),
        (Duration(weeks=1), datetime(2024, 2, 7, 16, tzinfo=WITA)),
        (Duration(months=1), datetime(2024, 2, 29, 16, tzinfo=WITA)),
        (Duration(months=13), datetime(2025, 2, 28, 16, tzinfo=WITA)),
        (Duration(months=11), datetime(2024, 12, 31, 16, tzinfo=WITA)),
        (Duration(years=1, days=1), datetime(2025, 2, 1, 16, tzinfo=WITA)),
        (Duration(months=1, days=1), datetime(2024, 3, 1, 16, tzinfo=WITA)),
        (Duration(), datetime(2024, 1, 31, 16, tzinfo=WITA)),
    ],
)
def test_months_go_by_the_calendar_and_the_rest_by_the_clock(duration, end):
    assert duration.after(datetime(2024, 1, 31, 16, tzinfo=WITA)) == end


@given(st.builds(Duration, *[COUNTS] * 7))
def test_a_duration_never_ends_before_it_starts_or_after_the_last_year(duration):
    start = datetime(2026, 1, 31, tzinfo=UTC)
    try:
        assert duration.after(start) >= start
    except OverflowError:
        assert not duration.same_as(Duration())


@pytest.mark.parametrize("duration", [Duration(years=8000), Duration(days=999_999, weeks=999_999)])
def test_an_end_past_the_year_9999_is_said_so(duration):
    with pytest.raises(OverflowError):
        duration.after(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-31T16:00:00+08:00", datetime(2026, 1, 31, 16, tzinfo=WITA)),
        ("2026-01-31T08:00:00Z", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        (" 2026-01-31T08:00Z\n", datetime(2026, 1, 31, 8, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_with_its_zone(text, instant):
    found = parse_instant(text)
    assert found == instant
    assert found is not None
    assert found.utcoffset() == instant.utcoffset()


@pytest.mark.parametrize(
    "text",
    [
        *("", "besok", "2026-01-31", "2026-01-31T16:00", "2026-02-30T16:00Z", "2026-01-31 16:00Z"),
        *("2026-01-31T25:00Z", "31-01-2026T16:00Z", "1769846400"),
    ],
)
def test_what_is_no_instant_of_a_zone_is_not_read(text):
    assert parse_instant(text) is None


@pytest.mark.parametrize(
    ("text", "cycle"),
    [
        ("R3/PT1H", Cycle(3, None, "PT1H")),
        ("R/P1D", Cycle(None, None, "P1D")),
        (" R1/PT1M\n", Cycle(1, None, "PT1M")),
        ("R/PT60S", Cycle(None, None, "PT60S")),
        ("R999999/P1M", Cycle(999_999, None, "P1M")),
        (
            "R2/2026-12-01T08:00:00+08:00/P1W",
            Cycle(2, datetime(2026, 12, 1, 8, tzinfo=WITA), "P1W"),
        ),
    ],
)
def test_a_cycle_is_read_as_it_is_written(text, cycle):
    assert parse_cycle(text) == cycle


@pytest.mark.parametrize(
    "text",
    [
        *("", "R", "R3", "R3/", "R/PT", "PT1H", "R-1/PT1H", "R0/PT1H", "r3/PT1H", "R3/PT1H/P1D"),
        *("R1000000/PT1H", "R٣/PT1H", "R3/2026-12-01/PT1H", "R3/2026-12-01T08:00/PT1H"),
        *("R3/PT1H/2026-12-01T08:00Z", "R3/2026-12-01T08:00Z", "R3/0 0 8 * * ?"),
        # As good as at once: the case would never rest.
        *("R/PT0S", "R/P0D", "R3/PT59S"),
    ],
)
def test_what_is_no_cycle_or_never_rests_is_not_read(text):
    assert parse_cycle(text) is None


@given(st.builds(Duration, **dict.fromkeys(UNITS, st.integers(0, 99))))
def test_what_is_said_of_a_length_is_read_as_that_length(length):
    assert parse_words(str(length.in_words)) == length


def test_a_length_is_said_from_its_longest_unit_down():
    assert str(Duration(days=2, hours=1, seconds=5).in_words) == "2 hari 1 jam 5 detik"
    assert str(Duration().in_words) == "0 menit"


@given(st.text(alphabet="R/PYMWDTHSZ0123456789:+- ", max_size=40))
def test_any_text_is_a_cycle_or_none(text):
    found = parse_cycle(text)
    assert found is None or parse_iso(found.duration) is not None
