// One file on its way: its fields, where it is, and what can be done with it now.
import { clock } from "../site/clock.js";
import { titleFrom } from "./titles.js";
import { leftText, percentText, sizeText } from "./words.js";

const LONG_S = 180;
let count = 0;

// States: refused (never taken) | waiting → sending → checking → in (the site has it).
// From there: held (goes on by itself, `hold` says when), paused, missing (its file must be chosen again), broken (asks for something first).
const UNDER_WAY = ["waiting", "sending", "checking", "held"];
const NOT_IN_YET = [...UNDER_WAY, "paused", "missing"];
const HELD_TEXTS = {
  offline: "There is no network. It goes on by itself when it is back.",
  unreachable: "The site can't be reached. It is tried again by itself.",
  signedOut: "You are signed out here. Once you have signed in again in another tab, it goes on by itself.",
  busy: "The site is busy with this file. It goes on by itself in a moment.",
};

export function newRow({ name, size, modified, file = null }, fields) {
  count += 1;
  return {
    key: count,
    rowId: `upload-${count}`,
    statusId: `upload-${count}-status`,
    name,
    size,
    modified, // milliseconds since 1970, as the browser told
    file,
    isChecked: false, // what can be known of the file is fine
    preview: null,
    hasPicture: false,
    poster: "", // the site's picture, once it has one
    seconds: null,
    title: titleFrom(name),
    purpose: "",
    category: "",
    tags: "",
    who: "everyone",
    whoWhy: "", // why that, as long as nobody chose it
    isWhoChosen: false,
    own: {}, // fields that were set for this row alone
    ...fields,
    state: "waiting",
    hold: "",
    tries: 0, // to go on, since bytes last left
    fault: "",
    faultTitle: "",
    faults: {},
    mayRetry: false,
    address: "", // where the site has the beginning of it
    sent: 0, // of 1
    bytesPerSecond: 0,
    id: null,
    url: "",
    stored: null, // the fields as the site has them
    saving: "",
    wantsPublish: false,
    isPublished: false,
    isPrepared: false, // all steps have ended
    isOpen: false, // category, tags and who may see it are shown

    get sizeText() {
      return sizeText(this.size);
    },
    get lengthText() {
      return this.seconds ? clock(this.seconds) : "";
    },
    get isLong() {
      return this.seconds > LONG_S && this.state !== "refused";
    },
    get sentBytes() {
      return this.state === "in" ? this.size : this.sent * this.size;
    },
    get isUnderWay() {
      return UNDER_WAY.includes(this.state);
    },
    get isNotInYet() {
      return NOT_IN_YET.includes(this.state);
    },
    get hasFields() {
      return this.state !== "refused";
    },
    get hasBar() {
      return ["sending", "checking", "held", "paused", "missing"].includes(this.state);
    },
    get barLabel() {
      return `Sent of ${this.name}`;
    },
    get percentText() {
      return percentText(this.sent);
    },
    get stateText() {
      switch (this.state) {
        case "waiting":
          return this.sent ? `Waits for its turn to go on from ${this.percentText}.` : "Waits for its turn.";
        case "sending":
          return sendingText(this);
        case "checking":
          return "All of it is there. Being checked …";
        case "held":
          return HELD_TEXTS[this.hold];
        case "paused":
          return `Paused at ${this.percentText}.`;
        case "missing":
          return `Choose ${this.name} again to go on from ${this.percentText}.`;
        default:
          return "";
      }
    },
    get isCutOff() {
      return this.state === "held" && ["offline", "unreachable"].includes(this.hold);
    },
    get isSignedOut() {
      return this.state === "held" && this.hold === "signedOut";
    },
    get canPause() {
      return ["waiting", "sending", "held"].includes(this.state);
    },
    get canGoOn() {
      return this.state === "paused";
    },
    get canPublish() {
      return !this.isPublished && !this.wantsPublish && (this.isNotInYet || this.state === "in");
    },
    get publishText() {
      return this.state === "in" ? "Publish" : "Publish when it is in";
    },
    get publishesLater() {
      return this.wantsPublish && this.isNotInYet;
    },
    get canRetry() {
      return this.mayRetry && (this.state === "broken" || this.state === "in");
    },
    get canRemove() {
      return this.state !== "in" && this.state !== "checking";
    },
    get removeText() {
      return this.isNotInYet ? "Cancel" : "Remove";
    },
    get canThrowAway() {
      return this.state === "in" && !this.isPublished && !this.wantsPublish;
    },
    get throwAwayText() {
      return this.isPrepared ? "Throw away" : "Cancel";
    },
    get savedText() {
      return { busy: "Saving …", done: "Saved" }[this.saving] ?? "";
    },
  };
}

// The same file of the same person: what was sent of it counts. The site does not keep of a screencast when its file was
// changed; name and size to the byte are enough there.
export function sameFile(one, other) {
  const isOfThen = [one, other].some(({ modified }) => modified === undefined) || one.modified === other.modified;
  return one.name === other.name && one.size === other.size && isOfThen;
}

export function fileFacts(file) {
  return { name: file.name, size: file.size, modified: file.lastModified, file };
}

// The fields as the API takes them.
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

// The same, and what the file is, as an upload in parts brings it. `modified` is ours: by it the file is known again.
export function metadataOf(row, { draft }) {
  const { tags, ...fields } = fieldsOf(row);
  const said = row.replaces ? { replaces: row.replaces } : { ...fields, tags: tags.join(", "), draft };
  const words = { filename: row.name, modified: row.modified, ...said };
  if (row.file.type) words.filetype = row.file.type;
  return Object.fromEntries(Object.entries(words).filter(([, value]) => value !== ""));
}

export function showFault(row, { title, detail, errors = {}, mayRetry = true }) {
  const faults = Object.fromEntries(Object.entries(errors).map(([field, [text]]) => [field, text]));
  faults.visibility ??= faults.team;
  Object.assign(row, { faultTitle: title ?? "Something went wrong.", fault: detail ?? "Try again.", faults, mayRetry });
  if (faults.category || faults.tags || faults.visibility) row.isOpen = true;
}

function sendingText(row) {
  const parts = [row.percentText];
  if (row.bytesPerSecond)
    parts.push(`${sizeText(row.bytesPerSecond)}/s`, leftText((row.size * (1 - row.sent)) / row.bytesPerSecond));
  return parts.join(" · ");
}
