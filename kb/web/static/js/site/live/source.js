// Where this tab hears from: the stream that it shares with the others, through a worker where the browser has such.
// Reads: <meta name="live" content="address of the stream" data-worker="address of the worker">, for people signed in.
import { openStream } from "./stream.js";

const STILL_HERE_MS = 30_000;
const { content: url, dataset } = document.querySelector('meta[name="live"]') ?? {};
let port;
let own;
let timer;

// heard: as in stream.js. Both may be called again and again.
export function listen(heard) {
  if (!url) return;
  if (!("SharedWorker" in window)) own ??= openStream(url, heard);
  else if (!timer) {
    port ??= connect(heard);
    want();
    timer = setInterval(want, STILL_HERE_MS);
  }
}

export function stopListening() {
  own?.close();
  own = undefined;
  clearInterval(timer);
  timer = undefined;
  port?.postMessage({ wants: false });
}

function want() {
  port.postMessage({ wants: true, url });
}

function connect(heard) {
  const worker = new SharedWorker(dataset.worker, { type: "module", name: "showhow-live" });
  worker.port.onmessage = ({ data }) => {
    if (data.up) heard.up();
    else if (data.down) heard.down();
    else heard.progress(data.progress);
  };
  return worker.port;
}
