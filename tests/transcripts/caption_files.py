"""Caption files of every make: what goes in, and what comes out of it. docs/captions.md shows the same table."""

from dataclasses import dataclass

from kb.transcripts.cues import LONGEST_TEXT, MOST_CUES, NONE_FOUND, TOO_LARGE, TOO_MANY, TimedText

VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nhello there\n"
SRT = "1\n00:00:01,000 --> 00:00:02,500\nhello there\n"
YOUTUBE = """WEBVTT
Kind: captions
Language: en

00:00:01.000 --> 00:00:02.500 align:start position:0%
\x20
hello<00:00:01.500><c> there</c>

00:00:02.500 --> 00:00:02.510 align:start position:0%
hello there
\x20

00:00:02.510 --> 00:00:04.000 align:start position:0%
hello there
again<00:00:03.000><c> and</c><00:00:03.500><c> again</c>
"""
ONE = (TimedText(1000, 2500, "hello there"),)


@dataclass(frozen=True)
class Given:
    """what, happens: as the table for people says it. refused: the sentence, where nothing is taken."""

    what: str
    happens: str
    content: bytes
    cues: tuple[TimedText, ...] = ONE
    refused: str = ""


def one(text: str) -> tuple[TimedText, ...]:
    return (TimedText(1000, 2500, text),)


def vtt(*lines: str) -> bytes:
    return ("WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n" + "\n".join(lines) + "\n").encode()


def timed(first: str, *, text: str = "no") -> bytes:
    """A cue with such times, and a good one below it."""
    return f"WEBVTT\n\n{first}\n{text}\n\n00:01.000 --> 00:02.500\nhello there\n".encode()


