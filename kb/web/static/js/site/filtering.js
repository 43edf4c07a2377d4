// A box that leaves of a list what holds the words typed, while there is enough of it to look through.
// Reads: x-data="filtering" around the box (x-bind="box"), items [data-filter-words="…"] and [data-filter-none].
import { say } from "./announce.js";

export function filtering() {
  return {
    box: {
      "@input"() {
        const shown = filter(this.$root, this.$el.value);
        say(`${shown} found`);
      },
    },
  };
}

function filter(list, typed) {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const items = [...list.querySelectorAll("[data-filter-words]")];
  for (const item of items) item.hidden = !words.every((word) => plain(item.dataset.filterWords).includes(word));
  const shown = items.filter((item) => !item.hidden).length;
  list.querySelector("[data-filter-none]").classList.toggle("hidden", shown > 0);
  return shown;
}

// Without case and accents, as people type who look for a name.
function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
