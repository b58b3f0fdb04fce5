"""Migrations of the database, run by Alembic when the store is opened."""
