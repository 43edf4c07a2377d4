"""The curated tree, free words, and what the house takes for the same word."""

from datetime import datetime

from sqlalchemy import JSON, Column, ForeignKey, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.accounts.models import Person
from kb.db import Base, new_id, now

# Who tends a category and all that hangs below it, without being a curator of the whole site.
category_curator = Table(
    "category_curator",
    Base.metadata,
    Column("category_id", ForeignKey("category.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Category(Base):
    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("parent_id", "slug"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    slug: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text, default="", server_default="")
    # The name of an icon; empty for none.
    icon: Mapped[str] = mapped_column(String(40), default="", server_default="")
    # What a new screencast in it begins with where its author says nothing.
    default_visibility: Mapped[str | None] = mapped_column(String(16))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("category.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)

    parent: Mapped["Category | None"] = relationship(remote_side=[id], back_populates="children")
    children: Mapped[list["Category"]] = relationship(
        back_populates="parent", order_by=lambda: (Category.position, Category.name)
    )
    curators: Mapped[list[Person]] = relationship(
        secondary=category_curator, order_by=Person.name, passive_deletes=True
    )


class CategoryAlias(Base):
    """Where an address leads whose category was merged into another or renamed: an id or a slug of old."""

    __tablename__ = "category_alias"

    alias: Mapped[str] = mapped_column(String(80), primary_key=True)
    category_id: Mapped[str] = mapped_column(ForeignKey("category.id", ondelete="CASCADE"), index=True)


class Tag(Base):
    """A free word; the same for everybody, whatever the case it was typed in."""

    __tablename__ = "tag"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    # Since then it is not offered or taken any more; what has it keeps it.
    retired_at: Mapped[datetime | None]


class Synonym(Base):
    """A word that the house takes for the same as a tag: typed as a tag it becomes that tag, and search finds both."""

    __tablename__ = "synonym"

    word: Mapped[str] = mapped_column(String(60), primary_key=True)
    tag_name: Mapped[str] = mapped_column(ForeignKey("tag.name", onupdate="CASCADE", ondelete="CASCADE"), index=True)


class GlossaryWord(Base):
    """A name as the house spells it, and what an engine or a colleague may make of it ("kuber netties")."""

    __tablename__ = "glossary_word"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    written: Mapped[str] = mapped_column(String(80), unique=True)
    # In lower case, each in one spelling; none: it is known to the engines all the same.
    heard: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)
