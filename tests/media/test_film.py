import wave
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from kb.media.film import shoot
from kb.media.run import Limits, run

SIZE = (64, 36)
RED, GREEN, BLUE = b"\xff\0\0", b"\0\xff\0", b"\0\0\xff"


def pictures(*colours: bytes) -> Iterable[bytes]:
    return (colour * (SIZE[0] * SIZE[1]) for colour in colours)


def starts(look: Callable[..., dict[str, Any]], film: Path) -> list[float]:
    packets = look(film, "-select_streams", "v", "-show_packets")["packets"]
    return sorted(round(float(packet["pts_time"]), 3) for packet in packets)


def test_a_picture_stays_as_long_as_it_is_told_to(tmp_path: Path, look: Callable[..., dict[str, Any]]) -> None:
    film = tmp_path / "film.mp4"
    shoot(pictures(RED, GREEN, BLUE, RED), [1, 20, 5, 1], film, size=SIZE, rate=10)
    assert starts(look, film) == [0, 0.1, 2.1, 2.6]
    (stream,) = look(film)["streams"]
    assert (stream["codec_name"], stream["pix_fmt"], stream["width"]) == ("h264", "yuv420p", 64)


def test_the_sound_goes_along(tmp_path: Path, look: Callable[..., dict[str, Any]]) -> None:
    wav, film = tmp_path / "sound.wav", tmp_path / "film.mp4"
    with wave.open(str(wav), "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(bytes(32_000))
    shoot(pictures(RED, BLUE), [9, 1], film, size=SIZE, rate=10, wav=wav)
    assert [stream["codec_name"] for stream in look(film)["streams"]] == ["h264", "aac"]


def test_a_picture_too_few_is_said_instead_of_filmed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1 pictures were drawn, 2 are to be shown"):
        shoot(pictures(RED), [1, 1], tmp_path / "film.mp4", size=SIZE, rate=10)


def test_a_program_that_stops_reading_is_no_fault() -> None:
    finished = run(["head", "-c", "3"], limits=Limits(deadline_s=20), feed=(b"abc" for _ in range(200_000)))
    assert finished.stdout == b"abc"


def test_what_breaks_while_it_is_drawn_comes_back() -> None:
    def broken() -> Iterable[bytes]:
        yield b"abc"
        raise LookupError("no such colour")

    with pytest.raises(LookupError, match="no such colour"):
        run(["cat"], limits=Limits(deadline_s=20), feed=broken())
