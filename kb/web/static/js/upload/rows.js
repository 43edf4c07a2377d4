// One file on its way: its fields, where it is, and what can be done with it now.
import { clock } from "../site/clock.js";
import { titleFrom } from "./titles.js";

const LONG_S = 180;
let count = 0;

// States: refused (never sent) → waiting → sending → in (the site has it) | broken (can be sent again).
export function newRow(file, shared) {
  count += 1;
  return {
    key: count,
    statusId: `upload-${count}`,
    file,
    preview: null,
    hasPicture: false,
    poster: "", // the site's picture, once it has one
    seconds: null,
    title: titleFrom(file.name),
    purpose: "",
    category: shared.category,
    tags: shared.tags,
    who: shared.who,
    whoWhy: shared.whoWhy, // why that, as long as nobody chose it
    isWhoChosen: false,
    own: {}, // fields that were set for this row alone
    state: "waiting",
    fault: "",
    faultTitle: "",
    faults: {},
    mayRetry: false,
    sent: 0,
    bytesPerSecond: 0,
    id: null,
    stored: null, // the fields as the site has them
    saving: "",
    wantsPublish: false,
    isPublished: false,
    cancel: null,

    get sizeText() {
      return sizeText(this.file.size);
    },
    get lengthText() {
      return this.seconds ? clock(this.seconds) : "";
    },
    get isLong() {
      return this.seconds > LONG_S && this.state !== "refused";
    },
    get sendingText() {
      const parts = [`${Math.floor(this.sent * 100)} %`];
      if (this.sent >= 1) parts.push("stored in a moment");
      else if (this.bytesPerSecond)
        parts.push(
          `${sizeText(this.bytesPerSecond)}/s`,
          leftText((this.file.size * (1 - this.sent)) / this.bytesPerSecond),
        );
      return parts.join(" · ");
    },
    get sendingLabel() {
      return `Uploading ${this.file.name}`;
    },
    get isUnderWay() {
      return this.state === "waiting" || this.state === "sending";
    },
    get canPublish() {
      return !this.isPublished && !this.wantsPublish && (this.isUnderWay || this.state === "in");
    },
    get publishText() {
      return this.state === "in" ? "Publish" : "Publish when it is in";
    },
    get publishesLater() {
      return this.wantsPublish && this.isUnderWay;
    },
    get canRetry() {
      return this.state === "broken" && this.mayRetry;
    },
    get canRemove() {
      return this.state !== "in";
    },
    get removeText() {
      return this.state === "sending" ? "Cancel" : "Remove";
    },
    get savedText() {
      return { busy: "Saving …", done: "Saved" }[this.saving] ?? "";
    },
  };
}

// The fields as POST and PATCH take them.
export function fieldsOf(row) {
  const [visibility, team] = row.who.split(":");
  return {
    title: row.title.trim(),
    purpose: row.purpose.trim(),
    category: row.category,
    tags: row.tags
      .split(",")
      .map((tag) => tag.trim())
      .filter(Boolean),
    visibility,
    ...(team && { team }),
  };
}

export function formOf(row, { draft }) {
  const form = new FormData();
  // The fields stand before the file, so that the site can refuse them before it has read the bytes.
  for (const [name, value] of Object.entries(fieldsOf(row)))
    for (const one of Array.isArray(value) ? value : [value]) if (one) form.append(name, one);
  form.append("draft", String(draft));
  form.append("file", row.file, row.file.name);
  return form;
}

function sizeText(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

function leftText(seconds) {
  if (seconds < 5) return "a few seconds left";
  if (seconds < 90) return `about ${Math.round(seconds / 5) * 5} s left`;
  return `about ${Math.round(seconds / 60)} min left`;
}
