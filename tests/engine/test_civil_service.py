"""NIP, kind and rank of civil servants."""

from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine import civil_service, sample
from engine.errors import InvalidInput

BUDI = "199001012090032012"
CONTRACT = "199001012090212012"
MONTHS = st.integers(1, 12)
REPRODUCIBLE = settings(derandomize=True, deadline=None)


@st.composite
def nips(draw, months=MONTHS):
    born = draw(st.dates(date(1940, 1, 1), date(2010, 12, 31)))
    year = draw(st.integers(born.year + 1, 2099))
    rest = draw(st.sampled_from("12")) + f"{draw(st.integers(0, 999)):03}"
    return f"{born:%Y%m%d}{year}{draw(months):02}{rest}"


@given(nips(), st.sampled_from(["", " ", ".", "\u00a0", " . "]))
@REPRODUCIBLE
def test_a_nip_is_the_same_however_it_is_spaced(digits, gap):
    assert civil_service.nip(gap.join(digits)) == digits
    assert civil_service.nip(civil_service.spaced(digits)) == digits
    assert [len(part) for part in civil_service.spaced(digits).split()] == [8, 6, 1, 3]


@given(nips(), nips(st.integers(13, 99) | st.just(0)))
@REPRODUCIBLE
def test_the_kind_stands_in_the_nip(pns, pppk):
    for digits, kind, other in ((pns, "pns", "PPPK"), (pppk, "pppk", "PNS")):
        assert civil_service.kind_of(civil_service.nip(digits)) == kind
        assert civil_service.kind(f" {kind.upper()} ", digits) == kind
        with pytest.raises(InvalidInput, match=kind.upper()):
            civil_service.kind(other, digits)


@given(st.text(max_size=30))
@REPRODUCIBLE
def test_whatever_is_typed_is_eighteen_digits_or_refused(text):
    try:
        digits = civil_service.nip(text)
    except InvalidInput:
        return
    assert len(digits) == 18
    assert set(digits) <= set("0123456789")


@given(st.text(max_size=30), st.sampled_from(["pns", "pppk"]))
@REPRODUCIBLE
def test_whatever_rank_is_typed_is_a_known_one_or_refused(text, kind):
    try:
        rank = civil_service.rank(text, kind)
    except InvalidInput:
        return
    assert civil_service.rank(rank, kind) == rank


@given(nips(), st.integers(0, 17), st.sampled_from("x-/١²"))
@REPRODUCIBLE
def test_one_strange_character_spoils_a_nip(digits, place, strange):
    with pytest.raises(InvalidInput, match="18 angka"):
        civil_service.nip(digits[:place] + strange + digits[place + 1 :])


@given(nips(), st.sampled_from("03456789"))
@REPRODUCIBLE
def test_the_sex_is_one_or_two(digits, sex):
    with pytest.raises(InvalidInput, match="ke-15"):
        civil_service.nip(digits[:14] + sex + digits[15:])


@given(nips(), st.integers(1, 80))
@REPRODUCIBLE
def test_nobody_is_appointed_before_birth(digits, years):
    earlier = int(digits[:4]) - years
    assume(earlier > 1000)
    with pytest.raises(InvalidInput, match="mendahului"):
        civil_service.nip(digits[:8] + str(earlier) + digits[12:])


@pytest.mark.parametrize(
    ("digits", "why"),
    [
        ("", "18 angka"), (BUDI[:-1], "18 angka"), (BUDI + "1", "18 angka"),
        ("199002302090032012", "tanggal lahir"), ("199013012090032012", "tanggal lahir"),
        ("000001012090032012", "tanggal lahir"), ("199003011990032012", "mendahului"),
    ],
)  # fmt: skip
def test_a_wrong_nip_is_told_why(digits, why):
    with pytest.raises(InvalidInput, match=why):
        civil_service.nip(digits)


def test_the_month_counts_for_pns_and_only_the_year_for_pppk():
    assert civil_service.nip("199003011990042012")
    with pytest.raises(InvalidInput):
        civil_service.nip("199003011990212012")
    assert civil_service.nip("199003011991212012")


@pytest.mark.parametrize(
    "text",
    [
        "III/a Penata Muda", "III/a", "iiia", "III A", "iii.a", "Penata Muda (III/a)",
        "PENATA MUDA, III/A", "Penata  Muda - III/a", "penata muda",
    ],
)  # fmt: skip
def test_a_rank_is_written_in_many_ways(text):
    assert civil_service.rank(text, "pns") == "III/a Penata Muda"


@pytest.mark.parametrize("code", civil_service.RANKS)
def test_every_rank_is_known_by_code_by_name_and_by_both(code):
    name = civil_service.RANKS[code]
    spelled = name.replace("Tk I", "Tingkat I")
    for text in (code, name, f"{name} ({code})", f"{code} {spelled}", f"{spelled}, {code}"):
        assert civil_service.rank(text, "pns") == f"{code} {name}"


def test_a_grade_of_a_contract_is_a_roman_number_to_seventeen():
    for grade in civil_service.GRADES:
        for text in (grade, grade.lower(), f"Golongan {grade}", f"Gol. {grade}"):
            assert civil_service.rank(text, "pppk") == f"Golongan {grade}"
    for text in ("XVIII", "0", "IIII", "9", "III/a", "Penata Muda", "Golongan"):
        with pytest.raises(InvalidInput, match="I–XVII"):
            civil_service.rank(text, "pppk")


@pytest.mark.parametrize("text", ["I/e", "III/e", "V/a", "IX", "Golongan IX", "Kepala", "III", "a"])
def test_what_is_no_rank_of_a_pns_is_refused(text):
    with pytest.raises(InvalidInput, match="III/a Penata Muda"):
        civil_service.rank(text, "pns")


def test_a_code_with_the_name_of_another_is_refused():
    with pytest.raises(InvalidInput, match="III/a bernama Penata Muda"):
        civil_service.rank("III/a Pembina", "pns")


def test_political_officials_have_no_rank():
    for text in ("–", "-", "", "  "):
        assert civil_service.rank(text, "pns") == civil_service.NO_RANK


def test_the_people_of_the_sample_office_obey_the_rules():
    for digits, _, rank, *_ in sample.PEOPLE:
        assert civil_service.nip(digits) == digits
        assert civil_service.kind_of(digits) == "pns"
        assert civil_service.rank(rank, "pns") == rank


def test_a_contract_is_told_from_an_appointment():
    assert civil_service.kind_of(CONTRACT) == "pppk"
    with pytest.raises(InvalidInput, match="PNS atau PPPK"):
        civil_service.kind("honorer", CONTRACT)
