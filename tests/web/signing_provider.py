"""A provider of signatures as a process: ``python signing_provider.py FOLDER``.

It writes its port and the certificate of its authority into FOLDER. Each person has a key of their
own, which lasts as long as the process, and a passphrase. The file ``behaviour`` says how it
answers: ``sign``, or ``hang``, ``drop``, ``garbage``, ``html``, ``error``, ``ended`` (their
certificate has), ``unregistered``, ``another`` (signs as somebody else), ``otherwise`` (signs
another digest), ``stranger`` (signs by an authority that nobody trusts).
"""

import base64
import json
import secrets
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from tasks.signatures import certificates

FOLDER = Path(sys.argv[1])
PASSPHRASE, TOKEN = "frasa kwartirxa zirkonia", "rahasia-penyedia"
REFUSED = {"ended": "certificate", "unregistered": "unknown"}
LASTS = datetime.now(UTC) - timedelta(days=3650), datetime.now(UTC) + timedelta(days=3650)


@cache
def authority(called: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = certificates.name(called, "Penyedia Contoh")
    return key, certificates.issue(name, key.public_key(), name, key, LASTS, authority=True)


@cache
def person(nip: str, name: str, by: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """The key of a person and their certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    signed_by, issuer = authority(by)
    subject = certificates.name(name, "Dinas Contoh", nip)
    return key, certificates.issue(subject, key.public_key(), issuer.subject, signed_by, LASTS)


def behaviour() -> str:
    return (FOLDER / "behaviour").read_text().strip()


class Provider(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        (FOLDER / "asked").open("a").write(f"{asked['nip']} {asked['digest']}\n")
        todo = behaviour()
        right = secrets.compare_digest(asked["passphrase"].encode(), PASSPHRASE.encode())
        if todo == "hang":
            time.sleep(5)
        if todo in ("hang", "drop"):
            self.connection.close()
        elif self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.answer(401, {"error": "token"})
        elif todo == "html":
            self.answer(200, None)
        elif todo == "error":
            self.answer(500, {"error": asked["passphrase"]})
        elif todo in REFUSED or not right:
            self.answer(403, {"error": REFUSED.get(todo, "passphrase")})
        else:
            self.answer(200, {"cms": base64.b64encode(made(asked, todo)).decode()})

    def answer(self, status, said):
        body = b"<html>gateway" if said is None else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing: the tests look for the passphrase in what we write."""


def made(asked: dict, todo: str) -> bytes:
    if todo == "garbage":
        return b"\x30\x82not a signature"
    nip = "196001012090031001" if todo == "another" else asked["nip"]
    by = "Penyedia Asing" if todo == "stranger" else "Penyedia Contoh"
    digest = bytes(32) if todo == "otherwise" else bytes.fromhex(asked["digest"])
    key, certificate = person(nip, asked["name"], by)
    return certificates.detached(key, certificate, [authority(by)[1]], digest)


if __name__ == "__main__":
    root = authority("Penyedia Contoh")[1].public_bytes(Encoding.PEM)
    (FOLDER / "root.pem").write_bytes(root)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    (FOLDER / "port.part").write_text(str(server.server_port))
    (FOLDER / "port.part").rename(FOLDER / "port")
    server.serve_forever()
