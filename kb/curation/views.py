"""Pages for putting many screencasts in order: bulk changes with preview and undo, the inbox, the trash."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import person, signed_in, viewer
from kb.categories import actions as categories
from kb.categories.present import choices
from kb.curation import actions, inbox, trash
from kb.curation.bulk import Change, Plan
from kb.db import now
from kb.errors import Invalid
from kb.screencasts import actions as screencasts
from kb.screencasts import erasing
from kb.screencasts.present import shown
from kb.web.filters import counted
from kb.web.flashes import offer_undo
from kb.web.forms import parse
from kb.web.urls import safe_next

bp = Blueprint("curation", __name__)

INBOX_PAGE = 20
PREVIEWED = 50
# What the form's select says besides a category's id.
KEEP, NO_CATEGORY = "", "none"


@bp.post("/curation/preview")
@signed_in
def preview() -> ResponseReturnValue:
    try:
        plan = actions.preview(viewer(), request.form.getlist("ids"), _asked_change())
    except Invalid as error:
        flash(error.sentences, "error")
        return redirect(_back())
    return render_template(
        "curation/preview.html",
        plan=plan,
        rows=_rows(plan),
        more=max(0, len(plan.changed) - PREVIEWED),
        ids=[each.screencast.id for each in plan.changed],
        form=request.form,
        back=_back(),
    )


@bp.post("/curation/changes")
@signed_in
def apply() -> ResponseReturnValue:
    done = actions.apply(viewer(), request.form.getlist("ids"), _asked_change(), by=person())
    if done:
        offer_undo(f"{done.words}.", url_for("curation.undo", change_id=done.id))
    else:
        flash("Nothing was to be done: they are like that already.", "info")
    return redirect(_back())


@bp.post("/curation/changes/<change_id>/undo")
@signed_in
def undo(change_id: str) -> ResponseReturnValue:
    undone = actions.undo(viewer(), change_id, by=person())
    left = f" {counted(undone.left)} changed in the meantime and stayed as they are." if undone.left else ""
    flash(f"Taken back for {counted(undone.restored)}.{left}", "success" if undone.restored else "info")
    return redirect(_back())


@bp.get("/curation")
@signed_in
def history() -> ResponseReturnValue:
    return render_template("curation/history.html", changes=actions.recent(person()))


@bp.get("/inbox")
@signed_in
def inbox_page() -> ResponseReturnValue:
    found = inbox.items(viewer(), limit=INBOX_PAGE, after=request.args.get("after"))
    return render_template(
        "curation/_inbox_items.html" if "HX-Request" in request.headers else "curation/inbox.html",
        items=[
            {"screencast": shown(item.screencast, viewer()), "suggested": item.suggested, "usual": item.usual}
            for item in found
        ],
        total=inbox.count(viewer()),
        next_url=url_for("curation.inbox_page", after=found[-1].screencast.id) if len(found) == INBOX_PAGE else None,
        choices=choices(categories.tree(viewer())),
    )


@bp.post("/inbox/<screencast_id>")
@signed_in
def file_under(screencast_id: str) -> ResponseReturnValue:
    """One out of the inbox; a bulk change of one, so that it is taken back in the same way."""
    screencast = screencasts.get_to_change(viewer(), screencast_id)
    chosen = request.form.get("category") or request.form.get("other")
    if not chosen:
        raise Invalid("Choose a category first.", errors={"category": ["Choose one."]})
    change = actions.change_of(moves=True, category=chosen, add_tags=[], remove_tags=[])
    done = actions.apply(viewer(), [screencast.id], change, by=person())
    if "HX-Request" in request.headers:
        return render_template(
            "curation/_filed.html",
            screencast=shown(screencast, viewer()),
            change=done,
            left=inbox.count(viewer()),
        )
    if done:
        offer_undo(f"“{screencast.title}”: {change.words}.", url_for("curation.undo", change_id=done.id))
    return redirect(url_for("curation.inbox_page"))


@bp.get("/trash")
@signed_in
def trash_page() -> ResponseReturnValue:
    return render_template(
        "curation/trash.html",
        items=[
            {
                "id": each.id,
                "title": each.title,
                "author": each.author.name,
                "is_mine": each.author_id == person().id,
                "may_erase": erasing.may_erase(each, person()),
                "trashed_at": each.trashed_at,
                "gone_at": trash.gone_at(each),
            }
            for each in trash.items(viewer())
        ],
        may_empty=bool(_lots()),
    )


@bp.get("/trash/empty")
@signed_in
def empty_page() -> ResponseReturnValue:
    until = now()
    return render_template("curation/empty.html", lots=_lots(), until=until)


@bp.post("/trash/empty")
@signed_in
def empty_trash() -> ResponseReturnValue:
    erased = actions.empty_trash(viewer(), parse(trash.Emptying, request.form), by=person())
    if erased.count:
        flash(f"{counted(erased.count)} {'is' if erased.count == 1 else 'are'} gone for good.", "success")
    else:
        flash("Nothing was left there to erase.", "info")
    return redirect(url_for("curation.trash_page"))


@bp.post("/trash/<screencast_id>/restore")
@signed_in
def restore(screencast_id: str) -> ResponseReturnValue:
    screencast = screencasts.get_from_trash(viewer(), screencast_id)
    screencasts.restore(screencast, by=person())
    flash(f"“{screencast.title}” is back.", "success")
    return redirect(url_for("pages.watch", screencast_id=screencast.id))


@bp.post("/trash/<screencast_id>/erase")
@signed_in
def erase(screencast_id: str) -> ResponseReturnValue:
    screencast = erasing.get_to_erase(viewer(), screencast_id, by=person())
    title = screencast.title
    erasing.erase(screencast.id, by=person(), trashed_before=now())
    flash(f"“{title}” is gone for good.", "success")
    return redirect(url_for("curation.trash_page"))


def _lots() -> dict[str, trash.Lot]:
    """Whose -> what this person could erase now, if anything. all: for admins, where it is more than theirs."""
    mine = trash.erasable(viewer(), trash.Emptying(), by=person())
    lots = {"mine": mine} if mine.count else {}
    if person().is_admin:
        everything = trash.erasable(viewer(), trash.Emptying(whose="all"), by=person())
        lots |= {"all": everything} if everything.count > mine.count else {}
    return lots


def _asked_change() -> Change:
    asked = request.form.get("category", KEEP)
    return actions.change_of(
        moves=asked != KEEP,
        category=None if asked == NO_CATEGORY else asked,
        add_tags=request.form.get("add_tags", "").split(","),
        remove_tags=request.form.get("remove_tags", "").split(","),
        trash=request.form.get("trash") == "true",
    )


def _rows(plan: Plan) -> list[dict[str, Any]]:
    named = {each.id: each.name for each in categories.every()}
    return [
        {
            "screencast": shown(each.screencast, viewer()),
            "from_category": named.get(each.before["category_id"] or ""),
            "to_category": named.get(each.after["category_id"] or ""),
            "added": [tag for tag in each.after["tags"] if tag not in each.before["tags"]],
            "removed": [tag for tag in each.before["tags"] if tag not in each.after["tags"]],
        }
        for each in plan.changed[:PREVIEWED]
    ]


def _back() -> str:
    return safe_next(request.form.get("next"))
