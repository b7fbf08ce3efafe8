"""The values of file fields among the answers of a step: they name files that are really there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bpmn.messages import message
from engine.errors import NoLongerOpen
from engine.models import Attachment, Content

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session


def among(given: Any) -> Iterator[dict[str, Any]]:
    """Every file value in what was given, in tables too."""
    if isinstance(given, dict):
        if "file" in given and "digest" in given:
            yield given
            return
        given = list(given.values())
    if isinstance(given, list):
        for value in given:
            yield from among(value)


def require(session: Session, instance_id: int, given: dict[str, Any]) -> None:
    """Raises `NoLongerOpen` where a file was replaced or taken out since the form was read.

    What is there stays there until the end of the transaction.
    """
    wanted = {value["file"]: value["digest"] for value in among(given)}
    if not wanted:
        return
    named = Attachment.instance_id == instance_id, Attachment.id.in_(wanted)
    query = select(Attachment.id, Content.digest).join(Content).where(*named)
    kept = session.execute(query.with_for_update(of=Attachment, read=True))
    if {row.id: row.digest for row in kept} != wanted:
        raise NoLongerOpen(message("Berkas isian ini baru saja diganti. Periksa lagi."))
