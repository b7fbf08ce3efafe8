"""``python moved_alur.py FILE demo``: `alur`, whose clock stands at the instant in a file."""

import sys
from datetime import datetime
from pathlib import Path

from engine import clock
from web import cli

INSTANT = Path(sys.argv.pop(1))

clock.now = lambda: datetime.fromisoformat(INSTANT.read_text())
cli.main()
