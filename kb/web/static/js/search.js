// The search page.
import "./search/keys.js";
import "./search/moving.js";
import "./search/swapping.js";
