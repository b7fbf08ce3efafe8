"""Alembic's entry: runs the migrations on the connection that `Database.migrate` hands over."""

from __future__ import annotations

from alembic import context

from engine import installation
from engine.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
# The transaction is that of `Database.altering`, which commits it.
context.run_migrations()
installation.settle(connection, context.script, context.get_context().get_current_revision())
