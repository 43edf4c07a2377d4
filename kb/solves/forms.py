"""What somebody says of how a screencast helped: read alike from a form and from the API."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from kb.screencasts.fields import Line
from kb.solves.actions import LONGEST_NOTE, MOST_MINUTES
from kb.solves.models import InsteadOf, Reason
from kb.transcripts.cues import LONGEST_MS


def _nothing(value: Any) -> Any:
    """A field that was left empty."""
    return None if value == "" else value


Empty = BeforeValidator(_nothing)


class SolvedIn(BaseModel):
    """All of it may be left out; what is said again replaces what was said before."""

    at: Annotated[Annotated[float, Field(ge=0, le=LONGEST_MS / 1000)] | None, Empty] = Field(
        None, description="Seconds: the moment that did."
    )
    minutes_saved: Annotated[Annotated[int, Field(ge=1, le=MOST_MINUTES)] | None, Empty] = None
    instead_of: Annotated[InsteadOf | None, Empty] = Field(None, description="What you would have done without it.")
    note: Annotated[Line, Field(max_length=LONGEST_NOTE)] = Field(
        "", description="For what: shown to those who may see the screencast, and found by search."
    )

    def said(self) -> dict[str, Any]:
        """As the keywords of `actions.solve`."""
        at_ms = None if self.at is None else round(self.at * 1000)
        return {"at_ms": at_ms, **self.model_dump(exclude={"at"})}


class UnhelpedIn(BaseModel):
    reason: Reason
