"""Scores under PP 46/2011 are exact, and every published value comes out; so do predicates."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from tasks.skp import permenpanrb6, pp46, rule_sets
from tasks.skp.assessment import rounded

positive = st.decimals("0.01", "1000000", places=2)
percent = st.decimals("0", "100", places=2)


def activity(**given):
    usual = {
        "target_quantity": 1, "target_quality": 100, "target_time": 12, "target_cost": None,
        "quantity": 1, "quality": 100, "time": 12, "cost": None,
    }  # fmt: skip
    return pp46.Activity(**usual | given)


@pytest.mark.parametrize(
    ("planned", "used", "score"),
    [
        ("12", "9.12", 100),  # an efficiency of exactly 24
        ("5", "4", 96),
        ("12", "12", 76),
        ("5000000", "3800000", 100),
    ],
)
def test_the_published_values_of_time_and_cost(planned, used, score):
    assert pp46.saving(Decimal(planned), Decimal(used)) == score


def test_binary_floats_would_score_the_bound_otherwise():
    efficiency = 100 - 9.12 / 12 * 100
    assert efficiency > 24  # although it is 24
    assert pp46.saving(Decimal(12), Decimal("9.12")) == 100


def test_the_published_activity():
    one = activity(quality=90, target_cost=5_000_000, cost=5_000_000)
    score = pp46.activity(one)
    assert (score.quantity, score.quality, score.time, score.cost) == (100, 90, 76, 76)
    assert rounded(score.total) == Decimal("85.50")


def test_the_published_result():
    total = Fraction("86.5") * Fraction(60, 100) + Fraction(85) * Fraction(40, 100)
    assert (rounded(total), pp46.band(total)) == (Decimal("85.90"), "Baik")


def test_without_a_cost_target_three_aspects_count():
    assert pp46.activity(activity(quality=90)).cost is None
    assert pp46.activity(activity(quality=90)).total == Fraction(100 + 90 + 76, 3)


@pytest.mark.parametrize("quantity", [0, None])
def test_what_was_not_carried_out_scores_nothing(quantity):
    assert pp46.activity(activity(quantity=quantity, target_cost=5, cost=5)).total == 0


@pytest.mark.parametrize(
    ("number", "score"), [(0, 0), (1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (40, 3)]
)
def test_additional_tasks(number, score):
    assert pp46.additional(number) == score


@pytest.mark.parametrize(
    ("levels", "score"), [([], 0), (["unit"], 3), (["instansi"], 6), (["unit", "negara"], 12)]
)
def test_creativity(levels, score):
    assert pp46.creativity(levels) == score


@pytest.mark.parametrize(
    ("score", "band"),
    [
        ("91", "Sangat Baik"), ("90.99", "Baik"), ("76", "Baik"), ("75.99", "Cukup"),
        ("61", "Cukup"), ("60.99", "Kurang"), ("50.01", "Kurang"), ("50", "Buruk"), ("0", "Buruk"),
    ],
)  # fmt: skip
def test_bands_begin_with_their_bound(score, band):
    assert pp46.band(Fraction(score)) == band


def test_all_together():
    marks = dict.fromkeys(list(pp46.BEHAVIOUR)[:5], 85)
    found = pp46.assess([activity(quality=90), activity(quantity=0)], 3, ["unit"], marks)
    skp = Fraction(266, 6) + 1 + 3
    assert (found.skp, found.behaviour) == (skp, 85)
    assert found.total == skp * Fraction(3, 5) + 34
    six = marks | {"kepemimpinan": 79}
    assert pp46.assess([activity()], 0, [], six).behaviour == 84


@given(planned=positive, used=positive, more=positive)
def test_up_to_the_bound_using_more_never_scores_better(planned, used, more):
    """And beyond the bound of 24 % using less never does: there the rule turns round."""
    first, second = sorted((used, used + more))
    bound = planned * Decimal("0.76")
    if first >= bound:
        assert pp46.saving(planned, first) >= pp46.saving(planned, second)
    elif second < bound:
        assert pp46.saving(planned, first) <= pp46.saving(planned, second)


@given(planned=positive, used=st.decimals("0", "10000000", places=2))
def test_time_and_cost_stay_within_their_bounds(planned, used):
    assert 0 <= pp46.saving(planned, used) <= 100


@given(planned=positive)
def test_the_score_jumps_at_the_bound_and_nowhere_else(planned):
    bound, step = Fraction(planned) * Fraction(76, 100), Fraction(planned) / 10**9
    assert pp46.saving(planned, bound) == 100
    assert 0 <= 76 - pp46.saving(planned, bound - step) < Fraction(1, 10**6)
    for near in (bound + step, Fraction(planned)):
        change = pp46.saving(planned, near) - pp46.saving(planned, near + step)
        assert 0 <= change < Fraction(1, 10**6)


@given(target=positive, reached=positive, more=positive)
def test_more_quantity_scores_more_and_the_target_scores_a_hundred(target, reached, more):
    assert pp46.share(target, reached + more) > pp46.share(target, reached)
    assert pp46.share(target, target) == 100


@given(quality=percent, better=percent, mark=percent)
def test_the_result_rises_with_quality_and_behaviour(quality, better, mark):
    assume(quality < better)
    marks = dict.fromkeys(list(pp46.BEHAVIOUR)[:5], mark)
    low = pp46.assess([activity(quality=quality)], 0, [], marks)
    high = pp46.assess([activity(quality=better)], 0, [], marks)
    assert low.total < high.total


def test_the_matrix_of_2022():
    found = {
        results: [permenpanrb6.predicate(results, behaviour) for behaviour in permenpanrb6.RATINGS]
        for results in permenpanrb6.RATINGS
    }
    assert found == {
        "di_bawah": ["Sangat Kurang", "Butuh Perbaikan", "Butuh Perbaikan"],
        "sesuai": ["Kurang", "Baik", "Baik"],
        "di_atas": ["Kurang", "Baik", "Sangat Baik"],
    }


@pytest.mark.parametrize(
    ("end", "rules", "warned"),
    [
        (date(2020, 12, 31), pp46.ID, True),
        (date(2021, 12, 31), pp46.ID, True),
        (date(2022, 1, 1), permenpanrb6.ID, False),
        (date(2026, 12, 31), permenpanrb6.ID, False),
    ],
)
def test_the_period_chooses_the_rules_and_repealed_ones_are_warned_of(end, rules, warned):
    found = rule_sets.of_period(end)
    assert (found.id, found.warning is not None) == (rules, warned)
    assert rule_sets.named(rules) is found


def test_an_office_that_changed_later_says_so(monkeypatch):
    monkeypatch.setenv("ALUR_PP46_UNTIL", "2022-12-31")
    assert rule_sets.of_period(date(2022, 12, 31)) is rule_sets.PP46
    assert rule_sets.of_period(date(2023, 1, 1)) is rule_sets.PERMENPANRB6


def test_a_last_day_that_is_no_day_is_refused_with_its_name():
    with pytest.raises(InvalidInput, match="ALUR_PP46_UNTIL harus tanggal seperti 2021-12-31"):
        rule_sets.last_day_of_pp46({"ALUR_PP46_UNTIL": "31-12-2021"})
