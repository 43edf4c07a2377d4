"""Real technical prose to search in: the documentation that Debian packages ship, as pages of headed sections.

Fetched once with `apt-get download` into ~/.cache/showhow-bench and unpacked there without being installed (140 MB).
Whose it is and under which licence stands in each package; nothing of it is kept with the site.
"""

import gzip
import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from html.parser import HTMLParser
from pathlib import Path

CACHE = Path.home() / ".cache" / "showhow-bench"
# Say another name whenever pages are read in another way.
KEPT = CACHE / "prose-3.jsonl.gz"
# Package: what its pages are about. Of one whose name has no version apt knows the present one.
PACKAGES = {
    "linux-doc": "Linux",
    "python3-doc": "Python",
    "postgresql-doc": "PostgreSQL",
    "sqlite3-doc": "SQLite",
    "perl-doc": "Perl",
    "git-doc": "Git",
    "apache2-doc": "Apache",
    "python-django-doc": "Django",
    "python-sqlalchemy-doc": "SQLAlchemy",
    "libreoffice-help-en-us": "LibreOffice",
    "octave-doc": "Octave",
    "exim4-doc-html": "Exim",
    "debian-reference-en": "Debian",
    "cmake-doc": "CMake",
    "qtbase5-doc-html": "Qt",
    "rust-doc": "Rust",
    "default-jdk-doc": "Java",
}
# Pages in other languages, lists without sentences, news of versions, and what stands elsewhere again.
PASSED_OVER = re.compile(
    r"/(translations|_modules|_sources|class-use|releases)/|/manual/(?!en/)[a-z-]+/"
    r"|\.(?!en\b)[a-z]{2}(-[a-z]+)?(\.[\w-]+)?\.html|/(gen|py-mod)?index[^/]*\.html|changelog|whatsnew|copyright"
    r"|/(all(classes|packages)|package-(use|tree))|-members\.html|/html/(core|alloc|test|std/(arch|[iuf]\d))/"
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
BLOCKS = HEADINGS | {"p", "li", "dd", "dt", "td", "th", "div", "section", "table", "ul", "ol", "dl", "title", "body"}
SILENT = frozenset(("script", "style", "pre", "nav", "head", "table", "svg", "footer"))
# Without an end tag of their own these would be left open.
VOID = frozenset(("br", "hr", "img", "meta", "link", "input", "col", "area", "wbr", "base"))
ASIDE = re.compile(r"sphinxsidebar|related|toctree|navheader|navfooter|headerlink|nav-panel|breadcrumb")
# A sentence of its own: begins like one, and ends like one.
SENTENCES = re.compile(r"[A-Z\"'(].{30,}[.!?:)]$")
LETTERS = re.compile(r"[A-Za-z]{2,}[,.;:!?]?")
POD_MARKUP = re.compile(r"[A-Z]<+ ?([^<>]*?) ?>+")


@dataclass
class Section:
    heading: str
    level: int
    paragraphs: list[str] = field(default_factory=list)


@dataclass
class Page:
    """path: below its package, without version; it names the page for good."""

    topic: str
    path: str
    sections: list[Section]

    @property
    def words(self) -> int:
        return sum(len(text.split()) for section in self.sections for text in section.paragraphs)


def pages() -> list[Page]:
    """All of them in one order. Exits with a sentence where the packages can't be fetched."""
    if not KEPT.exists():
        read = [page for package, topic in PACKAGES.items() for page in _read(_fetched(package), topic)]
        with gzip.open(KEPT.with_suffix(".part"), "wt", 3, "utf-8") as part:
            part.writelines(json.dumps(asdict(page)) + "\n" for page in read)
        KEPT.with_suffix(".part").rename(KEPT)
    with gzip.open(KEPT, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Page(row["topic"], row["path"], [Section(**each) for each in row["sections"]]) for row in rows]


def _fetched(package: str) -> Path:
    folder = CACHE / "packages" / package
    if not folder.exists():
        unpacked = folder.with_suffix(".part")
        downloads = CACHE / "downloads"
        downloads.mkdir(parents=True, exist_ok=True)
        try:
            asked = subprocess.run(["apt-cache", "depends", package], check=True, capture_output=True, text=True).stdout
            real = re.search(r"Depends: (?=\S*\d)(\S+-doc(?:-[\d.]+)?)$", asked, re.MULTILINE)
            name = real[1] if real else package
            subprocess.run(["apt-get", "-q", "download", name], check=True, cwd=downloads, capture_output=True)
        except (subprocess.CalledProcessError, FileNotFoundError):
            sys.exit(
                f"The corpus is made of Debian's {package}, which apt-get could not download. Check the network, run "
                "apt-get update once, and try again."
            )
        [archive] = downloads.glob(f"{name}_*.deb")
        unpacked.mkdir(parents=True, exist_ok=True)
        subprocess.run(["dpkg-deb", "-x", archive, unpacked], check=True)
        archive.unlink()
        unpacked.rename(folder)
    return folder


def _read(folder: Path, topic: str) -> Iterator[Page]:
    found = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    for path in sorted(found):
        name = re.sub(r"-\d[\d.]*(?=/)", "", str(path.relative_to(folder)))
        if path.suffix in (".html", ".pod") and not PASSED_OVER.search(f"/{name}"):
            text = path.read_text("utf-8", "replace")
            sections = _pod_sections(text) if path.suffix == ".pod" else _html_sections(text)
            if any(section.paragraphs for section in sections):
                yield Page(topic, name, sections)


def _html_sections(text: str) -> list[Section]:
    reader = Reader()
    reader.feed(text)
    reader.close()
    reader.end_of_block()
    return reader.sections


def _pod_sections(text: str) -> list[Section]:
    sections: list[Section] = []
    for block in re.split(r"\n\s*\n", text):
        said = " ".join(POD_MARKUP.sub(r"\1", POD_MARKUP.sub(r"\1", block)).split())
        if heading := re.match(r"=head(\d) (.+)", said):
            sections.append(Section(heading[2], int(heading[1])))
        elif sections and not block.startswith(("=", " ", "\t")) and is_prose(said):
            sections[-1].paragraphs.append(said)
    return sections


class Reader(HTMLParser):
    """Keeps headings, and of the rest what is sentences."""

    def __init__(self) -> None:
        super().__init__()
        self.sections: list[Section] = []
        self._said: list[str] = []
        self._level = 0
        # Open tags since the first that is passed over.
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        if self._silent or tag in SILENT or ASIDE.search(dict(attrs).get("class") or ""):
            self._silent.append(tag)
        elif tag in BLOCKS:
            self.end_of_block()
            self._level = int(tag[1]) if tag in HEADINGS else 0

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag in self._silent:
                while self._silent.pop() != tag:
                    pass
        elif tag in BLOCKS:
            self.end_of_block()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._said.append(data)

    def end_of_block(self) -> None:
        said = " ".join("".join(self._said).replace("\xb6", "").split())
        self._said = []
        if self._level and said:
            self.sections.append(Section(said, self._level))
        elif self.sections and is_prose(said):
            self.sections[-1].paragraphs.append(said)
        self._level = 0


def is_prose(text: str) -> bool:
    words = text.split()
    return bool(SENTENCES.match(text)) and sum(map(bool, map(LETTERS.fullmatch, words))) >= 0.7 * len(words)


def plain(heading: str) -> str:
    """A heading without its number and what stands in it as code."""
    bare = re.sub(r"^(Chapter )?[\dA-Z]{0,2}(\.\d+)*\.?\s+(?=\S)", "", html.unescape(heading))
    return " ".join(bare.replace("\u2014", "-").split()).strip(" -:.\u201c\u201d")


if __name__ == "__main__":
    by_topic: dict[str, list[Page]] = {}
    for page in pages():
        by_topic.setdefault(page.topic, []).append(page)
    for topic, found in by_topic.items():
        print(f"{topic}: {len(found):,} pages, {sum(page.words for page in found):,} words")
