"""tus 1.0.0, rule by rule, in the words of https://tus.io/protocols/resumable-upload."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from kb.db import now
from tests.conftest import Caller
from tests.screencasts.conftest import PART_TYPE, UPLOADS, Sender, metadata

LENGTH = 20
FIRST, REST = b"0123456789", b"abcdefghij"


@dataclass(frozen=True)
class Rule:
    """What the protocol says, and a request that is to be answered so.

    of: nothing, or an upload that is `fresh`, has its `half`, is `deferred`, or was `ended`.
    """

    says: str
    of: str
    method: str
    status: int
    headers: Mapping[str, object] = field(default_factory=dict)
    body: bytes = b""
    answers: Mapping[str, str | None] = field(default_factory=dict)
    # Bytes that are there afterwards.
    offset: int | None = None


def part(offset: object = 10, **others: object) -> dict[str, object]:
    return {"Upload-Offset": offset, "Content-Type": PART_TYPE} | others


def checksum(algorithm: str, body: bytes) -> dict[str, object]:
    digest = hashlib.new(algorithm, body).digest()
    return {"Upload-Checksum": f"{algorithm} {base64.b64encode(digest).decode()}"}


KEPT = metadata(filename="a clip.mp4", title="Hi") + ",empty"

RULES = (
    # -- core: HEAD
    Rule("Upload-Offset for a HEAD, even if the offset is 0", "fresh", "HEAD", 200, answers={"Upload-Offset": "0"}),
    Rule("HEAD: the offset of what was received", "half", "HEAD", 200, answers={"Upload-Offset": "10"}),
    Rule("if the size is known, Upload-Length in the response", "half", "HEAD", 200, answers={"Upload-Length": "20"}),
    Rule("not found: 404, 410 or 403 without Upload-Offset", "ended", "HEAD", 404, answers={"Upload-Offset": None}),
    Rule("prevent caching by Cache-Control: no-store", "half", "HEAD", 200, answers={"Cache-Control": "no-store"}),
    # -- core: PATCH
    Rule("204 and the new offset for a PATCH", "half", "PATCH", 204, part(), REST[:5], {"Upload-Offset": "15"}, 15),
    Rule("a PATCH without a byte is one", "half", "PATCH", 204, part(), b"", {"Upload-Offset": "10"}, 10),
    Rule("another Content-Type: 415", "half", "PATCH", 415, part(**{"Content-Type": "text/plain"}), REST, offset=10),
    Rule("no Content-Type: 415", "half", "PATCH", 415, part(**{"Content-Type": None}), REST, offset=10),
    Rule("offsets don't match: 409, the upload is not modified", "half", "PATCH", 409, part(0), REST, offset=10),
    Rule("an offset beyond the end: 409", "half", "PATCH", 409, part(11), REST, offset=10),
    Rule("PATCH of one that is not there: 404", "ended", "PATCH", 404, part(0), REST),
    *(
        Rule("Upload-Offset is a non-negative integer", "half", "PATCH", 400, part(offset), REST, offset=10)
        for offset in (-1, "x", "", "1.0", "+10", "0x0a", "١٠", "9" * 30, None)
    ),
    Rule("never more bytes than announced", "half", "PATCH", 413, part(), REST + b"!", offset=10),
    # -- core: OPTIONS
    Rule("OPTIONS: 204, Tus-Version", "", "OPTIONS", 204, answers={"Tus-Version": "1.0.0"}),
    Rule("OPTIONS: the server ignores Tus-Resumable", "", "OPTIONS", 204, {"Tus-Resumable": "0.2.0"}),
    Rule("OPTIONS: Tus-Extension", "", "OPTIONS", 204, answers={
        "Tus-Extension": "creation,creation-with-upload,creation-defer-length,termination,checksum,expiration"
    }),
    Rule("OPTIONS: Tus-Max-Size", "", "OPTIONS", 204, answers={"Tus-Max-Size": str(2 << 30)}),
    # -- core: versions
    *(
        Rule("unsupported version: 412 and Tus-Version, not processed", of, method, 412,
             {**headers, "Tus-Resumable": version}, body, {"Tus-Version": "1.0.0"}, offset)
        for version in (None, "0.2.2", "1.0.1", "2.0.0", "")
        for of, method, headers, body, offset in (
            ("half", "HEAD", {}, b"", 10),
            ("half", "PATCH", part(), REST, 10),
            ("half", "DELETE", {}, b"", 10),
            ("", "POST", {"Upload-Length": 5}, b"", None),
        )
    ),
    *(
        Rule("Tus-Resumable in every response", of, method, status, headers, answers={"Tus-Resumable": "1.0.0"})
        for of, method, status, headers in (
            ("half", "HEAD", 200, {}),
            ("half", "PATCH", 204, part()),
            ("half", "PATCH", 409, part(3)),
            ("ended", "HEAD", 404, {}),
            ("", "POST", 201, {"Upload-Length": 5}),
            ("", "POST", 400, {}),
        )
    ),
    # -- core: X-HTTP-Method-Override
    Rule("the override is the method, the actual one is ignored", "half", "POST", 204,
         part(**{"X-HTTP-Method-Override": "PATCH"}), REST[:5], {"Upload-Offset": "15"}, 15),
    Rule("override: DELETE", "half", "POST", 204, {"X-HTTP-Method-Override": "DELETE"}),
    Rule("override: HEAD", "half", "GET", 200, {"X-HTTP-Method-Override": "HEAD"}, answers={"Upload-Offset": "10"}),
    # -- creation
    Rule("201 and the URL in Location", "", "POST", 201, {"Upload-Length": 5}),
    Rule("Upload-Length or Upload-Defer-Length", "", "POST", 400),
    Rule("not both", "", "POST", 400, {"Upload-Length": 5, "Upload-Defer-Length": 1}),
    *(
        Rule("Upload-Length is a non-negative integer", "", "POST", 400, {"Upload-Length": length})
        for length in (-1, "x", "", "1e3", "5,5", "9" * 40)
    ),
    *(
        Rule("Upload-Defer-Length: any other value is 400", "", "POST", 400, {"Upload-Defer-Length": value})
        for value in (0, 2, "true", "")
    ),
    Rule("longer than Tus-Max-Size: 413", "", "POST", 413, {"Upload-Length": (2 << 30) + 1}),
    Rule("Upload-Metadata comes back as it was sent", "", "POST", 201, {"Upload-Length": 5, "Upload-Metadata": KEPT}),
    *(
        Rule("Upload-Metadata: keys are unique, values Base64", "", "POST", 400,
             {"Upload-Length": 5, "Upload-Metadata": text})
        for text in (
            "title SGk=,title SGk=", "title not-base64!", "title SGk", "title SGk=,", ",title SGk=", "title  SGk=",
            "ti tle SGk=", "täg SGk=", ",", "title SGk= SGk=", "title SG\tk=", "a-_b c3==x",
        )
    ),
    # -- creation-defer-length
    Rule("Upload-Defer-Length: 1 until the length is known", "deferred", "HEAD", 200,
         answers={"Upload-Defer-Length": "1", "Upload-Length": None}),
    Rule("the length may come on any PATCH", "deferred", "PATCH", 204, part(**{"Upload-Length": 30}), REST, offset=20),
    Rule("also on one without a byte", "deferred", "PATCH", 204, part(**{"Upload-Length": 30}), offset=10),
    Rule("or not yet", "deferred", "PATCH", 204, part(), REST, offset=20),
    Rule("it can't be shorter than what is there", "deferred", "PATCH", 400, part(**{"Upload-Length": 9}), offset=10),
    Rule("nor longer than Tus-Max-Size", "deferred", "PATCH", 413, part(**{"Upload-Length": (2 << 30) + 1}), offset=10),
    Rule("once set it must not change", "half", "PATCH", 400, part(**{"Upload-Length": 21}), REST, offset=10),
    Rule("said again it is the same", "half", "PATCH", 204, part(**{"Upload-Length": 20}), REST[:5], offset=15),
    # -- creation-with-upload
    Rule("the answer says how much of it was taken", "", "POST", 201,
         {"Upload-Length": 20, "Content-Type": PART_TYPE}, FIRST, {"Upload-Offset": "10"}),
    Rule("Content-Type as for PATCH", "", "POST", 415, {"Upload-Length": 20, "Content-Type": "text/plain"}, FIRST),
    Rule("nothing was sent along: 0", "", "POST", 201, {"Upload-Length": 20}, answers={"Upload-Offset": "0"}),
    # -- checksum
    Rule("Tus-Checksum-Algorithm, with sha1", "", "OPTIONS", 204,
         answers={"Tus-Checksum-Algorithm": "sha1,sha256,md5"}),
    *(
        Rule(f"{name}: verified", "half", "PATCH", 204, part(**checksum(name, REST[:5])), REST[:5], offset=15)
        for name in ("sha1", "sha256", "md5")
    ),
    *(
        Rule(f"{name} that differs: 460, the chunk is discarded, the offset stays", "half", "PATCH", 460,
             part(**checksum(name, b"other")), REST[:5], offset=10)
        for name in ("sha1", "sha256", "md5")
    ),
    Rule("one for a POST with bytes too", "", "POST", 460,
         {"Upload-Length": 20, "Content-Type": PART_TYPE, **checksum("sha1", REST)}, FIRST),
    *(
        Rule("an algorithm that is not supported: 400", "half", "PATCH", 400,
             part(**{"Upload-Checksum": text}), REST, offset=10)
        for text in ("crc32 AAAA", "sha512 AAAA", "SHA1 AAAA", "sha1 not-base64!", "", "shake_128 AAAA")
    ),
    Rule("a checksum that is none", "half", "PATCH", 460, part(**{"Upload-Checksum": "sha1"}), REST, offset=10),
    # -- termination
    Rule("DELETE: 204", "half", "DELETE", 204),
    Rule("and 404 or 410 for all later requests", "ended", "DELETE", 404),
    # -- concatenation is not offered
    Rule("an upload that is to be joined is none here", "", "POST", 400,
         {"Upload-Length": 5, "Upload-Concat": "partial"}),
)  # fmt: skip


def test_every_rule_of_the_protocol(sender: Sender) -> None:
    wrong = {f"{rule.method} {rule.says} {rule.headers}": fault for rule in RULES if (fault := broken(sender, rule))}
    assert not wrong


def broken(sender: Sender, rule: Rule) -> str:
    """What is not as the rule says, in words; empty if nothing is."""
    url = prepared(sender, rule.of)
    answer = sender.call(rule.method, url, rule.body, **rule.headers)
    faults = [f"{answer.status}: {answer.text}"] if answer.status_code != rule.status else []
    faults += [name for name, value in rule.answers.items() if answer.headers.get(name) != value]
    if rule.status >= 400 and rule.method != "HEAD" and answer.content_type != "application/problem+json":
        faults.append("no problem document")
    if rule.offset is not None and sender.offset(url) != rule.offset:
        faults.append(f"{sender.offset(url)} bytes are there")
    return ", ".join(faults)


def prepared(sender: Sender, state: str) -> str:
    if not state:
        return UPLOADS
    url = sender.begun(None if state == "deferred" else LENGTH, FIRST if state in ("half", "deferred") else b"")
    if state == "ended":
        assert sender.call("DELETE", url).status_code == 204
    return url


def test_location_leads_to_the_upload(sender: Sender) -> None:
    url = sender.begin(LENGTH).headers["Location"]
    assert url.startswith(f"{UPLOADS}/")
    assert sender.head(url).status_code == 200


def test_metadata_comes_back_as_it_was_sent(sender: Sender) -> None:
    url = sender.begin(LENGTH, Upload_Metadata=KEPT).headers["Location"]
    assert sender.head(url).headers["Upload-Metadata"] == KEPT
    assert "Upload-Metadata" not in sender.head(sender.begun(LENGTH)).headers


def test_when_it_expires_is_said_by_every_answer(sender: Sender) -> None:
    created = sender.begin(LENGTH)
    url = created.headers["Location"]
    for answer in (created, sender.send(url, 0, FIRST), sender.head(url)):
        at: datetime = parsedate_to_datetime(answer.headers["Upload-Expires"])
        assert answer.headers["Upload-Expires"].endswith(" GMT")
        assert 6 < (at - now()).days + 1 <= 7


def test_nobody_needs_to_sign_in_to_ask_what_is_spoken(call_as: Callable[[str | None], Caller]) -> None:
    nobody = Sender(call_as(None))
    assert nobody.call("OPTIONS", UPLOADS, Tus_Resumable=None).status_code == 204
    assert nobody.call("OPTIONS", f"{UPLOADS}/any", Tus_Resumable=None).status_code == 204
    for method, url in (
        ("POST", UPLOADS),
        ("HEAD", f"{UPLOADS}/x"),
        ("PATCH", f"{UPLOADS}/x"),
        ("DELETE", f"{UPLOADS}/x"),
    ):
        assert nobody.call(method, url).status_code == 401


def test_no_other_site_may_ask_for_somebody(sender: Sender) -> None:
    answer: Any = sender.call("OPTIONS", UPLOADS, Origin="https://elsewhere.example")
    assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]


def test_an_answer_without_a_body_names_no_type_of_one(sender: Sender) -> None:
    url = sender.begun(LENGTH)
    for answer in (sender.head(url), sender.send(url, 0, FIRST), sender.call("DELETE", url)):
        assert "Content-Type" not in answer.headers
        assert answer.data == b""
