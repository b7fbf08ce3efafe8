"""What a worker has leased, begun one by one."""

from engine import jobs
from engine.database import Database
from engine.jobs import Lease
from engine.models import Job


def begin(db: Database, held: Lease) -> Job | None:
    """The job of a lease; None when somebody else has or had it."""
    return next(iter(jobs.begin(db, [held])), None)
