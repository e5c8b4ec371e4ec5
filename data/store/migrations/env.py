"""Where alembic meets the store: the caller's connection, inside the caller's transaction."""

from __future__ import annotations

from alembic import context

from data.store.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
