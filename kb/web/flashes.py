"""Sentences on the page that comes next, which ask for something; templates/parts/_flashes.html shows them."""

from flask import flash


def offer_undo(words: str, undo_url: str) -> None:
    """words: what was done. undo_url: where a POST takes it back."""
    flash({"text": words, "undo_url": undo_url}, "undo")  # type: ignore[arg-type]
