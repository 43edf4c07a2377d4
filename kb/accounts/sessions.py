"""Who is asking: by session cookie or bearer token, the same for pages, calls and media."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Flask, current_app, g, request
from flask_login import current_user
from flask_security import Security, UserDatastore
from flask_wtf.csrf import CSRFError, CSRFProtect, validate_csrf
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from wtforms import ValidationError

from kb.accounts.actions import person_by_token
from kb.accounts.models import NamedRole, Person
from kb.accounts.rules import Viewer
from kb.config import Settings
from kb.db import db, let_go
from kb.errors import KbError, NotAllowed, NotSignedIn
from kb.web.errors import is_feed

P = ParamSpec("P")
R = TypeVar("R")
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# Where somebody who has no account yet may send a form.
OPEN_FORMS = {"accounts.sign_in", "accounts.sign_up", "accounts.join", "accounts.new_password"}

csrf = CSRFProtect()

# (person's id) -> the ids of the categories that this person tends, with all that hang below them. By kb.app.
curated_by: list[Callable[[str], frozenset[str]]] = []


class BadToken(NotSignedIn):
    code = "bad-token"


class StaleForm(KbError):
    status = 400
    code = "stale-form"
    title = "This page is too old"


class People(UserDatastore):
    """Lets Flask-Security find and make people in our table; everything else is done by `actions`."""

    def __init__(self) -> None:
        super().__init__(Person, NamedRole)

    def find_user(self, case_insensitive: bool = False, **kwargs: object) -> Person | None:
        try:
            return db.session.scalar(select(Person).filter_by(**kwargs))
        except SQLAlchemyError:
            # Flask-Login would look again for the page that says so.
            g._login_user = None
            raise

    def put(self, model: object) -> object:
        db.session.add(model)
        return model

    def commit(self) -> None:
        raise RuntimeError("only actions commit")


def init(app: Flask, settings: Settings) -> None:
    app.config |= {
        "SECRET_KEY": settings.secret,
        # Flask-Security peppers passwords with it; the secret of the site serves for both.
        "SECURITY_PASSWORD_SALT": settings.secret,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SINGLE_HASH": False,
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": lambda text: text}}],
        "SECURITY_ANONYMOUS_USER_DISABLED": False,
        "SESSION_COOKIE_NAME": "kb_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": settings.is_https,
        "PERMANENT_SESSION_LIFETIME": 60 * 60 * 24 * 30,
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
    }
    Security(app, People(), register_blueprint=False)
    # Flask-Security knows tokens of its own, in the address and the body too, and would read a whole body to find one.
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]
    csrf.init_app(app)
    app.before_request(_recognise)
    app.before_request(_refuse_forged)
    app.context_processor(lambda: {"person": person_or_none()})


def person_or_none() -> Person | None:
    return cast(Person | None, g.get("person"))


def person() -> Person:
    """The person signed in. Raises NotSignedIn."""
    if not g.get("person"):
        raise NotSignedIn("Sign in to go on.")
    return cast(Person, g.person)


def viewer() -> Viewer:
    if "viewer" not in g:
        settings: Settings = current_app.extensions["kb.settings"]
        who = person_or_none()
        g.viewer = viewer_of(who) if who else Viewer(sees_public=settings.public)
    return cast(Viewer, g.viewer)


def asker() -> Callable[[], Viewer | None]:
    """Who asks, to be looked up again when this request is long over; None from the moment they are signed out."""
    who, token = person(), _token() if g.by_token else None
    person_id, session_key = who.id, who.fs_uniquifier

    def look_up() -> Viewer | None:
        if token is not None:
            found = person_by_token(token)
        else:
            found = db.session.get(Person, person_id)
            found = found if found and found.active and found.fs_uniquifier == session_key else None
        return viewer_of(found) if found else None

    return look_up


def viewer_of(who: Person) -> Viewer:
    return Viewer(
        person_id=who.id,
        team_ids=frozenset(team.id for team in who.teams),
        is_curator=who.is_curator,
        curates=frozenset() if who.is_curator else _branches(who),
        sees_public=True,
    )


def _branches(who: Person) -> frozenset[str]:
    return frozenset().union(*(of(who.id) for of in curated_by))


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        person()
        return view(*args, **kwargs)

    return guarded


def visitors(view: Callable[P, R]) -> Callable[P, R]:
    """People, and where KB_PUBLIC is on anybody; what they see there is still asked of `can_view`."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not viewer().sees_public:
            person()
        return view(*args, **kwargs)

    return guarded


def curators_only(view: Callable[P, R]) -> Callable[P, R]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not person().is_curator:
            raise NotAllowed("Only curators and admins can do this. Ask one of them.")
        return view(*args, **kwargs)

    return guarded


def admins_only(view: Callable[P, R]) -> Callable[P, R]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not person().is_admin:
            raise NotAllowed("Only admins can do this. Ask one of them.")
        return view(*args, **kwargs)

    return guarded


def _recognise() -> None:
    g.person, g.by_token = None, False
    # A context may outlive a request, as in a test that asks several times: nobody sees as somebody else.
    g.pop("viewer", None)
    if request.endpoint == "static":
        return
    if (token := _token()) is not None:
        g.person, g.by_token = person_by_token(token), True
        if not g.person:
            raise BadToken("This token is not valid any more. Make a new one on your profile page.")
    elif current_user.is_authenticated:
        g.person = current_user._get_current_object()


def _token() -> str | None:
    """The token that was sent; to a feed as a password too, whatever the name: its readers know nothing else."""
    sent = request.authorization
    if sent and sent.type == "bearer":
        return (sent.token or "").strip()
    if sent and sent.type == "basic" and is_feed():
        return sent.password or ""
    return None


def _refuse_forged() -> None:
    """A change by session cookie must carry the CSRF token; a bearer token can't be sent unknowingly."""
    if request.method in SAFE_METHODS or g.by_token or request.endpoint is None:
        return
    # A call by somebody unknown ends here, before its body is read (an upload may be gigabytes).
    if not g.person and request.endpoint not in OPEN_FORMS:
        raise NotSignedIn("Sign in, or send a token, to go on.")
    try:
        if token := request.headers.get("X-CSRFToken"):
            # Looking for it in the form would read the whole body of an upload first.
            validate_csrf(token)
        else:
            # Reads the body, which may be an upload.
            let_go()
            csrf.protect()
    except (CSRFError, ValidationError) as error:
        raise StaleForm("This page was open for too long. Load it again and repeat what you did.") from error
