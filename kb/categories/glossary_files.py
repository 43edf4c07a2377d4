"""The glossary as a file for spreadsheets: a name in the first column, what is heard for it in those after. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator

from kb.categories.glossary import Known
from kb.errors import Invalid

HEADER = ["written", "heard"]
LARGEST_BYTES = 256 * 1024
MOST_ROWS = 500


def to_csv(words: Iterable[Known]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    writer.writerows([word.written, ", ".join(word.heard)] for word in words)
    return out.getvalue()


def from_csv(content: bytes) -> list[tuple[int, str, list[str]]]:
    """Of each row its line, what is written and what is heard. Raises Invalid with the field `file`."""
    if len(content) > LARGEST_BYTES:
        raise _refused(f"The file is larger than {LARGEST_BYTES // 1024} kB.")
    try:
        rows = list(_rows(content.decode("utf-8-sig")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _refused("This is no CSV file in UTF-8. Save it as “CSV UTF-8” and choose it again.") from error
    if not rows:
        raise _refused("No words were found in this file.")
    if len(rows) > MOST_ROWS:
        raise _refused(f"The file has more than {MOST_ROWS} rows. Split it.")
    return rows


def _rows(text: str) -> Iterator[tuple[int, str, list[str]]]:
    # Spreadsheets of half of Europe write semicolons.
    first = text.split("\n", 1)[0]
    delimiter = max("\t;,", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for row in reader:
        cells = [cell.strip() for cell in row]
        if any(cells) and [cell.lower() for cell in cells if cell] != HEADER:
            written, *heard = cells
            yield reader.line_num, written, [form for cell in heard for form in cell.split(",")]


def _refused(text: str) -> Invalid:
    return Invalid("The file can't be read.", errors={"file": [text]})
