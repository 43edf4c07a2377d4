"""Many screencasts changed at once, and taken back."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.audit import AuditEntry
from kb.categories import tags
from kb.categories.models import Tag
from kb.curation import actions
from kb.curation.bulk import Change
from kb.curation.models import BulkChange
from kb.db import db, writing
from kb.errors import Conflict, Invalid, NotFound
from kb.outbox import Outbox
from kb.screencasts import actions as screencasts
from kb.screencasts.models import Screencast
from kb.screencasts.placing import Place, place_all, place_of

Add = Callable[..., str]
Who = Callable[[str], tuple[Viewer, Person]]


def change(**asked: object) -> Change:
    values = {"moves": False, "category": None, "add_tags": [], "remove_tags": []}
    return actions.change_of(**(values | asked))  # type: ignore[arg-type]


def tags_of(screencast_id: str) -> list[str]:
    return place_of(db.session.get_one(Screencast, screencast_id))["tags"]


def test_many_are_moved_and_tagged_and_put_back_as_each_was(add: Add, who: Who, category: Callable[[str], str]) -> None:
    network, printers = category("Network"), category("Printers")
    items = [add("One", category_id=network, tags=("vpn",)), add("Two", tags=("vpn", "mac")), add("Three")]
    before = [place_of(db.session.get_one(Screencast, each)) for each in items]
    viewer, curator = who("curator")
    wanted = change(moves=True, category=printers, add_tags=["#Toner", "vpn"], remove_tags=["mac"])
    done = actions.apply(viewer, items, wanted, by=curator)
    assert done is not None
    assert done.words == "3 screencasts moved to Printers, tagged toner, vpn, no longer tagged mac"
    assert [tags_of(each) for each in items] == [["toner", "vpn"]] * 3
    assert {db.session.get_one(Screencast, each).category_id for each in items} == {printers}

    undone = actions.undo(viewer, done.id, by=curator)
    assert (undone.restored, undone.left) == (3, 0)
    assert [place_of(db.session.get_one(Screencast, each)) for each in items] == before


def test_many_get_the_tag_that_the_house_means_and_no_retired_one(add: Add, who: Who) -> None:
    items = [add("One", tags=("kubernetes", "misc")), add("Two")]
    viewer, curator = who("curator")
    tags.say_same(viewer, "kubernetes", ["k8s"], by=curator.id)
    tags.retire(viewer, "misc", by=curator.id)
    assert change(add_tags=["K8s", "kubernetes"]).add_tags == ("kubernetes",)
    with pytest.raises(Invalid):
        change(add_tags=["misc"])
    done = actions.apply(viewer, items, change(remove_tags=["misc"]), by=curator)
    assert done is not None
    assert actions.undo(viewer, done.id, by=curator).restored == 1
    assert tags_of(items[0]) == ["kubernetes", "misc"], "what had it has it again"


def test_a_preview_changes_nothing_and_says_what_would_change(
    add: Add, who: Who, category: Callable[[str], str]
) -> None:
    network = category("Network")
    there, elsewhere = add("There", category_id=network), add("Elsewhere")
    viewer, _ = who("other")
    plan = actions.preview(viewer, [there, elsewhere], change(moves=True, category=network))
    assert (len(plan.changed), plan.same, plan.refused) == (0, 0, 2)
    viewer, _ = who("author")
    plan = actions.preview(viewer, [there, elsewhere], change(moves=True, category=network))
    assert ([each.screencast.id for each in plan.changed], plan.same, plan.refused) == ([elsewhere], 1, 0)
    assert db.session.get_one(Screencast, elsewhere).category_id is None
    assert not db.session.scalars(select(BulkChange)).all()


def test_what_somebody_may_not_see_is_passed_over_as_if_it_were_not_there(add: Add, who: Who) -> None:
    private, draft, gone = add("P", visibility="private"), add("D", published_at=None), "b" * 14
    viewer, curator = who("curator")
    plan = actions.preview(viewer, [private, draft, gone], change(add_tags=["x"]))
    assert (len(plan.changed), plan.same, plan.refused) == (0, 0, 0)
    assert actions.apply(viewer, [private, draft, gone], change(add_tags=["x"]), by=curator) is None
    assert tags_of(private) == tags_of(draft) == []


def test_what_was_changed_since_stays_when_the_rest_is_taken_back(add: Add, who: Who) -> None:
    first, second = add("First"), add("Second")
    viewer, curator = who("curator")
    done = actions.apply(viewer, [first, second], change(add_tags=["wrong"]), by=curator)
    assert done is not None
    with writing():
        place_all({db.session.get_one(Screencast, second): Place(category_id=None, tags=["right"], trashed=False)})
    undone = actions.undo(viewer, done.id, by=curator)
    assert (undone.restored, undone.left) == (1, 1)
    assert (tags_of(first), tags_of(second)) == ([], ["right"])


def test_nothing_is_put_back_into_a_category_that_is_gone(add: Add, who: Who, category: Callable[[str], str]) -> None:
    from kb.categories import actions as categories

    old, new = category("Old"), category("New")
    item = add("Item", category_id=old)
    viewer, curator = who("curator")
    done = actions.apply(viewer, [item], change(moves=True, category=new), by=curator)
    categories.remove(old, by=curator.id, items_go_to=None)
    assert done is not None
    assert actions.undo(viewer, done.id, by=curator).left == 1
    assert db.session.get_one(Screencast, item).category_id == new


def test_it_is_taken_back_once_and_by_nobody_else(add: Add, who: Who) -> None:
    item = add("Item")
    viewer, author = who("author")
    done = actions.apply(viewer, [item], change(add_tags=["x"]), by=author)
    assert done is not None
    for name in ("other", "admin"):
        stranger, person = who(name)
        with pytest.raises(NotFound):
            actions.undo(stranger, done.id, by=person)
    actions.undo(viewer, done.id, by=author)
    with pytest.raises(Conflict):
        actions.undo(viewer, done.id, by=author)


def test_many_go_to_the_trash_and_come_back(add: Add, who: Who) -> None:
    items = [add("One"), add("Two")]
    viewer, curator = who("curator")
    done = actions.apply(viewer, items, change(trash=True), by=curator)
    assert done is not None
    with pytest.raises(NotFound):
        screencasts.get(viewer, items[0])
    assert actions.undo(viewer, done.id, by=curator).restored == 2
    assert screencasts.get(viewer, items[0]).title == "One"


def test_the_index_hears_of_each_and_versions_rise(add: Add, who: Who) -> None:
    items = [add("One"), add("Two")]
    versions = [db.session.get_one(Screencast, each).version for each in items]
    with writing() as session:
        session.query(Outbox).delete()
    viewer, curator = who("curator")
    actions.apply(viewer, items, change(add_tags=["x"]), by=curator)
    assert set(db.session.scalars(select(Outbox.screencast_id))) == set(items)
    after = [db.session.get_one(Screencast, each).version for each in items]
    assert all(new > old for old, new in zip(versions, after, strict=True))


@pytest.mark.parametrize("ids", [[], ["x"] * 0, [str(number) for number in range(actions.AT_MOST + 1)]])
def test_none_or_too_many_are_refused_in_words(who: Who, ids: list[str]) -> None:
    viewer, _ = who("curator")
    with pytest.raises(Invalid) as refused:
        actions.preview(viewer, ids, change(add_tags=["x"]))
    assert "ids" in refused.value.errors


def test_nothing_to_do_and_a_category_that_is_gone_are_refused_in_words() -> None:
    with pytest.raises(Invalid):
        change()
    with pytest.raises(Invalid):
        change(add_tags=[" ", "#"])


def test_a_category_that_is_not_there_is_refused(add: Add) -> None:
    with pytest.raises(Invalid) as refused:
        change(moves=True, category="b" * 14)
    assert "category" in refused.value.errors


def test_a_single_one_is_named_to_who_did_it_and_to_nobody_else(add: Add, who: Who) -> None:
    viewer, author = who("author")
    done = actions.apply(viewer, [add("Payroll plan", visibility="private")], change(add_tags=["x"]), by=author)
    assert done is not None
    assert done.words == "“Payroll plan” tagged x"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.kind == "bulk")).one()
    assert entry.details == {"verbs": "changed the tags of", "count": 1}


def test_what_is_taken_back_takes_the_tags_as_the_house_means_them_now(add: Add, who: Who) -> None:
    item = add("Item", tags=("wifi", "wlan"))
    add("Other", tags=("wlan", "radio"))
    viewer, curator = who("curator")
    done = actions.apply(viewer, [item], change(remove_tags=["wlan"]), by=curator)
    tags.merge(viewer, ["wlan"], "radio", by=curator.id)
    assert done is not None
    assert actions.undo(viewer, done.id, by=curator).restored == 1
    assert tags_of(item) == ["radio", "wifi"]
    assert db.session.get(Tag, "wlan") is None


def test_no_bulk_change_gives_more_tags_than_one_screencast_may_have(add: Add, who: Who) -> None:
    full = add("Full", tags=tuple(f"tag {number}" for number in range(tags.TAGS_AT_MOST)))
    viewer, curator = who("curator")
    with pytest.raises(Invalid) as refused:
        actions.apply(viewer, [full, add("Empty")], change(add_tags=["one more"]), by=curator)
    assert "add_tags" in refused.value.errors
    assert "one more" not in tags_of(full)
    with pytest.raises(Invalid):
        change(add_tags=[f"word {number}" for number in range(tags.TAGS_AT_MOST + 1)])


def test_a_comma_parts_tags_here_too(add: Add, who: Who) -> None:
    item, (viewer, curator) = add("Item", tags=("old", "older")), who("curator")
    actions.apply(viewer, [item], change(add_tags=["vpn, mac"], remove_tags=["old,older"]), by=curator)
    assert tags_of(item) == ["mac", "vpn"]


def test_many_that_have_many_different_tags_are_changed_at_once(add: Add, who: Who) -> None:
    items = [add(f"Item {each}", tags=tuple(f"tag {each} {number}" for number in range(20))) for each in range(3)]
    viewer, curator = who("curator")
    done = actions.apply(viewer, items, change(add_tags=["all"]), by=curator)
    assert done is not None
    assert all("all" in tags_of(each) and len(tags_of(each)) == 21 for each in items)
    assert actions.undo(viewer, done.id, by=curator).restored == 3


def test_many_at_once_cost_as_many_statements_as_few(add: Add, who: Who, asked: list[str]) -> None:
    viewer, curator = who("curator")

    def statements(count: int) -> int:
        items = [add(f"Item {number}", tags=("old",)) for number in range(count)]
        wanted = change(add_tags=["new"], remove_tags=["old"])
        asked.clear()
        done = actions.apply(viewer, items, wanted, by=curator)
        assert done is not None
        assert actions.undo(viewer, done.id, by=curator).restored == count
        return len(asked)

    assert statements(40) == statements(4)
