"""Mail addresses, as they are given by people and administrators."""

from __future__ import annotations

import re

from bpmn.messages import message
from engine.errors import InvalidInput

MAX_ADDRESS = 254  # characters (RFC 5321)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"[\w.!#$%&'*+/=?^`{{|}}~-]{{1,64}}@(?:{_LABEL}\.)+{_LABEL}", re.ASCII)


def mail_address(text: str) -> str:
    """A plain address, ``name@office.go.id``; raises `InvalidInput`."""
    address = text.strip()
    if len(address) > MAX_ADDRESS or not _ADDRESS.fullmatch(address):
        raise InvalidInput(message("Tulis alamat surel sebagai nama@kantor.go.id."))
    return address
