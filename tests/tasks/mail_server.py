"""A real SMTP server in a process of its own: ``python mail_server.py PORT FOLDER [CERT [USER]]``.

Each mail it takes is a file in the folder. What stands in the file ``behaviour`` there says how it
answers the end of the next mails: ``take``, ``drop`` or ``hang`` (taken, and no answer), or a line
such as ``451 later``; ``rcpt 550 unknown`` refuses the recipient instead.
"""

import asyncio
import signal
import ssl
import sys
from itertools import count
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

PORT, FOLDER, CERTIFICATE, SECURITY = (*sys.argv[1:], "", "")[:4]
PASSWORD = b"r@hasia:/ 1"
numbers = count(1)


def behaviour() -> str:
    return (Path(FOLDER) / "behaviour").read_text().strip()


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if behaviour().startswith("rcpt "):
            return behaviour().removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        todo = behaviour()
        if todo[0].isdigit():
            return todo
        encrypted = server.transport.get_extra_info("sslcontext") is not None
        kept = Path(FOLDER) / f"{next(numbers)}.part"
        kept.write_bytes(envelope.original_content)
        (Path(FOLDER) / "envelopes").open("a").write(
            f"{envelope.mail_from} {' '.join(envelope.rcpt_tos)} {encrypted}\n"
        )
        kept.rename(kept.with_suffix(".eml"))
        if todo == "drop":
            server.transport.abort()
        if todo == "hang":
            await asyncio.sleep(3600)
        return "250 OK"


def who(server, session, envelope, mechanism, data):
    right = (data.login, data.password) == (b"alur", PASSWORD)
    return AuthResult(success=right, handled=False)


def main() -> None:
    options = {}
    if SECURITY == "auth":
        options = {"authenticator": who, "auth_required": True, "auth_require_tls": False}
    if CERTIFICATE and SECURITY != "auth":
        trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        trust.load_cert_chain(CERTIFICATE)
        options = {"ssl_context": trust} if SECURITY == "tls" else {"tls_context": trust}
    controller = Controller(Handler(), hostname="127.0.0.1", port=int(PORT), **options)
    controller.start()
    (Path(FOLDER) / "ready").touch()
    signal.sigwait({signal.SIGTERM})
    controller.stop()


main()
