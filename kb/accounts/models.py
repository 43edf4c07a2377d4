"""People, teams, invitations and API tokens."""

import enum
from datetime import datetime

from flask_security import RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, String, Table, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.db import Base, db, new_id, now


class Role(enum.StrEnum):
    member = "member"
    curator = "curator"
    admin = "admin"

    @property
    def words(self) -> str:
        return {"member": "Member", "curator": "Curator", "admin": "Admin"}[self.value]


class NamedRole(RoleMixin):
    """What Flask-Security expects of a role; ours is a column of the person, not a table."""

    def __init__(self, name: str) -> None:
        self.name = name


team_member = Table(
    "team_member",
    Base.metadata,
    Column("team_id", ForeignKey("team.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Person(Base, UserMixin):  # type: ignore[misc]
    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)  # type: ignore[assignment]
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    role: Mapped[Role] = mapped_column(String(16), default=Role.member)
    # What a session remembers instead of the id: a new one ends every session of this person.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=now)

    teams: Mapped[list["Team"]] = relationship(secondary=team_member, back_populates="members", order_by="Team.name")
    tokens: Mapped[list["ApiToken"]] = relationship(back_populates="person", order_by="ApiToken.created_at")

    @property
    def roles(self) -> list[NamedRole]:  # type: ignore[override]
        return [NamedRole(self.role)]

    @property
    def is_admin(self) -> bool:
        return self.role == Role.admin

    @property
    def is_curator(self) -> bool:
        return self.role in (Role.curator, Role.admin)


class Team(Base):
    __tablename__ = "team"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    members: Mapped[list[Person]] = relationship(
        secondary=team_member, back_populates="teams", order_by=Person.name, passive_deletes=True
    )


class Invitation(Base):
    """A link that makes one account, or gives one that is there a new password; only its hash is kept."""

    __tablename__ = "invitation"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[Role] = mapped_column(String(16), default=Role.member)
    email: Mapped[str | None] = mapped_column(String(320))
    team_id: Mapped[str | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"))
    # Whose password it sets; None where it makes an account.
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    invited_by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]

    team: Mapped[Team | None] = relationship()


class ApiToken(Base):
    """A bearer token of a person; only its hash is kept."""

    __tablename__ = "api_token"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="tokens")


class Site(Base):
    """One row: what an admin chose for the site as a whole, on its pages."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(60), default="Showhow")
    # As KB_SIGNUP, which wins where it is set; None: by invitation.
    signup: Mapped[str | None] = mapped_column(String(200))
    # When the first admin went through the welcome, or past it.
    welcomed_at: Mapped[datetime | None]


class AccessVersion(Base):
    """One row. Its number rises in the transaction of each change of who may see what; caches go by it."""

    __tablename__ = "access_version"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    number: Mapped[int] = mapped_column(default=1)


def person_by_email(email: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == email.strip().lower()))
