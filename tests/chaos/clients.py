"""The people of the office at their browsers: they start cases, take tasks and complete them.

Run as a program, this file is all of them, a thread each. Whoever gets no answer asks again with
the same token, most of the time; everything that was asked and answered is written down.
"""

from __future__ import annotations

import html
import json
import random
import re
import sys
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine import sample
from tests.chaos import procedures
from tests.chaos.browser import Browser, flashed, judged
from tests.chaos.record import ACCEPTED, UNKNOWN, Attempt, Record

TRIES, PAUSE = 3, 0.4  # of a request without an answer, and seconds before another
GIVEN_UP, TWICE, RELEASED, CLAIMED = 0.25, 0.06, 0.08, 0.5  # of such, of deeds, of tasks
LEFT = {"Membiarkan berkas": 0.6, "Meninjau berkas": 0.4}  # how often a task is left lying
BUSY, IDLE = (0.0, 0.1), (0.5, 2.5)  # seconds between two looks at the worklist
CROWD, AT_ONCE, NEAR = 24, 8, 10  # tasks of a group before none are added, done, and looked at
SHARES = {"jangka": 60, "penerima": 30, "skp_collection": 6}
NUMBERED = "Menomori surat"
BRIEF = "/profile/password"  # a short page, which says what was told
_TASK = re.compile(r'<li id="tugas-(\d+)">.*?<strong>([^<]*)</strong>(.*?)</li>', re.DOTALL)


@dataclass
class Deed:
    """Something a person wants done once: a completion, or a start; ``fields`` are its form."""

    act: str
    path: str
    fields: dict[str, str]
    item: int | None = None
    key: str | None = None
    must: bool = False  # is asked for until it is known
    number: str = ""  # of a letter that is to be sent once it is done


