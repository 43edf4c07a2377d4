"""All rows of one database into another, empty one: from SQLite to a PostgreSQL server, or back."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, Connection, Table, create_engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from kb import db
from kb.errors import Conflict, Invalid

AT_ONCE = 1_000
# Rows that the migrations make, and that the copied ones take the place of.
MADE_BY_MIGRATIONS = ("site", "access_version")


def copy(source_url: str, target_url: str, on_table: Callable[[str], object] = lambda name: None) -> int:
    """Return how many rows there were. All or nothing; nobody may write to the source meanwhile.

    on_table: told the name of each table when it is done. Raises Invalid if the target does not answer, Conflict if it
    holds rows.
    """
    source, target = create_engine(source_url), create_engine(target_url)
    try:
        _make_tables(target_url)
        with source.connect() as reading, target.begin() as writing:
            _refuse_rows(writing)
            count = 0
            for table in db.Base.metadata.sorted_tables:
                count += _copy_table(table, reading, writing)
                on_table(table.name)
            return count
    finally:
        source.dispose()
        target.dispose()


def _make_tables(url: str) -> None:
    try:
        db.migrate(url)
    except SQLAlchemyError as error:
        raise Invalid(f"The other database does not answer ({type(error).__name__}). Check its address.") from error


def _refuse_rows(target: Connection) -> None:
    for table in db.Base.metadata.sorted_tables:
        if table.name in MADE_BY_MIGRATIONS:
            target.execute(table.delete())
        elif target.execute(select(func.count()).select_from(table)).scalar():
            raise Conflict("There is something in the other database already. Nothing was copied: take an empty one.")


def _copy_table(table: Table, source: Connection, target: Connection) -> int:
    """A row may point to one of its own table that comes later, so that is written when all are there."""
    own = [column for column in table.c if any(key.column.table is table for key in column.foreign_keys)]
    count = 0
    for rows in _batches(table, source):
        target.execute(table.insert(), [row | {column.name: None for column in own} for row in rows])
        count += len(rows)
    for rows in _batches(table, source) if own else ():
        for row in rows:
            target.execute(table.update().where(*_is(table, row)).values({each.name: row[each.name] for each in own}))
    _go_on_counting(table, target)
    return count


def _batches(table: Table, source: Connection) -> Iterator[list[dict[str, Any]]]:
    found = source.execution_options(yield_per=AT_ONCE).execute(table.select().order_by(*table.primary_key))
    return ([dict(row) for row in rows] for rows in found.mappings().partitions())


def _is(table: Table, row: dict[str, Any]) -> list[Any]:
    return [column == row[column.name] for column in table.primary_key]


def _go_on_counting(table: Table, target: Connection) -> None:
    """PostgreSQL counts apart from the rows; without this the next one would get a number that is taken."""
    counted: Column[Any] | None = table.autoincrement_column
    if target.dialect.name == "postgresql" and counted is not None:
        place = "pg_get_serial_sequence(:table, :column)"
        last = target.execute(select(func.max(counted))).scalar()
        if (
            last
            and target.execute(text(f"SELECT {place}"), names := {"table": table.name, "column": counted.name}).scalar()
        ):
            target.execute(text(f"SELECT setval({place}, :last)"), names | {"last": last})
