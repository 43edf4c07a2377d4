// The page on which the chapters of a screencast are changed.
import "./watch/chapter_form.js";
