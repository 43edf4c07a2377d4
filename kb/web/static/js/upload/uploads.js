// The list of files on the upload page. Bytes leave at once, as drafts that nobody else sees; fields are saved as they change;
// "Publish" may be pressed at any time. A row that fails leaves the others alone.
// Reads: x-data="uploads" data-api, data-accept, data-max-bytes, data-max-text, data-max-duration-s, data-begun (what was there
// before, as JSON), data-person; x-bind page, zone, forAll, chooser; [data-categories], [data-who]: all choices of these. Of what
// the site does with a file, as a fragment in #upload-N-status: data-state, data-poster-url.
import { say } from "../site/announce.js";
import { loadInto } from "../site/fragments.js";
import * as title from "../site/title.js";
import { dropOtherWords, dropWords, keepWords, rowsOf } from "./begun.js";
import { cancel, change, read, throwAway } from "./calls.js";
import { faultOf, faultOfLength, look } from "./checks.js";
import { keepFocus } from "./focus.js";
import { isSignedIn } from "./holds.js";
import { cuts, journeys } from "./journeys.js";
import { fieldsOf, fileFacts, newRow, sameFile, showFault } from "./rows.js";
import { ignoreSecondPress } from "./second_press.js";
import { sharing } from "./sharing.js";
import { leftOfAll, noteOfKnown, partOfAll, summaryOf } from "./totals.js";
import { percentText } from "./words.js";

