// What is said and asked of a screencast once it is there. Rejects with a Refusal: sentences for the person who uploads.
import { csrfToken } from "../site/fragments.js";

class Refusal extends Error {
  constructor({ title, detail, code = "", errors = {} }, { mayRetry }) {
    super(detail);
    this.title = title;
    this.detail = detail;
    this.code = code;
    this.errors = errors;
    this.mayRetry = mayRetry;
  }
}

export function read(api, id) {
  return call("GET", `${api}/screencasts/${id}`);
}

export function change(api, id, fields) {
  return call("PATCH", `${api}/screencasts/${id}`, fields);
}

// While it is being prepared, with nothing left of it.
export function cancel(api, id) {
  return call("POST", `${api}/screencasts/${id}/cancel`);
}

// Into the trash, where it can be taken out again.
export function throwAway(api, id) {
  return call("DELETE", `${api}/screencasts/${id}`);
}

async function call(method, address, fields) {
  const answer = await fetch(address, {
    method,
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
    body: fields && JSON.stringify(fields),
  }).catch(() => {
    throw broken();
  });
  if (!answer.ok) throw refusalOf(answer.status, await answer.text());
  return answer.status === 204 ? null : answer.json();
}

export function refusalOf(status, body) {
  const mayRetry = status === 401 || status === 408 || status === 429 || status >= 500;
  return new Refusal(
    problemIn(body) ?? {
      title: "The site did not take it.",
      detail: `It answered with ${status}. Try again in a moment.`,
    },
    { mayRetry },
  );
}

function broken() {
  return new Refusal(
    { title: "The connection broke.", detail: "Check the network, then try again; the fields are kept." },
    { mayRetry: true },
  );
}

function problemIn(body) {
  try {
    const { title, detail, code, errors } = JSON.parse(body);
    return detail ? { title: sentence(title), detail, code, errors } : null;
  } catch {
    return null;
  }
}

function sentence(title = "") {
  return /[.!?]$/.test(title) || !title ? title : `${title}.`;
}
