"""Recordings that arrive in parts: tus 1.0.0 (https://tus.io/protocols/resumable-upload)."""

from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from flask import Response, request, url_for
from flask.blueprints import BlueprintSetupState
from pydantic import RootModel

from kb.accounts.sessions import person, signed_in, viewer
from kb.errors import KbError, UnsupportedMedia
from kb.hands import hands
from kb.screencasts.uploads import actions as uploads
from kb.screencasts.uploads.actions import Part
from kb.screencasts.uploads.rows import Progress
from kb.web import tus
from kb.web.api import blueprint, takes

bp = blueprint("uploads", __name__)

WSGI = Callable[[dict[str, Any], Any], Iterable[bytes]]

# What the document of the API says of headers, which are most of what tus is.
VERSION = {"Tus-Resumable": f"{tus.VERSION}, always."}
CHECKSUM = {"Upload-Checksum": f"Of this part: one of {', '.join(tus.CHECKSUMS)}, a space, the digest in Base64."}
ANSWERED = {
    "Upload-Offset": "How many bytes are here: the next part begins there.",
    "Upload-Expires": "Until when it can be gone on with; while it is unfinished.",
    "Screencast-Id": "What it has become; once all of it is here.",
}


def _answers(status: int, description: str, headers: dict[str, str]) -> dict[int | str, Any]:
    told = {name: {"description": text, "schema": {"type": "string"}} for name, text in headers.items()}
    return {str(status): {"description": description, "headers": told}}


class PartBytes(RootModel[bytes]):
    """What goes on where the upload ends."""


class OtherVersion(KbError):
    status = 412
    code = "other-version"
    title = "Another version of tus"


@bp.route("/uploads", methods=["OPTIONS"], provide_automatic_options=False)
@bp.route("/uploads/<upload_id>", methods=["OPTIONS"], provide_automatic_options=False)
@bp.doc(hide=True)
def options(upload_id: str = "") -> Response:
    return _answer(
        204,
        {
            "Tus-Version": tus.VERSION,
            "Tus-Extension": tus.EXTENSIONS,
            "Tus-Max-Size": hands().settings.max_upload_bytes,
            "Tus-Checksum-Algorithm": ",".join(tus.CHECKSUMS),
        },
    )


@bp.post("/uploads")
@bp.doc(
    summary="Begin an upload in parts",
    description="tus 1.0.0 with creation, creation-with-upload, creation-defer-length, termination, checksum and "
    "expiration. Upload-Metadata holds `filename` and the fields of `POST /screencasts`, `tags` with commas between "
    "them, `captions` as the text of a short file; `replaces`: the id of a screencast that gets this recording instead "
    "of its own. What is wrong with them is refused here. A first part may come along as the body.",
    responses=_answers(201, "It has begun.", {"Location": "Where the parts go."} | ANSWERED),
)
@bp.output({}, status_code=201)
@takes(
    {tus.PART_TYPE: PartBytes},
    VERSION
    | {
        "Upload-Length": "In bytes, of the whole.",
        "Upload-Defer-Length": "1, instead of Upload-Length: it is said later.",
        "Upload-Metadata": "`key base64,key base64`",
    }
    | CHECKSUM,
    needs_body=False,
)
@signed_in
def begin() -> Response:
    size_bytes = _announced_size()
    sent = request.headers.get("Upload-Metadata", "")
    body = tus.Body(request)
    if not body.is_empty:
        _check_type()
    checksum = tus.read_checksum(request.headers.get("Upload-Checksum"))
    upload_id = uploads.begin(viewer(), size_bytes, tus.read_metadata(sent), sent, by=person())
    if body.is_empty and size_bytes != 0:
        now_at = uploads.progress(upload_id, by=person())
    else:
        now_at = uploads.append(upload_id, Part(0, body, checksum), by=person())
    return _answer(201, {"Location": url_for(".end", upload_id=upload_id)} | _told(now_at))


@bp.route("/uploads/<upload_id>", methods=["HEAD"])
@bp.doc(hide=True)
@signed_in
def progress(upload_id: str) -> Response:
    now_at = uploads.progress(upload_id, by=person())
    told = _told(now_at)
    if now_at.size_bytes is None:
        told["Upload-Defer-Length"] = 1
    else:
        told["Upload-Length"] = now_at.size_bytes
    if now_at.sent_metadata:
        told["Upload-Metadata"] = now_at.sent_metadata
    return _answer(200, told)


