"""Code and queries: an error that is read, many lines changed at once, rows that come twice."""

from collections.abc import Callable

from kb.demo.screens.acts import change, click, keys, point, wait
from kb.demo.screens.desk import Desk
from kb.demo.screens.editor import Editor
from kb.demo.script import Beat, Script

INVOICE = """def invoice(order):
    address = order.customer.address
    return Letter(
        to=address.street.title(),
        lines=order.lines,
    )""".split("\n")

CUSTOMER = """class Customer:
    def __init__(self, name, address=None):
        self.name = name
        self.address = address""".split("\n")


def stack_trace() -> Script:
    editor = Editor("billing — editor", INVOICE, files=["invoice.py", "customer.py", "letter.py"], first=8)
    return Script(
        Desk(editor, "dusk"),
        (
            Beat(
                "When a program falls over it tells you exactly where it hurts. You only have to read it from the end.",
                (
                    editor.say(
                        "Terminal",
                        "Traceback (most recent call last):",
                        '  File "run.py", line 3, in <module>',
                        '  File "invoice.py", line 11, in invoice',
                        "{bad|AttributeError: 'NoneType' object has no attribute 'street'}",
                        takes=8,
                    ),
                ),
            ),
            Beat(
                "The very last sentence says what went wrong. Something was empty where we expected a thing.",
                (wait(6),),
            ),
            Beat(
                "And the one above it says the place. So we walk there.",
                (click("address.street", editor.tint({11: "lit"})),),
            ),
            Beat(
                "The mistake is not always where the pain is. Who gave us nothing? "
                "Follow it back to where it was born.",
                (
                    click("customer.py", editor.open("customer.py", CUSTOMER, first=1)),
                    change(editor.tint({2: "lit"})),
                    point("=None"),
                ),
            ),
            Beat(
                "Here it is. People may come to us without a home, for example when they pick up the goods themselves.",
                (wait(6),),
            ),
            Beat(
                "So we go back, and handle that case kindly before anything breaks.",
                (
                    click("invoice.py", editor.open("invoice.py", INVOICE, first=8)),
                    editor.insert(10, "    if address is None:", "        return Receipt(order.lines)"),
                ),
            ),
            Beat(
                "Run it once more. It no longer complains.",
                (editor.say("Terminal", "$ python run.py", "{good|Receipt 20931 written}", takes=8),),
            ),
        ),
    )


SETTINGS = """colour_head = "navy"
colour_text = "black"
colour_link = "teal"
colour_edge = "grey"

size_head = 24
size_text = 16""".split("\n")


def many_carets() -> Script:
    editor = Editor("theme — editor", SETTINGS, files=["theme.py", "page.py"])
    lines = (1, 2, 3, 4)
    return Script(
        Desk(editor, "plum"),
        (
            Beat(
                "Renaming the same word again and again is boring, and your fingers make mistakes. "
                "Today you learn to write in four places together.",
                (wait(5),),
            ),
            Beat("First, click right before the word.", (click("colour_head", editor.place_carets((1, 0))),)),
            Beat(
                "Then hold two keys with your left hand and walk downwards. Each step plants one more cursor.",
                (
                    keys("Ctrl Alt Down", editor.place_carets((1, 0), (2, 0))),
                    keys("Ctrl Alt Down", editor.place_carets((1, 0), (2, 0), (3, 0))),
                    keys("Ctrl Alt Down", editor.place_carets(*((line, 0) for line in lines))),
                ),
            ),
            Beat(
                "Now jump over the beginning while you select it. All of them jump at the same time.",
                (keys("Ctrl Shift Right", change_tint(editor, lines)),),
            ),
            Beat(
                "And whatever you type now appears everywhere. Like an orchestra.",
                (editor.write_many(dict.fromkeys(lines, 0), len("colour_"), "ink_"),),
            ),
            Beat(
                "When you are done, one tap on the key in the corner brings you back to a single cursor.",
                (keys("Esc", editor.tint({}), editor.place_carets((4, 4))), wait(4)),
            ),
            Beat("It works in nearly every modern program for developers. Try it on a list of names.", (wait(4),)),
        ),
    )


def change_tint(editor: Editor, lines: tuple[int, ...]) -> Callable[[], None]:
    return editor.tint(dict.fromkeys(lines, "lit"))


QUERY = """SELECT customer.name, SUM(orders.total)
FROM customer
JOIN orders ON orders.customer_id = customer.id
JOIN newsletter ON newsletter.customer_id = customer.id
GROUP BY customer.name""".split("\n")


def duplicate_rows() -> Script:
    editor = Editor("shop@db1 — console", QUERY, files=["revenue.sql", "stock.sql"], language="sql")
    return Script(
        Desk(editor, "sea"),
        (
            Beat(
                "Your report shows far too much money, and you are sure that nobody paid twice. "
                "This is the most common trap when you bring tables together.",
                (
                    editor.say(
                        "Result — 2 rows",
                        " name   |    sum",
                        "--------+---------",
                        " Birch  | {bad|1290.00}",
                        " Alder  |  215.00",
                    ),
                ),
            ),
            Beat(
                "This gentleman reads three of our letters. So each of his purchases is counted three times.",
                (click("JOIN newsletter", editor.tint({4: "lit"})),),
            ),
            Beat(
                "Many people now write a magic word in front to make the repetition disappear. Please do not. "
                "It hides the problem, and two equal purchases would melt into one.",
                (wait(8),),
            ),
            Beat(
                "What we really want is a question with yes or no. Does he read at least one? "
                "So we turn it into a condition.",
                (
                    editor.write(4, "WHERE EXISTS (SELECT 1 FROM newsletter", at_once=2),
                    editor.insert(5, "              WHERE customer_id = customer.id)"),
                ),
            ),
            Beat(
                "Ask again, and the amount is honest.",
                (
                    editor.say(
                        "Result — 2 rows",
                        " name   |   sum",
                        "--------+--------",
                        " Birch  | {good|430.00}",
                        " Alder  | 215.00",
                        takes=8,
                    ),
                ),
            ),
            Beat(
                "Remember the rule. If you only need to know whether something is there, never glue it on.",
                (wait(4),),
            ),
        ),
    )
