"""Tags: what typed words become, what curators do with them, and who knows which."""

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.audit import AuditEntry
from kb.categories import tags, vocabulary
from kb.categories.models import Tag
from kb.categories.tags import tags_named
from kb.categories.vocabulary import known, meanings_in, suggest, tag_name
from kb.db import db, now, writing
from kb.errors import Conflict, Invalid, NotFound
from kb.outbox import Outbox
from kb.screencasts import actions as screencasts
from kb.screencasts.fields import Words
from kb.screencasts.models import Screencast
from tests.conftest import Caller, People

# -- typed words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "name"),
    [("#VPN", "vpn"), ("  Two   Words ", "two words"), ("##a#b", "a#b"), ("\x00x\u202e", "x"), ("###", ""), ("", "")],
)
def test_a_tag_is_the_same_however_it_was_typed(typed: str, name: str) -> None:
    assert tag_name(typed) == name


def named(names: list[str]) -> list[str]:
    with writing():
        return [tag.name for tag in tags_named(tags.taken(names))]


def test_tags_are_made_once_and_in_the_order_of_their_first_naming(in_site: Flask) -> None:
    assert named(["B", "a", "#b", "", "A "]) == ["b", "a"]
    assert named(["a", "c"]) == ["a", "c"]


def test_more_tags_than_fit_on_a_card_are_refused(in_site: Flask) -> None:
    with pytest.raises(Invalid) as refused:
        named([f"t{n}" for n in range(31)])
    assert "tags" in refused.value.errors


def test_a_circle_of_meanings_leads_nowhere_but_ends() -> None:
    assert meanings_in({"a": "b", "b": "c"}) == {"a": "c", "b": "c"}
    assert set(meanings_in({"a": "b", "b": "a"})) == {"a", "b"}


@pytest.fixture
def tagged(receive: Callable[..., str]) -> Callable[..., str]:
    """(tags, visibility=, by=) -> the id of a screencast that has them."""

    def made(*names: str, **fields: Any) -> str:
        return receive(tags=list(names), title="A clip", **fields)

    return made


@pytest.fixture
def curator(people: People) -> Viewer:
    return Viewer(people.curator, is_curator=True, sees_public=True)


def tags_of(screencast_id: str) -> list[str]:
    db.session.expire_all()
    return [tag.name for tag in db.session.get_one(Screencast, screencast_id).tags]


def test_a_synonym_typed_as_a_tag_becomes_its_tag(curator: Viewer, tagged: Callable[..., str], people: People) -> None:
    tagged("kubernetes")
    tags.say_same(curator, "kubernetes", ["K8s", "kube"], by=people.curator)
    assert tags_of(tagged("k8s", "KUBE", "vpn")) == ["kubernetes", "vpn"]
    assert named(["K8s"]) == ["kubernetes"]


def test_a_retired_tag_is_refused_in_a_change_with_a_sentence_and_left_out_of_an_upload(
    curator: Viewer, tagged: Callable[..., str], people: People
) -> None:
    has_it = tagged("misc", "vpn")
    tags.retire(curator, "misc", by=people.curator)
    uploaded = tagged("misc", "dns")
    assert tags_of(uploaded) == ["dns"]
    author = db.session.get_one(Person, people.author)
    with pytest.raises(Invalid) as refused:
        screencasts.change(db.session.get_one(Screencast, uploaded), Words(tags=["misc"]), by=author)
    assert refused.value.errors == {"tags": ["“misc” is not used any more. Choose another word."]}
    screencasts.change(db.session.get_one(Screencast, has_it), Words(tags=["misc", "new"]), by=author)
    assert tags_of(has_it) == ["misc", "new"], "what has it keeps it"


def test_a_retired_tag_with_another_in_its_place_becomes_that_one(
    curator: Viewer, tagged: Callable[..., str], people: People
) -> None:
    old, _ = tagged("win10"), tagged("windows")
    tags.say_same(curator, "win10", ["w10"], by=people.curator)
    tags.retire(curator, "win10", by=people.curator, instead="Windows")
    assert tags_of(tagged("win10")) == tags_of(tagged("w10")) == ["windows"]
    assert tags_of(old) == ["win10"]
    tags.bring_back(curator, "win10", by=people.curator)
    assert tags_of(tagged("w10")) == ["win10"]


@pytest.mark.parametrize("instead", ["win10", "nowhere", "gone"])
def test_what_stands_in_for_a_retired_tag_is_another_that_is_in_use(
    curator: Viewer, tagged: Callable[..., str], people: People, instead: str
) -> None:
    tagged("win10", "gone")
    tags.retire(curator, "gone", by=people.curator)
    with pytest.raises(Invalid):
        tags.retire(curator, "win10", by=people.curator, instead=instead)


