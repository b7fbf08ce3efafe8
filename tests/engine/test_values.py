from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import AlurError, StateDamaged, StepFailed
from engine.values import dumps, loads

ZONES = st.sampled_from([None, UTC, timezone(timedelta(hours=7)), timezone(-timedelta(minutes=90))])
SINGLE = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.dates()
    | st.datetimes(timezones=ZONES).map(lambda instant: instant.replace(fold=0))
    | st.decimals()
)
NAMES = st.text().filter(lambda name: not name.startswith("$"))
VALUES = st.recursive(
    SINGLE, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=20
)


def exact(value):
    """A value with its types, to be compared: 1, True and Decimal(1) are equal in Python."""
    if isinstance(value, dict):
        return {name: exact(item) for name, item in value.items()}
    if isinstance(value, list):
        return [exact(item) for item in value]
    return type(value), repr(value)


@given(VALUES)
@settings(derandomize=True, deadline=None)
def test_every_value_comes_back_with_its_type(value):
    assert exact(loads(dumps(value))) == exact(value)


@given(VALUES)
@settings(derandomize=True, deadline=None)
def test_equal_values_are_equal_bytes_whatever_the_order_of_names(value):
    assert dumps({"a": value, "b": 1}) == dumps({"b": 1, "a": value})
    assert dumps(loads(dumps(value))) == dumps(value)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (date(2026, 1, 31), b'{"$date":"2026-01-31"}'),
        (datetime(2026, 1, 31, 16, tzinfo=UTC), b'{"$datetime":"2026-01-31T16:00:00+00:00"}'),
        (Decimal("7.60"), b'{"$decimal":"7.60"}'),
        ({"b": 1, "a": [True, None]}, b'{"a":[true,null],"b":1}'),
    ],
)
def test_values_are_stored_as_tagged_json(value, stored):
    assert dumps(value) == stored


@pytest.mark.parametrize(
    "value",
    [
        {"$date": "2026-01-31"},
        {"$lain": 1},
        {"$": 1, "b": 2},
        [{"a": {"$decimal": "1"}}],
        ({"$date": "x"},),
    ],
)
def test_a_name_that_looks_like_a_tag_is_refused(value):
    with pytest.raises(StepFailed):
        dumps(value)


@pytest.mark.parametrize("value", ["$date", "harga $5", '"$', ["$decimal"], {"a": "$x"}, {"a$": 1}])
def test_a_dollar_elsewhere_is_only_a_dollar(value):
    assert loads(dumps(value)) == value


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1, 2},
        b"x",
        time(16),
        1j,
        len,
        10**30,
        {1: 2},
        {None: 1},
        "\ud800",
        [[{"a": len}]],
    ],
)
def test_what_cannot_be_stored_is_said_so(value):
    with pytest.raises(StepFailed):
        dumps(value)


@pytest.mark.parametrize(
    "stored",
    [
        *(
            b"",
            b" ",
            b"{",
            b'{"a":1',
            b"[1,]",
            b"nul",
            b"NaN",
            b"\xff\xfe",
            b'"\xed\xa0\x80"',
            b"1 2",
        ),
        *(b'{"$date":"31-01-2026"}', b'{"$date":1}', b'{"$date":null}', b'{"$date":{}}'),
        *(b'{"$datetime":"x"}', b'{"$datetime":[]}', b'{"$decimal":"x"}', b'{"$decimal":null}'),
        *(b'{"$decimal":{}}', b'{"$lain":"x"}', b'{"$":1}', b'[{"a":[{"$set":[1]}]}]'),
    ],
)
def test_damaged_bytes_are_said_to_be_damaged(stored):
    with pytest.raises(StateDamaged):
        loads(stored)


@given(VALUES, st.data())
@settings(derandomize=True, deadline=None)
def test_a_changed_byte_gives_a_value_or_is_said_to_be_damaged(value, data):
    stored = bytearray(dumps(value))
    place = data.draw(st.integers(0, len(stored) - 1))
    stored[place] = data.draw(st.integers(0, 255))
    try:
        loads(bytes(stored))
    except AlurError as error:
        assert isinstance(error, StateDamaged)


@given(VALUES, st.data())
@settings(derandomize=True, deadline=None)
def test_bytes_that_were_cut_off_are_never_taken_for_the_whole(value, data):
    stored = dumps([value])
    place = data.draw(st.integers(0, len(stored) - 1))
    with pytest.raises(StateDamaged):
        loads(stored[:place])


def test_bytes_nested_beyond_reason_are_damaged():
    with pytest.raises(StateDamaged):
        loads(b'["$x",' + b"[" * 1000 + b"]" * 1000 + b"]")
