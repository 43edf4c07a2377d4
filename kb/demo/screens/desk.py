"""The desktop itself: wallpaper, one window, what pops up over it, and the pointer."""

from collections.abc import Callable, Iterator
from typing import Protocol

from kb.demo.screens.backdrop import TOP, draw_hint, draw_pointer, framed, veil
from kb.demo.screens.canvas import DARK, LIGHT, SIZE, Box, Canvas, Look, Place, sans

# One yield is one tick of the recording.
Act = Callable[["Desk"], Iterator[None]]

# Room for a window: all of the screen but a margin; and what a form needs.
FULL = (52, 36, 1176, 648)
SMALLER = (104, 46, 1072, 618)


class Window(Protocol):
    title: str
    look: Look

    def draw(self, canvas: Canvas, room: Box) -> None:
        """Draw what is below the title bar."""

    def spot(self, name: str) -> Place:
        """Where a thing of this name was drawn last, for the pointer."""


class Desk:
    """A screen with one window. look: a number that rises with every change of what is seen."""

    def __init__(self, window: Window, wallpaper: str, *, room: Box = FULL) -> None:
        self.window = window
        self.room = room
        self.wallpaper = wallpaper
        self.dialog: Dialog | None = None
        self.pointer: Place = (SIZE[0] - 190, SIZE[1] - 120)
        self.is_pressed = False
        self.hint = ""
        self.look = 0
        self._below: tuple[int, Canvas] | None = None
        self._changes = 0

    def changed(self) -> None:
        self.look += 1
        self._changes += 1

    def moved(self) -> None:
        """Only the pointer is elsewhere: what is below it need not be drawn again."""
        self.look += 1

    def spot(self, name: str) -> Place:
        self._beneath()
        return self.dialog.spot(name) if self.dialog and name in self.dialog.buttons else self.window.spot(name)

    def draw(self) -> Canvas:
        below = self._beneath()
        canvas = Canvas(below.image.copy())
        canvas.words = below.words
        draw_pointer(canvas.image, self.pointer, is_pressed=self.is_pressed)
        return canvas

    def _beneath(self) -> Canvas:
        if not self._below or self._below[0] != self._changes:
            self._below = (self._changes, self._drawn())
        return self._below[1]

    def _drawn(self) -> Canvas:
        canvas = Canvas(framed(self.wallpaper, self.room, self.window.look is DARK).copy())
        left, top, width, height = self.room
        canvas.text(
            (left + width // 2, top + TOP // 2), self.window.title, sans(17, 560), self.window.look.soft, to="m"
        )
        self.window.draw(canvas, (left, top + TOP, width, height - TOP))
        if self.dialog:
            self.dialog.draw(canvas)
        if self.hint:
            draw_hint(canvas, self.hint)
        return canvas


class Dialog:
    """A question or an error over everything else; the last button is the one to press."""

    def __init__(self, title: str, *lines: str, buttons: tuple[str, ...] = ("OK",), is_error: bool = False) -> None:
        self.title, self.lines, self.buttons, self.is_error = title, lines, buttons, is_error

    def draw(self, canvas: Canvas) -> None:
        canvas.image.paste("#0b1020", (0, 0, *SIZE), veil())
        left, top, width, height = self._room()
        canvas.shadow((left, top, width, height), 16)
        canvas.box((left, top, width, height), LIGHT.paper, radius=16)
        indent = 32
        if self.is_error:
            canvas.sign("warning", (left + 48, top + 46), "#c8312b", 32)
            indent = 78
        canvas.text((left + indent, top + 46), self.title, sans(22, 650), LIGHT.ink)
        for number, words in enumerate(self.lines):
            canvas.text((left + indent, top + 88 + number * 30), words, sans(18), "#47506a")
        for name in self.buttons:
            x, y = self.spot(name)
            is_main = name == self.buttons[-1]
            wide = _button_width(name)
            fill, ink = ("#2450d8", "#ffffff") if is_main else ("#eef1f7", LIGHT.ink)
            canvas.box((x - wide // 2, y - 21, wide, 42), fill, radius=9)
            canvas.text((x, y), name, sans(18, 560), ink, to="m")

    def spot(self, name: str) -> Place:
        left, top, width, height = self._room()
        right = left + width - 28
        for button in reversed(self.buttons):
            if button == name:
                break
            right -= _button_width(button) + 12
        return right - _button_width(name) // 2, top + height - 46

    def _room(self) -> Box:
        width = max(460, 130 + max(round(sans(18).getlength(words)) for words in (*self.lines, self.title)))
        height = 172 + 30 * len(self.lines)
        return (SIZE[0] - width) // 2, (SIZE[1] - height) // 2, width, height


def _button_width(name: str) -> int:
    return round(sans(18, 560).getlength(name)) + 44