def test_two_who_think_of_the_same_new_word_at_the_same_moment_both_get_it(in_site: Flask) -> None:
    """The second comes while the first has made it and not yet told the database to keep it."""
    has_begun, taken = threading.Event(), []

    def second() -> None:
        with in_site.app_context():
            has_begun.set()
            taken.append(named(["zoo", "brand new"]))

    other = threading.Thread(target=second)
    with writing():
        tags_named(["brand new", "apple"])
        other.start()
        has_begun.wait()
    other.join()
    assert taken == [["zoo", "brand new"]]
    assert db.session.query(Tag).count() == 3


# -- renaming and merging ---------------------------------------------------------------------------------------


def test_a_renamed_tag_keeps_its_items_and_answers_to_its_old_name(
    curator: Viewer, tagged: Callable[..., str], people: People
) -> None:
    item = tagged("kubernets", "vpn")
    version = db.session.get_one(Screencast, item).version
    tags.say_same(curator, "kubernets", ["k8s"], by=people.curator)
    with writing() as session:
        session.query(Outbox).delete()
    assert tags.rename(curator, "Kubernets", "Kubernetes", by=people.curator) == "kubernetes"
    assert tags_of(item) == ["kubernetes", "vpn"]
    assert known(curator)["kubernetes"].synonyms == ("k8s", "kubernets")
    assert named(["kubernets", "k8s"]) == ["kubernetes"]
    assert [row.screencast_id for row in db.session.query(Outbox)] == [item], "search learns of it"
    assert db.session.get_one(Screencast, item).version == version + 1
    assert db.session.get(Tag, "kubernets") is None


def test_a_tag_can_take_the_name_of_its_own_synonym(
    curator: Viewer, tagged: Callable[..., str], people: People
) -> None:
    item = tagged("kubernetes")
    tags.say_same(curator, "kubernetes", ["k8s"], by=people.curator)
    tags.rename(curator, "kubernetes", "k8s", by=people.curator)
    assert tags_of(item) == ["k8s"]
    assert known(curator)["k8s"].synonyms == ("kubernetes",)
    assert tags.rename(curator, "k8s", "K8S", by=people.curator) == "k8s"


def test_a_name_that_another_tag_has_or_means_is_a_conflict_until_they_are_merged(
    curator: Viewer, tagged: Callable[..., str], people: People
) -> None:
    one, both = tagged("printer"), tagged("printer", "printers")
    tags.say_same(curator, "printers", ["printing"], by=people.curator)
    for name in ("printers", "Printing"):
        with pytest.raises(tags.TagThere) as conflict:
            tags.rename(curator, "printer", name, by=people.curator)
        assert conflict.value.into == "printers"
    assert tags.merge(curator, ["printer"], "printers", by=people.curator) == "printers"
    assert (tags_of(one), tags_of(both)) == (["printers"], ["printers"])
    assert known(curator)["printers"].synonyms == ("printer", "printing")
    assert "printer" not in known(curator)


def test_several_are_merged_into_one_that_may_be_new(
    curator: Viewer, tagged: Callable[..., str], people: People
) -> None:
    items = [tagged(name) for name in ("a", "b", "c")]
    assert tags.merge(curator, ["a", "b", "c"], "D", by=people.curator) == "d"
    assert [tags_of(item) for item in items] == [["d"]] * 3
    entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert entry and (entry.act, entry.kind, entry.subject_id, entry.person_id) == (
        "merged",
        "tag",
        "d",
        people.curator,
    )
    assert entry.details == {"names": ["a", "b", "c"], "into": "d"}


def test_a_tag_is_not_merged_into_itself_or_into_a_retired_one(
    curator: Viewer, tagged: Callable[..., str], people: People
) -> None:
    tagged("a", "old")
    tags.say_same(curator, "a", ["aa"], by=people.curator)
    tags.retire(curator, "old", by=people.curator)
    for into in ("a", "old"):
        with pytest.raises(Invalid):
            tags.merge(curator, ["a"], into, by=people.curator)


def test_a_retired_tag_stays_retired_under_a_new_name(
    curator: Viewer, tagged: Callable[..., str], people: People
) -> None:
    tagged("win10", "windows")
    tags.retire(curator, "win10", by=people.curator, instead="windows")
    tags.rename(curator, "win10", "windows 10", by=people.curator)
    assert known(curator)["windows 10"].is_retired
    assert named(["win10", "windows 10"]) == ["windows"]


# -- synonyms ---------------------------------------------------------------------------------------------------