@dataclass
class Person:
    """Somebody who works; ``is_staff`` of the group that starts cases."""

    id: int
    nip: str
    is_staff: bool
    subjects: list[int]
    ports: list[int]
    record: Record
    seed: str
    forms: dict[str, dict[str, str]]
    signed_in: bool = False
    open: list[Deed] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.seed}-{self.nip}")
        self.browser = Browser(self.ports)

    def work(self, phase: Any) -> None:
        """Works until the phase is ``stop``."""
        while (now := phase()) != "stop":
            try:
                busy = self._round(now)
            except (OSError, HTTPException):
                busy = False
            time.sleep(self.chance.uniform(*(BUSY if busy else IDLE)))

    def _round(self, phase: str) -> bool:
        """Looks at what is to be done, and does some of it; whether there was anything."""
        if not self.signed_in and not self._sign_in():
            return False
        answer = self.browser.ask("GET", "/", self._port())
        if answer.status != 200:
            self.signed_in = self.signed_in and answer.status == 503
            return False
        waiting, self.open = self.open[:AT_ONCE], self.open[AT_ONCE:]
        for deed in waiting:
            self._do(deed)
        own, offered = [], []
        for number, name, rest in _TASK.findall(answer.page):
            (offered if "/claim" in rest else own).append((int(number), html.unescape(name)))
        if phase == "work" and self.is_staff and len(offered) + len(own) // 2 < CROWD:
            self._start(self.chance.choices(list(SHARES), list(SHARES.values()))[0])
        near = own[:NEAR] + offered[:NEAR]
        for item, name in self.chance.sample(near, min(AT_ONCE, len(near))):
            if not self.signed_in:
                break
            self._see_to(item, name, (item, name) in offered)
        return bool(near)

    def _see_to(self, item: int, name: str, is_offered: bool) -> None:
        if self.chance.random() < LEFT.get(name, 0):
            return
        if is_offered and self.chance.random() < CLAIMED:
            self._hold("claim", item)
        elif self.is_staff and not is_offered and self.chance.random() < RELEASED:
            self._hold("release", item)
        else:
            token = self._token()
            number = token if name == NUMBERED else ""
            given = self.forms.get(name) or {"catatan": token, "nomor": token}
            fields = given | {"token": token}
            deed = Deed(
                "complete", f"/tasks/{item}", fields, item, must=bool(number), number=number
            )
            self._do(deed)

    def _start(self, key: str, number: str = "") -> None:
        fields = {"token": f"surat-{number}" if number else self._token(), "nomor": number}
        path = f"/cases/new/{key}/{self.chance.choice(self.subjects)}"
        self._do(Deed("start", path, fields, key=key, must=bool(number)))

    def _do(self, deed: Deed) -> None:
        """Asks for it until an answer comes, or patience ends; then later, or never."""
        if self.chance.random() < TWICE:
            twin = threading.Thread(target=self._twin, args=(deed, self._port()))
            twin.start()
            outcome = self._try(deed)
            twin.join()
        else:
            outcome = self._try(deed)
        tries = 1
        while outcome == UNKNOWN and tries < TRIES:
            time.sleep(self.chance.uniform(0, PAUSE))
            outcome, tries = self._try(deed), tries + 1
        if outcome == ACCEPTED and deed.number:
            self._start("pengirim", deed.number)
        elif (outcome == UNKNOWN and (deed.must or self.chance.random() > GIVEN_UP)) or (
            outcome == "again"
        ):
            self.open.append(deed)

    def _try(self, deed: Deed) -> str:
        """One attempt; ``again`` where nothing is wrong but that one is signed out, or was late."""
        told = self._sent(self.browser, deed, self._port())
        if told.reason in ("signed-out", "expired"):
            self.signed_in = False
            return "again"
        return "again" if deed.must and told.reason == "stale" else told.outcome

    def _twin(self, deed: Deed, port: int) -> None:
        """The same request once more at the same time, as a double click sends it."""
        other = Browser(self.ports)
        other.cookies, other.csrf = dict(self.browser.cookies), self.browser.csrf
        self._sent(other, deed, port)

    def _sent(self, browser: Browser, deed: Deed, port: int) -> Attempt:
        begun = time.monotonic()
        outcome, reason, case, status = UNKNOWN, "no answer", None, None
        try:
            answer = browser.ask("POST", deed.path, port, deed.fields)
            outcome, reason = judged(answer)
            status = answer.status
            if deed.act == "start" and outcome == ACCEPTED:
                case = int(answer.location.rstrip("/").rpartition("/")[2])
        except (OSError, HTTPException):
            pass
        attempt = Attempt(
            deed.act, self.id, begun, time.monotonic(), outcome, deed.item, deed.key,
            deed.fields["token"], case, status, reason, port,
        )  # fmt: skip
        self.record.write(attempt)
        return attempt

    def _hold(self, act: str, item: int) -> None:
        """Claims a task, or releases it: where that leads says whether it was done."""
        begun, port = time.monotonic(), self._port()
        outcome, reason, status, ended = UNKNOWN, "no answer", None, None
        try:
            answer = self.browser.ask("POST", f"/tasks/{item}/{act}", port, {})
            status, ended = answer.status, time.monotonic()
            outcome, reason = judged(answer)
            if outcome == ACCEPTED and answer.location == "/":
                told = self.browser.ask("GET", BRIEF, self._port())
                outcome, reason = flashed(told, act)
        except (OSError, HTTPException):
            outcome, reason = UNKNOWN, "no answer"
            self.signed_in = self.signed_in and ended is None  # what was said is read first
        self.record.write(
            Attempt(act, self.id, begun, ended or time.monotonic(), outcome, item,
                    status=status, reason=reason, port=port)
        )  # fmt: skip
        if reason in ("signed-out", "expired"):
            self.signed_in = False

    def _sign_in(self) -> bool:
        port = self._port()
        self.browser.cookies.clear()
        self.browser.ask("GET", "/sign-in", port)
        given = {"nip": self.nip, "password": sample.PASSWORD}
        answer = self.browser.ask("POST", "/sign-in", port, given)
        self.signed_in = answer.status in (302, 303)
        return self.signed_in

    def _port(self) -> int:
        return self.chance.choice(self.ports)

    def _token(self) -> str:
        self.count += 1
        return f"{self.id}-{self.count}"


def main(place: str, seed: str) -> None:
    """All people of ``people.json`` in a folder work until its ``phase`` says ``stop``."""
    here = Path(place)
    told = json.loads((here / "people.json").read_text())
    forms = procedures.answers(procedures.diagrams()["skp_collection"])
    record = Record(here / f"record-{seed}.jsonl")
    people = [
        Person(one["id"], one["nip"], one["staff"], told["subjects"], told["ports"], record, seed,
               forms)
        for one in told["people"]
    ]  # fmt: skip
    phase = (here / "phase").read_text
    threads = [threading.Thread(target=one.work, args=(phase,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    record.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
