"""What admins chose for the site as a whole: its name, who may join, and whether its first admin was welcomed."""

import re
from typing import cast

from flask import current_app, g
from sqlalchemy.exc import SQLAlchemyError

from kb import audit
from kb.accounts.models import Person, Site
from kb.config import SIGNUP, Settings
from kb.db import db, now, writing
from kb.errors import Conflict, Invalid
from kb.web.forms import is_shown

LONGEST_NAME = 60
USUAL_NAME = "Showhow"


def the_site() -> Site:
    return db.session.get_one(Site, 1)


def name() -> str:
    """What the site is called; looked up once in a request. The usual name where the database can't say."""
    if "site_name" not in g:
        try:
            g.site_name = the_site().name
        except SQLAlchemyError:
            # The page that says so is a page of the site, too.
            db.session.rollback()
            g.site_name = USUAL_NAME
    return cast(str, g.site_name)


def rename(name: str, *, by: Person) -> None:
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not all(map(is_shown, name)):
        raise Invalid("The name needs a correction.", errors={"name": [f"Write 1 to {LONGEST_NAME} characters."]})
    with writing():
        the_site().name = name
        audit.record("renamed", "site", None, by=by.id, name=name)
    g.pop("site_name", None)


def signup() -> str:
    """Who may make an account: `invite`, `open` or `domain:example.org`. KB_SIGNUP wins where it is given."""
    return _settings().signup if is_signup_set() else the_site().signup or _settings().signup


def is_signup_set() -> bool:
    """Whether KB_SIGNUP was given, even if it says what is usual."""
    return "signup" in _settings().model_fields_set


def domain_of(signup: str) -> str:
    """The mail domain whose people may join; empty where it is not about one."""
    return signup.removeprefix("domain:") if signup.startswith("domain:") else ""


def let_join(who: str, domain: str, *, by: Person) -> None:
    """who: `invite`, `open` or `domain`. domain: as `example.org`, looked at only for the last."""
    if is_signup_set():
        raise Conflict("KB_SIGNUP decides this, in the settings that the site was started with. Change it there.")
    domain = domain.strip().lower().removeprefix("@")
    signup = f"domain:{domain}" if who == "domain" else who
    if who not in ("invite", "open", "domain") or len(signup) > 200 or not re.fullmatch(SIGNUP, signup):
        errors = {"domain": ["Write it as example.org."]} if who == "domain" else {"who": ["Choose one."]}
        raise Invalid("Who may join needs a correction.", errors=errors)
    with writing():
        the_site().signup = signup
        audit.record("changed-signup", "site", None, by=by.id, signup=signup)


def is_welcomed() -> bool:
    return the_site().welcomed_at is not None


def end_welcome(*, by: Person) -> None:
    """The welcome was gone through, or past; it can be opened again, but nobody is led there any more."""
    with writing():
        site = the_site()
        if not site.welcomed_at:
            site.welcomed_at = now()
            audit.record("ended-welcome", "site", None, by=by.id)


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["kb.settings"])
