// A SharedWorker: the one event stream of all tabs of this site in this browser, open while one of them wants it.
// Messages in: {wants: true | false, url}; out: {up} | {down} | {progress: item}.
import { openStream } from "./site/live/stream.js";

// A tab that crashed says no farewell.
const SILENCE_MS = 90_000;
const tabs = new Map(); // port → when it last said that it wants the stream
let stream;
let isUp = false;

self.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data.wants) join(port, data.url);
    else leave(port);
  };
};

function join(port, url) {
  const isNew = !tabs.has(port);
  tabs.set(port, Date.now());
  stream ??= openStream(url, {
    up: () => tell({ up: (isUp = true) }),
    down: () => tell({ down: !(isUp = false) }),
    progress: (item) => tell({ progress: item }),
  });
  if (isNew && isUp) port.postMessage({ up: true });
}

function leave(port) {
  tabs.delete(port);
  if (tabs.size) return;
  stream?.close();
  stream = undefined;
  isUp = false;
}

function tell(message) {
  for (const port of tabs.keys()) port.postMessage(message);
}

setInterval(() => {
  for (const [port, at] of tabs) if (Date.now() - at > SILENCE_MS) leave(port);
}, SILENCE_MS / 3);
