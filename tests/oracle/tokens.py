"""What moves in the token game: tokens in scopes, their works and what they wait for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plans import Flow, Node, Plan

# Values with the moment of their writing.
Data = dict[str, tuple[int, object]]


@dataclass(eq=False)
class Scope:
    """One instance of the process, or of a subprocess."""

    plan: Plan
    host: Work | None
    data: Data  # with what the ended tokens brought
    tokens: list[Token] = field(default_factory=list)
    taken_over: bool = False  # by an interrupting event subprocess


@dataclass(eq=False)
class Token:
    """On a flow or in a node; in an activity it does one or several works."""

    scope: Scope
    data: Data
    node: Node
    flow: Flow | None = None
    gone: bool = False
    works: list[Work] = field(default_factory=list)
    items: list[object] = field(default_factory=list)
    done: int = 0
    outputs: dict[int, object] = field(default_factory=dict)


@dataclass(eq=False)
class Work:
    """One doing of an activity: the only one, a round of a loop or one of many instances."""

    token: Token
    number: int
    data: Data
    scope: Scope | None = None

    @property
    def gone(self) -> bool:
        return self.token.gone or self not in self.token.works


@dataclass(eq=False)
class Wait:
    """For a person or an event: of a work, of a token's event, or (no token) of a scope."""

    node: Node
    scope: Scope
    token: Token | None = None
    work: Work | None = None


def merged(*several: Data) -> Data:
    """For each name the value written last."""
    found: Data = {}
    for data in several:
        for name, said in data.items():
            found[name] = max(found.get(name, said), said, key=lambda written: written[0])
    return found


def values(data: Data) -> dict[str, Any]:
    return {name: said for name, (_, said) in data.items()}
