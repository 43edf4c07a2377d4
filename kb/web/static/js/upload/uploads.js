// The list of files on the upload page. Bytes leave at once, as drafts that nobody else sees; fields are saved as they change;
// "Publish" may be pressed at any time. A row that fails leaves the others alone.
// Reads: x-data="uploads" data-api, data-accept, data-max-bytes, data-max-text, data-max-duration-s; x-bind page, zone, chooser.
import { loadInto } from "../site/fragments.js";
import { change, send } from "./calls.js";
import { faultOf, faultOfLength, look } from "./checks.js";
import { fieldsOf, formOf, newRow } from "./rows.js";
import { usualIn } from "./visibility.js";

const AT_ONCE = 2;

export function uploads() {
  return {
    rows: [],
    shared: { category: "", tags: "", who: "everyone", whoWhy: "", isWhoChosen: false },
    isOver: false,

    page: {
      "@dragover.window.prevent"() {
        this.isOver = true;
      },
      "@dragleave.window"(event) {
        if (!event.relatedTarget) this.isOver = false;
      },
      "@drop.window.prevent"(event) {
        this.isOver = false;
        this.add(event.dataTransfer.files);
      },
      "@htmx:load"({ target }) {
        const row = this.rows.find(({ statusId }) => statusId === target.parentElement?.id);
        if (row) row.poster = target.dataset.posterUrl ?? "";
      },
      "@beforeunload.window"(event) {
        if (this.rows.some((row) => row.isUnderWay)) event.preventDefault();
      },
    },
    zone: {
      ":class"() {
        return this.isOver ? "is-over" : "";
      },
    },
    chooser: {
      "@change"(event) {
        this.add(event.target.files);
        event.target.value = ""; // the same file may be chosen again
      },
    },

    get publishable() {
      return this.rows.filter((row) => row.canPublish);
    },
    get publishAllText() {
      return `Publish all ${this.publishable.length}`;
    },
    get summary() {
      return summaryOf(this.rows);
    },

    add(files) {
      for (const file of files) {
        this.rows.push(newRow(file, this.shared));
        this.receive(this.rows.at(-1)); // the reactive one
      }
    },

    async receive(row) {
      const { accept, maxBytes, maxText, maxDurationS } = this.$root.dataset;
      const fault = faultOf(row.file, { accept, maxBytes: Number(maxBytes), maxText });
      if (fault) return refuse(row, fault);
      row.preview = `${URL.createObjectURL(row.file)}#t=0.1`; // browsers paint a frame only for a named time
      Object.assign(row, await look(row.preview));
      const tooLong = faultOfLength(row.seconds, Number(maxDurationS));
      if (tooLong) return refuse(row, tooLong);
      this.sendNext();
    },

    sendNext() {
      const sending = this.rows.filter((row) => row.state === "sending").length;
      for (const row of this.rows.filter((row) => row.state === "waiting" && !row.fault).slice(0, AT_ONCE - sending))
        this.send(row);
    },

    async send(row) {
      const { api } = this.$root.dataset;
      const draft = !row.wantsPublish;
      const stored = fieldsOf(row);
      Object.assign(row, { state: "sending", sent: 0, fault: "", faultTitle: "", faults: {} });
      const { done, cancel } = send(api, formOf(row, { draft }), speedometer(row));
      row.cancel = cancel;
      try {
        const screencast = await done;
        Object.assign(row, { state: "in", id: screencast.id, stored, isPublished: !draft });
        showTaken(row, screencast.tags);
        loadInto(`#${row.statusId} > *`, `${new URL(screencast.url, location.href).pathname}/status?view=row`);
        await this.save(row);
      } catch (refusal) {
        fail(row, refusal, "broken");
      }
      this.sendNext();
    },

    // Sends what differs from what the site has; before the bytes are in there is nothing to change yet.
    async save(row) {
      if (row.state !== "in") return;
      const fields = fieldsOf(row);
      const changed = Object.fromEntries(
        Object.entries(fields).filter(([name, value]) => String(value) !== String(row.stored[name])),
      );
      if (changed.visibility === "team" || changed.team)
        Object.assign(changed, { visibility: fields.visibility, team: fields.team });
      if (row.wantsPublish && !row.isPublished) changed.draft = false;
      if (!Object.keys(changed).length) return;
      row.saving = "busy";
      try {
        const { tags } = await change(this.$root.dataset.api, row.id, changed);
        Object.assign(row, { stored: fields, saving: "done", fault: "", faultTitle: "", faults: {} });
        showTaken(row, tags);
        if (changed.draft === false) row.isPublished = true;
      } catch (refusal) {
        row.wantsPublish = false;
        row.saving = "";
        fail(row, refusal, "in");
      }
    },

    publish(row) {
      row.wantsPublish = true;
      return this.save(row);
    },
    publishAll() {
      for (const row of this.publishable) this.publish(row);
    },
    retry(row) {
      Object.assign(row, { state: "waiting", fault: "", faultTitle: "" });
      this.sendNext();
    },
    remove(row) {
      if (row.state === "sending") return row.cancel();
      if (row.preview) URL.revokeObjectURL(row.preview.split("#")[0]);
      this.rows = this.rows.filter((other) => other.key !== row.key);
    },
    shareWithRows() {
      for (const row of this.rows) {
        for (const name of ["category", "tags"]) if (!row.own[name]) row[name] = this.shared[name];
        if (!row.own.who) Object.assign(row, { who: this.shared.who, whoWhy: this.shared.whoWhy });
        this.save(row);
      }
    },
    chooseForAll({ target }) {
      if (!this.shared.isWhoChosen) Object.assign(this.shared, this.usualWith(target));
      this.shareWithRows();
    },
    chooseWhoForAll() {
      Object.assign(this.shared, { isWhoChosen: true, whoWhy: "" });
      this.shareWithRows();
    },
    chooseCategory(row, { target }) {
      row.own.category = true;
      if (row.isWhoChosen || this.shared.isWhoChosen) return;
      row.own.who = true; // the category of this row alone decides from now on
      Object.assign(row, this.usualWith(target));
    },
    chooseWho(row) {
      row.own.who = true;
      Object.assign(row, { isWhoChosen: true, whoWhy: "" });
    },
    usualWith(categories) {
      return usualIn(categories.selectedOptions[0], this.$root.querySelector("[data-who]").options);
    },
  };
}

