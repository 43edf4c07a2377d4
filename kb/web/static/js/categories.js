// The bench of the category tree.
import "./categories/dragging.js";
import "./categories/keys.js";
import "./categories/renaming.js";
import "./categories/tree.js";
