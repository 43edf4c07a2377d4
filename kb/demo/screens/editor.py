"""A code editor: files, lines with their numbers, a panel below for what a run or a query says."""

from collections.abc import Callable, Iterator, Sequence

from kb.demo.screens.acts import wait
from kb.demo.screens.canvas import DARK, Box, Canvas, Look, Place, mono, sans
from kb.demo.screens.desk import Act, Desk
from kb.demo.screens.words import coloured, marked

SIZE = 21
LINE = 32
SIDE = 196
TINTS = {"added": "#16382a", "removed": "#43232a", "lit": "#2b3a63", "ours": "#173a4a", "theirs": "#3b2b55"}


class Editor:
    """files: for the side, the first one open. code: its lines. tints: of lines by number from 1, see TINTS."""

    def __init__(
        self,
        title: str,
        code: Sequence[str],
        *,
        files: Sequence[str],
        language: str = "python",
        first: int = 1,
        look: Look = DARK,
    ) -> None:
        self.title, self.look, self.language, self.first = title, look, language, first
        self.files = list(files)
        self.opened = self.files[0]
        self.code = list(code)
        self.tints: dict[int, str] = {}
        self.carets: list[tuple[int, int]] = []
        self.panel: list[str] = []
        self.panel_title = ""
        self._room: Box = (0, 0, 0, 0)

    def draw(self, canvas: Canvas, room: Box) -> None:
        self._room = room
        self._draw_side(canvas)
        canvas.text((room[0] + SIDE + 24, room[1] + 22), self.opened, sans(17, 560), self.look.ink)
        for place, line in enumerate(self.code):
            self._draw_line(canvas, place, line)
        if self.panel_title:
            self._draw_panel(canvas)

    def spot(self, name: str) -> Place:
        """name: a file of the side, or words in the code."""
        left = self._room[0]
        if name in self.files:
            return left + 60, self._room[1] + 64 + self.files.index(name) * 34 + 4
        place = next(place for place, line in enumerate(self.code) if name in line)
        column = self.code[place].index(name) + len(name) // 2
        return self._text_left() + round(column * mono(SIZE).getlength("x")), self._middle(place) + 6

    def _draw_side(self, canvas: Canvas) -> None:
        left, top, _, height = self._room
        canvas.foot((left + 1, top, SIDE, height - 1), self.look.side, side="l")
        canvas.text((left + 22, top + 24), "Files", sans(14, 620), self.look.soft)
        for place, name in enumerate(self.files):
            middle = top + 64 + place * 34
            if name == self.opened:
                canvas.box((left + 10, middle - 16, SIDE - 20, 32), self.look.select, radius=7)
            canvas.text((left + 22, middle), name, sans(16), self.look.ink)

    def _draw_line(self, canvas: Canvas, place: int, line: str) -> None:
        left, _, width, _ = self._room
        middle, number = self._middle(place), self.first + place
        if tint := self.tints.get(number):
            canvas.box((left + SIDE + 1, middle - LINE // 2, width - SIDE - 2, LINE), TINTS[tint])
        canvas.text((self._text_left() - 20, middle), str(number), mono(17), self.look.soft, to="r")
        canvas.spans((self._text_left(), middle), coloured(line, self.language), mono(SIZE), self.look)
        step = mono(SIZE).getlength("x")
        for caret_line, column in self.carets:
            if caret_line == number:
                canvas.box((self._text_left() + round(column * step), middle - 13, 3, 26), "#ffd166")

    def _draw_panel(self, canvas: Canvas) -> None:
        left, top, width, height = self._room
        tall = 58 + len(self.panel) * 30
        start = top + height - tall - 1
        canvas.foot((left + SIDE + 1, start, width - SIDE - 2, tall), self.look.side, side="r")
        canvas.line((left + SIDE + 1, start), (left + width - 2, start), self.look.line)
        canvas.text((left + SIDE + 24, start + 22), self.panel_title, sans(15, 620), self.look.soft)
        for place, line in enumerate(self.panel):
            canvas.spans((left + SIDE + 24, start + 54 + place * 30), marked(line), mono(19), self.look)

    def _text_left(self) -> int:
        return self._room[0] + SIDE + 74

    def _middle(self, place: int) -> int:
        return self._room[1] + 64 + place * LINE

    # -- acts ------------------------------------------------------------------------------------------

    def write(self, number: int, words: str, *, at_once: int = 1) -> Act:
        """Type a line anew, from where it differs."""

        def act(desk: Desk) -> Iterator[None]:
            place = number - self.first
            old = self.code[place]
            same = next(
                (n for n, (a, b) in enumerate(zip(old, words, strict=False)) if a != b), min(len(old), len(words))
            )
            for end in [*range(same, len(words), at_once), len(words)]:
                self.code[place] = words[:end]
                self.carets = [(number, end)]
                desk.changed()
                yield

        return act

    def write_many(self, columns: dict[int, int], taken: int, words: str) -> Act:
        """Type the same at several lines at once. columns: line -> where; taken: how many signs it replaces."""

        def act(desk: Desk) -> Iterator[None]:
            before = {number: self.code[number - self.first] for number in columns}
            for end in range(len(words) + 1):
                for number, column in columns.items():
                    line = before[number]
                    self.code[number - self.first] = line[:column] + words[:end] + line[column + taken :]
                self.carets = [(number, column + end) for number, column in columns.items()]
                desk.changed()
                yield

        return act

    def insert(self, number: int, *lines: str) -> Act:
        """New lines appear before the line of that number, one after the other."""

        def act(desk: Desk) -> Iterator[None]:
            for place, line in enumerate(lines):
                self.code.insert(number - self.first + place, "")
                yield from self.write(number + place, line, at_once=2)(desk)

        return act

    def remove(self, *numbers: int) -> Callable[[], None]:
        def change() -> None:
            self.code = [line for place, line in enumerate(self.code) if self.first + place not in numbers]
            self.tints, self.carets = {}, []

        return change

    def tint(self, tints: dict[int, str]) -> Callable[[], None]:
        def change() -> None:
            self.tints = tints

        return change

    def place_carets(self, *carets: tuple[int, int]) -> Callable[[], None]:
        def change() -> None:
            self.carets = list(carets)

        return change

    def open(self, name: str, code: Sequence[str], *, first: int = 1) -> Callable[[], None]:
        def change() -> None:
            self.opened, self.code, self.first, self.tints, self.carets = name, list(code), first, {}, []

        return change

    def say(self, title: str, *lines: str, takes: int = 3) -> Act:
        """Fill the panel, line by line; no title closes it."""

        def act(desk: Desk) -> Iterator[None]:
            self.panel_title, self.panel = title, []
            desk.changed()
            yield from wait(takes)(desk)
            self.panel = list(lines)
            desk.changed()
            yield

        return act
