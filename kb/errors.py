"""The kinds of failure that a colleague can meet.

Raised at the narrowest place, shown in one: `kb.web.errors` turns each into a page or a problem document (RFC 9457).
`detail` is a sentence for a colleague: what happened and what to do next. `code` is a stable word for programs.
"""

from collections.abc import Mapping, Sequence
from itertools import chain


class KbError(Exception):
    status = 500
    code = "error"
    title = "Something went wrong"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        errors: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.errors = {field: list(texts) for field, texts in (errors or {}).items()}

    @property
    def sentences(self) -> str:
        """The detail and what is said of each field, for where there is no form to show those in."""
        return " ".join(dict.fromkeys([self.detail, *chain(*self.errors.values())]))


class NotSignedIn(KbError):
    status = 401
    code = "not-signed-in"
    title = "Sign in first"


class NotAllowed(KbError):
    status = 403
    code = "not-allowed"
    title = "That is not yours to do"


class NotFound(KbError):
    status = 404
    code = "not-found"
    title = "Nothing here"


class Conflict(KbError):
    status = 409
    code = "conflict"
    title = "That changed in the meantime"


class TooLarge(KbError):
    status = 413
    code = "too-large"
    title = "Too large"


class UnsupportedMedia(KbError):
    status = 415
    code = "not-a-video"
    title = "Not a video"


class Invalid(KbError):
    status = 422
    code = "invalid"
    title = "Something needs a correction"


class NoRoom(KbError):
    status = 507
    code = "no-room"
    title = "No room left"


class ToolFailed(KbError):
    """A tool that we run for a step (ffmpeg, a speech engine) did not do its work.

    permanent: the same input will fail again, so a retry can't help. `log` is the tool's own output, for the log alone.
    """

    code = "tool-failed"
    title = "A step failed"

    def __init__(self, detail: str, *, permanent: bool, code: str | None = None, log: str = "") -> None:
        super().__init__(detail, code=code)
        self.permanent = permanent
        self.log = log
