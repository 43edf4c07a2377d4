"""Trees to begin with: sets that a new site chooses from, or an outline that an admin types."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kb.categories.actions import DEEPEST, add, changing_the_tree, get
from kb.categories.naming import clean_name, namesake
from kb.errors import Invalid

LINES_AT_MOST = 200
BULLET = re.compile(r"^[-*+•–]\s+")


@dataclass
class Shelf:
    """A category to be. icon: one of `kb.categories.icons`, or empty."""

    name: str
    icon: str = ""
    description: str = ""
    below: list["Shelf"] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Of itself and all below it."""
        return 1 + sum(shelf.count for shelf in self.below)


@dataclass(frozen=True)
class Starter:
    name: str
    words: str
    shelves: list[Shelf]


HELP_DESK = Starter(
    "IT help desk",
    "What people call the help desk for, so that they need not call.",
    [
        Shelf(
            "Signing in",
            "key-round",
            "Passwords, second factors, and who gets in where.",
            [Shelf("Passwords"), Shelf("Second factor", "shield-check"), Shelf("Access to programs and folders")],
        ),
        Shelf(
            "Devices",
            "laptop",
            "Computers, phones, and what is plugged into them.",
            [Shelf("Computers", "monitor"), Shelf("Phones and tablets", "smartphone"), Shelf("Printers", "printer")],
        ),
        Shelf(
            "Network",
            "wifi",
            "Getting online, in the office and elsewhere.",
            [Shelf("Office network", "building-2"), Shelf("From home", "house")],
        ),
        Shelf(
            "Mail and meetings",
            "mail",
            "Mailboxes, calendars, calls.",
            [Shelf("Mail"), Shelf("Calendar", "calendar"), Shelf("Video calls", "headphones")],
        ),
        Shelf(
            "Office programs",
            "file-text",
            "Tricks that save an afternoon.",
            [Shelf("Spreadsheets", "table-2"), Shelf("Documents"), Shelf("Presentations", "presentation")],
        ),
    ],
)

SOFTWARE_TEAM = Starter(
    "Software team",
    "What a new developer asks, and everybody else twice a year.",
    [
        Shelf(
            "Getting started",
            "graduation-cap",
            "From an empty machine to the first change that is merged.",
            [Shelf("Set up the machine", "laptop"), Shelf("Access", "key-round")],
        ),
        Shelf(
            "Code",
            "code-xml",
            "How we write, review and test.",
            [Shelf("Version control", "git-branch"), Shelf("Editor", "keyboard"), Shelf("Tests", "bug")],
        ),
        Shelf(
            "Releases",
            "rocket",
            "From a merge to the people who use it, and back again.",
            [Shelf("Pipelines", "bot"), Shelf("Roll back")],
        ),
        Shelf(
            "Running it",
            "server",
            "Logs, alerts, and what to do at three in the morning.",
            [Shelf("Databases", "database"), Shelf("Logs and figures", "chart-column"), Shelf("Incidents", "wrench")],
        ),
        Shelf("The product", "package", "What it does, and why it does it that way."),
    ],
)

WHOLE_COMPANY = Starter(
    "Whole company",
    "How things are done here, for everybody who works here.",
    [
        Shelf(
            "First weeks",
            "graduation-cap",
            "What a new colleague needs before anything else.",
            [Shelf("First day"), Shelf("Who does what", "users-round")],
        ),
        Shelf(
            "Everyday tools",
            "monitor",
            "The programs that all of us use.",
            [
                Shelf("Mail and calendar", "mail"),
                Shelf("Spreadsheets", "table-2"),
                Shelf("Video calls", "headphones"),
                Shelf("When something breaks", "wrench"),
            ],
        ),
        Shelf(
            "Money",
            "receipt-text",
            "Spending it, and getting it back.",
            [Shelf("Expenses"), Shelf("Travel", "plane"), Shelf("Purchasing", "shopping-cart")],
        ),
        Shelf(
            "Customers",
            "heart-handshake",
            "From a first call to a problem that is solved.",
            [Shelf("Sales", "briefcase"), Shelf("Support", "message-square")],
        ),
        Shelf("Time and leave", "calendar", "Hours, holidays, absence."),
        Shelf("Safety and privacy", "shield-check", "What protects us, and what we must not do."),
    ],
)

# By the name that a form sends.
STARTERS = {"help-desk": HELP_DESK, "software": SOFTWARE_TEAM, "company": WHOLE_COMPANY}


def plant(shelves: Sequence[Shelf], *, by: str) -> int:
    """Make the categories that are not there yet, all or none; return how many are new. What is there stays."""
    with changing_the_tree():
        return sum(_plant(shelf, None, by) for shelf in shelves)


def outline(text: str) -> list[Shelf]:
    """One category a line; what is indented more hangs below the line before it. Raises Invalid naming the line."""
    roots: list[Shelf] = []
    # What the next line may hang below: how far it is indented, and its list.
    open_lines: list[tuple[int, list[Shelf]]] = []
    lines = [(number, line.expandtabs(4)) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not 1 <= len(lines) <= LINES_AT_MOST:
        raise _faulty(f"Write 1 to {LINES_AT_MOST} lines.")
    for number, line in lines:
        indent = len(line) - len(line.lstrip())
        while open_lines and open_lines[-1][0] >= indent:
            open_lines.pop()
        if len(open_lines) >= DEEPEST:
            raise _faulty(f"Line {number}: the tree has at most {DEEPEST} levels.")
        shelf = Shelf(_name(number, line))
        (open_lines[-1][1] if open_lines else roots).append(shelf)
        open_lines.append((indent, shelf.below))
    return roots


def _plant(shelf: Shelf, parent_id: str | None, by: str) -> int:
    there = namesake(shelf.name, get(parent_id) if parent_id else None)
    category = there or add(shelf.name, by=by, parent_id=parent_id, description=shelf.description, icon=shelf.icon)
    return (not there) + sum(_plant(each, category.id, by) for each in shelf.below)


def _name(number: int, line: str) -> str:
    try:
        return clean_name(BULLET.sub("", line.strip(), count=1))
    except Invalid as error:
        raise _faulty(f"Line {number}: {' '.join(error.errors['name'])}") from error


def _faulty(text: str) -> Invalid:
    return Invalid("The list needs a correction.", errors={"own": [text]})
