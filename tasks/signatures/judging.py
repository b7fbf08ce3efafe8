"""Judging a stranger's PDF in a process of its own, which may use little and knows no secret.

A file made to exhaust its reader ends that process, and is called unreadable.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from bpmn.messages import message
from engine.errors import InvalidInput
from engine.signature_settings import TEST
from tasks.signatures import certificates

if TYPE_CHECKING:
    from engine.settings import Settings
    from tasks.signatures.verification import Verdict

MOST_BYTES = 20_000_000
SECONDS = 10  # of computing
MEMORY = 1024**3  # bytes of address space
_PATIENCE = 60  # seconds, on a busy machine
_AT_ONCE = threading.BoundedSemaphore(2)
_HEAD = 1024  # bytes in which a PDF says that it is one


def judge_apart(settings: Settings, pdf: bytes) -> Verdict:
    """Judges a PDF by what this installation trusts; raises `InvalidInput` for what is none."""
    if len(pdf) > MOST_BYTES:
        raise InvalidInput(message("Berkas ini terlalu besar untuk diperiksa."))
    if b"%PDF-" not in pdf[:_HEAD]:
        raise InvalidInput(message("Berkas ini bukan PDF."))
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise InvalidInput(message("Terlalu banyak berkas sedang diperiksa. Coba lagi nanti."))
    try:
        return _apart(pdf, settings.signatures.roots, _test_root(settings))
    finally:
        _AT_ONCE.release()


def _test_root(settings: Settings) -> bytes:
    """Where certificates for a try are in use, their authority is known."""
    if settings.signatures.mode != TEST:
        return b""
    return certificates.own(settings).public_pem


def _apart(pdf: bytes, roots: bytes, test_root: bytes) -> Verdict:
    from tasks.signatures.verification import Verdict

    trusted = json.dumps([roots.decode("ascii", "replace"), test_root.decode("ascii")]).encode()
    given = len(trusted).to_bytes(4, "big") + trusted + pdf
    asked = [sys.executable, "-I", "-m", __name__]
    try:
        done = subprocess.run(
            asked, input=given, env={}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=_PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Verdict([], problem="unreadable")
    if done.returncode != 0:
        return Verdict([], problem="unreadable")
    return Verdict.of(json.loads(done.stdout))


def _main() -> None:
    from tasks.signatures.verification import judge

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    given = sys.stdin.buffer.read()
    length = int.from_bytes(given[:4], "big")
    roots, test_root = json.loads(given[4 : 4 + length])
    verdict = judge(given[4 + length :], roots.encode(), test_root.encode())
    sys.stdout.write(json.dumps(verdict.as_dict()))


if __name__ == "__main__":
    _main()