def many(count: int) -> bytes:
    return b"".join(
        b"%d:%02d:%02d.0-->%d:%02d:%02d.5\nx\n" % ((n // 3600, n // 60 % 60, n % 60) * 2) for n in range(count)
    )


def seconds(count: int) -> tuple[TimedText, ...]:
    return tuple(TimedText(n * 1000, n * 1000 + 500, "x") for n in range(count))


READ = "Read."
LEFT_OUT = "That caption is left out, the others are read."
FILES = (
    # -- encodings --
    Given("WebVTT in UTF-8", READ, VTT.encode()),
    Given("SubRip in UTF-8", READ, SRT.encode()),
    Given("WebVTT with a byte order mark", READ, b"\xef\xbb\xbf" + VTT.encode()),
    Given("SubRip with a byte order mark", READ, b"\xef\xbb\xbf" + SRT.encode()),
    Given("UTF-16 with a byte order mark, little-endian", READ, b"\xff\xfe" + VTT.encode("utf-16-le")),
    Given("UTF-16 with a byte order mark, big-endian", READ, b"\xfe\xff" + VTT.encode("utf-16-be")),
    Given("UTF-16 without a byte order mark, English", READ, VTT.encode("utf-16-le")),
    Given("Latin-1", READ, SRT.replace("hello there", "Grüße, Übung").encode("latin-1"), one("Grüße, Übung")),
    Given("Windows-1252", READ, SRT.encode().replace(b"hello there", b"\x93hello\x94 \x80 5"), one("“hello” € 5")),
    Given("UTF-8 with a damaged letter", "Read; the letter is shown as �.",
          SRT.replace("hello there", "Grüße, Übung für Größen").encode().replace(b"\xc3\xbc", b"\xc3", 1),
          one("Gr�ße, Übung für Größen")),
    # -- lines --
    Given("Windows line ends (CRLF)", READ, VTT.replace("\n", "\r\n").encode()),
    Given("SubRip with Windows line ends", READ, SRT.replace("\n", "\r\n").encode() + b"\r\n"),
    Given("Old Mac line ends (CR)", READ, VTT.replace("\n", "\r").encode()),
    Given("No line end at the end", READ, VTT.rstrip().encode()),
    Given("Empty lines before the first caption", READ, b"\n\n" + SRT.encode()),
    Given("Spaces all over", "Read; one space is left between words.", vtt("  hello   there  ")),
    Given("Two lines in a caption", "Read; both lines are kept.", vtt("hello", "there"), one("hello\nthere")),
    Given("An empty line inside a caption", "Read up to the empty line, as players do.",
          vtt("hello there", "", "lost")),
    # -- blocks --
    Given("A title or fields in the header", "Read; they are left out.",
          VTT.replace("WEBVTT\n", "WEBVTT - Reset the VPN\nKind: captions\nLanguage: en\n").encode()),
    Given("No header", READ, VTT.removeprefix("WEBVTT\n\n").encode()),
    Given("NOTE, STYLE and REGION blocks", "Read; they are left out.",
          b"WEBVTT\n\nNOTE hi --x\n\nSTYLE\n::cue {}\n\nREGION\nid:fred\n\n00:01.000 --> 00:02.500\nhello there\n"),
    Given("Names or numbers above captions", "Read; they are left out.",
          b"WEBVTT\n\nintro\n00:01.000 --> 00:02.500\nhello there\n"),
    Given("SubRip without numbers", READ, SRT.removeprefix("1\n").encode()),
    Given("No empty line between captions", READ, SRT.encode() + b"2\n00:00:03,000 --> 00:00:04,000\n7\n",
          (*ONE, TimedText(3000, 4000, "7"))),
    Given("Place and alignment behind the times", "Read; they are left out.",
          b"WEBVTT\n\n00:01.000 --> 00:02.500 line:0 align:start\nhello there\n"),
    # -- times --
    Given("Times without hours", READ, b"WEBVTT\n\n00:01.000 --> 00:02.500\nhello there\n"),
    Given("Times without hours on one side", READ, b"WEBVTT\n\n00:01.000 --> 00:00:02.500\nhello there\n"),
    Given("SubRip with points instead of commas", READ, SRT.replace(",", ".").encode()),
    Given("WebVTT with commas instead of points", READ, VTT.replace(".000", ",000").replace(".500", ",500").encode()),
    Given("Short times (`0:1.0-->0:2.5`)", READ, b"0:1.0-->0:2.5\nhello there\n"),
    Given("Whole seconds", READ, b"1\n00:00:01 --> 00:00:02\nhello there\n", (TimedText(1000, 2000, "hello there"),)),
    Given("Arrows of one or a long dash", READ, SRT.replace("-->", "–>").encode()),
    Given("Captions out of order", "Read and put in order.",
          b"WEBVTT\n\n00:03.000 --> 00:04.000\nb\n\n00:01.000 --> 00:02.500\nhello there\n",
          (*ONE, TimedText(3000, 4000, "b"))),
    Given("Captions that overlap", "Read; both are shown.",
          b"WEBVTT\n\n00:01.000 --> 00:02.500\nhello there\n\n00:02.000 --> 00:04.000\nb\n",
          (*ONE, TimedText(2000, 4000, "b"))),
    Given("A caption that ends before it starts", LEFT_OUT, timed("00:05.000 --> 00:02.000")),
    Given("A caption that takes no time", LEFT_OUT, timed("00:05.000 --> 00:05.000")),
    Given("A caption without words", LEFT_OUT, timed("00:05.000 --> 00:06.000", text="   ")),
    Given("A negative time", LEFT_OUT, timed("-00:00:05.000 --> 00:00:06.000")),
    Given("A time beyond a day, or of more than 99 hours", LEFT_OUT, timed("00:05.000 --> 120:00:06.000")),
    Given("A time with too many digits", LEFT_OUT, timed("99999999999:00:01.000 --> 99999999999:00:02.500")),
    Given("Letters or film frames instead of a time", LEFT_OUT, timed("00:00:0x.000 --> 00:00:02:12")),
    # -- markup --
    Given("Bold, speakers and colours", "Read without them.", vtt("<v Ada><b>hello</b> <c.loud.red>there</c>")),
    Given("SubRip with fonts and ASS codes", "Read without them.",
          SRT.replace("hello there", "{\\an8}<i>hello</i> <font size=9>there</font>").encode()),
    Given("Signs above a word (ruby)", "Read; they follow in brackets.",
          vtt("<ruby>漢字<rt>kanji</rt></ruby>"), one("漢字(kanji)")),
    Given("A time for each word", "Read without them.", vtt("hello <00:00:01.500>there")),
    Given("YouTube's automatic captions", "Read; lines that it repeats in the next caption come once.",
          YOUTUBE.encode(), (*ONE, TimedText(2510, 4000, "again and again"))),
    Given("Letters written as names (`&amp;`)", "Read as the letters that they mean.",
          vtt("a &lt;b&gt; &amp; c&nbsp;d &#8364;"), one("a <b> & c d €")),
    Given("`<script>` in a caption", "The tag is left out; what stands in it is text and never runs.",
          vtt("<script>alert(1)</script>hello there"), one("alert(1)hello there")),
    Given("`&lt;script&gt;` in a caption", "Text, shown as it is and never run.",
          vtt("&lt;script&gt;alert(1)&lt;/script&gt;"), one("<script>alert(1)</script>")),
    Given("A lone `<` or `->`", "Read as it is.", vtt("a -> b if 1 < 2"), one("a -> b if 1 < 2")),
    # -- scripts --
    Given("Arabic or Hebrew", "Read, and shown from the right.", vtt("שלום, مرحبا"), one("שלום, مرحبا")),
    Given("Emoji, and letters joined by invisible signs", READ, vtt("👩‍💻 می‌خواهم"), one("👩‍💻 می‌خواهم")),
    Given("Signs that turn the direction of what follows, bells, NULs", "Read without them.",
          vtt("he\x00l\x07lo \u202ethere")),
    # -- size --
    Given("10,000 captions", READ, many(10_000), seconds(10_000)),
    Given(f"A caption of more than {LONGEST_TEXT:,} letters", f"Read up to the {LONGEST_TEXT:,}th letter.",
          vtt("x" * 100_000), one("x" * LONGEST_TEXT)),
    Given(f"More than {MOST_CUES:,} captions", "Refused.", many(MOST_CUES + 1), refused=TOO_MANY),
    Given("1,000,000 captions, and any file of more than 5 MB", "Refused before it is read.",
          many(1_000_000), refused=TOO_LARGE),
    # -- no captions --
    Given("An empty file", "Refused.", b"", refused=NONE_FOUND),
    Given("Only spaces or a header", "Refused.", b"WEBVTT\n \n\n ", refused=NONE_FOUND),
    Given("No caption that could be shown", "Refused.", b"00:05.000 --> 00:02.000\nno\n", refused=NONE_FOUND),
    Given("Text without times", "Refused.", b"not captions at all", refused=NONE_FOUND),
    Given("A web page", "Refused.", b"<html><script>alert(1)</script></html>", refused=NONE_FOUND),
    Given("JSON", "Refused here; the API takes it.", b'{"cues": []}', refused=NONE_FOUND),
    Given("ASS, SSA", "Refused.",
          b"[Script Info]\n\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,hi\n", refused=NONE_FOUND),
    Given("MicroDVD (`{25}{50}`)", "Refused.", b"{25}{50}hello there\n", refused=NONE_FOUND),
    Given("Bytes without meaning", "Refused.", bytes(range(256)) * 40, refused=NONE_FOUND),
    Given("A recording", "Refused.", b"\0\0\0\x18ftypisom" + b"\0" * 5000, refused=NONE_FOUND),
)  # fmt: skip