def test_a_word_means_one_thing(curator: Viewer, tagged: Callable[..., str], people: People) -> None:
    tagged("kubernetes", "docker", "vpn")
    tags.say_same(curator, "kubernetes", ["k8s"], by=people.curator)
    with pytest.raises(Invalid) as refused:
        tags.say_same(curator, "docker", ["k8s", "vpn", "containers"], by=people.curator)
    assert refused.value.errors == {
        "synonyms": [
            "“k8s” means “kubernetes” already.",
            "“vpn” is a tag itself. Merge it into this one instead.",
        ]
    }
    assert tags.say_same(curator, "kubernetes", ["Kube", "kubernetes"], by=people.curator) == ["kube"]
    assert known(curator)["kubernetes"].synonyms == ("kube",)
    tags.say_same(curator, "docker", ["k8s"], by=people.curator)


@pytest.mark.parametrize("word", ["", "#", "x" * 61, "a,b", ".."])
def test_a_word_that_could_not_be_typed_or_addressed_is_refused(
    curator: Viewer, tagged: Callable[..., str], people: People, word: str
) -> None:
    tagged("vpn")
    with pytest.raises(Invalid):
        tags.say_same(curator, "vpn", [word], by=people.curator)
    with pytest.raises(Invalid):
        tags.rename(curator, "vpn", word, by=people.curator)


# -- deleting ---------------------------------------------------------------------------------------------------


def test_only_a_tag_that_nothing_has_is_deleted(curator: Viewer, tagged: Callable[..., str], people: People) -> None:
    item = tagged("old")
    tags.say_same(curator, "old", ["older"], by=people.curator)
    with pytest.raises(Conflict, match="1 screencast has it"):
        tags.remove(curator, "old", by=people.curator)
    author = db.session.get_one(Person, people.author)
    screencasts.change(db.session.get_one(Screencast, item), Words(tags=[]), by=author)
    assert known(curator)["old"].count == 0
    tags.remove(curator, "old", by=people.curator)
    assert "old" not in known(curator)
    assert db.session.get(Tag, "old") is None
    assert named(["older"]) == ["older"]


# -- who knows which --------------------------------------------------------------------------------------------


@pytest.fixture
def secret(tagged: Callable[..., str]) -> str:
    return tagged("layoffs", "vpn", visibility="private")


def test_the_tag_of_something_private_is_nobodys_but_its_authors(
    curator: Viewer, secret: str, tagged: Callable[..., str], people: People
) -> None:
    tagged("vpn")
    author = Viewer(people.author, sees_public=True)
    assert set(known(author)) == {"layoffs", "vpn"}
    assert known(author)["vpn"].count == 2
    for viewer in (curator, Viewer(people.other, sees_public=True), Viewer(sees_public=True)):
        assert "layoffs" not in known(viewer)
        assert suggest(viewer, "lay", 10) == []
    assert known(curator)["vpn"].count == 1


def test_what_a_curator_does_to_a_name_that_they_may_not_know_is_answered_as_if_nobody_had_it(
    curator: Viewer, secret: str, tagged: Callable[..., str], people: People
) -> None:
    """Each verb, once with the hidden name and once with one that nothing has: the same answer."""
    tagged("vpn")
    by = people.curator

    def answer(act: Callable[..., Any], *given: Any, **options: Any) -> object:
        try:
            return act(curator, *given, by=by, **options)
        except (NotFound, Invalid, Conflict) as error:
            return type(error), error.detail, error.errors

    gone = (NotFound, "There is no such tag (any more). The list of tags shows those that are there.", {})
    for name in ("layoffs", "nowhere"):
        for act, given in (
            (tags.rename, ("x",)),
            (tags.retire, ()),
            (tags.bring_back, ()),
            (tags.remove, ()),
            (tags.say_same, (["x"],)),
        ):
            assert answer(act, name, *given) == gone
        assert answer(tags.merge, [name], "vpn") == gone
    assert answer(tags.retire, "vpn", instead="layoffs") == answer(tags.retire, "vpn", instead="nowhere")
    assert answer(tags.say_same, "vpn", ["layoffs", "tunnel"]) == ["layoffs", "tunnel"]
    assert answer(tags.rename, "vpn", "layoffs") == "layoffs"
    assert known(curator)["layoffs"].count == 1
    assert tags_of(secret) == ["layoffs"]


def test_a_tag_that_is_deleted_but_still_on_something_hidden_stays_there_unseen(
    curator: Viewer, secret: str, tagged: Callable[..., str], people: People
) -> None:
    item = tagged("layoffs")
    tags.say_same(curator, "layoffs", ["redundancies"], by=people.curator)
    author = db.session.get_one(Person, people.author)
    screencasts.change(db.session.get_one(Screencast, item), Words(tags=[]), by=author)
    tags.remove(curator, "layoffs", by=people.curator)
    assert "layoffs" not in known(curator)
    assert tags_of(secret) == ["layoffs", "vpn"]
    assert vocabulary.meant("redundancies") == "redundancies"


# -- suggestions ------------------------------------------------------------------------------------------------


