"""How durations spread: what is read from a spread is what the durations themselves say."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import spreads
from engine.spreads import Spread

lengths = st.lists(st.integers(0, 10**9), min_size=1, max_size=60)


@given(st.integers(1, 10**9))
def test_a_duration_is_at_most_four_percent_shorter_than_the_end_of_its_bucket(seconds):
    end = spreads.length(spreads.bucket(seconds))
    assert seconds <= end <= max(seconds, seconds * spreads.RATIO)


@given(lengths, st.floats(0.01, 1))
def test_a_quantile_is_that_of_the_durations_up_to_a_bucket(seconds, share):
    exact = sorted(seconds)[math.ceil(share * len(seconds)) - 1]
    assert exact <= Spread.of(seconds).quantile(share) <= max(exact, exact * spreads.RATIO)


@given(lengths, lengths)
def test_spreads_add_up(some, others):
    assert Spread.of(some) + Spread.of(others) == Spread.of(some + others)


@given(lengths)
def test_a_packed_spread_is_the_same_again(seconds):
    spread = Spread.of(seconds)
    assert Spread.loads(spread.packed()) == spread


@given(st.lists(lengths, max_size=5))
def test_the_sum_of_packed_spreads_is_the_spread_of_all(many):
    packed = [Spread.of(some).packed() for some in many]
    assert Spread.summed(packed) == Spread.of(one for some in many for one in some)


@pytest.mark.parametrize("seconds", [0, -5])
def test_what_took_no_time_is_in_the_first_bucket(seconds):
    assert (spreads.bucket(seconds), spreads.length(0)) == (0, 0)


def test_of_no_durations_there_is_no_quantile():
    assert Spread().quantile(0.5) is None
