"""The index kept in the site's PostgreSQL, for several web machines."""

from kb.index.postgres.index import PostgresIndex

__all__ = ["PostgresIndex"]
