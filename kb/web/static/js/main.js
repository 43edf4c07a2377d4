// Every page.
import Alpine from "@alpinejs/csp";
import "./site/announce.js";
import "./site/confirm.js";
import { copying } from "./site/copying.js";
import { filtering } from "./site/filtering.js";
import "./site/focus_after.js";
import "./site/fragments.js";
import "./site/live.js";
import "./site/more.js";
import "./site/offline.js";
import "./site/printing.js";
import "./site/same_place.js";
import "./site/scrub.js";
import "./site/search_box.js";
import "./site/suggested_tags.js";
import { suggesting } from "./site/suggesting.js";
import { tagField } from "./site/tag_field.js";
import { themeChoice } from "./site/theme_choice.js";
import { tickingAll } from "./site/ticking_all.js";

Alpine.data("copying", copying);
Alpine.data("filtering", filtering);
Alpine.data("suggesting", suggesting);
Alpine.data("tagField", tagField);
Alpine.data("themeChoice", themeChoice);
Alpine.data("tickingAll", tickingAll);
// The scripts of a page come after this one and add their own; all have run when the document is ready.
document.addEventListener("DOMContentLoaded", () => Alpine.start());
