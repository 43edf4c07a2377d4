"""Short recordings of a program in trouble, with the words on their screens, and what a stuck colleague would search.

Of each kind of trouble there are many that differ in one name or number alone: nearly right is wrong here. The words on
the screen are as OCR gives them, line by line; what is pasted has another machine's paths, times and users in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from corpus import PACE
from judged import Judged, Row
from rows import SYLLABLES

OF_EACH_TROUBLE, OF_EACH_KIND = 30, 60
# Error, code in it, a name taken apart, and all that the dialog or the shell said.
KINDS = ("words of a token", "error string", "code token", "pasted dialog")


@dataclass(frozen=True)
class Trouble:
    """error: the one line that tells; screen: all lines; token: what only this one has."""

    title: str
    said: str
    error: str
    token: str
    screen: str


# {name}, {kebab}, {Name}: two words in one, as programs write them; {code}, {hex} and the like: of this one alone.
# {user}, {host}, {time}, {n}: of whoever sees it.
TROUBLES = (
    Trouble(
        "When the nightly import stops",
        "the import fell over in the night and this is the line that tells us why so we give it the missing column",
        "KeyError: '{name}'",
        "{name}",
        """Traceback (most recent call last):
        File "/home/{user}/jobs/nightly.py", line {n}, in <module>
        File "/home/{user}/jobs/{name}_import.py", line {n}, in load
        KeyError: '{name}'""",
    ),
    Trouble(
        "Update ends with an error",
        "the update breaks off at the very end and then you stop the service empty the folder and start it again",
        "Install error - {hex}",
        "{hex}",
        """Windows Update {time}
        There were problems installing some updates, but we'll try again later.
        Cumulative Update for Windows (KB{code})
        Install error - {hex}
        Retry   Close""",
    ),
    Trouble(
        "The pod does not come up",
        "it restarts over and over so we look at what it said the last time before it died and there is the reason",
        "Back-off restarting failed container {kebab}",
        "{kebab}",
        """{user}@{host}:~$ kubectl -n {kebab} get pods
        {kebab}-{n}-x{n} 0/1 CrashLoopBackOff {n} {time}
        {user}@{host}:~$ kubectl describe pod {kebab}-{n}
        Warning BackOff {time} kubelet Back-off restarting failed container {kebab}""",
    ),
    Trouble(
        "Database says no listener",
        "the listener was not told of this service so we add it to the file reload and connect once more",
        "ORA-{code}: TNS:listener does not currently know of service {upper}",
        "ORA-{code}",
        """SQL> connect {user}@{host}/{upper}
        ERROR:
        ORA-{code}: TNS:listener does not currently know of service {upper}
        requested in connect descriptor
        Warning: You are no longer connected to ORACLE.""",
    ),
    Trouble(
        "Build breaks on a missing bean",
        "spring can't put it together because nobody told it about this class so we add the annotation and build again",
        "NoSuchBeanDefinitionException: No qualifying bean of type 'org.acme.{Name}Service' available",
        "{Name}Service",
        """{time} ERROR {n} --- [main] o.s.boot.SpringApplication: Application run failed
        Caused by: NoSuchBeanDefinitionException: No qualifying bean of type 'org.acme.{Name}Service' available
        at org.acme.{Name}Controller.<init>({Name}Controller.java:{n})
        at /home/{user}/work/app""",
    ),
    Trouble(
        "Push is refused",
        "somebody else pushed in between so fetch look at it and force it only with a lease never without",
        "! [rejected] feature/{kebab} -> feature/{kebab} (stale info)",
        "feature/{kebab}",
        """{user}@{host}:~/src$ git push --force-with-lease origin feature/{kebab}
        To git.acme.example:team/app.git
        ! [rejected] feature/{kebab} -> feature/{kebab} (stale info)
        error: failed to push some refs to 'git.acme.example:team/app.git'""",
    ),
    Trouble(
        "Service does not start after the reboot",
        "its port was taken by another one so we find who listens there stop that and start ours",
        "{kebab}.service: Failed with result 'exit-code'.",
        "{kebab}.service",
        """{user}@{host}:~$ sudo systemctl status {kebab}.service
        Active: failed (Result: exit-code) since {time}
        {host} {kebab}[{n}]: bind() to 0.0.0.0:{port} failed (98: Address already in use)
        {host} systemd[1]: {kebab}.service: Failed with result 'exit-code'.""",
    ),
    Trouble(
        "Printer shows a code",
        "open the flap take the drum out count to ten and put it back and the code is gone",
        "Error {code}.{two}: turn the power off and then on",
        "{code}.{two}",
        """Printer {host}
        Error {code}.{two}
        Turn the power off and then on
        Job of {user} waits since {time}""",
    ),
    Trouble(
        "Sheet shows a broken reference",
        "a column was deleted that this formula still wants so we name the range and the error never comes back",
        "#REF! in ={upper}!C{port}",
        "{upper}",
        """Microsoft Excel
        This workbook contains links to one or more external sources that could be unsafe.
        C:\\Users\\{user}\\Documents\\{name}.xlsx
        #REF! in ={upper}!C{port}
        Update   Don't Update   Help""",
    ),
    Trouble(
        "Package can't be resolved",
        "two of them want different versions so we pin the older one and look at the tree again",
        "npm ERR! ERESOLVE could not resolve @acme/{kebab}@{two}.{one}.1",
        "@acme/{kebab}",
        """{user}@{host} app % npm install
        npm ERR! code ERESOLVE
        npm ERR! ERESOLVE could not resolve @acme/{kebab}@{two}.{one}.1
        npm ERR! Found: react@{n}.0.0
        npm ERR! A complete log of this run can be found in: /Users/{user}/.npm/_logs/{time}.log""",
    ),
)


