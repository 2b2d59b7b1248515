"""A PostgreSQL database, for a hub of several processes or machines: any of them takes any request."""

from sync.stores.postgresql.store import PostgreSQLStore

__all__ = ["PostgreSQLStore"]
