"""Searching: the log of searches, saved searches, solves"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_search",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_saved_search_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("person_id", "address", name=op.f("uq_saved_search_person_id")),
    )
    op.create_table(
        "search",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("took_ms", sa.Float(), nullable=False),
        sa.Column("degraded", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("searched_at", sa.DateTime(), nullable=False),
        sa.Column("opened_id", sa.String(length=32), nullable=True),
        sa.Column("opened_ms", sa.Integer(), nullable=True),
        sa.Column("solved_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["opened_id"], ["screencast.id"], name=op.f("fk_search_opened_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_search_person_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["solved_id"], ["screencast.id"], name=op.f("fk_search_solved_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search")),
    )
    with op.batch_alter_table("search", schema=None) as batch_op:
        batch_op.create_index("ix_search_opened", ["person_id", "opened_id", "searched_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_search_opened_id"), ["opened_id"], unique=False)
        batch_op.create_index("ix_search_searched_at", ["searched_at"], unique=False)
        batch_op.create_index("ix_search_solved", ["key", "solved_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_search_solved_id"), ["solved_id"], unique=False)

    op.create_table(
        "solve",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("screencast_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("at_ms", sa.Integer(), nullable=True),
        sa.Column("minutes_saved", sa.Integer(), nullable=True),
        sa.Column("instead_of", sa.String(length=20), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("solved_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_solve_person_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["screencast_id"], ["screencast.id"], name=op.f("fk_solve_screencast_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solve")),
        sa.UniqueConstraint("screencast_id", "person_id", name=op.f("uq_solve_screencast_id")),
    )
    with op.batch_alter_table("solve", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_solve_person_id"), ["person_id"], unique=False)

    op.create_table(
        "unhelped",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("screencast_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_unhelped_person_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["screencast_id"], ["screencast.id"], name=op.f("fk_unhelped_screencast_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unhelped")),
        sa.UniqueConstraint("screencast_id", "person_id", name=op.f("uq_unhelped_screencast_id")),
    )
    with op.batch_alter_table("unhelped", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unhelped_person_id"), ["person_id"], unique=False)

    op.create_table(
        "upkeep",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("last_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_upkeep")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("widens", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index(
            "ix_outbox_widens",
            ["screencast_id"],
            unique=False,
            sqlite_where=sa.text("widens"),
            postgresql_where=sa.text("widens"),
        )

    with op.batch_alter_table("screencast", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unhelped_count", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("screencast", schema=None) as batch_op:
        batch_op.drop_column("unhelped_count")

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_widens", sqlite_where=sa.text("widens"), postgresql_where=sa.text("widens"))
        batch_op.drop_column("widens")

    op.drop_table("upkeep")
    with op.batch_alter_table("unhelped", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unhelped_person_id"))

    op.drop_table("unhelped")
    with op.batch_alter_table("solve", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_solve_person_id"))

    op.drop_table("solve")
    with op.batch_alter_table("search", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_solved_id"))
        batch_op.drop_index("ix_search_solved")
        batch_op.drop_index("ix_search_searched_at")
        batch_op.drop_index(batch_op.f("ix_search_opened_id"))
        batch_op.drop_index("ix_search_opened")

    op.drop_table("search")
    op.drop_table("saved_search")
