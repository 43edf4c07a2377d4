"""What a person says of a screencast: read alike from a form and from the API."""

import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kb.accounts.rules import VISIBILITIES
from kb.screencasts.languages import SAYS_NOTHING, language_tag
from kb.web.forms import is_shown

TITLE_LENGTH = 200


def _one_line(text: str) -> str:
    return " ".join("".join(sign if is_shown(sign) else " " for sign in text).split())


def _lines(text: str) -> str:
    return "".join(sign for sign in text if is_shown(sign) or sign in "\n\t").strip()


def _cleared(value: Any) -> Any:
    """JSON's null takes away what was there."""
    return "" if value is None else value


def _visibility(text: str) -> str:
    if text not in VISIBILITIES:
        raise ValueError(f"Choose one of {', '.join(VISIBILITIES)}.")
    return text


def _tags(value: Any) -> Any:
    """Repeated fields, or one with commas between the words. What is neither is left for the model to refuse."""
    texts = [value or ""] if isinstance(value, str | None) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return value
    return [word for text in texts for word in text.split(",") if word.strip()]


def _spoken(text: str) -> str:
    return language_tag(text) if text else ""


def _flag(value: Any) -> Any:
    return (value.strip().lower() or False) if isinstance(value, str) else value


# When it was recorded, as recorders name their files: 2026-03-04, 20260304, 14.03.22, "at 2-03 PM".
STAMPS = re.compile(
    r"\b\d{4}[-.]?\d{2}[-.]?\d{2}\b|\b(at )?\d{1,2}[.:h-]\d{2}([.:m-]\d{2})?s?( [AP]M)?\b", re.IGNORECASE
)


def title_of(filename: str) -> str:
    """A title guessed from a file's name, as the upload page does: `2026-03-04_reset-vpn.mp4` -> `Reset vpn`."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", clean_filename(filename)).replace("_", " ")
    words = " ".join(re.sub(r"[-.+\s]+", " ", STAMPS.sub(" ", stem)).split()) or _one_line(stem)
    return (words[:1].upper() + words[1:])[:TITLE_LENGTH] if any(map(str.isalnum, words)) else "Untitled"


def clean_filename(filename: str) -> str:
    """The last part of a client's file name, for showing; no path, no control characters, at most 255 characters."""
    return _one_line(re.split(r"[/\\]", filename)[-1])[:255]


Line = Annotated[str, AfterValidator(_one_line)]
Description = Annotated[str, AfterValidator(_lines), Field(max_length=20_000)]
Clearable = BeforeValidator(_cleared)


class Words(BaseModel):
    """The fields that both an upload and a change may carry."""

    model_config = ConfigDict(extra="ignore")

    title: Annotated[Line, Field(max_length=TITLE_LENGTH)] | None = None
    purpose: Annotated[Annotated[Line, Field(max_length=300)] | None, Clearable] = None
    description: Annotated[Description | None, Clearable] = None
    category: Annotated[str | None, Clearable] = Field(None, description="A category's id; empty for none.")
    tags: Annotated[list[str] | None, BeforeValidator(_tags)] = None
    visibility: Annotated[str, AfterValidator(_visibility)] | None = Field(
        None,
        description="private, team, everyone (signed-in people) or public; left out of an upload: as its category "
        "says, else everyone",
    )
    language: Annotated[Annotated[str, AfterValidator(_spoken)] | None, Clearable] = Field(
        None, description="BCP 47, of what is spoken in it; empty: found out where the engine can."
    )
    team: str | None = Field(None, description="With visibility team: its id; the author's only one if left out.")
    draft: Annotated[bool, BeforeValidator(_flag)] | None = Field(
        None, description="true: only the author sees it until it is published."
    )


class Upload(Words):
    captions_language: Annotated[str, AfterValidator(language_tag)] = Field(
        "en", description="BCP 47, of the captions file; left out: `language`, else English."
    )

    @model_validator(mode="after")
    def _captioned_as_spoken(self) -> Self:
        if "captions_language" not in self.model_fields_set and self.language and self.language not in SAYS_NOTHING:
            self.captions_language = self.language
        return self