@bp.patch("/uploads/<upload_id>")
@bp.doc(
    summary="Send a part of an upload",
    description="From Upload-Offset on. What has arrived of a part that breaks off is kept, unless it came with an "
    "Upload-Checksum: HEAD says where to go on. The answer to the last byte names the screencast in `Screencast-Id`; "
    "so does each HEAD after it.",
    responses=_answers(204, "It is here.", ANSWERED),
)
@bp.output({}, status_code=204)
@takes(
    {tus.PART_TYPE: PartBytes},
    VERSION
    | {"Upload-Offset": "Where this part begins.", "Upload-Length": "In bytes, of the whole, if it was deferred."}
    | CHECKSUM,
)
@signed_in
def append(upload_id: str) -> Response:
    _check_type()
    offset_bytes = tus.whole_number(request.headers, "Upload-Offset")
    if offset_bytes is None:
        raise tus.BadTus("Upload-Offset is missing: say where this part begins.")
    part = Part(
        offset_bytes=offset_bytes,
        body=tus.Body(request),
        checksum=tus.read_checksum(request.headers.get("Upload-Checksum")),
        total_bytes=tus.whole_number(request.headers, "Upload-Length"),
    )
    return _answer(204, _told(uploads.append(upload_id, part, by=person())))


@bp.delete("/uploads/<upload_id>")
@bp.output({}, status_code=204)
@takes({}, VERSION)
@signed_in
def end(upload_id: str) -> Response:
    """Take an unfinished upload away, with what has arrived of it."""
    uploads.end(upload_id, by=person())
    return _answer(204, {})


@bp.before_request
def _check_version() -> None:
    if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != tus.VERSION:
        raise OtherVersion(f"Uploads in parts speak tus here: send Tus-Resumable: {tus.VERSION}.")


@bp.after_request
def _name_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = tus.VERSION
    response.headers["Cache-Control"] = "no-store"
    if response.status_code == OtherVersion.status:
        response.headers["Tus-Version"] = tus.VERSION
    return response


@bp.record_once
def _let_methods_be_named(state: BlueprintSetupState) -> None:
    """X-HTTP-Method-Override, which tus asks for: some networks let no PATCH through."""
    below: WSGI = state.app.wsgi_app  # type: ignore[attr-defined]

    def named(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        method = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        was = environ["REQUEST_METHOD"]
        # A true HEAD stays one: the server would send the body of another answer after it.
        if method and was != "HEAD" and f"{environ.get('PATH_INFO', '')}/".startswith(f"{bp.url_prefix}/uploads/"):
            environ["REQUEST_METHOD"] = method
            if method == "HEAD":
                return below(environ, _without_body(start_response))
        return below(environ, start_response)

    state.app.wsgi_app = named  # type: ignore[attr-defined]


def _without_body(start_response: Any) -> Any:
    """As told to a client that did not say HEAD itself: it would wait for as many bytes as one announces."""

    def start(status: str, headers: list[tuple[str, str]], *others: Any) -> Any:
        told = [(name, value) for name, value in headers if name.lower() != "content-length"]
        return start_response(status, [*told, ("Content-Length", "0")], *others)

    return start


def _announced_size() -> int | None:
    if "Upload-Concat" in request.headers:
        raise tus.BadTus("Parts that are joined later (concatenation) are not taken here. Send one upload.")
    size_bytes = tus.whole_number(request.headers, "Upload-Length")
    deferred = request.headers.get("Upload-Defer-Length")
    if deferred not in (None, "1") or (size_bytes is None) == (deferred is None):
        raise tus.BadTus("Say either how long it is (Upload-Length) or that you will say so (Upload-Defer-Length: 1).")
    return size_bytes


def _check_type() -> None:
    if request.mimetype != tus.PART_TYPE:
        raise UnsupportedMedia(f"Send the bytes of a part as {tus.PART_TYPE}.", code="unsupported")


def _told(now_at: Progress) -> dict[str, Any]:
    told: dict[str, Any] = {"Upload-Offset": now_at.offset_bytes}
    if now_at.screencast_id:
        told["Screencast-Id"] = now_at.screencast_id
    else:
        told["Upload-Expires"] = _http_date(now_at.expires_at)
    return told


def _http_date(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


def _answer(status: int, told: dict[str, Any]) -> Response:
    response = Response(status=status, headers={name: str(value) for name, value in told.items()})
    # There is no body, so none of any type.
    response.headers.remove("Content-Type")
    return response
