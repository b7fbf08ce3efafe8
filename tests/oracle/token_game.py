"""BPMN 2.0 executed as a game of tokens, straight from the specification (formal/2011-01-03).

Chapter numbers are the specification's. Where it leaves a choice open, the game decides:

- Inclusive joins are tried when nothing else moves by itself, so they wait for all they may.
- A path goes through a boundary event as drawn, whether or not the event can still happen.
- A node completes as its token passes; an event-based gateway as soon as it begins to wait.
- What happens to an activity or a scope (boundary events, event subprocesses, terminate ends) goes
  on with all that was written inside so far.
"""

from __future__ import annotations

from collections import Counter, deque
from itertools import count
from typing import TYPE_CHECKING

import plans
from choices import (
    Stuck,
    activated,
    counters,
    first_tokens,
    items,
    local_values,
    reachable_catchers,
    value,
    ways,
)
from tokens import Data, Scope, Token, Wait, Work, merged, values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plans import Flow, Loop, Node, Plan

MAX_TOKENS = 200
MAX_STEPS = 2_000  # that follow by themselves from one thing done
AUTOMATIC = {"task", "scriptTask", "serviceTask", "sendTask"}
# Catchers of errors and escalations do not wait: they are looked for when one is thrown.
AWAITED = {"timer", "message", "signal"}


class TooLong(Exception):
    """More tokens or steps than a game may have."""


