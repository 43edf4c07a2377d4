"""Who and what the demo is made of. Everybody in it is plainly invented and can't sign in."""

from dataclasses import dataclass

from kb.demo.script import Recipe
from kb.demo.scripts import code, git, helpdesk, office, servers, sheets

# No mail reaches it (RFC 2606), and nobody else has such an address.
DOMAIN = "demo.invalid"

# Key: name, and teams.
PEOPLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "ada": ("Ada (demo)", ("Demo: platform",)),
    "boris": ("Boris (demo)", ("Demo: platform",)),
    "chika": ("Chika (demo)", ("Demo: platform",)),
    "dana": ("Dana (demo)", ("Demo: office",)),
    "emre": ("Emre (demo)", ("Demo: office",)),
}
TEAMS = tuple(dict.fromkeys(team for _, teams in PEOPLE.values() for team in teams))


@dataclass(frozen=True)
class Shelf:
    """A category: its names from the root, an icon, and what belongs in it."""

    path: tuple[str, ...]
    icon: str
    description: str


SHELVES = (
    Shelf(("Software",), "code-xml", "How we write, read and mend code."),
    Shelf(("Software", "Git"), "git-branch", "Branches, merges, and ways back."),
    Shelf(("Software", "Databases"), "database", "Questions to our tables, and why an answer is wrong."),
    Shelf(("Software", "Servers"), "server", "What runs, what stopped, and what runs full."),
    Shelf(("Office",), "briefcase", "What every desk needs now and then."),
    Shelf(("Office", "Spreadsheets"), "table-2", "Formulas that save an afternoon."),
    Shelf(("Office", "Mail and calendar"), "calendar", "Fewer messages, fewer meetings."),
    Shelf(("Help desk",), "headphones", "When something is stuck: look here before you call."),
)

RECIPES = (
    Recipe(
        key="undo-commit",
        title="Undo the last commit and keep the work",
        purpose="take back a commit that came too early, without losing a line",
        description="For a commit that nobody else has yet. If it is pushed, talk to your colleagues first.",
        category=("Software", "Git"),
        tags=("git", "terminal"),
        author="ada",
        days=3,
        play=git.undo_commit,
    ),
    Recipe(
        key="vpn-reset",
        title="VPN from home does not connect any more",
        purpose="get back into the office network after the yearly change",
        description="Since 2026 the old profile is refused. Three clicks, no call to the help desk.",
        category=("Help desk",),
        tags=("vpn", "home office"),
        author="chika",
        days=6,
        play=helpdesk.vpn_reset,
    ),
    Recipe(
        key="sum-by-region",
        title="Add up amounts by region with SUMIF",
        purpose="sum a long list by a condition, with one formula",
        description="Works the same in Excel, LibreOffice and online spreadsheets.",
        category=("Office", "Spreadsheets"),
        tags=("spreadsheet", "formulas"),
        author="dana",
        days=11,
        play=sheets.sum_by_region,
    ),
    Recipe(
        key="disk-full",
        title="Find out what fills a disk",
        purpose="free a server that is out of space, and keep it from filling up again",
        description="The journal is the usual suspect, but look before you delete.",
        category=("Software", "Servers"),
        tags=("linux", "terminal"),
        author="chika",
        days=16,
        play=servers.disk_full,
    ),
    Recipe(
        key="print-queue",
        title="The printer is stuck: empty its queue",
        purpose="get a blocked printer to print again without help",
        description="Error 0x00000709 and its relatives. Needs no admin rights on our laptops.",
        category=("Help desk",),
        tags=("printer", "windows"),
        author="dana",
        days=24,
        play=helpdesk.print_queue,
    ),
    Recipe(
        key="merge-conflict",
        title="Solve a merge conflict without fear",
        purpose="bring two changes of the same lines together",
        description="Read both sides, keep what both mean, run the tests, go on.",
        category=("Software", "Git"),
        tags=("git", "editor"),
        author="boris",
        days=33,
        play=git.merge_conflict,
    ),
    Recipe(
        key="expenses",
        title="Travel expenses: hand in a trip",
        purpose="get your money back within a week",
        description="The new form, since January. Keep the paper until the claim is approved.",
        category=("Office",),
        tags=("travel", "expenses"),
        author="emre",
        days=41,
        play=office.expenses,
    ),
    Recipe(
        key="duplicate-rows",
        title="Why a JOIN counts rows twice",
        purpose="write a query whose sums are right",
        description="EXISTS instead of JOIN where you only ask whether there is something.",
        category=("Software", "Databases"),
        tags=("sql", "postgresql"),
        author="boris",
        days=58,
        play=code.duplicate_rows,
    ),
    Recipe(
        key="mail-rule",
        title="Mail rule for automatic messages",
        purpose="keep the inbox for letters from people",
        description="Move what robots send, except when they report a failure.",
        category=("Office", "Mail and calendar"),
        tags=("mail",),
        author="emre",
        days=77,
        play=office.mail_rule,
    ),
    Recipe(
        key="stack-trace",
        title="Read a Python traceback from the bottom",
        purpose="find the line that is really to blame",
        description="AttributeError on None: where it shows, where it comes from, where to mend it.",
        category=("Software",),
        tags=("python", "debugging"),
        author="ada",
        days=96,
        play=code.stack_trace,
    ),
    Recipe(
        key="many-carets",
        title="Edit many lines at once",
        purpose="rename in ten places with one stroke",
        description="Multiple carets: Ctrl+Alt+Down here, Option+Command+Down on a Mac.",
        category=("Software",),
        tags=("editor", "shortcuts"),
        author="boris",
        days=124,
        play=code.many_carets,
    ),
    Recipe(
        key="renew-certificate",
        title="Renew an expired TLS certificate",
        purpose="get rid of the browser's warning, for good",
        description="proxy1 and proxy2. Ask the platform team if the dry run fails.",
        category=("Software", "Servers"),
        tags=("tls", "linux"),
        author="chika",
        days=9,
        play=servers.renew_certificate,
        shared="Demo: platform",
    ),
    Recipe(
        key="share-calendar",
        title="Share your calendar without the details",
        purpose="let colleagues find a free hour without asking",
        description="Free or busy is enough for nearly everybody.",
        category=("Office", "Mail and calendar"),
        tags=("calendar",),
        author="emre",
        days=49,
        play=office.share_calendar,
        shared="Demo: office",
    ),
    Recipe(
        key="look-up-price",
        title="Fetch prices with XLOOKUP",
        purpose="fill an offer from the price list",
        description="My notes on it, before I show it to the others.",
        category=("Office", "Spreadsheets"),
        tags=("spreadsheet", "formulas"),
        author="dana",
        days=19,
        play=sheets.look_up_price,
        shared="private",
    ),
    Recipe(
        key="nightly-job",
        title="A backup every night with cron",
        purpose="let a script run by itself at night",
        description="Still to do: what to watch, and how to restore.",
        category=("Software", "Servers"),
        tags=("linux", "backup"),
        author="ada",
        days=1,
        play=servers.nightly_job,
        shared="draft",
    ),
)
