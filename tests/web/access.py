"""Who may use a route, as a line of the table in routes.py says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Open:
    """For everybody, and it says nothing of any screencast."""

    urls: tuple[str, ...]


@dataclass(frozen=True)
class Shows:
    """Something of one screencast: for who may see it."""

    urls: tuple[str, ...]
    # Where a person signs in and comes back; everything else answers 401.
    is_page: bool = False


@dataclass(frozen=True)
class Lists:
    """Of many screencasts what its reader may see. is_page: as above."""

    urls: tuple[str, ...]
    is_page: bool = False


@dataclass(frozen=True)
class Acts:
    """A change, or the form for one. by: those who may. Of a screencast ({id}): only as far as they see it.

    to: the kind of screencast that is tried; succeeds: the status for who may.
    """

    url: str
    by: frozenset[str]
    succeeds: int
    options: Mapping[str, Any] = field(default_factory=dict)
    is_page: bool = False


Routes = dict[str, Open | Shows | Lists | Acts]

PEOPLE = frozenset({"other", "mate", "author", "curator", "admin"})
CURATORS = frozenset({"curator", "admin"})
ADMINS = frozenset({"admin"})
# Of a screencast: who may see it and did not make it.
JUDGES = PEOPLE - {"author"}
# Of a screencast: its author, and curators where they can see it.
EDITORS = frozenset({"author", "curator", "admin"})
# Of a screencast: who may see its earlier recordings.
OWNERS = frozenset({"author", "admin"})
