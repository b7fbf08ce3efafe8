"""What the specification decides from where tokens are and what they know: nothing moves here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tokens import Data, Scope, Token, Wait, values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plans import Flow, Loop, Node


class Stuck(Exception):
    """A decision has no way, or nobody catches an error."""


def value(expression: str, names: dict[str, object]) -> Any:
    """Of an expression as in plain Python or in Camunda's spelling; the drawings are our own."""
    plain = expression.strip()
    plain = plain[2:-1] if plain.startswith("${") else plain
    constants = {"true": True, "false": False, "null": None, "len": len}
    return eval(plain.strip(), {"__builtins__": {}}, constants | names)  # noqa: S307


def ways(node: Node, data: Data) -> Iterable[Flow]:
    """The flows a token takes out of a node (8.3.13, 13.2.1, 13.3)."""
    if node.kind in {"parallelGateway", "eventBasedGateway"}:
        return node.outgoing
    others = [flow for flow in node.outgoing if not flow.default]
    conditional = [flow for flow in others if flow.condition]
    true = [flow for flow in conditional if value(flow.condition or "", values(data))]
    taken = [flow for flow in others if not flow.condition or flow in true]
    if node.kind == "exclusiveGateway":
        taken = taken[:1]
    if not (taken if node.kind.endswith("Gateway") else true):
        taken += [flow for flow in node.outgoing if flow.default]
    if node.outgoing and not taken:
        raise Stuck(node.id)
    return taken


def first_tokens(scope: Scope, node: Node) -> Iterator[Token]:
    """The oldest token on each incoming flow that has one."""
    for flow in node.incoming:
        yield from [token for token in scope.tokens if token.flow is flow][:1]


def activated(scope: Scope, gateway: Node) -> bool:
    """The condition of an inclusive join (13.3.3, table 13.3): from each token with a path to an
    empty incoming flow there is also a path to one that has a token, never through the gateway."""
    full = {token.flow for token in scope.tokens if token.flow in gateway.incoming}
    empty = set(gateway.incoming) - full
    reached = [reach(token, gateway) for token in scope.tokens]
    return bool(full) and all(not found & empty or found & full for found in reached)


def reach(token: Token, gateway: Node) -> set[Flow | None]:
    """The gateway's incoming flows that paths from the token end with."""
    found: set[Flow | None] = set()
    ahead = [token.flow] if token.flow else token.node.onward
    while ahead:
        flow = ahead.pop()
        if flow not in found:
            found.add(flow)
            ahead = ahead + (flow.target.onward if flow.target is not gateway else [])
    return found & set(gateway.incoming)


def reachable_catchers(scope: Scope) -> Iterator[Wait]:
    """Whoever may catch what is thrown in a scope, from the innermost outwards."""
    inside: Node | None = None
    while True:
        if not scope.taken_over:
            for start in exact_first(scope.plan.listeners):
                # An event subprocess does not catch its own.
                if start.handler is not inside:
                    yield Wait(start, scope)
        if scope.host is None:
            return
        host = scope.host.token
        for event in exact_first(host.node.boundary):
            yield Wait(event, host.scope, host)
        scope, inside = host.scope, host.node


def exact_first(catchers: list[Node]) -> list[Node]:
    """Who names a code goes before who catches all."""
    return sorted(catchers, key=lambda catcher: catcher.code is None)


def items(loop: Loop, data: Data) -> list[object]:
    if loop.cardinality:
        return [None] * int(value(loop.cardinality, values(data)))
    return list(values(data)[loop.collection or ""])


def counters(token: Token, number: int) -> dict[str, object]:
    return {
        "loopCounter": number,
        "nrOfInstances": len(token.items),
        "nrOfActiveInstances": len(token.works),
        "nrOfCompletedInstances": token.done,
    }


def local_values(token: Token, number: int) -> dict[str, object]:
    """What one doing of an activity knows and nobody else."""
    loop = token.node.loop
    if loop is None:
        return {}
    if loop.kind == "standard":
        return {"loopCounter": number}
    item = {loop.item: token.items[number]} if loop.item else {}
    together = len(token.items) if loop.kind == "parallel" else 1
    return counters(token, number) | {"nrOfActiveInstances": together} | item
