"""How Alembic reaches the database; called by kb.db.migrate."""

from typing import Literal

from alembic import context
from sqlalchemy import create_engine, text

import kb.accounts.models
import kb.audit
import kb.categories.models
import kb.curation.models
import kb.outbox
import kb.screencasts.models
import kb.search.models
import kb.solves.models
import kb.transcripts.models  # noqa: F401
from kb.db import Base, UtcDateTime


def _plain_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """A migration must not change when our own types do."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


engine = create_engine(context.config.attributes["url"])

with engine.connect() as connection:
    if engine.dialect.name == "postgresql":
        # Several machines may start at once; the lock goes with the connection.
        connection.execute(text("SELECT pg_advisory_lock(7239104)"))
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=engine.dialect.name == "sqlite",
        compare_type=True,
        render_item=_plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
