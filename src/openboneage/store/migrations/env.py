"""Alembic runs this file: it migrates the connection that `database.open_database` passes, in its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