def dialogs(*, seed: int) -> Iterator[Row]:
    for number, trouble in enumerate(TROUBLES):
        for each in range(OF_EACH_TROUBLE):
            name = f"trouble-{number}-{each:02}"
            chance = Random(f"{seed}/{name}")
            known = _known(chance)
            length = chance.uniform(40, 90)
            seen = _filled(trouble.screen, known, _seen_by(chance))
            said = trouble.said.split()
            starts = chance.uniform(5, length / 2)
            yield {
                "id": name,
                "session": name,
                "title": trouble.title,
                "description": "",
                "duration": round(length, 1),
                "cues": [
                    {
                        "start": round(at / PACE, 2),
                        "end": round((at + 8) / PACE, 2),
                        "text": " ".join(said[at : at + 8]),
                    }
                    for at in range(0, len(said), 8)
                ],
                "screen": [
                    {"start": round(starts + at, 1), "end": round(length, 1), "text": line}
                    for at, line in enumerate(seen.splitlines())
                ],
                "known": known,
                "trouble": number,
            }


def pasted(rows: Sequence[Row], *, seed: int) -> list[Judged]:
    """Each kind from rows of its own."""
    chance = Random(seed)
    left = list(rows)
    chance.shuffle(left)
    made = []
    for kind in KINDS:
        fit = [row for row in left if kind != "words of a token" or _has_words(row)][:OF_EACH_KIND]
        made += [
            Judged(kind, _typed(kind, row, chance), row["id"], row["id"], (row["screen"][0]["start"],)) for row in fit
        ]
        left = [row for row in left if row not in fit]
    return made


def _has_words(row: Row) -> bool:
    token = TROUBLES[row["trouble"]].token
    return any(each in token for each in ("{name}", "{kebab}", "{Name}"))


def _typed(kind: str, row: Row, chance: Random) -> str:
    trouble: Trouble = TROUBLES[row["trouble"]]
    mine = _seen_by(chance)
    if kind == "error string":
        return _filled(trouble.error, row["known"], mine)
    if kind == "code token":
        return _filled(trouble.token, row["known"], mine)
    if kind == "words of a token":
        # Without what joins them, as somebody types who remembers how it sounds.
        return " ".join(row["known"]["name"].split("_"))
    return _filled(trouble.screen, row["known"], mine)


def _known(chance: Random) -> dict[str, Any]:
    """What this trouble has of its own."""
    first, second = ("".join(chance.choices(SYLLABLES, k=chance.randint(2, 3))) for _ in range(2))
    return {
        "name": f"{first}_{second}",
        "kebab": f"{first}-{second}",
        "upper": f"{first}{second}".upper(),
        "Name": f"{first.title()}{second.title()}",
        "code": chance.randint(10_000, 99_999),
        "hex": f"0x8{chance.randrange(16**7):07x}",
        "port": chance.randint(1_000, 9_999),
        "one": chance.randint(1, 9),
        "two": f"{chance.randint(10, 99)}",
    }


def _seen_by(chance: Random) -> dict[str, Any]:
    """What whoever meets it has of their own."""
    return {
        "user": "".join(chance.choices(SYLLABLES, k=2)),
        "host": f"srv-{chance.randint(1, 99):02}",
        "time": f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02}",
        "n": chance.randint(2, 999),
    }


def _filled(text: str, known: dict[str, Any], mine: dict[str, Any]) -> str:
    return "\n".join(line.strip() for line in text.format(**known, **mine).splitlines())
