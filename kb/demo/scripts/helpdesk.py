"""The help desk: a connection from home, a printer that is stuck."""

from kb.demo.screens.acts import click, point, press, show, wait
from kb.demo.screens.desk import SMALLER, Desk, Dialog
from kb.demo.screens.page import Button, Field, Heading, Item, Note, Page, Toggle
from kb.demo.script import Beat, Script


def vpn_reset() -> Script:
    page = Page(
        "Network",
        (
            Heading("VPN", "Office 2025"),
            Note("Connecting", "warm"),
            Field("Gateway", "vpn.example.org"),
            Field("Profile", "office-2025.ovpn"),
            (Button("Connect"), Button("Remove", is_main=False)),
        ),
        side=("VPN", "Wi-Fi", "Ethernet", "Proxy"),
    )
    return Script(
        Desk(page, "slate", room=SMALLER),
        (
            Beat(
                "You sit at home, the circle turns and turns, and you never get into the company. "
                "This nearly always has the same reason.",
                (
                    click("Connect"),
                    wait(8),
                    show(Dialog("Error 809", "Handshake failed.", "Check the profile.", is_error=True)),
                ),
            ),
            Beat(
                "Do not type your password ten times, or you will be locked out as well. Close the message.",
                (press("OK"),),
            ),
            Beat(
                "Your laptop still carries the old key from last year. So throw the whole entry away, "
                "repairing it does not help.",
                (
                    click(
                        "Remove",
                        page.put(Heading("VPN", "No profile"), Field("File"), Button("Import")),
                    ),
                ),
            ),
            Beat(
                "Fetch the fresh one from our intranet. You can reach that without a tunnel.",
                (page.fill("File", "Downloads/office-2026.ovpn"),),
            ),
            Beat(
                "Bring it in.",
                (
                    click(
                        "Import",
                        page.put(
                            Heading("VPN", "Office 2026"),
                            Note("Off", "soft"),
                            Field("Gateway", "vpn2.example.org"),
                            Toggle("Use for all traffic", "Slower"),
                            Button("Connect"),
                        ),
                    ),
                ),
            ),
            Beat(
                "Leave this switch alone. Otherwise your films travel through the basement of the office.",
                (point("Use for all traffic"), wait(3)),
            ),
            Beat(
                "Try again, and confirm the number on your telephone. Now you are inside.",
                (click("Connect"), wait(6), click("Connect", page.amend("Off", name="10.8.0.23", kind="good"))),
            ),
        ),
    )


def print_queue() -> Script:
    page = Page(
        "Devices",
        (
            Heading("Laser, 2nd floor", "14 documents waiting"),
            Item("Contract.pdf", "4 pages", "error", "bad", "C"),
            Item("Agenda.docx", "1 page", "waiting", "soft", "A"),
            Item("Labels.pdf", "2 pages", "waiting", "soft", "L"),
            (Button("Print test page"), Button("Services", is_main=False)),
        ),
        side=("Printers", "Scanners", "Displays"),
    )
    services = (
        Heading("Services", "Background programs"),
        Item("Network Store", "Automatic", "running", "good"),
        Item("Print Spooler", "Automatic", "stuck", "bad"),
        Item("Remote Registry", "Manual", "stopped", "soft"),
        (Button("Restart"), Button("Empty queue", is_main=False)),
    )
    return Script(
        Desk(page, "slate", room=SMALLER),
        (
            Beat(
                "Nothing comes out, and everybody sends their paper again and again. That makes it worse. "
                "Let me show you how to free the jam, without climbing under the table.",
                (
                    click("Print test page"),
                    show(Dialog("Error 0x00000709", "The operation could not be completed.", is_error=True)),
                    wait(6),
                ),
            ),
            Beat(
                "Close it. The first job in the line is broken, and all others stand behind it.",
                (press("OK"), point("Contract.pdf")),
            ),
            Beat(
                "We have to stop the little helper that hands out the work.",
                (click("Services", page.put(*services)),),
            ),
            Beat(
                "Choose it, but do not start it afresh yet. It would only swallow the same broken piece.",
                (click("Print Spooler", page.amend("Print Spooler", is_chosen=True)), wait(3)),
            ),
            Beat(
                "First throw away everything that is waiting. Yes, really all of it.",
                (
                    click("Empty queue"),
                    show(Dialog("Empty queue", "14 documents are deleted.", buttons=("Cancel", "Delete"))),
                    wait(4),
                    press("Delete"),
                ),
            ),
            Beat(
                "And now wake it up again. Count to ten.",
                (click("Restart", page.amend("Print Spooler", badge="running", kind="good")),),
            ),
            Beat("Tell the others that they can send their letters once more, but only once.", (wait(4),)),
        ),
    )
