"""The commands of the directory of people."""

from __future__ import annotations

import click


@click.group()
def people() -> None:
    """Direktori pegawai."""
