from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kb.speech.voice import LONGEST_MS, Span, spans

FRAME_MS = 30


def frames(*stretches: tuple[bool, int]) -> list[bool]:
    return [voiced for voiced, ms in stretches for _ in range(ms // FRAME_MS)]


def heard(*stretches: tuple[bool, int]) -> list[Span]:
    voiced = frames(*stretches)
    return spans(voiced, frame_ms=FRAME_MS, duration_ms=len(voiced) * FRAME_MS)


def test_silence_holds_no_speech() -> None:
    assert heard((False, 3_000)) == []
    assert spans([], frame_ms=FRAME_MS, duration_ms=0) == []


def test_a_click_is_no_speech() -> None:
    assert heard((False, 900), (True, 60), (False, 900)) == []


def test_speech_gets_some_room_on_both_sides() -> None:
    assert heard((False, 900), (True, 1_200), (False, 900)) == [Span(750, 2_250)]


def test_room_ends_at_the_ends_of_the_recording() -> None:
    assert heard((True, 1_200)) == [Span(0, 1_200)]


def test_a_short_pause_does_not_part_words() -> None:
    assert heard((True, 600), (False, 240), (True, 600)) == [Span(0, 1_440)]
    assert len(heard((True, 600), (False, 330), (True, 600))) == 2


def test_long_speech_is_cut_at_its_longest_pause() -> None:
    cut = heard((True, 8_100), (False, 240), (True, 9_000))
    assert len(cut) == 2
    assert 8_000 <= cut[0].end_ms <= 8_400


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 900)), max_size=30))
def test_pieces_are_short_in_order_and_cover_all_that_is_voiced(stretches: list[tuple[bool, int]]) -> None:
    voiced = [flag for flag, count in stretches for _ in range(count)]
    duration_ms = len(voiced) * FRAME_MS
    pieces = spans(voiced, frame_ms=FRAME_MS, duration_ms=duration_ms)
    assert all(0 <= piece.start_ms < piece.end_ms <= duration_ms for piece in pieces)
    assert all(piece.length_ms <= LONGEST_MS for piece in pieces)
    assert all(former.end_ms <= latter.start_ms for former, latter in pairwise(pieces))
    at = 0
    for flag, count in stretches:
        if flag and count * FRAME_MS >= 90:
            inside = sum(
                min((at + count) * FRAME_MS, p.end_ms) - max(at * FRAME_MS, p.start_ms)
                for p in pieces
                if p.end_ms > at * FRAME_MS and p.start_ms < (at + count) * FRAME_MS
            )
            assert inside == count * FRAME_MS
        at += count
