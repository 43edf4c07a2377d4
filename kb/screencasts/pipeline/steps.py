"""What is done to a screencast, as data: the steps, and what each needs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StepKind:
    """needs: steps that must have ended before. words: what goes on, for people.

    attempts: how often it is tried before it counts as failed. lease_s: how long it may be silent before another worker
    takes it over. uses_up: files that only this step reads, which go when it has ended.
    """

    name: str
    job: str
    needs: tuple[str, ...]
    words: str
    attempts: int = 3
    lease_s: int = 60
    uses_up: tuple[str, ...] = ()


# The sound for speech recognition, which the rendition leaves behind.
SOUND = "audio.wav"
# The small gray pictures by which the moments for reading the screen are found.
FRAMES = "frames.gray"

STEPS = (
    StepKind("probe", "screencasts.probe", (), "Looking at the file"),
    StepKind("quick", "screencasts.quick", ("probe",), "Making it playable"),
    StepKind("rendition", "screencasts.rendition", ("quick",), "Preparing picture and sound"),
    StepKind("speech", "transcripts.speech", ("rendition",), "Writing down what is said", uses_up=(SOUND,)),
    StepKind("screen", "transcripts.screen", ("rendition",), "Reading the screen", uses_up=(FRAMES,)),
    StepKind("chapters", "transcripts.chapters", ("speech", "screen"), "Looking for its parts"),
    StepKind("index", "search.drain", ("chapters",), "Making it findable"),
)
BY_NAME = {step.name: step for step in STEPS}


def ready_after(ended: set[str]) -> list[StepKind]:
    """The steps whose needs have all ended and that have not ended themselves."""
    return [step for step in STEPS if step.name not in ended and set(step.needs) <= ended]
