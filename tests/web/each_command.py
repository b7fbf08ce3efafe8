"""``alur`` with each list of arguments, in a process of its own that has imported it already.

Reads a JSON list of them, and writes what each left with, wrote, and complained of.
"""

import json
import os
import sys
import tempfile
import traceback

from web import cli, serving_commands

assert serving_commands  # the one that takes longest to import


def run(arguments: list[str]) -> tuple[int, str, str]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as complaints:
        child = os.fork()
        if not child:
            os.dup2(out.fileno(), 1)
            os.dup2(complaints.fileno(), 2)
            os._exit(left_with(arguments))
        _, status = os.waitpid(child, 0)
        for file in (out, complaints):
            file.seek(0)
        return os.waitstatus_to_exitcode(status), out.read().decode(), complaints.read().decode()


def left_with(arguments: list[str]) -> int:
    """What the console script would give to the system."""
    sys.argv = ["alur", *arguments]
    code: object = 0
    try:
        cli.main()
    except SystemExit as left:
        code = left.code
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else int(code is not None)


json.dump([run(arguments) for arguments in json.load(sys.stdin)], sys.stdout)
