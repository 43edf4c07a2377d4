// A field for tags: a combobox with the tags so far as chips. A comma, Enter or leaving the field takes what is typed; arrow keys
// and Enter take a suggestion; Backspace at the start takes the last chip away.
// Reads: x-data="tagField" x-bind="field" [data-single] [data-suggestions="address"] around input[data-plain], which stays what the
// form sends, and the markup of templates/parts/tags.html (x-bind typing, list). x-modelable="value" gives the words to a component.
const PAUSE_MS = 120;
const MOST = 8;
let count = 0;

export function tagField() {
  return {
    value: "", // as the plain field has it: "deploy, runbook"
    text: "",
    options: [],
    active: -1,
    isOpen: false,
    isPressed: false,
    said: "",
    // Set at the start. Named here, as Alpine keeps what it does not know with the outermost component, for all fields in it.
    key: "",
    root: null,
    plain: null,
    typed: null,
    isSingle: false,
    timer: null,
    asked: null,

    init() {
      count += 1;
      this.key = `tag-field-${count}`;
      // A chip's own button is gone, and its root with it, by the time the tags without it are told of.
      this.root = this.$root;
      this.plain = this.root.querySelector("[data-plain]");
      this.typed = this.root.querySelector("[role=combobox]");
      this.isSingle = "single" in this.root.dataset;
      if (!this.plain) {
        this.typed.id = this.typedId;
        return;
      }
      // The label and what describes the field are those of the words being typed from now on.
      this.typed.id = this.plain.id;
      this.plain.removeAttribute("id");
      for (const name of ["aria-describedby", "aria-invalid", "placeholder"])
        if (this.plain.hasAttribute(name)) this.typed.setAttribute(name, this.plain.getAttribute(name));
      this.value = this.plain.value;
      if (this.isSingle) this.text = this.value;
    },

    get typedId() {
      return `${this.key}-typed`;
    },
    get tags() {
      return this.isSingle ? [] : wordsOf(this.value);
    },

    field: {
      "@focusout"({ relatedTarget }) {
        if (this.root.contains(relatedTarget)) return;
        if (!this.isPressed) return this.leave();
        // One more chip may move the button that is being pressed away from under the pointer.
        window.addEventListener("pointerup", () => setTimeout(() => this.leave()), { once: true });
      },
      "@take-tag"({ detail }) {
        this.take(detail);
      },
      "@pointerdown.window"() {
        this.isPressed = true;
      },
      "@pointerup.window"() {
        this.isPressed = false;
      },
      "@submit.window"({ target }) {
        if (target.contains(this.root)) this.leave();
      },
    },
    typing: {
      ":value"() {
        return this.text;
      },
      ":aria-expanded"() {
        return String(this.isOpen);
      },
      ":aria-controls"() {
        return `${this.key}-list`;
      },
      ":aria-activedescendant"() {
        return this.isOpen && this.active >= 0 ? this.optionId(this.active) : null;
      },
      "@input"({ target }) {
        this.text = target.value;
        if (this.isSingle) this.set(this.text);
        else if (this.text.includes(",")) return this.take(this.text);
        this.ask();
      },
      "@keydown"(event) {
        const act = this.keys[event.key];
        if (act && !event.isComposing) act.call(this, event);
      },
      // The words being typed are no change of the field; the tags are.
      "@change.stop"() {},
    },
    list: {
      ":id"() {
        return `${this.key}-list`;
      },
      "x-show"() {
        return this.isOpen;
      },
    },
    keys: {
      ArrowDown(event) {
        event.preventDefault();
        if (this.isOpen) this.move(1);
        else this.ask();
      },
      ArrowUp(event) {
        event.preventDefault();
        if (this.isOpen) this.move(-1);
      },
      Enter(event) {
        if (this.isOpen && this.active >= 0) {
          event.preventDefault();
          this.choose(this.options[this.active].name);
        } else if (this.text.trim() && !this.isSingle) {
          event.preventDefault();
          this.take(this.text);
        }
      },
      Escape(event) {
        if (!this.isOpen) return;
        event.preventDefault();
        event.stopPropagation();
        this.close();
      },
      Backspace() {
        if (!this.text && this.tags.length) this.remove(this.tags.at(-1));
      },
    },

    focus({ target }) {
      if (!target.closest("button")) this.typed.focus();
    },
    optionId(at) {
      return `${this.key}-${at}`;
    },
    isChosen(at) {
      return String(at === this.active);
    },
    move(step) {
      const { length } = this.options;
      this.active = this.active < 0 && step < 0 ? length - 1 : (this.active + step + length) % length;
      this.$nextTick(() => document.getElementById(this.optionId(this.active))?.scrollIntoView({ block: "nearest" }));
    },

    choose(name) {
      if (this.isSingle) {
        this.text = name;
        this.set(name);
        this.close();
      } else this.take(name);
    },
    // Adds all words of a text; a word that is known to mean a tag becomes that tag.
    take(text) {
      const taken = wordsOf(text).map((word) => this.options.find(({ words }) => words.includes(word))?.name ?? word);
      const tags = [...new Set([...this.tags, ...taken])];
      const added = tags.slice(this.tags.length);
      this.text = "";
      this.close();
      if (!added.length) return;
      this.said = `${added.join(", ")} added`;
      this.set(tags.join(", "));
    },
    remove(tag) {
      this.said = `${tag} removed`;
      this.set(this.tags.filter((other) => other !== tag).join(", "));
      this.typed.focus();
    },
    leave() {
      if (!this.isSingle && this.text.trim()) this.take(this.text);
      this.close();
    },
    set(value) {
      this.value = value;
      if (this.plain) this.plain.value = value;
      // After the component around it has the new words.
      this.$nextTick(() => this.root.dispatchEvent(new Event("change", { bubbles: true })));
    },

    close() {
      clearTimeout(this.timer);
      this.asked?.abort();
      Object.assign(this, { isOpen: false, active: -1 });
    },
    ask() {
      clearTimeout(this.timer);
      if (this.root.dataset.suggestions) this.timer = setTimeout(() => this.fetch(), PAUSE_MS);
    },
    async fetch() {
      this.asked?.abort();
      this.asked = new AbortController();
      const url = new URL(this.root.dataset.suggestions, location.href);
      url.search = new URLSearchParams({ q: this.text.trim(), limit: MOST + this.tags.length });
      try {
        const answer = await fetch(url, { signal: this.asked.signal, headers: { Accept: "application/json" } });
        if (answer.ok) this.show((await answer.json()).items);
      } catch (error) {
        // Suggestions are a convenience: without them the words count as typed.
        if (error.name !== "AbortError") this.close();
      }
    },
    show(items) {
      const part = clean(this.text);
      this.options = items
        .filter(({ name }) => !this.tags.includes(name))
        .slice(0, MOST)
        .map(({ name, count: uses, synonyms }) => ({ name, words: synonyms, note: noteOf(name, uses, synonyms, part) }));
      this.active = -1;
      this.isOpen = this.options.length > 0 && document.activeElement === this.typed;
      this.said = this.isOpen ? `${this.options.length} suggested, use the arrow keys` : "";
    },
  };
}

// Why it is offered, where its name does not show that, else how often it is used.
function noteOf(name, uses, synonyms, part) {
  const meant = name.includes(part) ? null : synonyms.find((word) => word.includes(part));
  return meant ? `“${meant}”` : String(uses);
}

function wordsOf(text) {
  return [...new Set(text.split(",").map(clean).filter(Boolean))];
}

// As the site keeps a tag.
function clean(word) {
  return word.trim().replace(/^#+/, "").replace(/\s+/g, " ").toLowerCase();
}
