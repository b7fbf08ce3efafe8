"""STOPGAP (the helper "channels" overwrites this file)."""

from engine.models import Notice


def tell(session, item, kind, token, people, at):
    for person in people:
        session.add(
            Notice(
                person_id=person,
                instance_id=item.instance_id,
                work_item_id=item.id,
                kind=kind,
                token=token,
                at=at,
            )
        )
