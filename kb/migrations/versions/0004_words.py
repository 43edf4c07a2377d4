"""Words: what was heard so far, revisions, proposals, chapters, what is hidden, the glossary"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "glossary_word",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("written", sa.String(length=80), nullable=False),
        sa.Column("heard", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_glossary_word")),
        sa.UniqueConstraint("written", name=op.f("uq_glossary_word_written")),
    )
    op.create_table(
        "chapter",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("screencast_id", sa.String(length=32), nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["screencast_id"], ["screencast.id"], name=op.f("fk_chapter_screencast_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chapter")),
    )
    with op.batch_alter_table("chapter", schema=None) as batch_op:
        batch_op.create_index("ix_chapter_screencast_start", ["screencast_id", "start_ms"], unique=False)

    op.create_table(
        "heard_segment",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("screencast_id", sa.String(length=32), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(length=60), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["screencast_id"], ["screencast.id"], name=op.f("fk_heard_segment_screencast_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heard_segment")),
    )
    with op.batch_alter_table("heard_segment", schema=None) as batch_op:
        batch_op.create_index("ix_heard_segment_screencast_start", ["screencast_id", "start_ms"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("screencast_id", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by_id", sa.String(length=32), nullable=True),
        sa.Column("is_accepted", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_proposal_by_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["screencast_id"], ["screencast.id"], name=op.f("fk_proposal_screencast_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_proposal_settled_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_by_id"), ["by_id"], unique=False)
        batch_op.create_index("ix_proposal_open", ["screencast_id", "settled_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_settled_by_id"), ["settled_by_id"], unique=False)

    op.create_table(
        "revision",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("screencast_id", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=True),
        sa.Column("accepted_by_id", sa.String(length=32), nullable=True),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_cues", sa.Integer(), nullable=False),
        sa.Column("cues", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["person.id"], name=op.f("fk_revision_accepted_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_revision_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["screencast_id"], ["screencast.id"], name=op.f("fk_revision_screencast_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revision_accepted_by_id"), ["accepted_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_revision_by_id"), ["by_id"], unique=False)
        batch_op.create_index("ix_revision_transcript", ["screencast_id", "language", "number"], unique=False)

    op.create_table(
        "screen_hiding",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("screencast_id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("start_ms", sa.Integer(), nullable=True),
        sa.Column("end_ms", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_screen_hiding_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["screencast_id"], ["screencast.id"], name=op.f("fk_screen_hiding_screencast_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screen_hiding")),
    )
    with op.batch_alter_table("screen_hiding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_screen_hiding_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_screen_hiding_screencast_id"), ["screencast_id"], unique=False)

    with op.batch_alter_table("screen_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_hidden", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("screencast", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("chapters", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("chapters_kept", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("transcript", schema=None) as batch_op:
        batch_op.add_column(sa.Column("model", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("transcript", schema=None) as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("model")

    with op.batch_alter_table("screencast", schema=None) as batch_op:
        batch_op.drop_column("chapters_kept")
        batch_op.drop_column("chapters")
        batch_op.drop_column("language")

    with op.batch_alter_table("screen_line", schema=None) as batch_op:
        batch_op.drop_column("is_hidden")

    with op.batch_alter_table("screen_hiding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_screen_hiding_screencast_id"))
        batch_op.drop_index(batch_op.f("ix_screen_hiding_by_id"))

    op.drop_table("screen_hiding")
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.drop_index("ix_revision_transcript")
        batch_op.drop_index(batch_op.f("ix_revision_by_id"))
        batch_op.drop_index(batch_op.f("ix_revision_accepted_by_id"))

    op.drop_table("revision")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_settled_by_id"))
        batch_op.drop_index("ix_proposal_open")
        batch_op.drop_index(batch_op.f("ix_proposal_by_id"))

    op.drop_table("proposal")
    with op.batch_alter_table("heard_segment", schema=None) as batch_op:
        batch_op.drop_index("ix_heard_segment_screencast_start")

    op.drop_table("heard_segment")
    with op.batch_alter_table("chapter", schema=None) as batch_op:
        batch_op.drop_index("ix_chapter_screencast_start")

    op.drop_table("chapter")
    op.drop_table("glossary_word")
