// What was begun before this page was loaded: files of which the site has a part, and drafts. The site tells all of it but the
// words that were changed while bytes were on their way; those wait here, in this browser, until the file is in.
import { newRow } from "./rows.js";

const KEPT = ["title", "purpose", "category", "tags", "who", "wantsPublish"];
const PREFIX = "upload:";

// begun: as kb/screencasts/uploads/begun.py makes it. Rows of screencasts are `in`, the others `missing`: a browser lends a file once.
export function rowsOf(begun) {
  return [...begun.parts.map(missingRow), ...begun.screencasts.map(presentRow)];
}

export function keepWords(row) {
  if (row.address) put(row.address, Object.fromEntries(KEPT.map((name) => [name, row[name]])));
}

export function dropWords(row) {
  if (row.address) put(row.address, null);
}

// Of uploads that ended elsewhere, or were never gone on with.
export function dropOtherWords(rows) {
  const addresses = rows.map(({ address }) => address);
  for (const key of kept()) if (!addresses.includes(key.slice(PREFIX.length))) put(key.slice(PREFIX.length), null);
}

function missingRow({ path, name, size, modified, offset, fields }) {
  const stored = storedOf(fields);
  const address = new URL(path, location.href).href;
  const row = newRow({ name, size, modified }, { ...shownAs(stored), ...wordsAt(address) });
  return Object.assign(row, { state: "missing", address, sent: size ? offset / size : 0, stored, isWhoChosen: true });
}

function presentRow({ id, url, name, size, poster, isDraft, seconds, fields }) {
  const stored = storedOf(fields);
  const row = newRow({ name, size }, shownAs(stored));
  return Object.assign(row, { state: "in", id, url, poster, seconds, stored, isPublished: !isDraft, isWhoChosen: true });
}

function storedOf({ title = "", purpose = "", category = "", tags = [], visibility = "everyone", team }) {
  return { title, purpose, category, tags, visibility, ...(team && { team }) };
}

function shownAs({ title, purpose, category, tags, visibility, team }) {
  return { ...(title && { title }), purpose, category, tags: tags.join(", "), who: team ? `team:${team}` : visibility };
}

function wordsAt(address) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + address)) ?? {};
  } catch {
    return {};
  }
}

// A browser may keep nothing, or be full: then only words are lost, and only with a reload.
function put(address, words) {
  try {
    if (words) localStorage.setItem(PREFIX + address, JSON.stringify(words));
    else localStorage.removeItem(PREFIX + address);
  } catch {}
}

function kept() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}
