"""A spreadsheet: a formula bar, a grid, a frame around what is chosen."""

from collections.abc import Callable, Iterator

from kb.demo.screens.acts import click, typed, wait
from kb.demo.screens.canvas import LIGHT, Box, Canvas, Look, Place, mono, sans
from kb.demo.screens.desk import Act, Desk

BAR = 54
HEAD = 32
ROW = 36
NUMBERS = 46


class Sheet:
    """cells: by name ("B3"). widths: of the columns from A on, in pixels. Numbers stand on the right."""

    look: Look = LIGHT

    def __init__(self, title: str, cells: dict[str, str], widths: tuple[int, ...], rows: int = 14) -> None:
        self.title, self.widths, self.rows = title, widths, rows
        self.cells = dict(cells)
        self.chosen = "A1"
        self.marked: dict[str, str] = {}
        self.formula = ""
        self._editing: str | None = None
        self._room: Box = (0, 0, 0, 0)

    def draw(self, canvas: Canvas, room: Box) -> None:
        self._room = room
        left, top, width, height = room
        self._draw_bar(canvas)
        grid = top + BAR + HEAD
        canvas.box((left + 1, top + BAR, width - 2, HEAD), self.look.bar)
        canvas.box((left + 1, grid, NUMBERS - 1, height - BAR - HEAD - 14), self.look.bar)
        for number in range(self.rows):
            y = grid + number * ROW
            canvas.text((left + NUMBERS // 2, y + ROW // 2), str(number + 1), sans(14), self.look.soft, to="m")
            canvas.line((left + 1, y + ROW), (left + width - 2, y + ROW), self.look.line)
        for number in range(len(self.widths)):
            x, wide = self._column(number)
            canvas.text((x + wide // 2, top + BAR + HEAD // 2), chr(65 + number), sans(14), self.look.soft, to="m")
            canvas.line((x + wide, top + BAR), (x + wide, top + height - 14), self.look.line)
        for area, fill in self.marked.items():
            self._draw_area(canvas, area, fill)
        for name, words in self.cells.items():
            self._draw_cell(canvas, name, words)
        self._draw_chosen(canvas)

    def spot(self, name: str) -> Place:
        x, y, wide, tall = self._place(name)
        return x + wide // 2, y + tall // 2 + 4

    def _draw_bar(self, canvas: Canvas) -> None:
        left, top, width, _ = self._room
        canvas.box((left + 14, top + 10, 74, 34), self.look.paper, radius=7, edge=self.look.line)
        canvas.text((left + 51, top + 27), self.chosen, sans(16, 560), self.look.ink, to="m")
        canvas.box((left + 98, top + 10, width - 112, 34), self.look.paper, radius=7, edge=self.look.line)
        shown = self.formula or self.cells.get(self.chosen, "")
        canvas.text((left + 112, top + 27), shown, mono(17), self.look.ink)

    def _draw_cell(self, canvas: Canvas, name: str, words: str) -> None:
        x, y, wide, tall = self._place(name)
        is_head = name[1:] == "1"
        font = sans(18, 650 if is_head else 400)
        is_number = words.lstrip("-").replace(",", "").replace(".", "").replace(" ", "").isdigit()
        if is_number:
            canvas.text((x + wide - 12, y + tall // 2), words, font, self.look.ink, to="r")
        else:
            fill = self.look.kinds["bad"] if words.startswith("#") else self.look.ink
            canvas.text((x + 12, y + tall // 2), words, font, fill)

    def _draw_area(self, canvas: Canvas, area: str, fill: str) -> None:
        start, _, end = area.partition(":")
        x, y, _, _ = self._place(start)
        to_x, to_y, wide, tall = self._place(end or start)
        canvas.box((x + 1, y + 1, to_x + wide - x - 1, to_y + tall - y - 1), fill)

    def _draw_chosen(self, canvas: Canvas) -> None:
        x, y, wide, tall = self._place(self.chosen)
        for at in ((x, y, wide, 2), (x, y + tall - 1, wide, 2), (x, y, 2, tall), (x + wide - 1, y, 2, tall)):
            canvas.box(at, "#15803d")
        canvas.box((x + wide - 5, y + tall - 5, 9, 9), "#15803d", edge="#ffffff")
        if self._editing is not None:
            wider = max(wide, round(mono(17).getlength(self._editing)) + 28)
            canvas.shadow((x, y, wider, tall), 4)
            canvas.box((x, y, wider, tall), self.look.paper, edge="#15803d")
            end = canvas.text((x + 12, y + tall // 2), self._editing, mono(17), self.look.kinds["link"])
            canvas.box((x + 13 + end, y + 8, 2, tall - 16), self.look.ink)

    def _column(self, number: int) -> tuple[int, int]:
        return self._room[0] + NUMBERS + sum(self.widths[:number]), self.widths[number]

    def _place(self, name: str) -> Box:
        x, wide = self._column(ord(name[0]) - 65)
        return x, self._room[1] + BAR + HEAD + (int(name[1:]) - 1) * ROW, wide, ROW

    # -- acts ------------------------------------------------------------------------------------------

    def choose(self, name: str, formula: str = "") -> Act:
        """Click a cell. formula: what the bar shows of it, where that is not what the cell shows."""

        def choose() -> None:
            self.chosen, self.formula = name, formula

        return click(name, choose)

    def enter(self, words: str, result: str | None = None) -> Act:
        """Type into the chosen cell and press enter. result: what a formula comes to."""

        def act(desk: Desk) -> Iterator[None]:
            yield from typed(words, self._write)(desk)
            yield from wait(4)(desk)
            self._editing = None
            self.cells[self.chosen] = words if result is None else result
            self.formula = words
            desk.changed()
            yield

        return act

    def fill(self, cells: dict[str, str]) -> Callable[[], None]:
        return lambda: self.cells.update(cells)

    def mark(self, area: str, fill: str = "#e4ebff") -> Callable[[], None]:
        """Colour an area such as "C2:C9"; none clears all."""

        def change() -> None:
            self.marked = self.marked | {area: fill} if area else {}

        return change

    def _write(self, words: str) -> None:
        self._editing = self.formula = words