def test_suggestions_begin_with_what_was_typed_then_hold_it_the_most_used_first(
    curator: Viewer, tagged: Callable[..., str], people: People
) -> None:
    tagged("git", "github", "legit")
    tagged("github")
    tags.say_same(curator, "github", ["octocat"], by=people.curator)
    assert [tag.name for tag in suggest(curator, "GIT", 10)] == ["github", "git", "legit"]
    assert [tag.name for tag in suggest(curator, "octo", 10)] == ["github"]
    assert [tag.name for tag in suggest(curator, "", 2)] == ["github", "git"]
    tags.retire(curator, "github", by=people.curator)
    assert [tag.name for tag in suggest(curator, "git", 10)] == ["git", "legit"]
    assert "github" not in known(Viewer(people.other, sees_public=True))


def test_two_hundred_suggestions_come_without_a_query_for_each(curator: Viewer, asked: list[str]) -> None:
    """What is typed is looked for in what is kept: one small query says whether that is still true."""
    with writing():
        tags_named([f"tag{n}" for n in range(30)])
    suggest(curator, "tag", 8)
    asked.clear()
    suggest(curator, "tag1", 8)
    assert len(asked) == 1


# -- the API ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ci/cd", "/etc/hosts", "a b", "c++", "50%", "ö/ü?#", "x/synonyms", "x/merge", "日本"])
def test_a_name_of_any_letters_has_its_address(
    call_as: Callable[[str | None], Caller], tagged: Callable[..., str], people: People, name: str
) -> None:
    item = tagged(name)
    curator = call_as(people.curator)
    for address in (quote(name), quote(name, safe="")):
        url = f"/api/v1/tags/{address}"
        assert curator.put(f"{url}/synonyms", json={"synonyms": ["same"]}).json == {"synonyms": ["same"]}
        assert curator.get(f"{url}/synonyms").json == {"synonyms": ["same"]}
    assert curator.patch(url, json={"retired": True}).json["retired"] is True
    assert curator.patch(url, json={"retired": False}).json["retired"] is False
    refused = curator.delete(url)
    assert (refused.status_code, refused.json["code"]) == (409, "tag-in-use")
    assert curator.post(f"{url}/merge", json={"into": "other"}).json == {
        "name": "other",
        "count": 1,
        "synonyms": sorted([name, "same"]),
        "retired": False,
        "instead": None,
    }
    assert tags_of(item) == ["other"]


def test_the_list_is_paged_sorted_and_filtered(
    call_as: Callable[[str | None], Caller], tagged: Callable[..., str], people: People
) -> None:
    tagged("b", "c")
    tagged("b", "a")
    other = call_as(people.other)
    first = other.get("/api/v1/tags?limit=2").json
    assert [tag["name"] for tag in first["items"]] == ["b", "a"]
    rest = other.get(f"/api/v1/tags?limit=2&cursor={first['next']}").json
    assert ([tag["name"] for tag in rest["items"]], rest["next"]) == (["c"], None)
    assert [tag["name"] for tag in other.get("/api/v1/tags?sort=name").json["items"]] == ["a", "b", "c"]
    assert [tag["name"] for tag in other.get("/api/v1/tags?sort=newest&q=c").json["items"]] == ["c"]
    assert other.get("/api/v1/tags?sort=odd").status_code == 422


def test_the_newest_tells_nothing_of_a_tag_that_somebody_had_in_private_before(
    call_as: Callable[[str | None], Caller], tagged: Callable[..., str], people: People
) -> None:
    tagged("layoffs", visibility="private")
    tagged("fresh", by=people.other)
    tagged("layoffs", by=people.other)
    other = call_as(people.other)
    assert [tag["name"] for tag in other.get("/api/v1/tags?sort=newest").json["items"]] == ["layoffs", "fresh"]


def test_a_rename_to_a_name_that_is_there_says_to_merge(
    call_as: Callable[[str | None], Caller], tagged: Callable[..., str], people: People
) -> None:
    tagged("a", "b")
    refused = call_as(people.curator).patch("/api/v1/tags/a", json={"name": "b"})
    assert (refused.status_code, refused.json["code"]) == (409, "tag-there")
    assert refused.json["errors"] == {"name": ["“b” is a tag already. Merge the two, or choose another name."]}


def test_an_old_address_of_a_tag_leads_to_the_new_one(
    call_as: Callable[[str | None], Caller], tagged: Callable[..., str], people: People, curator: Viewer
) -> None:
    item = tagged("kubernets")
    tags.rename(curator, "kubernets", "kubernetes", by=people.curator)
    listed = call_as(people.other).get("/api/v1/screencasts?tag=kubernets").json["items"]
    assert [each["id"] for each in listed] == [item]
    assert now() > db.session.get_one(Tag, "kubernetes").created_at
