"""Every route of the site and who may use it. `test_who_sees_what.py` holds the site to it; a new route needs its line.

In a URL, {id} is a screencast, {ids} all of them, {trashed} one in the trash, {poster} the name of its poster, {tag}
its tag; {category}, {token}, {invitation}, {upload} and {person} are rows of other people; {team} has something shared
with it, {empty_team} nothing; {proposal} is mate's, {saved} the author's; {hiding} is of the screencast.
"""

from tests.web.access import ADMINS, CURATORS, PEOPLE, Acts, Lists, Open, Routes
from tests.web.screencast_routes import SCREENCAST_ROUTES

# Where those who could have thrown it away read the title of what is in the trash.
TRASH = ("GET /trash", "GET /api/v1/trash")
# Where admins read which of all files are large, and of the trash what they could take out of it.
STORAGE = ("/storage", "/api/v1/storage")
# The tag of what everybody here may see.
TAG = "zebraeveryonetag"
TUS = {"Tus-Resumable": "1.0.0"}
PART = {
    "headers": TUS | {"Upload-Offset": "0"}, "content_type": "application/offset+octet-stream", "data": b"1234"
}  # fmt: skip

ROUTES: Routes = {
    # -- open ---------------------------------------------------------------------------------
    "GET /static/<path:filename>": Open(("/static/dist/manifest.json",)),
    "GET /healthz": Open(("/healthz",)),
    "GET /readyz": Open(("/readyz",)),
    "GET /api/docs": Open(("/api/docs",)),
    "GET /api/v1/openapi.json": Open(("/api/v1/openapi.json",)),
    "GET /sign-in": Open(("/sign-in",)),
    "POST /sign-in": Open(("/sign-in",)),
    "POST /sign-out": Acts("/sign-out", PEOPLE, 302),
    "GET /sign-up": Open(("/sign-up",)),
    "POST /sign-up": Open(("/sign-up",)),
    "GET /new-password/<token>": Open(("/new-password/unknown",)),
    "POST /new-password/<token>": Open(("/new-password/unknown",)),
    "GET /join/<token>": Open(("/join/unknown",)),
    "POST /join/<token>": Open(("/join/unknown",)),
    # -- many -----------------------------------------------------------------------------------
    "GET /": Lists(
        (
            *("/", "/?sort=title", "/?sort=solved", "/?category={category}", "/?author={author}", "/?state=ready"),
            *("/?mine=1", "/?draft=1"),
        ),
        is_page=True,
    ),
    "GET /api/v1/progress": Lists(("/api/v1/progress?ids={ids}",)),
    "GET /search": Lists(
        ("/search?q=reset", "/search?q=clip&category={category}", "/search?q=by:%22Test+Author%22"), is_page=True
    ),
    "POST /search": Acts("/search", PEOPLE, 303, {"data": {"q": "Traceback\nresetError"}}, is_page=True),
    "GET /api/v1/screencasts": Lists(
        (
            "/api/v1/screencasts?limit=100",
            "/api/v1/screencasts?sort=title",
            "/api/v1/screencasts?author={author}",
            "/api/v1/screencasts?category={category}",
            "/api/v1/screencasts?state=ready",
            "/api/v1/screencasts?draft=true",
        )
    ),
    "GET /api/v1/search": Lists(("/api/v1/search?q=reset&limit=50", "/api/v1/search?category={category}")),
    "GET /api/v1/suggest": Lists(("/api/v1/suggest?q=clip", "/api/v1/suggest?q=cl")),
    "GET /feeds/search": Lists(("/feeds/search?q=reset", "/feeds/search?category={category}")),
    "GET /api/v1/categories": Lists(("/api/v1/categories",)),
    "GET /api/v1/categories/<category_id>": Lists(("/api/v1/categories/{category}", "/api/v1/categories/network")),
    "GET /api/v1/tags": Lists(("/api/v1/tags", "/api/v1/tags?q=zebra&sort=name")),
    # -- one screencast -----------------------------------------------------------------------
    **SCREENCAST_ROUTES,
    # -- for everybody who is signed in ---------------------------------------------------------
    # No Redis is there; what a stream holds is for tests/web/test_live.py.
    "GET /api/v1/events": Acts("/api/v1/events", PEOPLE, 503),
    "GET /upload": Acts("/upload", PEOPLE, 200, is_page=True),
    "POST /search/image": Acts("/search/image", PEOPLE, 303),
    "POST /api/v1/search": Acts("/api/v1/search", PEOPLE, 200, {"json": {"q": "reset"}}),
    "POST /api/v1/search/image": Acts("/api/v1/search/image", PEOPLE, 422),
    "POST /upload": Acts("/upload", PEOPLE, 422),
    "POST /api/v1/screencasts": Acts("/api/v1/screencasts", PEOPLE, 422),
    "POST /api/v1/uploads": Acts("/api/v1/uploads", PEOPLE, 201, {"headers": TUS | {"Upload-Length": "10"}}),
    "PATCH /api/v1/uploads/<upload_id>": Acts("/api/v1/uploads/{upload}", frozenset({"author"}), 204, PART),
    "DELETE /api/v1/uploads/<upload_id>": Acts(
        "/api/v1/uploads/{upload}", frozenset({"author"}), 204, {"headers": TUS}
    ),
    "GET /searches": Acts("/searches", PEOPLE, 200, is_page=True),
    "POST /searches": Acts("/searches", PEOPLE, 302, {"data": {"address": "q=reset"}}),
    "GET /searches/badge": Acts("/searches/badge", PEOPLE, 200, is_page=True),
    "POST /searches/<saved_id>": Acts("/searches/{saved}", frozenset({"author"}), 303),
    "POST /searches/<saved_id>/remove": Acts("/searches/{saved}/remove", frozenset({"author"}), 302),
    "GET /api/v1/searches": Acts("/api/v1/searches", PEOPLE, 200),
    "POST /api/v1/searches": Acts("/api/v1/searches", PEOPLE, 201, {"json": {"q": "reset"}}),
    "DELETE /api/v1/searches/<saved_id>": Acts("/api/v1/searches/{saved}", frozenset({"author"}), 204),
    "GET /me": Acts("/me", PEOPLE, 200, is_page=True),
    "POST /me": Acts("/me", PEOPLE, 302, {"data": {"name": "New Name"}}),
    "POST /me/password": Acts("/me/password", PEOPLE, 422),
    "POST /me/tokens": Acts("/me/tokens", PEOPLE, 302, {"data": {"name": "another"}}),
    "POST /me/tokens/<token_id>/revoke": Acts("/me/tokens/{token}/revoke", frozenset({"author"}), 302),
    "GET /api/v1/me": Acts("/api/v1/me", PEOPLE, 200),
    "GET /api/v1/people/<person_id>": Acts("/api/v1/people/{person}", PEOPLE, 200),
    "GET /categories": Acts("/categories", PEOPLE, 200, is_page=True),
    "GET /inbox": Acts("/inbox", PEOPLE, 200, is_page=True),
    "GET /trash": Acts("/trash", PEOPLE, 200, is_page=True),
    "GET /api/v1/trash": Acts("/api/v1/trash", PEOPLE, 200),
    "GET /trash/empty": Acts("/trash/empty", PEOPLE, 200, is_page=True),
    # Whose is erased is for tests/curation/test_emptying.py.
    "POST /trash/empty": Acts("/trash/empty", PEOPLE, 422, {"data": {"whose": "x"}}),
    "DELETE /api/v1/trash": Acts("/api/v1/trash?whose=x", PEOPLE, 422),
    "GET /curation": Acts("/curation", PEOPLE, 200, is_page=True),
    "POST /curation/preview": Acts("/curation/preview", PEOPLE, 302),
    "POST /curation/changes": Acts("/curation/changes", PEOPLE, 422),
    "POST /curation/changes/<change_id>/undo": Acts("/curation/changes/unknown/undo", PEOPLE, 404),
    "POST /api/v1/bulk": Acts("/api/v1/bulk", PEOPLE, 422, {"json": {"ids": []}}),
    "POST /api/v1/bulk/<change_id>/undo": Acts("/api/v1/bulk/unknown/undo", PEOPLE, 404),
    # -- for curators ---------------------------------------------------------------------------
    "POST /categories": Acts("/categories", CURATORS, 302, {"data": {"name": "Printers"}}),
    "GET /categories/<category_id>": Acts("/categories/{category}", CURATORS, 200, is_page=True),
    "POST /categories/<category_id>/name": Acts(
        "/categories/{category}/name", CURATORS, 302, {"data": {"name": "Nets"}}
    ),
    "POST /categories/<category_id>/place": Acts(
        "/categories/{category}/place", CURATORS, 302, {"data": {"position": "0"}}
    ),
    "POST /categories/<category_id>/curators": Acts("/categories/{category}/curators", CURATORS, 302),
    "GET /categories/<category_id>/merge": Acts("/categories/{category}/merge", CURATORS, 200, is_page=True),
    # Into itself, since there is no other.
    "POST /categories/<category_id>/merge": Acts(
        "/categories/{category}/merge", CURATORS, 409, {"data": {"into": "network"}}
    ),
    "POST /categories/<category_id>": Acts("/categories/{category}", CURATORS, 302, {"data": {"name": "Nets"}}),
    "GET /categories/<category_id>/delete": Acts("/categories/{category}/delete", CURATORS, 200, is_page=True),
    "POST /categories/<category_id>/delete": Acts("/categories/{category}/delete", CURATORS, 302),
    "POST /api/v1/categories": Acts("/api/v1/categories", CURATORS, 201, {"json": {"name": "Printers"}}),
    "PATCH /api/v1/categories/<category_id>": Acts(
        "/api/v1/categories/{category}", CURATORS, 200, {"json": {"name": "Nets"}}
    ),
    "POST /api/v1/categories/<category_id>/merge": Acts(
        "/api/v1/categories/{category}/merge", CURATORS, 409, {"json": {"into": "network"}}
    ),
    "PUT /api/v1/categories/<category_id>/curators": Acts(
        "/api/v1/categories/{category}/curators", CURATORS, 200, {"json": {"curators": []}}
    ),
    "DELETE /api/v1/categories/<category_id>": Acts("/api/v1/categories/{category}", CURATORS, 204),
    "GET /audit": Acts("/audit", CURATORS, 200, is_page=True),
    "GET /tags": Acts("/tags", CURATORS, 200, is_page=True),
    "GET /tags/edit": Acts("/tags/edit?tag={tag}", CURATORS, 200, is_page=True),
    "POST /tags/rename": Acts("/tags/rename", CURATORS, 302, {"data": {"tag": TAG, "name": "nets"}}),
    "POST /tags/synonyms": Acts("/tags/synonyms", CURATORS, 302, {"data": {"tag": TAG, "synonyms": "nets, lan"}}),
    "POST /tags/merge": Acts("/tags/merge", CURATORS, 200, {"data": {"tag": TAG, "into": "nets"}}),
    "POST /tags/retire": Acts("/tags/retire", CURATORS, 302, {"data": {"tag": TAG}}),
    "POST /tags/bring-back": Acts("/tags/bring-back", CURATORS, 302, {"data": {"tag": TAG}}),
    "POST /tags/delete": Acts("/tags/delete", CURATORS, 409, {"data": {"tag": TAG}}),
    "PATCH /api/v1/tags/<words:name>": Acts("/api/v1/tags/{tag}", CURATORS, 200, {"json": {"name": "nets"}}),
    "DELETE /api/v1/tags/<words:name>": Acts("/api/v1/tags/{tag}", CURATORS, 409),
    "POST /api/v1/tags/<words:name>/merge": Acts("/api/v1/tags/{tag}/merge", CURATORS, 200, {"json": {"into": "nets"}}),
    "PUT /api/v1/tags/<words:name>/synonyms": Acts(
        "/api/v1/tags/{tag}/synonyms", CURATORS, 200, {"json": {"synonyms": ["nets"]}}
    ),
    "GET /glossary": Acts("/glossary", PEOPLE, 200, is_page=True),
    "GET /glossary.csv": Acts("/glossary.csv", PEOPLE, 200, is_page=True),
    "GET /api/v1/glossary": Acts("/api/v1/glossary", PEOPLE, 200),
    "POST /glossary": Acts("/glossary", CURATORS, 302, {"data": {"written": "Kubernetes", "heard": "kuber netties"}}),
    "POST /glossary/<word_id>": Acts("/glossary/unknown", CURATORS, 404),
    "POST /glossary/<word_id>/delete": Acts("/glossary/unknown/delete", CURATORS, 404),
    "POST /glossary/<word_id>/bring-back": Acts("/glossary/unknown/bring-back", CURATORS, 404),
    "POST /glossary/import": Acts("/glossary/import", CURATORS, 422),
    "GET /glossary/preview": Acts("/glossary/preview", CURATORS, 200, is_page=True),
    "POST /glossary/preview": Acts("/glossary/preview", CURATORS, 302),
    "GET /glossary/counts": Acts("/glossary/counts", CURATORS, 200, is_page=True),
    "GET /glossary/says": Acts("/glossary/says?word=unknown", CURATORS, 404, is_page=True),
    "GET /glossary/suggestions": Acts("/glossary/suggestions", CURATORS, 200, is_page=True),
    "POST /api/v1/glossary": Acts("/api/v1/glossary", CURATORS, 201, {"json": {"written": "Kubernetes"}}),
    "PATCH /api/v1/glossary/<word_id>": Acts("/api/v1/glossary/unknown", CURATORS, 404, {"json": {"heard": []}}),
    "DELETE /api/v1/glossary/<word_id>": Acts("/api/v1/glossary/unknown", CURATORS, 404),
    # -- for admins -----------------------------------------------------------------------------
    "GET /doctor": Acts("/doctor", ADMINS, 200, is_page=True),
    "GET /api/v1/audit": Acts("/api/v1/audit?limit=100", ADMINS, 200),
    "GET /tasks": Acts("/tasks?state=failed", ADMINS, 200, is_page=True),
    "POST /tasks/retry": Acts("/tasks/retry", ADMINS, 302),
    # Without saying of which.
    "POST /tasks/cancel": Acts("/tasks/cancel", ADMINS, 404),
    "GET /api/v1/tasks": Acts("/api/v1/tasks?state=failed", ADMINS, 200),
    "POST /api/v1/tasks/retry": Acts("/api/v1/tasks/retry", ADMINS, 200, {"json": {}}),
    "GET /storage": Acts("/storage", ADMINS, 200, is_page=True),
    "GET /api/v1/storage": Acts("/api/v1/storage", ADMINS, 200),
    "GET /people": Acts("/people", ADMINS, 200, is_page=True),
    "POST /people/invitations": Acts("/people/invitations", ADMINS, 302, {"data": {"role": "member"}}),
    "POST /people/invitations/<invitation_id>/withdraw": Acts("/people/invitations/{invitation}/withdraw", ADMINS, 302),
    "POST /people/<person_id>/new-password": Acts("/people/{person}/new-password", ADMINS, 302),
    "POST /teams": Acts("/teams", ADMINS, 302, {"data": {"name": "Green"}}),
    "POST /teams/<team_id>": Acts("/teams/{team}", ADMINS, 302, {"data": {"name": "Navy"}}),
    "POST /teams/<team_id>/delete": Acts("/teams/{empty_team}/delete", ADMINS, 302),
    "POST /people/<person_id>": Acts("/people/{person}", ADMINS, 302, {"data": {"role": "curator", "active": "true"}}),
    "GET /site": Acts("/site", ADMINS, 200, is_page=True),
    "POST /site": Acts("/site", ADMINS, 302, {"data": {"name": "Shown here"}}),
    "POST /site/joining": Acts("/site/joining", ADMINS, 302, {"data": {"who": "open"}}),
    "GET /welcome": Acts("/welcome", ADMINS, 302, is_page=True),
    "GET /welcome/<step>": Acts("/welcome/categories", ADMINS, 200, is_page=True),
    "POST /welcome/name": Acts("/welcome/name", ADMINS, 302, {"data": {"name": "Shown here"}}),
    "POST /welcome/joining": Acts("/welcome/joining", ADMINS, 302, {"data": {"who": "open"}}),
    "POST /welcome/categories": Acts("/welcome/categories", ADMINS, 302, {"data": {"starter": "company"}}),
    "POST /welcome/invite": Acts("/welcome/invite", ADMINS, 302, {"data": {"role": "member"}}),
    "POST /welcome/end": Acts("/welcome/end", ADMINS, 302),
}
