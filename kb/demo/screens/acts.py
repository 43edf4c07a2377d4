"""What a hand does on every screen: point, click, type, press keys. An act yields once a tick."""

import math
from collections.abc import Callable, Iterator

from kb.demo.screens.desk import Act, Desk, Dialog

GLIDE_TICKS = 7


def wait(ticks: int) -> Act:
    def act(desk: Desk) -> Iterator[None]:
        for _ in range(ticks):
            yield

    return act


def point(name: str) -> Act:
    """Glide to a thing on the screen, fast in the middle of the way."""

    def act(desk: Desk) -> Iterator[None]:
        (left, top), (to_left, to_top) = desk.pointer, desk.spot(name)
        for step in range(1, GLIDE_TICKS + 1):
            share = (1 - math.cos(math.pi * step / GLIDE_TICKS)) / 2
            desk.pointer = round(left + (to_left - left) * share), round(top + (to_top - top) * share)
            desk.moved()
            yield

    return act


def click(name: str, *then: Callable[[], None]) -> Act:
    """Point at a thing, press, and let it do what it does."""

    def act(desk: Desk) -> Iterator[None]:
        yield from point(name)(desk)
        desk.is_pressed = True
        desk.moved()
        yield from wait(2)(desk)
        desk.is_pressed = False
        for change in then:
            change()
        desk.changed()
        yield from wait(3)(desk)

    return act


def show(dialog: Dialog | None) -> Act:
    """Let a dialog appear, or go."""

    def act(desk: Desk) -> Iterator[None]:
        desk.dialog = dialog
        desk.changed()
        yield

    return act


def press(name: str) -> Act:
    """Click a dialog's button; it goes away."""

    def act(desk: Desk) -> Iterator[None]:
        yield from click(name)(desk)
        yield from show(None)(desk)

    return act


def change(*changes: Callable[[], None]) -> Act:
    """Something happens on the screen by itself."""

    def act(desk: Desk) -> Iterator[None]:
        for each in changes:
            each()
        desk.changed()
        yield

    return act


def keys(hint: str, *then: Callable[[], None]) -> Act:
    """Press a combination of keys, shown as recorders show it."""

    def act(desk: Desk) -> Iterator[None]:
        desk.hint = hint
        desk.changed()
        yield from wait(5)(desk)
        for each in then:
            each()
        desk.changed()
        yield from wait(7)(desk)
        desk.hint = ""
        desk.changed()
        yield

    return act


def typed(words: str, write: Callable[[str], None], *, at_once: int = 1) -> Act:
    """Type words: `write` is given what stands there so far. at_once: signs a tick."""

    def act(desk: Desk) -> Iterator[None]:
        for end in range(at_once, len(words) + at_once, at_once):
            write(words[:end])
            desk.changed()
            yield

    return act
