"""The tables: columns, constraints and indexes; no workflow."""

from engine.models.access import Reset, SignIn, Throttle
from engine.models.base import Base, Instant
from engine.models.cases import Activation, Definition, Instance, Role, Submission, WorkItem
from engine.models.directory import (
    Calendar,
    DirectoryImport,
    Duty,
    Group,
    Membership,
    Person,
    Substitution,
    Unit,
)
from engine.models.documents import Attachment, Comment, Content, ContentPart, Document, Signature
from engine.models.evidence import HistoryEntry, JournalEntry, Processing, Retention, Seal
from engine.models.work import Incident, Job, Notice, Subscription

__all__ = [
    "Activation",
    "Attachment",
    "Base",
    "Calendar",
    "Comment",
    "Content",
    "ContentPart",
    "Definition",
    "DirectoryImport",
    "Document",
    "Duty",
    "Group",
    "HistoryEntry",
    "Incident",
    "Instance",
    "Instant",
    "Job",
    "JournalEntry",
    "Membership",
    "Notice",
    "Person",
    "Processing",
    "Reset",
    "Retention",
    "Role",
    "Seal",
    "SignIn",
    "Signature",
    "Submission",
    "Subscription",
    "Substitution",
    "Throttle",
    "Unit",
    "WorkItem",
]
