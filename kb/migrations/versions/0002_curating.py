"""Curating: what categories and tags can say, many changes at once, words on the screen, the site's own row"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("signup", sa.String(length=200), nullable=True),
        sa.Column("welcomed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_table(
        "bulk_change",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_bulk_change_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_change")),
    )
    with op.batch_alter_table("bulk_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulk_change_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_bulk_change_person_id"), ["person_id"], unique=False)

    op.create_table(
        "category_alias",
        sa.Column("alias", sa.String(length=80), nullable=False),
        sa.Column("category_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_category_alias_category_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alias", name=op.f("pk_category_alias")),
    )
    with op.batch_alter_table("category_alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_category_alias_category_id"), ["category_id"], unique=False)

    op.create_table(
        "category_curator",
        sa.Column("category_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_category_curator_category_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_category_curator_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("category_id", "person_id", name=op.f("pk_category_curator")),
    )
    with op.batch_alter_table("category_curator", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_category_curator_person_id"), ["person_id"], unique=False)

    op.create_table(
        "synonym",
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("tag_name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["tag_name"], ["tag.name"], name=op.f("fk_synonym_tag_name"), onupdate="CASCADE", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_synonym")),
    )
    with op.batch_alter_table("synonym", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_synonym_tag_name"), ["tag_name"], unique=False)

    op.create_table(
        "screen_line",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("screencast_id", sa.String(length=32), nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["screencast_id"], ["screencast.id"], name=op.f("fk_screen_line_screencast_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screen_line")),
    )
    with op.batch_alter_table("screen_line", schema=None) as batch_op:
        batch_op.create_index("ix_screen_line_screencast_start", ["screencast_id", "start_ms"], unique=False)

    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.add_column(sa.Column("description", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("icon", sa.String(length=40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("default_visibility", sa.String(length=16), nullable=True))

    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("person_id", sa.String(length=32), nullable=True))
        batch_op.create_index(batch_op.f("ix_invitation_person_id"), ["person_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_invitation_person_id"), "person", ["person_id"], ["id"], ondelete="CASCADE"
        )

    with op.batch_alter_table("screencast", schema=None) as batch_op:
        batch_op.create_index("ix_screencast_solved", ["solved_count", "created_at", "id"], unique=False)
        batch_op.create_index("ix_screencast_team_newest", ["team_id", "created_at", "id"], unique=False)
        key = sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql")
        batch_op.add_column(sa.Column("title_key", key, server_default="", nullable=False))
        batch_op.create_index("ix_screencast_title", ["title_key", "id"], unique=False)
        batch_op.drop_index("ix_screencast_category_newest")
        columns = ["category_id", "created_at", "id"]
        columns += ["visibility", "team_id", "author_id", "published_at", "trashed_at"]
        batch_op.create_index("ix_screencast_category_newest", columns, unique=False)
        batch_op.drop_index(batch_op.f("ix_screencast_trashed_at"))
        in_trash = sa.text("trashed_at IS NOT NULL")
        batch_op.create_index(
            "ix_screencast_trashed_at",
            ["trashed_at"],
            unique=False,
            sqlite_where=in_trash,
            postgresql_where=in_trash,
        )
    _fill_title_keys()

    with op.batch_alter_table("tag", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retired_at", sa.DateTime(), nullable=True))

    # Rows that there is one of are there from the start: two that made the first at once would meet.
    op.execute("INSERT INTO site (id, name) VALUES (1, 'Showhow')")
    op.execute("INSERT INTO access_version (id, number) SELECT 1, 1 WHERE NOT EXISTS (SELECT 1 FROM access_version)")


def _fill_title_keys() -> None:
    """As kb.screencasts.models.title_key made them when this was written."""
    screencast = sa.table("screencast", sa.column("id"), sa.column("title"), sa.column("title_key"))
    rows = op.get_bind().execute(sa.select(screencast.c.id, screencast.c.title)).all()
    for screencast_id, title in rows:
        parts = unicodedata.normalize("NFKD", title.casefold())
        key = "".join(sign for sign in parts if not unicodedata.combining(sign))[:200]
        op.execute(screencast.update().where(screencast.c.id == screencast_id).values(title_key=key))


def downgrade() -> None:
    with op.batch_alter_table("tag", schema=None) as batch_op:
        batch_op.drop_column("retired_at")

    with op.batch_alter_table("screencast", schema=None) as batch_op:
        batch_op.drop_index("ix_screencast_trashed_at")
        batch_op.create_index(batch_op.f("ix_screencast_trashed_at"), ["trashed_at"], unique=False)
        batch_op.drop_index("ix_screencast_category_newest")
        batch_op.create_index("ix_screencast_category_newest", ["category_id", "created_at", "id"], unique=False)
        batch_op.drop_index("ix_screencast_title")
        batch_op.drop_column("title_key")
        batch_op.drop_index("ix_screencast_team_newest")
        batch_op.drop_index("ix_screencast_solved")

    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_invitation_person_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_invitation_person_id"))
        batch_op.drop_column("person_id")

    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.drop_column("default_visibility")
        batch_op.drop_column("icon")
        batch_op.drop_column("description")

    with op.batch_alter_table("screen_line", schema=None) as batch_op:
        batch_op.drop_index("ix_screen_line_screencast_start")

    op.drop_table("screen_line")
    with op.batch_alter_table("synonym", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_synonym_tag_name"))

    op.drop_table("synonym")
    with op.batch_alter_table("category_curator", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_category_curator_person_id"))

    op.drop_table("category_curator")
    with op.batch_alter_table("category_alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_category_alias_category_id"))

    op.drop_table("category_alias")
    with op.batch_alter_table("bulk_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulk_change_person_id"))
        batch_op.drop_index(batch_op.f("ix_bulk_change_at"))

    op.drop_table("bulk_change")
    op.drop_table("site")
