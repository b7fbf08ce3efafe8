"""The errors of the engine; the messages say what a person can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bpmn.messages import AlurError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.findings import Finding
    from bpmn.messages import Message


class NotFound(AlurError):
    """There is nothing of that name or number (or nothing the person may know of)."""


class NotAllowed(AlurError):
    """The person may not do this."""


class NoLongerOpen(AlurError):
    """The task was completed or cancelled meanwhile, by whom the message says."""


class StaleInstance(AlurError):
    """Another step changed the instance between reading and writing; nothing was written."""


class WrongRelease(AlurError):
    """This release may not work with the schema of the database as it is."""


class InvalidInput(AlurError):
    """Something that was given is missing or wrong."""


class TooManyAttempts(AlurError):
    """Signing in was tried too often; it may be tried again after so many ``seconds``."""

    def __init__(self, said: Message, seconds: int) -> None:
        super().__init__(said)
        self.seconds = seconds


class ExpressionFailed(AlurError):
    """An expression of the diagram cannot be parsed or evaluated."""


class StateDamaged(AlurError):
    """The stored state of an instance cannot be read; it is never guessed."""


class DiagramRefused(AlurError):
    """The diagram has ``findings`` that forbid what was asked."""

    def __init__(self, said: Message, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(said)
        self.findings = findings


class Unfillable(AlurError):
    """A place of work cannot be filled from the directory."""


class StepFailed(AlurError):
    """A step could not be executed; the task stays open and an incident is kept."""


class Immovable(AlurError):
    """A case that cannot go over to another version as it stands; the message says why."""


class JobGone(AlurError):
    """The job was done by another, or is no longer to be done; nothing was written."""


class DraftConflict(AlurError):
    """Another page has saved the draft since; nothing was written."""


class Suspended(AlurError):
    """The case is suspended: its clocks stand still until a supervisor resumes it."""


class NoHandler(AlurError):
    """A topic that no handler of this installation is registered for."""


class Unawaited(AlurError):
    """A message that no case waits for yet; it is to be tried again."""


class BusinessError(Exception):
    """What a handler raises when its service fails in a way that the diagram may catch.

    ``code`` is that of an error event; ``given`` are values that go along with it.
    """

    def __init__(self, code: str, given: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.given = dict(given or {})


class WorkerLost(AlurError):
    """A job that ended the process each time it was begun."""


class Undelivered(AlurError):
    """The mail server could not be reached or did not take a mail; it is to be tried again."""


class Unanswered(Undelivered):
    """The mail server was lost before it said whether it took a mail."""


class SignatureRefused(AlurError):
    """The provider of signatures does not sign: a wrong passphrase, or a certificate that ended."""


class Unsignable(AlurError):
    """A document that has no place for a signature, or is none that can take one."""


class SignerUnreachable(AlurError):
    """The provider of signatures does not answer, or answers what is no signature."""


class StaleCalendar(AlurError):
    """Somebody else changed the calendar between reading and writing; nothing was written."""


class StaleDirectory(AlurError):
    """The directory is no longer what was shown before a change; nothing was written."""


class NoWorkingTime(AlurError):
    """A calendar in which no work is done for more than a year."""


class DatabaseLost(AlurError):
    """The connection to the database was lost; what was being written is there whole, or not."""


class DatabaseInUse(AlurError):
    """Others work with the database, or restore it."""


class BackupRefused(AlurError):
    """A backup that cannot be written, read or put back; nothing was changed."""


class SealRefused(AlurError):
    """The last seal is of another key than this installation has."""
