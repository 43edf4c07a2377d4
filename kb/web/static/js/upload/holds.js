// Why an upload stopped, and what that asks for: to wait and go on by itself, to begin anew, another file, or a correction.
import { refusalOf } from "./calls.js";

const PAUSES_S = [1, 2, 4, 8, 15];
const CORRECTABLE = ["title", "purpose", "category", "tags", "visibility", "team"];

// error: as tus-js-client tells it. Returns {hold: kind} | {isGone} | {isUnreadable} | {refusal, isFinal}.
export async function reasonOf(error, file) {
  const answer = error.originalResponse;
  if (!answer) {
    if (!(await isReadable(file))) return { isUnreadable: true };
    return { hold: navigator.onLine ? "unreachable" : "offline" };
  }
  const status = answer.getStatus();
  const seconds = Number(answer.getHeader("Retry-After"));
  const refusal = refusalOf(status, answer.getBody() || (await saidOf(error.originalRequest)));
  if (status === 401 || refusal.code === "stale-form") return { hold: "signedOut" };
  if ([409, 423, 460].includes(status) || (status === 429 && seconds)) return { hold: "busy", seconds };
  if (status >= 500 && status !== 507) return { hold: "unreachable", seconds };
  if (status === 404 || refusal.code === "expired") return { isGone: true };
  return { refusal, isFinal: ![429, 507].includes(status) && !CORRECTABLE.some((field) => field in refusal.errors) };
}

// The nth try in a row that failed (0 is the first), and what the site asked for.
export function pauseMs(tries, seconds = 0) {
  return Math.max(seconds, PAUSES_S[Math.min(tries, PAUSES_S.length - 1)]) * 1000;
}

// Whether the person who began is signed in (again); takes over what a new session needs to change anything.
export async function isSignedIn(pageAddress) {
  const page = await fetch(pageAddress, { headers: { Accept: "text/html" }, cache: "no-store" }).catch(() => null);
  if (!page?.ok || page.redirected) return false;
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
  if (personOf(fresh) !== personOf(document)) return false;
  tokenOf(document).content = tokenOf(fresh).content;
  return true;
}

// An answer to HEAD has no sentence. Sending nothing on to an upload that has ended brings it.
async function saidOf(request) {
  if (request.getMethod() !== "HEAD") return "";
  const headers = { "Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream" };
  headers["X-CSRFToken"] = tokenOf(document).content;
  const answer = await fetch(request.getURL(), { method: "PATCH", headers }).catch(() => null);
  return (await answer?.text()) ?? "";
}

// A file may be gone, or another one under the same name; then a browser breaks off as if the network had.
function isReadable(file) {
  return file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );
}

function tokenOf(page) {
  return page.querySelector('meta[name="csrf-token"]');
}

function personOf(page) {
  return page.querySelector("[data-person]")?.dataset.person;
}
