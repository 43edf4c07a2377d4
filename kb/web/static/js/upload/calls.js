// The two calls that an upload needs. Both reject with a Refusal: sentences for the person who uploads.
import { csrfToken } from "../site/fragments.js";

export class Refusal extends Error {
  constructor({ title, detail, errors = {} }, { mayRetry }) {
    super(detail);
    this.title = title;
    this.detail = detail;
    this.errors = errors;
    this.mayRetry = mayRetry;
  }
}

// XMLHttpRequest, because fetch tells nothing about the bytes that have left. Returns {done, cancel}.
export function send(api, form, onProgress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
    request.onload = () =>
      request.status < 300
        ? resolve(JSON.parse(request.responseText))
        : reject(refusalOf(request.status, request.responseText));
    request.onerror = () => reject(broken());
    request.onabort = () =>
      reject(new Refusal({ title: "Cancelled.", detail: "Nothing of it was kept." }, { mayRetry: true }));
  });
  request.open("POST", `${api}/screencasts`);
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.setRequestHeader("Accept", "application/json");
  request.send(form);
  return { done, cancel: () => request.abort() };
}

export async function change(api, id, fields) {
  const answer = await fetch(`${api}/screencasts/${id}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify(fields),
  }).catch(() => {
    throw broken();
  });
  if (!answer.ok) throw refusalOf(answer.status, await answer.text());
  return answer.json();
}

function broken() {
  return new Refusal(
    { title: "The connection broke.", detail: "Check the network, then try again; the fields are kept." },
    { mayRetry: true },
  );
}

function refusalOf(status, body) {
  const mayRetry = status === 401 || status === 408 || status === 429 || status >= 500;
  return new Refusal(
    problemIn(body) ?? {
      title: "The site did not take it.",
      detail: `It answered with ${status}. Try again in a moment.`,
    },
    { mayRetry },
  );
}

function problemIn(body) {
  try {
    const { title, detail, errors } = JSON.parse(body);
    return detail ? { title: sentence(title), detail, errors } : null;
  } catch {
    return null;
  }
}

function sentence(title = "") {
  return /[.!?]$/.test(title) || !title ? title : `${title}.`;
}
