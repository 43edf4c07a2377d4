"""An application of forms and lists: a side to choose from, and rows from top to bottom."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from kb.demo.screens.acts import click, typed, wait
from kb.demo.screens.canvas import LIGHT, Box, Canvas, Look, Place, sans
from kb.demo.screens.desk import Act, Desk

SIDE = 236
MARGIN = 44
TINTS = {"good": "#dcfce7", "bad": "#fee4e2", "warm": "#fef0c7", "link": "#e4ebff", "soft": "#eef1f7"}


@dataclass(frozen=True)
class Heading:
    name: str
    below: str = ""
    tall = 78

    def draw(self, canvas: Canvas, at: Box, look: Look, *, is_focused: bool) -> None:
        canvas.text((at[0], at[1] + 26), self.name, sans(27, 680), look.ink)
        canvas.text((at[0], at[1] + 56), self.below, sans(17), look.soft)


@dataclass(frozen=True)
class Field:
    """value: what stands in it; a choice has an arrow."""

    name: str
    value: str = ""
    is_choice: bool = False
    tall = 86

    def draw(self, canvas: Canvas, at: Box, look: Look, *, is_focused: bool) -> None:
        left, top, width, _ = at
        canvas.text((left, top + 12), self.name, sans(16, 560), look.soft)
        frame = (left, top + 28, width, 44)
        if is_focused:
            canvas.box((left - 3, top + 25, width + 6, 50), "#c3d1ff", radius=11)
        canvas.box(frame, look.paper, radius=8, edge=look.kinds["link"] if is_focused else "#c5ccda")
        end = canvas.text((left + 16, top + 50), self.value, sans(19), look.ink)
        if self.is_choice:
            canvas.sign("down", (left + width - 24, top + 50), look.soft, 18)
        elif is_focused:
            canvas.box((left + 17 + end, top + 38, 2, 24), look.ink)


@dataclass(frozen=True)
class Toggle:
    name: str
    below: str = ""
    is_on: bool = False
    tall = 74

    def draw(self, canvas: Canvas, at: Box, look: Look, *, is_focused: bool) -> None:
        left, top, width, _ = at
        canvas.text((left, top + 24), self.name, sans(19, 560), look.ink)
        canvas.text((left, top + 50), self.below, sans(16), look.soft)
        x = left + width - 60
        canvas.box((x, top + 18, 56, 32), look.kinds["link"] if self.is_on else "#c5ccda", radius=16)
        canvas.sign("dot", (x + (40 if self.is_on else 16), top + 34), "#ffffff", 26)
        canvas.line((left, top + 70), (left + width, top + 70), look.line)


@dataclass(frozen=True)
class Item:
    """A line of a list. badge: a word in a pill at its end; kind: its colour (see TINTS). letter: in a disc before."""

    name: str
    below: str = ""
    badge: str = ""
    kind: str = "soft"
    letter: str = ""
    is_chosen: bool = False
    tall = 68

    def draw(self, canvas: Canvas, at: Box, look: Look, *, is_focused: bool) -> None:
        left, top, width, _ = at
        if self.is_chosen or is_focused:
            canvas.box((left - 14, top + 1, width + 28, 62), look.select, radius=10)
        indent = 0
        if self.letter:
            canvas.sign("dot", (left + 22, top + 32), look.kinds.get(self.kind, look.soft), 42)
            canvas.text((left + 22, top + 32), self.letter, sans(19, 620), "#ffffff", to="m")
            indent = 60
        canvas.text((left + indent, top + 20), self.name, sans(19, 560), look.ink)
        canvas.text((left + indent, top + 46), self.below, sans(16), look.soft)
        if self.badge:
            wide = round(sans(15, 620).getlength(self.badge)) + 26
            canvas.box((left + width - wide, top + 17, wide, 30), TINTS[self.kind], radius=15)
            ink = look.kinds.get(self.kind, look.soft)
            canvas.text((left + width - wide // 2, top + 32), self.badge, sans(15, 620), ink, to="m")
        canvas.line((left, top + 65), (left + width, top + 65), look.line)


@dataclass(frozen=True)
class Button:
    name: str
    is_main: bool = True
    tall = 66

    @property
    def width(self) -> int:
        return round(sans(18, 600).getlength(self.name)) + 48

    def draw(self, canvas: Canvas, at: Box, look: Look, *, is_focused: bool) -> None:
        fill, ink = (look.kinds["link"], "#ffffff") if self.is_main else ("#eef1f7", look.ink)
        canvas.box((at[0], at[1] + 10, self.width, 46), fill, radius=9)
        canvas.text((at[0] + self.width // 2, at[1] + 33), self.name, sans(18, 600), ink, to="m")


@dataclass(frozen=True)
class Note:
    """A coloured box with one line."""

    name: str
    kind: str = "good"
    tall = 68

    def draw(self, canvas: Canvas, at: Box, look: Look, *, is_focused: bool) -> None:
        left, top, width, _ = at
        canvas.box((left, top + 4, width, 52), TINTS[self.kind], radius=10)
        sign = {"good": "check", "bad": "warning", "warm": "warning"}.get(self.kind, "dot")
        canvas.sign(sign, (left + 28, top + 30), look.kinds[self.kind], 22 if sign != "dot" else 12)
        canvas.text((left + 54, top + 30), self.name, sans(18, 560), look.kinds[self.kind])


Row = Heading | Field | Toggle | Item | Button | Note


class Page:
    """rows: from top to bottom; those in a tuple stand side by side. side: names to choose from, the first chosen."""

    look: Look = LIGHT

    def __init__(self, title: str, rows: Sequence[Row | tuple[Row, ...]], *, side: Sequence[str] = ()) -> None:
        self.title, self.side = title, side
        self.chosen = side[0] if side else ""
        self.rows = list(rows)
        self.focus = ""
        self.options: tuple[str, ...] = ()
        self._spots: dict[str, Place] = {}

    def draw(self, canvas: Canvas, room: Box) -> None:
        self._spots = {}
        left, top, width, _ = room
        if self.side:
            self._draw_side(canvas, room)
            left, width = left + SIDE, width - SIDE
        y = top + 26
        for row in self.rows:
            together = row if isinstance(row, tuple) else (row,)
            whole = width - 2 * MARGIN
            x = left + MARGIN
            for each in together:
                wide = each.width if isinstance(each, Button) else (whole + 24) // len(together) - 24
                each.draw(canvas, (x, y, wide, each.tall), self.look, is_focused=each.name == self.focus)
                self._spots[each.name] = _middle(each, (x, y, wide, each.tall))
                x += wide + (14 if isinstance(each, Button) else 24)
            y += together[0].tall
        if self.options:
            self._draw_options(canvas)

    def spot(self, name: str) -> Place:
        return self._spots[name]

    def _draw_side(self, canvas: Canvas, room: Box) -> None:
        left, top, _, height = room
        canvas.foot((left + 1, top, SIDE, height - 1), self.look.side, side="l")
        canvas.line((left + SIDE, top), (left + SIDE, top + height - 2), self.look.line)
        for place, name in enumerate(self.side):
            middle = top + 42 + place * 44
            is_chosen = name == self.chosen
            if is_chosen:
                canvas.box((left + 14, middle - 19, SIDE - 28, 38), self.look.select, radius=8)
            ink = self.look.kinds["link"] if is_chosen else self.look.ink
            canvas.text((left + 30, middle), name, sans(18, 560 if is_chosen else 400), ink)
            self._spots[name] = (left + 90, middle + 6)

    def _draw_options(self, canvas: Canvas) -> None:
        """What a choice offers, hanging below it."""
        x, y = self._spots[self.focus]
        left, top, wide = x - 150, y + 26, 340
        frame = (left, top, wide, 14 + 42 * len(self.options))
        canvas.shadow(frame, 10)
        canvas.box(frame, self.look.paper, radius=10, edge=self.look.line)
        for place, name in enumerate(self.options):
            middle = top + 28 + place * 42
            canvas.text((left + 20, middle), name, sans(18), self.look.ink)
            self._spots[name] = (left + 120, middle + 4)

    # -- acts ------------------------------------------------------------------------------------------

    def fill(self, name: str, words: str) -> Act:
        """Click a field and type."""

        def act(desk: Desk) -> Iterator[None]:
            yield from click(name, self.at(name))(desk)
            yield from typed(words, lambda so_far: self._change(name, value=so_far))(desk)

        return act

    def pick(self, name: str, *options: str, take: str) -> Act:
        """Open a choice, look, take one."""

        def act(desk: Desk) -> Iterator[None]:
            yield from click(name, self.at(name), lambda: self._offer(options))(desk)
            yield from wait(4)(desk)
            yield from click(take, lambda: self._offer(()), lambda: self._change(name, value=take))(desk)

        return act

    def switch(self, name: str, *, on: bool = True) -> Act:
        return click(name, self.at(""), lambda: self._change(name, is_on=on))

    def at(self, name: str) -> Callable[[], None]:
        def focus() -> None:
            self.focus = name

        return focus

    def put(self, *rows: Row | tuple[Row, ...], chosen: str = "", title: str = "") -> Callable[[], None]:
        """Show other rows; chosen: of the side."""

        def change() -> None:
            self.rows, self.focus = list(rows), ""
            self.chosen, self.title = chosen or self.chosen, title or self.title

        return change

    def amend(self, row: str, **values: object) -> Callable[[], None]:
        """Change what a row of this name says."""
        return lambda: self._change(row, **values)

    def _offer(self, options: tuple[str, ...]) -> None:
        self.options = options

    def _change(self, named: str, **values: object) -> None:
        def changed(row: Row) -> Row:
            return replace(row, **values) if row.name == named else row  # type: ignore[arg-type]

        self.rows = [tuple(map(changed, row)) if isinstance(row, tuple) else changed(row) for row in self.rows]


def _middle(row: Row, at: Box) -> Place:
    left, top, width, tall = at
    if isinstance(row, Toggle):
        return left + width - 32, top + 38
    if isinstance(row, Button):
        return left + 40, top + 40
    if isinstance(row, Field):
        return left + 150, top + 54
    return left + 130, top + tall // 2
