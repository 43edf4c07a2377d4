"""The page of the glossary and its calls: who may do what there, and what stands there when something is wrong."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from kb.categories import glossary
from kb.categories.glossary_files import MOST_ROWS, from_csv
from kb.db import db
from kb.errors import Invalid
from tests.accounts.conftest import csrf_of
from tests.conftest import Caller, People


@pytest.fixture
def curator(signed_in: Callable[[str], FlaskClient], people: People) -> FlaskClient:
    return signed_in(people.curator)


@pytest.fixture
def send(curator: FlaskClient) -> Callable[..., Any]:
    """(address, fields …) -> the page that follows."""

    def sent(url: str, **fields: Any) -> Any:
        token = csrf_of(curator, "/glossary")
        return curator.post(url, data={"csrf_token": token} | fields, follow_redirects=True)

    return sent


def words() -> tuple[glossary.Known, ...]:
    """As the last call has left them."""
    db.session.rollback()
    return glossary.glossary().words


def word() -> glossary.Known:
    [only] = words()
    return only


def test_a_word_is_added_changed_taken_out_and_brought_back(send: Callable[..., Any]) -> None:
    page = send("/glossary", heard="kuber netties, cube ernetes", written="Kubernetes").text
    assert "“Kubernetes” is in the glossary" in page
    assert (word().written, word().heard) == ("Kubernetes", ("kuber netties", "cube ernetes"))
    send(f"/glossary/{word().id}", heard="cuba netties", written="K8s")
    assert (word().written, word().heard) == ("K8s", ("cuba netties",))
    was = word()
    page = send(f"/glossary/{was.id}/delete").text
    assert f"/glossary/{was.id}/bring-back" in page
    assert not words()
    send(f"/glossary/{was.id}/bring-back")
    assert word() == was
    assert send(f"/glossary/{was.id}/bring-back").status_code == 404


@pytest.mark.parametrize("arrow", ["→", "->", "=>"])
def test_a_whole_line_with_an_arrow_may_be_written_in_one_field(send: Callable[..., Any], arrow: str) -> None:
    send("/glossary", heard=f"kuber netties, cube ernetes {arrow} Kubernetes", written="")
    assert (word().written, word().heard) == ("Kubernetes", ("kuber netties", "cube ernetes"))


def test_what_is_refused_is_said_at_its_field_and_what_was_typed_stays(
    send: Callable[..., Any], people: People
) -> None:
    glossary.add("Kubernetes", ["kuber netties"], by=people.curator)
    refused = send("/glossary", heard="kuber netties", written="Cuba <b>")
    assert refused.status_code == 422
    assert "“kuber netties” becomes “Kubernetes” already." in refused.text
    assert 'value="Cuba &lt;b&gt;"' in refused.text
    refused = send(f"/glossary/{word().id}", heard="x", written="Kubernetes")
    assert refused.status_code == 422
    assert "One letter alone is too little to go by." in refused.text


def test_what_was_taken_out_can_not_come_back_where_its_words_are_taken(
    send: Callable[..., Any], people: People
) -> None:
    was = glossary.add("Kubernetes", ["kuber netties"], by=people.curator).id
    glossary.remove(was, by=people.curator)
    glossary.add("K8s", ["kuber netties"], by=people.curator)
    assert "becomes “K8s” already" in send(f"/glossary/{was}/bring-back").text


def test_a_member_reads_it_and_is_offered_nothing_to_change(
    signed_in: Callable[[str], FlaskClient], people: People
) -> None:
    glossary.add("Kubernetes", ["kuber netties"], by=people.curator)
    page = signed_in(people.other).get("/glossary").text
    assert "kuber netties" in page
    main = page.split("<main")[1].split("</main>")[0]
    assert "<form" not in main.replace('<form class="mt-6" action="/glossary" role="search"', "")
    assert "/glossary/counts" not in page and "preview" not in main


def test_the_list_is_filtered_by_what_is_written_or_heard(curator: FlaskClient, people: People) -> None:
    glossary.add("Kubernetes", ["kuber netties"], by=people.curator)
    glossary.add("GitHub", ["git hub"], by=people.curator)
    for typed in ("KUBE", "netties"):
        part = curator.get("/glossary", query_string={"q": typed}, headers={"HX-Request": "true"}).text
        assert "Kubernetes" in part and "GitHub" not in part and "<html" not in part
    assert "No word with" in curator.get("/glossary?q=nothing").text


def test_a_long_list_comes_in_parts(curator: FlaskClient, people: People) -> None:
    glossary.take_in([(n, f"Name{n:03}", []) for n in range(60)], by=people.curator)
    page = curator.get("/glossary").text
    assert "Name049" in page and "Name050" not in page
    more = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Name059" in curator.get(more, headers={"HX-Request": "true"}).text


def test_what_is_handed_on_as_csv_is_taken_in_again(
    send: Callable[..., Any], curator: FlaskClient, people: People
) -> None:
    glossary.add("Müller & Co", ["müller und co", "mueller co"], by=people.curator)
    glossary.add("GitHub", by=people.curator)
    before = [(each.written, each.heard) for each in glossary.glossary().words]
    handed_on = curator.get("/glossary.csv")
    assert handed_on.content_type.startswith("text/csv")
    assert next(csv.reader(io.StringIO(handed_on.text))) == ["written", "heard"]
    for each in glossary.glossary().words:
        glossary.remove(each.id, by=people.curator)
    page = send("/glossary/import", file=(io.BytesIO(handed_on.data), "glossary.csv")).text
    assert "2 words taken in." in page
    assert [(each.written, each.heard) for each in words()] == before
    again = send("/glossary/import", file=(io.BytesIO(handed_on.data), "glossary.csv")).text
    assert "All of it was there already." in again


def test_a_file_with_a_line_at_fault_takes_in_nothing_and_names_the_line(send: Callable[..., Any]) -> None:
    refused = send("/glossary/import", file=(io.BytesIO(b"Kubernetes,kuber netties\nCuba,x\n"), "g.csv"))
    assert refused.status_code == 422
    assert "Line 2: One letter alone" in refused.text
    assert not words()


def test_no_file_and_no_table_are_refused_with_a_sentence(send: Callable[..., Any]) -> None:
    assert "Choose a file first." in send("/glossary/import").text
    assert "This is no CSV file" in send("/glossary/import", file=(io.BytesIO(b"\xff\xfe\x00x"), "g.csv")).text


@pytest.mark.parametrize(
    "content",
    [
        'Kubernetes,"kuber netties, cube ernetes"',
        "Kubernetes,kuber netties,cube ernetes",
        "\ufeffwritten;heard\r\nKubernetes;kuber netties, cube ernetes\r\n",
        "Kubernetes\tkuber netties\tcube ernetes\n\n",
    ],
)
def test_tables_of_whatever_make_are_read(content: str) -> None:
    [(_, written, heard)] = from_csv(content.encode())
    assert (written, [form.strip() for form in heard]) == ("Kubernetes", ["kuber netties", "cube ernetes"])


@pytest.mark.parametrize("content", [b"", b"\n\n", b"written,heard", b"x\n" * (MOST_ROWS + 1), b"x" * 300_000, b'"x'])
def test_what_is_no_table_or_too_much_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        from_csv(content)


def test_the_api_lists_adds_changes_and_deletes(call_as: Callable[[str | None], Caller], people: People) -> None:
    curator, member = call_as(people.curator), call_as(people.other)
    made = curator.post("/api/v1/glossary", json={"written": "Kubernetes", "heard": ["Kuber Netties"]}).json
    assert made["heard"] == ["kuber netties"]
    url = f"/api/v1/glossary/{made['id']}"
    assert curator.patch(url, json={"heard": ["cube ernetes"]}).json["heard"] == ["cube ernetes"]
    assert curator.patch(url, json={"written": "K8s"}).json == {
        "id": made["id"], "written": "K8s", "heard": ["cube ernetes"]
    }  # fmt: skip
    assert [each["written"] for each in member.get("/api/v1/glossary?q=cube").json["items"]] == ["K8s"]
    assert member.get("/api/v1/glossary?q=other").json["items"] == []
    assert curator.delete(url).status_code == 204
    assert member.get("/api/v1/glossary").json["items"] == []
