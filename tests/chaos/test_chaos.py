"""Web and worker processes on one PostgreSQL under faults of every kind: nothing lost, all once.

A bounded part of `make chaos`, with the faults of a seed.
"""

import pytest

from tests.chaos import campaign, faults
from tests.chaos.campaign import Plan

SEED, SECONDS = 20_262_366, 12
# Of those that a short time has room for.
KINDS = [kind for kind in faults.SHARES if kind not in ("stop web", "lose worker")]


@pytest.mark.postgresql
def test_an_office_under_faults_does_what_it_has_told_and_finishes_every_case():
    done = campaign.run(Plan(SEED, SECONDS, disk=400_000_000, kinds=KINDS))
    assert done.wrong == []
    assert done.figures.outcomes["complete accepted"] > 0
    assert done.figures.facts["timer.fired"] > 0
    assert {"kill web", "kill worker", "crash database", "cut line"} <= done.happened.keys()


def test_the_same_seed_brings_the_same_faults():
    assert faults.schedule(7, 60) == faults.schedule(7, 120)[: len(faults.schedule(7, 60))]
    assert faults.schedule(7, 60) != faults.schedule(8, 60)
    assert {fault.kind for fault in faults.schedule(7, 3_000)} == set(faults.SHARES)