export function uploads() {
  return {
    ...sharing,
    rows: [],
    note: "",
    isOver: false,
    isForAllOpen: true,
    journeys: null,

    init() {
      const { api, begun } = this.$root.dataset;
      this.journeys = journeys({
        endpoint: new URL(`${api}/uploads`, location.href).href,
        rows: () => this.rows,
        arrived: (row, id) => this.arrived(row, id),
      });
      this.rows = rowsOf(JSON.parse(begun));
      dropOtherWords(this.rows);
      this.$nextTick(() => this.rows.filter(({ id }) => id).forEach(showProgress));
      this.$watch("tabText", showInTab);
      ignoreSecondPress(this.$root);
      keepFocus(this.$root);
    },

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
        if (!row) return;
        row.poster = target.dataset.posterUrl ?? "";
        row.isPrepared = target.dataset.state !== "processing";
      },
      "@beforeunload.window"(event) {
        if (this.rows.some((row) => row.isUnderWay)) event.preventDefault();
      },
      ...cuts,
    },
    zone: {
      ":class"() {
        return { "is-over": this.isOver, "is-slim": this.rows.length > 0 };
      },
    },
    forAll: {
      ":open"() {
        return this.isForAllOpen;
      },
      "@toggle"({ target }) {
        this.isForAllOpen = target.open;
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
    // One blue button at a time: where there are several, that for all of them.
    publishLook(row) {
      return row.state === "in" && this.publishable.length === 1 ? "btn-primary" : "btn-line";
    },
    get pausable() {
      return this.rows.filter((row) => row.canPause);
    },
    get paused() {
      return this.rows.filter((row) => row.canGoOn);
    },
    get isSending() {
      return this.rows.some((row) => row.isUnderWay);
    },
    get summary() {
      return summaryOf(this.rows);
    },
    get part() {
      return partOfAll(this.rows);
    },
    get leftText() {
      return leftOfAll(this.rows, this.journeys.bytesPerSecond);
    },
    get tabText() {
      if (this.isSending) return percentText(this.part);
      const mine = this.rows.filter((row) => row.file && row.state === "in");
      if (!mine.length) return "";
      return mine.every((row) => row.isPrepared) ? "Ready" : "Being prepared";
    },

    add(files) {
      const facts = [...files].map(fileFacts);
      if (!facts.length) return;
      const isFirst = !this.rows.some((row) => row.file);
      this.note = noteOfKnown(facts.filter((each) => this.isThere(each)));
      const rows = facts.map((each) => this.take(each));
      if (isFirst) this.isForAllOpen = false;
      if (isFirst && rows.length === 1) rows[0].isOpen = true;
      this.$nextTick(() => document.getElementById(rows[0].rowId).scrollIntoView({ block: "nearest" }));
    },
    rowOf(facts) {
      return this.rows.find((row) => sameFile(row, facts) && row.state !== "refused");
    },
    isThere(facts) {
      return (this.rowOf(facts)?.state ?? "missing") !== "missing";
    },
    // The row of the file: a new one, that which waits for it, or that which has it already.
    take(facts) {
      const there = this.rowOf(facts);
      if (this.isThere(facts)) return there;
      if (!there) this.rows.push(newRow(facts, this.sharedFields()));
      const row = there ?? this.rows.at(-1); // the reactive one
      Object.assign(row, { file: facts.file, state: "waiting", fault: "", faultTitle: "" });
      this.check(row);
      return row;
    },
    // For one row that misses its file: the person may err in which.
    chooseFor(row, { target }) {
      const [file] = target.files;
      target.value = "";
      if (!file) return;
      if (sameFile(row, fileFacts(file))) return this.add([file]);
      Object.assign(row, {
        faultTitle: "That is another file, or it was changed.",
        fault: `What was sent belongs to ${row.name} as it was. To send this one, choose it above, as a new file.`,
      });
    },

    async check(row) {
      const { accept, maxBytes, maxText, maxDurationS } = this.$root.dataset;
      const fault = faultOf(row.file, { accept, maxBytes: Number(maxBytes), maxText });
      if (fault) return refuse(row, fault);
      releasePreview(row);
      row.preview = `${URL.createObjectURL(row.file)}#t=0.1`; // browsers paint a frame only for a named time
      Object.assign(row, await look(row.preview));
      const tooLong = faultOfLength(row.seconds, Number(maxDurationS));
      if (tooLong) return refuse(row, tooLong);
      row.isChecked = true;
      this.journeys.next();
    },

    async arrived(row, id) {
      const { api } = this.$root.dataset;
      Object.assign(row, { state: "in", sent: 1, id, bytesPerSecond: 0, hold: "" });
      say(`${row.name} is in, and being prepared.`);
      try {
        const screencast = await read(api, id);
        Object.assign(row, { url: new URL(screencast.url, location.href).pathname, isPublished: !screencast.draft });
        // As the site took them: a category or a team may have gone while bytes were on their way.
        Object.assign(row.stored, { category: screencast.category?.id ?? "", visibility: screencast.visibility });
        showTaken(row, screencast.tags);
        showProgress(row);
        await this.save(row);
        if (row.state === "in" && !row.fault) dropWords(row);
      } catch (refusal) {
        showFault(row, refusal);
      }
    },

    // Sends what differs from what the site has; before the bytes are in they are only kept here.
    async save(row) {
      if (row.state !== "in") return keepWords(row);
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
        Object.assign(row, { stored: fields, saving: "done", fault: "", faultTitle: "", faults: {}, mayRetry: false });
        showTaken(row, tags);
        if (changed.draft === false) row.isPublished = true;
      } catch (refusal) {
        Object.assign(row, { wantsPublish: false, saving: "" });
        showFault(row, refusal);
      }
    },

    fold(row, { target }) {
      row.isOpen = target.open;
    },
    publish(row) {
      row.wantsPublish = true;
      return this.save(row);
    },
    publishAll() {
      for (const row of this.publishable) this.publish(row);
    },
    pause(row) {
      this.journeys.pause(row);
    },
    goOn(row) {
      this.journeys.goOn(row);
    },
    pauseAll() {
      for (const row of this.pausable) this.pause(row);
    },
    goOnAll() {
      for (const row of this.paused) this.goOn(row);
    },
    async retry(row) {
      Object.assign(row, { fault: "", faultTitle: "", mayRetry: false });
      if (row.state !== "in") return this.journeys.goOn(row);
      await isSignedIn(location.href); // perhaps by a session that began since
      return row.url ? this.save(row) : this.arrived(row, row.id);
    },
    remove(row) {
      this.journeys.cancel(row);
      this.forget(row);
    },
    async throwAway(row) {
      try {
        await (row.isPrepared ? throwAway : cancel)(this.$root.dataset.api, row.id);
        this.note = row.isPrepared ? `“${row.title}” is in the trash for 30 days.` : "";
        this.forget(row);
      } catch (refusal) {
        showFault(row, refusal);
      }
    },
    forget(row) {
      dropWords(row);
      releasePreview(row);
      this.rows = this.rows.filter((other) => other.key !== row.key);
      this.journeys.next();
    },
  };
}

function showInTab(text) {
  if (!text) title.settle();
  else if (text === "Ready") title.done(`${text} - Upload`);
  else title.show(`${text} - Upload`);
}

function showProgress(row) {
  loadInto(`#${row.statusId} > *`, `${row.url}/status?view=row`);
}

function releasePreview(row) {
  if (row.preview) URL.revokeObjectURL(row.preview.split("#")[0]);
}

function refuse(row, { title, detail }) {
  Object.assign(row, { state: "refused", faultTitle: title, fault: detail });
}

// The site takes a synonym for its tag, and leaves a retired one out of an upload.
function showTaken(row, tags) {
  const sent = row.stored.tags;
  if (sent.length === tags.length && sent.every((tag) => tags.includes(tag))) return;
  if (tags.length < sent.length) {
    row.faults.tags = `Taken: ${tags.join(", ") || "none"}. The rest is not used here any more, or means the same.`;
    row.isOpen = true;
  }
  if (row.tags === sent.join(", ")) row.tags = tags.join(", ");
  row.stored.tags = tags;
}
