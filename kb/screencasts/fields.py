"""What a person says of a screencast: read alike from a form and from the API."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from kb.accounts.rules import VISIBILITIES

TITLE_LENGTH = 200


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _visibility(text: str) -> str:
    if text not in VISIBILITIES:
        raise ValueError(f"Choose one of {', '.join(VISIBILITIES)}.")
    return text


def _tags(value: Any) -> Any:
    """Repeated fields, or one with commas between the words."""
    if value is None:
        return []
    texts = [value] if isinstance(value, str) else value
    return [word for text in texts for word in str(text).split(",") if word.strip()]


def _flag(value: Any) -> Any:
    return value.strip().lower() in ("true", "on", "1", "yes") if isinstance(value, str) else value


def title_of(filename: str) -> str:
    """A title guessed from a file's name: `2026-03_reset-vpn.final.mp4` -> `2026-03 reset vpn.final`."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", clean_filename(filename))
    words = _one_line(re.sub(r"[_]+|(?<=[^\W\d])-+(?=[^\W\d])", " ", stem))
    return (words[:1].upper() + words[1:])[:TITLE_LENGTH] or "Untitled"


def clean_filename(filename: str) -> str:
    """The last part of a client's file name, for showing; no path, no control characters, at most 255 characters."""
    return _one_line(re.split(r"[/\\]", filename)[-1])[:255]


Line = Annotated[str, AfterValidator(_one_line)]


class Words(BaseModel):
    """The fields that both an upload and a change may carry."""

    model_config = ConfigDict(extra="ignore")

    title: Annotated[Line, Field(max_length=TITLE_LENGTH)] | None = None
    purpose: Annotated[Line, Field(max_length=300)] | None = None
    description: Annotated[str, Field(max_length=20_000)] | None = None
    category: str | None = Field(None, description="A category's id; empty for none.")
    tags: Annotated[list[str], BeforeValidator(_tags)] | None = None
    visibility: Annotated[str, AfterValidator(_visibility)] | None = Field(
        None, description="private, team, everyone (signed-in people) or public"
    )
    team: str | None = Field(None, description="With visibility team: its id; the author's only one if left out.")
    draft: Annotated[bool, BeforeValidator(_flag)] | None = Field(
        None, description="true: only the author sees it until it is published."
    )


class Upload(Words):
    captions_language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = Field(
        "en", description="BCP 47, of the captions file."
    )
