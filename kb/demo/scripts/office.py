"""The office: mail that sorts itself, a calendar for others, money back after a trip."""

from kb.demo.screens.acts import change, click, point, press, show, wait
from kb.demo.screens.desk import SMALLER, Desk, Dialog
from kb.demo.screens.page import Button, Field, Heading, Item, Note, Page, Row, Toggle
from kb.demo.script import Beat, Script

FOLDERS = ("Inbox", "Build reports", "Sent", "Archive", "Rules")
MAILS: tuple[Row, ...] = (
    Heading("Inbox", "214 unread"),
    Item("Build robot", "Nightly build 8812 passed", "bot", "soft", "B"),
    Item("Build robot", "Nightly build 8811 passed", "bot", "soft", "B"),
    Item("Ms Linde", "Your question about the contract", "", "link", "L"),
    Item("Build robot", "Nightly build 8810 passed", "bot", "soft", "B"),
    Item("Build robot", "Nightly build 8809 passed", "bot", "soft", "B"),
)


def mail_rule() -> Script:
    page = Page("Mail", MAILS, side=FOLDERS)
    rule: tuple[Row | tuple[Row, ...], ...] = (
        Heading("New rule", "For each new message"),
        (Field("From contains"), Field("Subject contains")),
        Field("Move to", "Inbox", is_choice=True),
        Toggle("Mark as read", "No number beside the folder"),
        Toggle("Also for older messages", "All 209 that fit", is_on=False),
        Button("Save"),
    )
    return Script(
        Desk(page, "dune", room=SMALLER),
        (
            Beat(
                "Machines write to you all day long, and the one letter from a human being drowns among them. "
                "We teach the post office to sort.",
                (point("Ms Linde"), wait(4)),
            ),
            Beat(
                "On the left, at the very bottom, you find where to do that.",
                (click("Rules", page.put(*rule, chosen="Rules")),),
            ),
            Beat(
                "Say who it comes from. A piece of the name is enough.",
                (page.fill("From contains", "robot"),),
            ),
            Beat(
                "But careful. When something breaks we do want to notice, so only catch the good news.",
                (page.fill("Subject contains", "passed"),),
            ),
            Beat(
                "Then choose the drawer in which they shall land.",
                (page.pick("Move to", "Inbox", "Archive", "Build reports", take="Build reports"),),
            ),
            Beat(
                "And let it tidy up the past as well, not just the future.",
                (page.switch("Mark as read"), page.switch("Also for older messages")),
            ),
            Beat(
                "Done. Now only the person who waits for your answer is left.",
                (
                    click(
                        "Save",
                        page.put(
                            Heading("Inbox", "5 unread"),
                            Note("209 messages moved"),
                            Item("Ms Linde", "Your question about the contract", "", "link", "L", is_chosen=True),
                            chosen="Inbox",
                        ),
                    ),
                ),
            ),
        ),
    )


def share_calendar() -> Script:
    page = Page(
        "Calendar",
        (
            Heading("Calendars", "3 of yours"),
            Item("Work", "Only you", "private", "soft", "W"),
            Item("Holidays", "Subscribed", "", "good", "H"),
            Item("Training room", "Everybody can book", "open", "warm", "T"),
        ),
        side=("Week", "Month", "Calendars", "Settings"),
    )
    sharing: tuple[Row | tuple[Row, ...], ...] = (
        Heading("Work", "Who can look into it"),
        Field("Add people"),
        Field("They see", "All details", is_choice=True),
        Toggle("Send a note", "With a link to subscribe", is_on=True),
        (Button("Share"), Button("Cancel", is_main=False)),
    )
    return Script(
        Desk(page, "meadow", room=SMALLER),
        (
            Beat(
                "Finding a date with six colleagues takes eleven letters. It takes none if they can look at your week "
                "themselves, and you still keep your secrets.",
                (click("Calendars"), wait(2)),
            ),
            Beat("Choose the one with your appointments.", (click("Work", page.put(*sharing, chosen="Calendars")),)),
            Beat(
                "Type the name of your group instead of every single person.",
                (page.fill("Add people", "Front office"),),
            ),
            Beat(
                "Now the part that matters. If you leave it like this, everybody can read about your dentist.",
                (point("They see"), wait(4)),
            ),
            Beat(
                "So we let them know whether you have time, and nothing else.",
                (page.pick("They see", "All details", "Titles", "Free or busy", take="Free or busy"),),
            ),
            Beat(
                "Press the blue one, and within a minute it turns up on their phones too.",
                (
                    click(
                        "Share",
                        page.put(
                            Heading("Work", "Who can look into it"),
                            Note("Front office sees when you are free or busy"),
                            Item("Front office", "6 members", "free or busy", "good", "F"),
                        ),
                    ),
                ),
            ),
            Beat(
                "If you change your mind, take them off the list again. They are not told about it.",
                (point("Front office"), wait(3)),
            ),
        ),
    )


def expenses() -> Script:
    page = Page(
        "Travel",
        (
            Heading("New claim", "Step 1 of 2"),
            (Field("Trip"), Field("Cost centre", "", is_choice=True)),
            (Field("From", "3 March"), Field("To", "5 March")),
            Toggle("I paid myself", "Not with the company card"),
            Button("Next"),
        ),
        side=("Claims", "Bookings", "Help"),
    )
    receipts: tuple[Row | tuple[Row, ...], ...] = (
        Heading("Receipts", "Step 2 of 2"),
        Item("hotel.jpg", "186.40 EUR", "read", "good", "H"),
        Item("train.pdf", "122.80 EUR", "read", "good", "T"),
        Item("dinner.jpg", "Amount not found", "check", "warm", "D"),
        Button("Submit"),
    )
    return Script(
        Desk(page, "dune", room=SMALLER),
        (
            Beat(
                "You were on a journey and laid out your own money. In two minutes it is on its way back to you.",
                (point("Trip"), wait(2)),
            ),
            Beat(
                "Name the city and the reason, so that accounting need not phone you.",
                (page.fill("Trip", "Leipzig, fair"),),
            ),
            Beat(
                "This is where most people get stuck. Take the number of your own department, "
                "not the one of the customer.",
                (page.pick("Cost centre", "4400 Sales", "4410 Support", "9000 Customers", take="4410 Support"),),
            ),
            Beat("Say that it came out of your pocket, else you will wait for ever.", (page.switch("I paid myself"),)),
            Beat(
                "Next, photograph every slip and drop the pictures here. The sums are recognised by themselves.",
                (click("Next", page.put(*receipts)),),
            ),
            Beat(
                "One was crumpled. Open it and type what is printed at the bottom, with the tip.",
                (
                    show(Dialog("dinner.jpg", "41.50 EUR", buttons=("Cancel", "Use it"))),
                    wait(8),
                    press("Use it"),
                    change(page.amend("dinner.jpg", below="41.50 EUR", badge="typed", kind="good")),
                ),
            ),
            Beat(
                "Send it off. Your manager presses one button, and on Friday the bank has it.",
                (
                    click(
                        "Submit",
                        page.put(
                            Heading("Claim R-20931", "350.70 EUR"),
                            Note("Waiting for approval"),
                            Item("Leipzig, fair", "3 files", "open", "link", "L"),
                        ),
                    ),
                ),
            ),
        ),
    )