class Game:
    """One case of the only executable process of a file."""

    Stuck = Stuck
    TooLong = TooLong

    def __init__(self, source: bytes, data: dict[str, object]) -> None:
        self.completed: Counter[str] = Counter()
        self.ended = False
        self._moments = count()
        self._waits: list[Wait] = []
        self._scopes: list[Scope] = []
        self._due: deque[Token | Work] = deque()
        self._root = self._begin_scope(plans.read(source), self._written(data), None)
        self._run()

    @property
    def open(self) -> list[str]:
        return sorted(wait.node.id for wait in self._waits if wait.node.kind in plans.BY_HAND)

    @property
    def waiting(self) -> list[str]:
        return sorted(wait.node.id for wait in self._waits if wait.node.kind not in plans.BY_HAND)

    @property
    def data(self) -> dict[str, object]:
        return values(self._root.data)

    def data_of(self, element: str) -> dict[str, object]:
        """What the oldest open instance of a task sees."""
        wait = next(wait for wait in self._waits if wait.node.id == element)
        assert wait.work
        return values(wait.work.data)

    def complete(self, element: str, given: dict[str, object]) -> None:
        """The oldest open instance of a task is done, with these values."""
        assert element in self.open, element
        wait = next(wait for wait in self._waits if wait.node.id == element)
        assert wait.work
        wait.work.data = wait.work.data | self._written(given)
        self._finish(wait.work)
        self._run()

    def fire(self, element: str) -> None:
        """The oldest waiting event of this id happens."""
        assert element in self.waiting, element
        self._happen(next(wait for wait in self._waits if wait.node.id == element))
        self._run()

    # Moving

    def _run(self) -> None:
        for _ in range(MAX_STEPS):
            if sum(len(scope.tokens) for scope in self._scopes) > MAX_TOKENS:
                raise TooLong
            if self._due:
                self._advance(self._due.popleft())
            elif not self._join_inclusive():
                return
        raise TooLong

    def _advance(self, mover: Token | Work) -> None:
        if mover.gone:
            return
        if isinstance(mover, Work):
            self._write_script(mover)
            self._finish(mover)
        elif not mover.node.joins:
            mover.flow = None
            self._enter(mover)
        elif mover.node.kind == "parallelGateway":
            self._join_parallel(mover.scope, mover.node)

    def _enter(self, token: Token) -> None:
        kind = token.node.kind
        if kind in plans.ACTIVITIES:
            self._begin(token)
        elif kind in plans.THROWING:
            self._throw(token)
        elif kind == "intermediateCatchEvent":
            self._waits.append(Wait(token.node, token.scope, token))
        elif kind == "eventBasedGateway":
            self.completed[token.node.id] += 1
            for flow in token.node.outgoing:
                self._waits.append(Wait(flow.target, token.scope, token))
        else:
            self._pass(token)

    def _pass(self, token: Token) -> None:
        self.completed[token.node.id] += 1
        self._leave(token)

    def _leave(self, token: Token) -> None:
        """The token goes on along the flows its node chooses, or ends here."""
        flows = self._ways(token)
        for flow in flows:
            self._due.append(self._token(token.scope, token.data, flow.target, flow))
        if not flows:
            token.scope.data = merged(token.scope.data, token.data)
        self._remove(token)
        if not token.scope.tokens:
            self._end(token.scope)

    def _ways(self, token: Token) -> Iterable[Flow]:
        return ways(token.node, token.data)

    def _token(self, scope: Scope, data: Data, node: Node, flow: Flow | None = None) -> Token:
        token = Token(scope, data, node, flow)
        scope.tokens.append(token)
        return token

    def _remove(self, token: Token) -> None:
        """Takes a token away, with all that goes on inside."""
        token.gone = True
        token.scope.tokens.remove(token)
        self._waits = [wait for wait in self._waits if wait.token is not token]
        for work in token.works:
            if work.scope:
                self._clear(work.scope)

    # Joins (13.3.1, 13.3.3)

    def _join_parallel(self, scope: Scope, node: Node) -> bool:
        arrived = list(first_tokens(scope, node))
        return len(arrived) == len(node.incoming) and self._join(node, arrived)

    def _join_inclusive(self) -> bool:
        return any(
            node.joins
            and node.kind == "inclusiveGateway"
            and activated(scope, node)
            and self._join(node, list(first_tokens(scope, node)))
            for scope in list(self._scopes)
            for node in scope.plan.nodes.values()
        )

    def _join(self, node: Node, arrived: list[Token]) -> bool:
        data = merged(*(token.data for token in arrived))
        joined = self._token(arrived[0].scope, data, node)
        for token in arrived:
            self._remove(token)
        self._pass(joined)
        return True

    # Scopes (13.2.4, 13.4)

    def _begin_scope(self, plan: Plan, data: Data, host: Work | None) -> Scope:
        scope = Scope(plan, host, data)
        self._scopes.append(scope)
        for start in plan.listeners:
            if start.event in AWAITED:
                self._waits.append(Wait(start, scope))
        for node in plan.starts:
            self._due.append(self._token(scope, data, node))
        return scope

    def _end(self, scope: Scope) -> None:
        self._clear(scope)
        if scope.host is None:
            self.ended = True
        else:
            scope.host.data = scope.data
            self._finish(scope.host)

    def _clear(self, scope: Scope, but: Token | None = None) -> None:
        """Nothing is left in the scope, or only one token."""
        for token in list(scope.tokens):
            if token is not but:
                self._remove(token)
        self._waits = [wait for wait in self._waits if wait.token or wait.scope is not scope]
        if but is None:
            self._scopes.remove(scope)

    # Activities (13.2)

    def _begin(self, token: Token) -> None:
        node, loop = token.node, token.node.loop
        for event in node.boundary:
            if event.event in AWAITED:
                self._waits.append(Wait(event, token.scope, token))
        if loop is None:
            self._work(token, 0)
        elif loop.kind == "standard":
            self._next_round(token, loop)
        else:
            token.items = items(loop, token.data)
            for number in range(len(token.items))[: 1 if loop.kind == "sequential" else None]:
                self._work(token, number)
            if not token.items:
                self._leave_loop(token, loop)

    def _work(self, token: Token, number: int) -> None:
        node = token.node
        work = Work(token, number, token.data | self._written(local_values(token, number)))
        token.works.append(work)
        if node.inner:
            work.scope = self._begin_scope(node.inner, work.data, work)
        elif node.kind in AUTOMATIC:
            self._due.append(work)
        else:
            self._waits.append(Wait(node, token.scope, token, work))

    def _write_script(self, work: Work) -> None:
        for line in filter(str.strip, work.token.node.script.splitlines()):
            name, _, expression = line.partition("=")
            found = value(expression, values(work.data))
            work.data = work.data | self._written({name.strip(): found})

    def _finish(self, work: Work) -> None:
        token, loop = work.token, work.token.node.loop
        self.completed[token.node.id] += 1
        token.works.remove(work)
        self._waits = [wait for wait in self._waits if wait.work is not work]
        token.done += 1
        if loop is None:
            token.data = work.data
            self._leave(token)
            return
        outward = {name: said for name, said in work.data.items() if name not in loop.local}
        token.data = merged(token.data, outward)
        if loop.kind == "standard":
            self._next_round(token, loop)
        else:
            self._next_instance(work, loop)

    def _next_round(self, token: Token, loop: Loop) -> None:
        first = token.done == 0 and not loop.test_before
        allowed = loop.maximum is None or token.done < loop.maximum
        seen = values(token.data) | {"loopCounter": token.done}
        if allowed and (first or not loop.condition or value(loop.condition, seen)):
            self._work(token, token.done)
        else:
            self._leave(token)

    def _next_instance(self, work: Work, loop: Loop) -> None:
        token = work.token
        if loop.output:
            token.outputs[work.number] = values(work.data).get(loop.output)
        seen = values(merged(token.data, work.data)) | counters(token, work.number)
        if token.done == len(token.items) or (loop.condition and value(loop.condition, seen)):
            self._leave_loop(token, loop)
        elif loop.kind == "sequential":
            self._work(token, token.done)

    def _leave_loop(self, token: Token, loop: Loop) -> None:
        if loop.outputs:
            collected = [said for _, said in sorted(token.outputs.items())]
            token.data = token.data | self._written({loop.outputs: collected})
        self._leave(token)

    # Events (10.4, 13.4)

    def _throw(self, token: Token) -> None:
        node = token.node
        self.completed[node.id] += 1
        if node.event == "terminate":
            token.scope.data = merged(token.scope.data, self._known_in(token.scope), token.data)
            self._end(token.scope)
        elif node.event in {"error", "escalation"}:
            self._look_for_catcher(token)
        elif node.event == "signal":
            called = [wait for wait in self._waits if wait.node.event == "signal"]
            for wait in called:
                if wait in self._waits and wait.node.code == node.code:
                    self._happen(wait)
        if not token.gone:
            self._leave(token)

    def _look_for_catcher(self, token: Token) -> None:
        catchers = (
            wait
            for wait in reachable_catchers(token.scope)
            if wait.node.event == token.node.event and wait.node.code in {None, token.node.code}
        )
        if caught := next(catchers, None):
            self._happen(caught)
        elif token.node.event == "error":
            raise Stuck(token.node.id)

    def _happen(self, wait: Wait) -> None:
        if not wait.node.interrupting and wait.node.event == "timer":
            self._waits.remove(wait)
        if wait.token is None:
            self._handle(wait.scope, wait.node)
        elif wait.work:
            self._finish(wait.work)
        elif wait.node.kind == "boundaryEvent":
            self._leave_by(wait.node, wait.token)
        else:  # a catch event or receive task, perhaps chosen by an event-based gateway
            wait.token.node = wait.node
            self._pass(wait.token)

    def _leave_by(self, event: Node, host: Token) -> None:
        token = self._token(host.scope, self._known_at(host), event)
        if event.interrupting:
            self._remove(host)
        self._pass(token)

    def _handle(self, scope: Scope, start: Node) -> None:
        """An event subprocess begins."""
        assert start.handler
        token = self._token(scope, self._known_in(scope), start.handler)
        if start.interrupting:
            scope.taken_over = True
            self._clear(scope, but=token)
        self._begin(token)

    # Data

    def _written(self, given: dict[str, object]) -> Data:
        return {name: (next(self._moments), said) for name, said in given.items()}

    def _known_in(self, scope: Scope) -> Data:
        return merged(scope.data, *(self._known_at(token) for token in scope.tokens))

    def _known_at(self, token: Token) -> Data:
        local = token.node.loop.local if token.node.loop else set()
        inside = [work.data for work in token.works]
        inside += [self._known_in(work.scope) for work in token.works if work.scope]
        known = {name: said for name, said in merged(*inside).items() if name not in local}
        return merged(token.data, known)
