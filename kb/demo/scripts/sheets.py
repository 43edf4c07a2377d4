"""Spreadsheets: sums by a condition, a price that is looked up."""

from collections.abc import Sequence

from kb.demo.screens.acts import change, point, wait
from kb.demo.screens.desk import Desk
from kb.demo.screens.sheet import Sheet
from kb.demo.script import Beat, Script

SALES = [
    ("Region", "Month", "Amount"),
    ("North", "January", "1,250"),
    ("South", "January", "980"),
    ("West", "January", "2,110"),
    ("North", "February", "1,410"),
    ("South", "February", "1,020"),
    ("West", "February", "1,905"),
    ("North", "March", "1,380"),
    ("South", "March", "870"),
    ("West", "March", "2,240"),
]


def _cells(rows: Sequence[tuple[str, ...]], first: str = "A") -> dict[str, str]:
    return {f"{chr(ord(first) + x)}{y + 1}": words for y, row in enumerate(rows) for x, words in enumerate(row)}


def sum_by_region() -> Script:
    summary = [("Region", "Total"), ("North", ""), ("South", ""), ("West", "")]
    cells = _cells(SALES) | _cells(summary, "E")
    sheet = Sheet("Sales 2026", cells, (200, 200, 180, 60, 200, 180), rows=15)
    return Script(
        Desk(sheet, "meadow"),
        (
            Beat(
                "The boss wants to know how much each area earned, and you have a long list. "
                "Put your calculator away, one formula will do.",
                (point("C5"), wait(3)),
            ),
            Beat(
                "On the right I have written down every area once. Beside the first of them we begin.",
                (sheet.choose("F2"),),
            ),
            Beat(
                "It needs three things. Where to look, what to look for, and what to add up.",
                (
                    change(sheet.mark("A2:A10"), sheet.mark("C2:C10", "#dcfce7")),
                    sheet.enter("=SUMIF(A$2:A$10,E2,C$2:C$10)", "4,040"),
                ),
            ),
            Beat(
                "The dollar signs are the trick. They nail the list to its place, while the name may wander.",
                (sheet.choose("F2", "=SUMIF(A$2:A$10,E2,C$2:C$10)"), wait(4)),
            ),
            Beat(
                "Because now you can grab the small square in the corner and pull it down, and the rest fills itself.",
                (
                    sheet.choose("F4", "=SUMIF(A$2:A$10,E4,C$2:C$10)"),
                    change(sheet.fill({"F3": "2,870"})),
                    wait(2),
                    change(sheet.fill({"F4": "6,255"})),
                ),
            ),
            Beat(
                "Change a number on the left and watch. The answer follows immediately, and nobody has to count again.",
                (sheet.choose("C10"), sheet.enter("2,640"), change(sheet.fill({"F4": "6,655"})), point("F4")),
            ),
        ),
    )


def look_up_price() -> Script:
    articles = [("Article", "Price"), ("Lamp", "39.90"), ("Chair", "129.00"), ("Desk", "349.00"), ("Shelf", "84.50")]
    order = [("Order", "Pieces", "Each"), ("Chair", "4", ""), ("Lamp", "2", ""), ("Stool", "1", "")]
    sheet = Sheet("Offer 4711", _cells(articles) | _cells(order, "D"), (200, 150, 60, 200, 130, 200), rows=15)
    formula = "=XLOOKUP(D{0},A$2:A$5,B$2:B$5)"
    return Script(
        Desk(sheet, "dune"),
        (
            Beat(
                "You write an offer and copy each cost by hand from another list. "
                "Let the computer fetch it, then it is never out of date.",
                (point("B3"), wait(3)),
            ),
            Beat("We stand in the empty field next to the first line.", (sheet.choose("F2"),)),
            Beat(
                "Tell it what you are searching, in which column it stands, and from which column you want the answer.",
                (
                    change(sheet.mark("A2:A5"), sheet.mark("B2:B5", "#dcfce7")),
                    sheet.enter(formula.format(2), "129.00"),
                ),
            ),
            Beat(
                "Pull it down for the others. The last one complains, since we do not sell that at all.",
                (sheet.choose("F4", formula.format(4)), change(sheet.fill({"F3": "39.90", "F4": "#N/A"}))),
            ),
            Beat(
                "Give it a fourth part for this case. A friendly word looks better than an ugly error.",
                (sheet.enter('=XLOOKUP(D4,A$2:A$5,B$2:B$5,"ask us")', "ask us"),),
            ),
            Beat(
                "Older programs do not know this function. There you take the other one, with a letter in front that "
                "stands for vertical.",
                (wait(6),),
            ),
        ),
    )
