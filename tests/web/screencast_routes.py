"""The routes of one screencast: a part of the table in routes.py, where it is said what stands in braces in a URL."""

from typing import Any

from tests.web.access import EDITORS, JUDGES, OWNERS, PEOPLE, Acts, Routes, Shows

PAGE = "/screencasts/{id}"
API = "/api/v1/screencasts/{id}"
CORRECTION: dict[str, Any] = {
    "before": [{"start": 0, "end": 0.9, "text": "How to reset it"}],
    "after": [{"start": 0, "end": 0.9, "text": "How to reset all"}],
}
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:01.000\nchanged words\n"

SCREENCAST_ROUTES: Routes = {
    # -- what is shown of it --------------------------------------------------------------------
    "GET /screencasts/<screencast_id>": Shows((PAGE, PAGE + "?t=1&q=reset"), is_page=True),
    "GET /screencasts/<screencast_id>/status": Shows(
        tuple(f"{PAGE}/status?view={view}" for view in ("card", "row", "watch", "stage")), is_page=True
    ),
    "GET /screencasts/<screencast_id>/files/<name>": Shows(
        tuple(f"{PAGE}/files/{name}" for name in ("video.mp4", "{poster}", "storyboard-0.webp"))
    ),
    "GET /screencasts/<screencast_id>/original": Acts(f"{PAGE}/original", EDITORS, 200),
    "GET /screencasts/<screencast_id>/storyboard.vtt": Shows((f"{PAGE}/storyboard.vtt",)),
    "GET /screencasts/<screencast_id>/still": Shows((f"{PAGE}/still?at=1", f"{PAGE}/still?at=1&wide=1")),
    "GET /screencasts/<screencast_id>/preview": Shows((f"{PAGE}/preview",)),
    "GET /screencasts/<screencast_id>/captions/<language>.vtt": Shows(
        (f"{PAGE}/captions/en.vtt", f"{PAGE}/captions/en.vtt?download=1")
    ),
    "GET /screencasts/<screencast_id>/captions/<language>.srt": Shows((f"{PAGE}/captions/en.srt",)),
    "GET /screencasts/<screencast_id>/transcript": Shows(
        (f"{PAGE}/transcript", f"{PAGE}/transcript?lang=en"), is_page=True
    ),
    "GET /screencasts/<screencast_id>/chapters.vtt": Shows((f"{PAGE}/chapters.vtt",)),
    "GET /screencasts/<screencast_id>/steps": Shows((f"{PAGE}/steps",), is_page=True),
    "GET /api/v1/screencasts/<screencast_id>/chapters": Shows((f"{API}/chapters",)),
    "GET /api/v1/screencasts/<screencast_id>": Shows((API,)),
    "GET /screencasts/<screencast_id>/screen-text": Shows((f"{PAGE}/screen-text",), is_page=True),
    "GET /api/v1/screencasts/<screencast_id>/screen-text": Shows((f"{API}/screen-text",)),
    "GET /api/v1/screencasts/<screencast_id>/transcripts": Shows((f"{API}/transcripts",)),
    "GET /api/v1/screencasts/<screencast_id>/transcripts/<language>": Shows((f"{API}/transcripts/en",)),
    "GET /screencasts/<screencast_id>/similar": Shows((f"{PAGE}/similar",), is_page=True),
    "GET /api/v1/screencasts/<screencast_id>/similar": Shows((f"{API}/similar",)),
    "GET /api/v1/tags/<words:name>/synonyms": Shows(("/api/v1/tags/{tag}/synonyms",)),
    # -- changes --------------------------------------------------------------------------------
    "GET /screencasts/<screencast_id>/edit": Acts(f"{PAGE}/edit", EDITORS, 200, is_page=True),
    "POST /screencasts/<screencast_id>/edit": Acts(f"{PAGE}/edit", EDITORS, 302, {"data": {"title": "Changed"}}),
    "GET /screencasts/<screencast_id>/captions": Acts(f"{PAGE}/captions", EDITORS, 200, is_page=True),
    # Without a file.
    "POST /screencasts/<screencast_id>/captions": Acts(
        f"{PAGE}/captions", EDITORS, 422, {"data": {"captions_language": "de"}}
    ),
    "POST /screencasts/<screencast_id>/captions/<language>/delete": Acts(f"{PAGE}/captions/en/delete", EDITORS, 302),
    "POST /screencasts/<screencast_id>/publish": Acts(f"{PAGE}/publish", EDITORS, 302),
    "POST /screencasts/<screencast_id>/delete": Acts(f"{PAGE}/delete", EDITORS, 302),
    "POST /screencasts/<screencast_id>/retry": Acts(f"{PAGE}/retry", EDITORS, 302),
    "POST /screencasts/<screencast_id>/cancel": Acts(f"{PAGE}/cancel", OWNERS, 409),
    "POST /api/v1/screencasts/<screencast_id>/cancel": Acts(f"{API}/cancel", OWNERS, 409),
    "PATCH /api/v1/screencasts/<screencast_id>": Acts(API, EDITORS, 200, {"json": {"title": "Changed"}}),
    "DELETE /api/v1/screencasts/<screencast_id>": Acts(API, EDITORS, 204),
    "POST /api/v1/screencasts/<screencast_id>/retry": Acts(f"{API}/retry", EDITORS, 202),
    "PUT /api/v1/screencasts/<screencast_id>/transcripts/<language>": Acts(
        f"{API}/transcripts/en", EDITORS, 200, {"data": CAPTIONS, "content_type": "text/vtt"}
    ),
    "DELETE /api/v1/screencasts/<screencast_id>/transcripts/<language>": Acts(f"{API}/transcripts/en", EDITORS, 204),
    "GET /api/v1/screencasts/<screencast_id>/transcripts/<language>/cues": Shows((f"{API}/transcripts/en/cues",)),
    "PATCH /api/v1/screencasts/<screencast_id>/transcripts/<language>": Acts(
        f"{API}/transcripts/en", EDITORS, 200, {"json": {"version": 1, "changes": [CORRECTION]}}
    ),
    "GET /api/v1/screencasts/<screencast_id>/transcripts/<language>/revisions": Acts(
        f"{API}/transcripts/en/revisions", EDITORS, 200
    ),
    "POST /api/v1/screencasts/<screencast_id>/transcripts/<language>/revisions/<int:number>/restore": Acts(
        f"{API}/transcripts/en/revisions/1/restore", EDITORS, 200
    ),
    "GET /api/v1/screencasts/<screencast_id>/transcripts/<language>/proposals": Acts(
        f"{API}/transcripts/en/proposals", PEOPLE, 200
    ),
    "POST /api/v1/screencasts/<screencast_id>/transcripts/<language>/proposals": Acts(
        f"{API}/transcripts/en/proposals",
        PEOPLE,
        201,
        {"json": {"cue": CORRECTION["before"][0], "text": "How to begin again"}},
    ),
    "POST /api/v1/screencasts/<screencast_id>/transcripts/<language>/proposals/<proposal_id>/accept": Acts(
        f"{API}/transcripts/en/proposals/{{proposal}}/accept", EDITORS, 204
    ),
    "POST /api/v1/screencasts/<screencast_id>/transcripts/<language>/proposals/<proposal_id>/decline": Acts(
        f"{API}/transcripts/en/proposals/{{proposal}}/decline", EDITORS | {"mate"}, 204
    ),
    "POST /api/v1/screencasts/<screencast_id>/screen-text/hidings": Acts(
        f"{API}/screen-text/hidings", EDITORS, 201, {"json": {"text": "Error"}}
    ),
    "DELETE /api/v1/screencasts/<screencast_id>/screen-text/hidings/<hiding_id>": Acts(
        f"{API}/screen-text/hidings/{{hiding}}", EDITORS, 204
    ),
    "POST /screencasts/<screencast_id>/screen-text/hidings": Acts(
        f"{PAGE}/screen-text/hidings", EDITORS, 302, {"data": {"start": "0:00", "end": "0:01"}}
    ),
    "POST /screencasts/<screencast_id>/screen-text/hidings/<hiding_id>/delete": Acts(
        f"{PAGE}/screen-text/hidings/{{hiding}}/delete", EDITORS, 302
    ),
    "GET /screencasts/<screencast_id>/transcripts/<language>/edit": Acts(
        f"{PAGE}/transcripts/en/edit", PEOPLE, 200, is_page=True
    ),
    "POST /screencasts/<screencast_id>/transcripts/<language>/edit": Acts(
        f"{PAGE}/transcripts/en/edit", PEOPLE, 422, {"data": {"words": ""}}
    ),
    "POST /screencasts/<screencast_id>/transcripts/<language>/confirm": Acts(
        f"{PAGE}/transcripts/en/confirm", EDITORS, 302
    ),
    "GET /screencasts/<screencast_id>/transcripts/<language>/history": Acts(
        f"{PAGE}/transcripts/en/history", EDITORS, 200, is_page=True
    ),
    "POST /screencasts/<screencast_id>/transcripts/<language>/revisions/<int:number>/restore": Acts(
        f"{PAGE}/transcripts/en/revisions/1/restore", EDITORS, 302
    ),
    "POST /screencasts/<screencast_id>/transcripts/<language>/proposals/<proposal_id>/accept": Acts(
        f"{PAGE}/transcripts/en/proposals/{{proposal}}/accept", EDITORS, 302
    ),
    "POST /screencasts/<screencast_id>/transcripts/<language>/proposals/<proposal_id>/decline": Acts(
        f"{PAGE}/transcripts/en/proposals/{{proposal}}/decline", EDITORS | {"mate"}, 302
    ),
    "GET /screencasts/<screencast_id>/suggested-tags": Acts(f"{PAGE}/suggested-tags", EDITORS, 200, is_page=True),
    "GET /api/v1/screencasts/<screencast_id>/suggested-tags": Acts(f"{API}/suggested-tags", EDITORS, 200),
    "GET /screencasts/<screencast_id>/chapters": Acts(f"{PAGE}/chapters", EDITORS, 200, is_page=True),
    "POST /screencasts/<screencast_id>/chapters": Acts(f"{PAGE}/chapters", EDITORS, 302),
    "POST /screencasts/<screencast_id>/chapters/keep": Acts(f"{PAGE}/chapters/keep", EDITORS, 302),
    "PUT /api/v1/screencasts/<screencast_id>/chapters": Acts(
        f"{API}/chapters", EDITORS, 200, {"json": {"chapters": []}}
    ),
    "POST /screencasts/<screencast_id>/solved": Acts(f"{PAGE}/solved", JUDGES, 302),
    "POST /screencasts/<screencast_id>/solved/undo": Acts(f"{PAGE}/solved/undo", JUDGES, 302),
    "POST /screencasts/<screencast_id>/unhelped": Acts(f"{PAGE}/unhelped", JUDGES, 302, {"data": {"reason": "wrong"}}),
    "POST /screencasts/<screencast_id>/unhelped/undo": Acts(f"{PAGE}/unhelped/undo", JUDGES, 302),
    "POST /api/v1/screencasts/<screencast_id>/solved": Acts(f"{API}/solved", JUDGES, 201, {"json": {}}),
    "DELETE /api/v1/screencasts/<screencast_id>/solved": Acts(f"{API}/solved", JUDGES, 204),
    "POST /api/v1/screencasts/<screencast_id>/unhelped": Acts(
        f"{API}/unhelped", JUDGES, 201, {"json": {"reason": "wrong"}}
    ),
    "DELETE /api/v1/screencasts/<screencast_id>/unhelped": Acts(f"{API}/unhelped", JUDGES, 204),
    "GET /screencasts/<screencast_id>/recording": Acts(f"{PAGE}/recording", OWNERS, 200, is_page=True),
    "POST /screencasts/<screencast_id>/recording": Acts(f"{PAGE}/recording", OWNERS, 422),
    "POST /screencasts/<screencast_id>/versions/<version_id>/restore": Acts(
        f"{PAGE}/versions/{{version}}/restore", OWNERS, 302
    ),
    "POST /screencasts/<screencast_id>/versions/<version_id>/erase": Acts(
        f"{PAGE}/versions/{{version}}/erase", OWNERS, 302
    ),
    "PUT /api/v1/screencasts/<screencast_id>/recording": Acts(f"{API}/recording", OWNERS, 422),
    "GET /api/v1/screencasts/<screencast_id>/versions": Acts(f"{API}/versions", OWNERS, 200),
    "POST /api/v1/screencasts/<screencast_id>/versions/<version_id>/restore": Acts(
        f"{API}/versions/{{version}}/restore", OWNERS, 202
    ),
    "DELETE /api/v1/screencasts/<screencast_id>/versions/<version_id>": Acts(
        f"{API}/versions/{{version}}", OWNERS, 204
    ),
    "GET /api/v1/screencasts/<screencast_id>/duplicates": Acts(f"{API}/duplicates", EDITORS, 200),
    "POST /inbox/<screencast_id>": Acts("/inbox/{id}", EDITORS, 422),
    "POST /trash/<screencast_id>/restore": Acts("/trash/{trashed}/restore", EDITORS, 302),
    "POST /trash/<screencast_id>/erase": Acts("/trash/{trashed}/erase", frozenset({"author", "admin"}), 302),
    "POST /api/v1/screencasts/<screencast_id>/restore": Acts("/api/v1/screencasts/{trashed}/restore", EDITORS, 200),
}
