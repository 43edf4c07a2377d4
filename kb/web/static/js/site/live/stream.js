// One event stream that comes back by itself. Used by the worker that all tabs share, or by a tab for itself.
// heard: {up(): it is open, down(): it is not, progress(item): a screencast's numbers}.
const LEAST_MS = 5_000;
const MOST_MS = 60_000;

export function openStream(url, heard) {
  let source;
  let timer;
  let wait_ms = LEAST_MS;
  open();
  return { close };

  function open() {
    source = new EventSource(url);
    source.onopen = () => {
      wait_ms = LEAST_MS;
      heard.up();
    };
    source.addEventListener("progress", ({ data }) => heard.progress(JSON.parse(data)));
    // Nothing has happened for long: it is worth a look now and then, not a stream.
    source.addEventListener("rest", () => comeBack(MOST_MS));
    source.onerror = () => {
      heard.down();
      // While it is connecting, the browser tries again by itself; a refusal it takes as final.
      if (source.readyState === EventSource.CLOSED) comeBack(wait_ms);
    };
  }

  function comeBack(ms) {
    source.close();
    heard.down();
    wait_ms = Math.min(wait_ms * 2, MOST_MS);
    // Not all browsers in the same second.
    timer = setTimeout(open, ms * (0.75 + Math.random() / 2));
  }

  function close() {
    clearTimeout(timer);
    source.close();
  }
}