function refuse(row, { title, detail }) {
  Object.assign(row, { state: "refused", faultTitle: title, fault: detail });
}

// The site takes a synonym for its tag, and leaves a retired one out of an upload.
function showTaken(row, tags) {
  const sent = row.stored.tags;
  if (sent.length === tags.length && sent.every((tag) => tags.includes(tag))) return;
  if (tags.length < sent.length)
    row.faults.tags = `Taken: ${tags.join(", ") || "none"}. The rest is not used here any more, or means the same.`;
  if (row.tags === sent.join(", ")) row.tags = tags.join(", ");
  row.stored.tags = tags;
}

function fail(row, refusal, state) {
  const texts = Object.entries(refusal.errors ?? {}).map(([field, [text]]) => [field, text]);
  Object.assign(row, {
    state,
    faultTitle: refusal.title ?? "Something went wrong.",
    fault: refusal.detail ?? "Try again.",
    faults: Object.fromEntries(texts),
    mayRetry: refusal.mayRetry ?? true,
  });
}

// Bytes per second over the last few seconds, so that it neither jumps nor remembers a slow start.
function speedometer(row) {
  let [at, bytes] = [performance.now(), 0];
  return (loaded, total) => {
    row.sent = total ? loaded / total : 0;
    const now = performance.now();
    if (now - at < 500) return;
    const speed = ((loaded - bytes) * 1000) / (now - at);
    row.bytesPerSecond = row.bytesPerSecond ? row.bytesPerSecond * 0.7 + speed * 0.3 : speed;
    [at, bytes] = [now, loaded];
  };
}

function summaryOf(rows) {
  const count = (state) => rows.filter((row) => row.state === state).length;
  const parts = [
    [count("sending") + count("waiting"), "on the way"],
    [count("in"), "in"],
    [count("broken") + count("refused"), "not taken"],
  ];
  return parts
    .filter(([number]) => number)
    .map(([number, text]) => `${number} ${text}`)
    .join(" · ");
}
