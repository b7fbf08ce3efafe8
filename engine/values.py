"""The values of a case as bytes and back, with their types: date, datetime and Decimal stay so."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from bpmn.messages import message
from engine.errors import StateDamaged, StepFailed

DEFLATED = b"x"  # how zlib begins, and no JSON
_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_SORT_KEYS
_READ: dict[str, Any] = {
    "$date": date.fromisoformat,
    "$datetime": datetime.fromisoformat,
    "$decimal": Decimal,
}


def dumps(value: Any) -> bytes:
    """JSON with tagged values, keys sorted: equal values give equal bytes."""
    try:
        packed = orjson.dumps(value, default=_tagged, option=_OPTIONS)
    except orjson.JSONEncodeError as error:
        raise StepFailed(message("Nilai tidak dapat disimpan: {reason}", reason=error)) from error
    if b'"$' in packed:
        _refuse_tags(value)
    return packed


def loads(packed: bytes) -> Any:
    """The value that `dumps` wrote; raises `StateDamaged` when it did not write these bytes."""
    try:
        value = orjson.loads(packed)
        return _untagged(value) if b'"$' in packed else value
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as error:
        raise StateDamaged(message("Data tersimpan rusak: {reason}", reason=error)) from error


def _tagged(value: Any) -> dict[str, str]:
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    raise TypeError(type(value).__name__)


def _untagged(value: Any) -> Any:
    if isinstance(value, list):
        return [_untagged(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and (tag := next(iter(value))).startswith("$"):
        return _READ[tag](value[tag])
    return {name: _untagged(item) for name, item in value.items()}


def _refuse_tags(value: Any) -> None:
    """A dict of the case that looks like a tag would come back as something else."""
    if isinstance(value, dict):
        if any(name.startswith("$") for name in value):
            raise StepFailed(message("Nama yang diawali $ tidak dapat disimpan."))
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            _refuse_tags(item)
