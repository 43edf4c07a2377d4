"""How well and how fast the engines hear: texts on work with computers, spoken by two voices of flite.

`.venv/bin/python bench/speech.py [SETTING ...]` prints the table of docs/performance.md, in about two minutes. SETTING
is as in KB_SPEECH: `pocketsphinx` (by itself), or `whisper:/FOLDER` of a model that you have. The texts were not used
for choosing anything in the engines. Each is heard twice: as it is, and told the names that its title, tags and
glossary would hold, among 26 that nobody says.
"""

import re
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import jiwer

from kb.hands import run_tool
from kb.media.run import spent_cpu_s
from kb.speech import choose
from kb.speech.child import duration_ms
from kb.speech.contract import Asked, Engine, Segment

VOICES = ("rms", "slt")
GOALS = {"WER": 0.30, "recall": 0.75, "RTF": 0.35}
# In the glossary as well, and in none of the texts.
OTHER_NAMES = (
    "Ansible Confluence Elasticsearch Figma GitLab Jira Kafka Keycloak MySQL Nagios OAuth PostgreSQL RabbitMQ "
    "Salesforce SharePoint SQLAlchemy WireGuard Zendesk changelog dropdown journalctl npm screencast systemd tmux "
    "webhook"
)
# What says nothing by itself, as a search would leave it out.
EMPTY = frozenset(
    "a about after all an and are as at be because before but by can do does for from has have how if in into is it "
    "its more my no not now of on one only or our out so that the their them then there they this to up we what when "
    "where which who will with would you your".split()
)


@dataclass(frozen=True)
class Text:
    name: str
    names: str
    words: str


TEXTS = (
    Text(
        "deploying",
        "Jenkins Docker rollback hotfix staging",
        "Before you deploy, look at the build in Jenkins and wait until every test is green. Press the button for "
        "staging first. When the health check passes, promote the same image to production. If customers report "
        "errors, click rollback and choose the release of yesterday. Docker keeps the last five images, so this "
        "takes a minute. Write a hotfix on its own branch, and ask a colleague for a review.",
    ),
    Text(
        "databases",
        "SQLite timestamp subquery Redshift",
        "This query was slow because it read the whole table. Put explain in front of it and look for a "
        "sequential scan. We add an index on the customer and the timestamp, and run it again. Now it takes four "
        "milliseconds. A subquery for each row is the other usual reason. On a small machine SQLite is fast "
        "enough, and the report in Redshift can wait until the night.",
    ),
    Text(
        "expenses",
        "Concur PDF",
        "To get your travel money back, open Concur and create a new expense report. Give it the name of the city "
        "and the month. Take a picture of each receipt with your phone, and check that the amount and the "
        "currency are right. Attach the hotel bill as a PDF. Meals without a receipt need a reason. When you "
        "press submit, your manager gets a message and has a week to approve it.",
    ),
    Text(
        "mail",
        "Outlook mailbox autoreply",
        "When you go on holiday, set an autoreply in Outlook, so that people know whom to ask. Click on file, "
        "then on automatic replies, and choose the first and the last day. Write one text for colleagues and a "
        "shorter one for everybody else. Then give your deputy access to the mailbox and to your calendar. Cancel "
        "the meetings that need you, and move the others to the week after.",
    ),
    Text(
        "logs",
        "Loki Grafana stacktrace nginx",
        "Somebody sees an error page and sends you the time. Open Grafana, choose Loki as the source, and type "
        "the name of the service. Narrow the range to five minutes around that time. Search for the request "
        "number, and open the line with the stacktrace. If there is none, the request never arrived, so look at "
        "the log of nginx. Copy the link of the search into the ticket.",
    ),
)


@dataclass
class Heard:
    segments: list[Segment] = field(default_factory=list)

    def language(self, language: str) -> None: ...

    def segment(self, segment: Segment) -> None:
        self.segments.append(segment)

    def progress(self, part: float) -> None: ...

    def should_stop(self) -> bool:
        return False


@dataclass(frozen=True)
class Row:
    """recall: which part of the different words that say something were heard. rtf: CPU seconds a second."""

    wer: float
    recall: float
    rtf: float


def main(settings: list[str]) -> None:
    print(
        "| engine | names told | voice | audio, s | WER | words found | CPU s a second |\n|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        for setting in settings or ["pocketsphinx"]:
            engine = choose(setting, run_tool, Path("/nowhere"))
            if not engine or (fault := engine.unavailable()):
                sys.exit(fault if engine else "That is no engine.")
            for told in (False, True):
                for voice in VOICES:
                    measure(engine, voice, told=told, folder=Path(folder))
    print(f"\nGoals: WER ≤ {GOALS['WER']}, words found ≥ {GOALS['recall']}, RTF ≤ {GOALS['RTF']}.")


def measure(engine: Engine, voice: str, *, told: bool, folder: Path) -> None:
    wavs = {text: speak(text.words, voice, folder / f"{text.name}-{voice}.wav") for text in TEXTS}
    rows = [hear(engine, text, wav, told=told) for text, wav in wavs.items()]
    seconds = sum(map(duration_ms, wavs.values())) / 1000
    means = [statistics.mean(getattr(row, name) for row in rows) for name in ("wer", "recall", "rtf")]
    shown = " | ".join(f"{mean:.2f}" for mean in means)
    named = f"{engine.name} ({engine.model})"
    print(f"| {named} | {'yes' if told else 'no'} | flite {voice} | {seconds:.0f} | {shown} |", flush=True)


def speak(words: str, voice: str, target: Path) -> Path:
    if not target.exists():
        said = target.with_suffix(".flite.wav")
        subprocess.run(["flite", "-voice", voice, "-t", words, "-o", str(said)], check=True)
        subprocess.run(["ffmpeg", "-v", "error", "-i", said, "-ar", "16000", "-ac", "1", target], check=True)
    return target


def hear(engine: Engine, text: Text, wav: Path, *, told: bool) -> Row:
    heard = Heard()
    before_s = spent_cpu_s()
    names = (*text.names.split(), *OTHER_NAMES.split()) if told else ()
    engine.transcribe(Asked(wav, "en", names), heard)
    cpu_s = spent_cpu_s() - before_s
    spoken, found = plain(text.words), plain(" ".join(segment.text for segment in heard.segments))
    telling = set(spoken) - EMPTY
    return Row(
        wer=jiwer.wer(" ".join(spoken), " ".join(found)),
        recall=len(telling & set(found)) / len(telling),
        rtf=cpu_s / (duration_ms(wav) / 1000),
    )


def plain(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


if __name__ == "__main__":
    main(sys.argv[1:])
