// What somebody may mean, below the search box while they type: searches, recordings, categories. Arrow keys and Enter take one;
// Enter without a chosen one searches for what is typed, as the form does by itself without scripts.
// Reads: form[x-data=suggesting][data-suggest=address] around input[data-search-box] and templates/parts/_suggestions.html.
const PAUSE_MS = 100;
// What is longer was pasted, and is no beginning of anything.
const LONGEST = 100;
const NAMES = { queries: "Searches", screencasts: "Recordings", categories: "Categories" };

export function suggesting() {
  return {
    groups: [],
    active: -1,
    isOpen: false,
    said: "",
    // Set at the start: Alpine keeps what it does not know with the outermost component.
    root: null,
    box: null,
    timer: null,
    asked: null,

    init() {
      this.root = this.$root;
      this.box = this.root.querySelector("[data-search-box]");
      // The page may come back out of the browser's memory as it was left.
      addEventListener("pagehide", () => this.close());
    },

    get options() {
      return this.groups.flatMap(({ options }) => options);
    },

    around: {
      "@focusout"({ relatedTarget }) {
        if (!this.root.contains(relatedTarget)) this.close();
      },
      "@submit"() {
        this.close();
      },
    },
    typing: {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-controls": "suggestions",
      ":aria-expanded"() {
        return String(this.isOpen);
      },
      ":aria-activedescendant"() {
        return this.isOpen && this.active >= 0 ? this.options[this.active].id : null;
      },
      "@input"() {
        this.ask();
      },
      "@keydown"(event) {
        const act = this.keys[event.key];
        if (act && !event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey) act.call(this, event);
      },
    },
    list: {
      ":hidden"() {
        return !this.isOpen;
      },
      // The box keeps the keyboard while the mouse chooses.
      "@mousedown.prevent"() {},
    },
    keys: {
      ArrowDown(event) {
        event.preventDefault();
        if (this.isOpen) this.move(1);
        else this.fetch();
      },
      ArrowUp(event) {
        if (!this.isOpen) return;
        event.preventDefault();
        this.move(-1);
      },
      Enter(event) {
        if (!this.isOpen || this.active < 0) return;
        event.preventDefault();
        document.getElementById(this.options[this.active].id).click();
      },
      Escape(event) {
        if (!this.isOpen) return;
        // Else the browser would empty the box, and the page take the keyboard out of it.
        event.preventDefault();
        event.stopPropagation();
        this.close();
      },
    },

    isChosen(option) {
      return String(this.isOpen && this.options[this.active] === option);
    },
    // Through all of them and through none, which is what is typed.
    move(step) {
      const places = this.options.length + 1;
      this.active = ((this.active + 1 + step + places) % places) - 1;
      this.$nextTick(() => this.root.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }));
    },

    close() {
      clearTimeout(this.timer);
      this.asked?.abort();
      Object.assign(this, { isOpen: false, active: -1, said: "" });
    },
    ask() {
      clearTimeout(this.timer);
      this.asked?.abort();
      this.timer = setTimeout(() => this.fetch(), PAUSE_MS);
    },
    async fetch() {
      const text = this.box.value.trim();
      if (!text || text.length > LONGEST) return this.close();
      this.asked?.abort();
      this.asked = new AbortController();
      const url = new URL(this.root.dataset.suggest, location.href);
      url.searchParams.set("q", text);
      try {
        const answer = await fetch(url, { signal: this.asked.signal, headers: { Accept: "application/json" } });
        if (answer.ok) this.show(await answer.json());
        else this.close();
      } catch (error) {
        // A convenience: without it the form still searches.
        if (error.name !== "AbortError") this.close();
      }
    },
    show(found) {
      const search = (text) => `${this.root.action}?${new URLSearchParams({ q: text })}`;
      const each = {
        queries: found.queries.map((text) => ({ text, url: search(text) })),
        screencasts: found.screencasts.map(({ title, url }) => ({ text: title, url: pathOf(url) })),
        categories: found.categories.map(({ name, url }) => ({ text: name, url: pathOf(url) })),
      };
      let count = 0;
      this.groups = Object.entries(each)
        .filter(([, options]) => options.length)
        .map(([kind, options]) => ({
          kind,
          id: `suggestions-${kind}`,
          name: NAMES[kind],
          options: options.map((option) => ({ ...option, id: `suggestion-${(count += 1)}` })),
        }));
      this.active = -1;
      this.isOpen = count > 0 && document.activeElement === this.box;
      this.said = this.isOpen ? `${count} ${count === 1 ? "suggestion" : "suggestions"}, use the arrow keys` : "";
    },
  };
}

// On this page's own host, by whatever name its reader reached the site.
function pathOf(url) {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
