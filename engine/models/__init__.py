"""The tables: columns, constraints and indexes; no workflow."""

from engine.models.access import Reset, SignIn, Throttle
from engine.models.base import Base, Instant
from engine.models.cases import (
    GOING_ON,
    Activation,
    Definition,
    Instance,
    Role,
    Submission,
    WorkItem,
)
from engine.models.desk import (
    CaseTally,
    Correction,
    DayTally,
    MassAct,
    MassActCase,
    PersonTally,
    SavedView,
    StepTally,
)
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
from engine.models.workshop import Move, MovedCase, Process, Publication, Sketch, Trial

__all__ = [
    "GOING_ON",
    "Activation",
    "Attachment",
    "Base",
    "Calendar",
    "CaseTally",
    "Comment",
    "Content",
    "ContentPart",
    "Correction",
    "DayTally",
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
    "MassAct",
    "MassActCase",
    "Membership",
    "Move",
    "MovedCase",
    "Notice",
    "Person",
    "PersonTally",
    "Process",
    "Processing",
    "Publication",
    "Reset",
    "Retention",
    "Role",
    "SavedView",
    "Seal",
    "SignIn",
    "Signature",
    "Sketch",
    "StepTally",
    "Submission",
    "Subscription",
    "Substitution",
    "Throttle",
    "Trial",
    "Unit",
    "WorkItem",
]
