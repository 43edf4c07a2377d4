"""A terminal: commands that are typed, and what they print."""

from collections.abc import Iterator

from kb.demo.screens.acts import typed, wait
from kb.demo.screens.canvas import DARK, Box, Canvas, Look, Place, mono
from kb.demo.screens.desk import Act, Desk
from kb.demo.screens.words import marked, plain

SIZE = 22
LINE = 33
MARGIN = 30


class Terminal:
    """Lines may hold marks: `{good|words}` (see words.marked). prompt: what stands before a command."""

    look: Look = DARK

    def __init__(self, title: str, *lines: str, prompt: str = "{good|$} ") -> None:
        self.title = title
        self.prompt = prompt
        self.lines = list(lines)
        self.command: str | None = ""
        self._lit: set[int] = set()
        self._tops: dict[int, int] = {}
        self._left = 0

    def draw(self, canvas: Canvas, room: Box) -> None:
        left, top, width, height = room
        self._left = left + MARGIN
        shown = (height - 40) // LINE
        lines = [*self.lines, *([] if self.command is None else [self.prompt + self.command])]
        first = max(0, len(lines) - shown)
        self._tops = {}
        for place, line in enumerate(lines[first:]):
            middle = top + 36 + place * LINE
            self._tops[first + place] = middle
            if first + place in self._lit:
                canvas.box((left + 14, middle - LINE // 2, width - 28, LINE), self.look.select, radius=6)
            end = canvas.spans((self._left, middle), marked(line), mono(SIZE), self.look)
            if first + place == len(self.lines):
                canvas.box((self._left + end + 1, middle - 13, 12, 26), self.look.ink)

    def spot(self, name: str) -> Place:
        """name: the beginning of a line; the last such line counts."""
        number = next(place for place in reversed(range(len(self.lines))) if plain(self.lines[place]).startswith(name))
        return self._left + 40 + 7 * len(name), self._tops[number] + 4

    # -- acts ------------------------------------------------------------------------------------------

    def run(self, command: str, *output: str, takes: int = 4) -> Act:
        """Type a command, press enter, print. takes: ticks until something comes out."""

        def act(desk: Desk) -> Iterator[None]:
            yield from typed(command, self._write, at_once=1 if len(command) < 45 else 2)(desk)
            yield from wait(4)(desk)
            self.lines.append(self.prompt + command)
            self.command = None
            self._lit = set()
            desk.changed()
            yield from wait(takes)(desk)
            yield from self._come(output, desk)
            self.command = ""
            desk.changed()
            yield

        return act

    def light(self, *beginnings: str) -> Act:
        """Mark lines, so that eyes find them."""

        def act(desk: Desk) -> Iterator[None]:
            for beginning in beginnings:
                self._lit |= {n for n, line in enumerate(self.lines) if plain(line).startswith(beginning)}
            desk.changed()
            yield

        return act

    def _write(self, words: str) -> None:
        self.command = words

    def _come(self, output: tuple[str, ...], desk: Desk) -> Iterator[None]:
        for line in output:
            self.lines.append(line)
            desk.changed()
            yield
