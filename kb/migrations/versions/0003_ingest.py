"""Ingest: uploads in parts, versions of a recording, checksums and sizes, who works on a step"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sent_metadata", sa.Text(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("replaces_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("screencast_id", sa.String(length=32), nullable=True),
        sa.Column("refusal", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_upload_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_person_id"), ["person_id"], unique=False)

    op.create_table(
        "version",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("screencast_id", sa.String(length=32), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("original_key", sa.String(length=200), nullable=False),
        sa.Column("original_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(), nullable=False),
        sa.Column("replaced_by_id", sa.String(length=32), nullable=True),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["person.id"], name=op.f("fk_version_replaced_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["screencast_id"], ["screencast.id"], name=op.f("fk_version_screencast_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version")),
    )
    with op.batch_alter_table("version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_version_replaced_by_id"), ["replaced_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_version_screencast_id"), ["screencast_id"], unique=False)

    with op.batch_alter_table("screencast", schema=None) as batch_op:
        batch_op.add_column(sa.Column("original_sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("take", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("stored_bytes", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("scenes", sa.JSON(), nullable=True))
        batch_op.create_index(batch_op.f("ix_screencast_original_sha256"), ["original_sha256"], unique=False)

    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("take", sa.Integer(), server_default="1", nullable=False))

    # Of what is there already; earlier files than these two kinds were small.
    op.execute(
        "UPDATE screencast SET stored_bytes = CASE WHEN original_key IS NULL THEN 0 ELSE original_bytes END"
        " + COALESCE((SELECT SUM(source.size_bytes) FROM source WHERE source.screencast_id = screencast.id), 0)"
    )

    with op.batch_alter_table("step", schema=None) as batch_op:
        batch_op.add_column(sa.Column("worker", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("child", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("log", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("held_up_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("expected_s", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("moved_at", sa.DateTime(), nullable=True))
        batch_op.drop_index("ix_step_state")
        batch_op.create_index("ix_step_due", ["state", "due_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("step", schema=None) as batch_op:
        batch_op.drop_index("ix_step_due")
        batch_op.create_index("ix_step_state", ["state"], unique=False)
        batch_op.drop_column("moved_at")
        batch_op.drop_column("expected_s")
        batch_op.drop_column("held_up_at")
        batch_op.drop_column("log")
        batch_op.drop_column("child")
        batch_op.drop_column("worker")

    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.drop_column("take")
        batch_op.drop_column("sha256")

    with op.batch_alter_table("screencast", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_screencast_original_sha256"))
        batch_op.drop_column("scenes")
        batch_op.drop_column("stored_bytes")
        batch_op.drop_column("take")
        batch_op.drop_column("original_sha256")

    op.drop_table("version")
    op.drop_table("upload")
