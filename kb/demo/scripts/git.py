"""Git: a commit taken back, a conflict solved."""

from kb.demo.screens.acts import click, point, wait
from kb.demo.screens.desk import Desk
from kb.demo.screens.editor import Editor
from kb.demo.screens.terminal import Terminal
from kb.demo.script import Beat, Script


def undo_commit() -> Script:
    terminal = Terminal("shop — zsh")
    return Script(
        Desk(terminal, "dusk"),
        (
            Beat(
                "You have just saved your work into the history, and it was too early. "
                "I will show you how to take that back without losing a single line.",
                (
                    terminal.run(
                        "git log --oneline -3",
                        "{warm|9f3c1d2} {good|(HEAD -> basket)} WIP",
                        "{warm|41b7e08} Show the price with tax",
                        "{warm|c02aa95} Round to whole cents",
                    ),
                    point("9f3c1d2"),
                ),
            ),
            Beat(
                "First make sure that nobody else has it yet. "
                "If you have already sent it to your colleagues, stop here and ask them.",
                (terminal.run("git status -sb", "## basket...origin/basket [ahead 1]"), terminal.light("## basket")),
            ),
            Beat(
                "Now go back by one step. The important word is the one that sounds gentle, "
                "because it leaves all your changes exactly where they are.",
                (terminal.run("git reset --soft HEAD~1"),),
            ),
            Beat(
                "Look, everything is still here and waits to be stored again.",
                (
                    terminal.run(
                        "git status -s",
                        "{good|M}  basket.py",
                        "{good|M}  tests/test_basket.py",
                        "{good|A}  notes.txt",
                    ),
                    point("A  notes.txt"),
                ),
            ),
            Beat(
                "I take out the file that did not belong there.",
                (terminal.run("git restore --staged notes.txt"),),
            ),
            Beat(
                "And then I write it down properly, with a sentence that explains why. "
                "Now the history tells a clean story.",
                (
                    terminal.run(
                        'git commit -m "Count each basket line once"',
                        "[basket 77e0a4c] Count each basket line once",
                        " 2 files changed, 14 insertions(+), 3 deletions(-)",
                    ),
                    terminal.light("[basket"),
                ),
            ),
        ),
    )


CONFLICT = """def total(lines):
    amount = 0
    for line in lines:
<<<<<<< HEAD
        amount += line.price * line.count
=======
        amount += line.price_with_tax()
>>>>>>> origin/main
    return round(amount, 2)""".split("\n")


def merge_conflict() -> Script:
    editor = Editor("shop — editor", CONFLICT, files=["basket.py", "line.py", "test_basket.py"], first=12)
    return Script(
        Desk(editor, "plum"),
        (
            Beat(
                "Two people have changed the same place, and the computer can not decide who is right. "
                "Do not be afraid, this takes a minute.",
                (
                    editor.say(
                        "Terminal", "CONFLICT (content): Merge conflict in basket.py", "{bad|Automatic merge failed}"
                    ),
                    point("<<<<<<< HEAD"),
                ),
            ),
            Beat(
                "The upper half is what you wrote yourself.",
                (click("line.price * line.count", editor.tint({15: "lit", 16: "ours"})),),
            ),
            Beat(
                "The lower half comes from the other person.",
                (click("price_with_tax", editor.tint({15: "lit", 16: "ours", 18: "theirs", 19: "lit"})),),
            ),
            Beat(
                "Most of the time the answer is both. Here we need the quantity from mine and the duty from hers. "
                "So I write one line that does the two things together.",
                (editor.write(16, "        amount += line.price_with_tax() * line.count"),),
            ),
            Beat(
                "Now remove the arrows and the equal signs. None of them may stay, or the program will not start.",
                (click("=======", editor.remove(15, 17, 18, 19)), editor.say("", takes=0)),
            ),
            Beat(
                "Always run the checks before you go on. All of them are green.",
                (editor.say("Terminal", "$ pytest -q", "{good|31 passed} in 0.84s", takes=10),),
            ),
            Beat(
                "Tell it that you have finished, and the two roads are one again.",
                (
                    editor.say(
                        "Terminal",
                        "$ git add basket.py",
                        "$ git merge --continue",
                        "[basket 5d1e0b7] Merge origin/main",
                    ),
                    wait(4),
                ),
            ),
        ),
    )
