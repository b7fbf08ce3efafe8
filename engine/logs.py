"""What the servers say on stderr: a line for each request and job, and nothing of anybody.

A line carries ids (of requests, cases, jobs), never values: messages of exceptions are left out,
since those that are not ours may quote what people typed.
"""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.settings import LogStyle

_about: ContextVar[dict[str, Any] | None] = ContextVar("about", default=None)


@contextmanager
def about(**fields: Any) -> Iterator[None]:
    """What every line of the block is about (``request``, ``instance``, ``job`` …)."""
    outside = _about.set((_about.get() or {}) | fields)
    try:
        yield
    finally:
        _about.reset(outside)


def learn(**fields: Any) -> None:
    """Adds to what the rest of the block is about; outside of one there is nothing to add to."""
    known = _about.get()
    if known is not None:
        known.update(fields)


def facts(**fields: Any) -> dict[str, Any]:
    """The ``extra`` of one line."""
    return {"facts": fields}


@contextmanager
def written(style: LogStyle) -> Iterator[None]:
    """During the block all logs go to stderr, as ``text`` or as ``json`` lines."""
    handler = _Stderr()
    handler.addFilter(_add_facts)
    handler.setFormatter(_Json() if style == "json" else _Text())
    root, ours = logging.getLogger(), logging.getLogger("alur")
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    try:
        yield
    finally:
        ours.setLevel(before)
        root.removeHandler(handler)


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what is stderr at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # as logging's own handler of last resort
        return sys.stderr


def _add_facts(record: logging.LogRecord) -> bool:
    known = (_about.get() or {}) | getattr(record, "facts", {})
    record.facts = {name: value for name, value in known.items() if value is not None}
    return True


class _Formatter(logging.Formatter):
    def lines(self, record: logging.LogRecord) -> dict[str, Any]:
        at = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": at.isoformat(timespec="milliseconds"), "level": record.levelname,
            "logger": record.name, "message": record.getMessage(),
        }  # fmt: skip
        return line | getattr(record, "facts", {})


class _Json(_Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = self.lines(record)
        if record.exc_info and record.exc_info[1]:
            line["trace"] = trace(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


class _Text(_Formatter):
    """Time, level, logger, message and ``name=value``; the places of an error below."""

    def format(self, record: logging.LogRecord) -> str:
        line = self.lines(record)
        head = " ".join(str(line.pop(name)) for name in ("time", "level", "logger", "message"))
        told = " ".join((head, *(f"{name}={value}" for name, value in line.items())))
        below = trace(record.exc_info[1]) if record.exc_info and record.exc_info[1] else []
        return "\n  ".join((told, *below))


def trace(error: BaseException) -> list[str]:
    """Where an error and what led to it came up, the first cause last; none of what they say."""
    places = []
    one: BaseException | None = error
    while one is not None:
        places.append(type(one).__name__)
        at = one.__traceback__
        while at is not None:
            code = at.tb_frame.f_code
            places.append(f"{code.co_filename}:{at.tb_lineno} {code.co_name}")
            at = at.tb_next
        one = one.__cause__ or one.__context__
    return places
