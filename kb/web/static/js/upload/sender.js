// One file on its way by tus (https://tus.io): from wherever the site has it, in parts, so that a proxy that collects a body
// before it passes it on, or limits its size, costs a part at most.
import { Upload } from "tus-js-client";
import { csrfToken } from "../site/fragments.js";

// No slower than all of it at once: on one machine 600 MB took 16 and 20 s so, and 20 and 21 s in one request.
const PART_BYTES = 32 * 1024 ** 2;
const TICK_MS = 1000;
// A network that went away without a word: nothing more leaves, and nobody says so.
const SILENT_MS = 45_000;
// All of a part has left this machine, perhaps slowly on from here; or the site looks at the whole file.
const ANSWER_MS = 180_000;
const DELETE_AGAIN_MS = [1000, 3000, 10_000, 30_000];

// address: where the site has the beginning of it already, else "".
// told: {at(address), left(bytes), arrived(screencast id), broke(error)}; `left` also each second in which nothing does.
export function sender(file, { endpoint, address, metadata, told }) {
  let ticking;
  let bytes = 0;
  let movedAt = 0;
  let partStart = null;
  let isCreating = false;
  let isUnwanted = false;

  const upload = new Upload(file, {
    endpoint: address ? null : endpoint,
    uploadUrl: address || null,
    metadata,
    chunkSize: PART_BYTES,
    retryDelays: null, // whether and when to try again depends on why it broke: holds.js
    storeFingerprintForResuming: false, // the site itself says what it has of this person, in every browser
    onBeforeRequest,
    onUploadUrlAvailable() {
      isCreating = false;
      // Else the library would begin anew where the site only can't be asked how much it has.
      upload.options.endpoint = null;
      if (isUnwanted) discard();
      else told.at(upload.url);
    },
    onProgress(now) {
      partStart ??= now;
      if (now !== bytes) movedAt = performance.now();
      bytes = now;
      told.left(bytes);
    },
    onChunkComplete(_size, now) {
      partStart = now;
    },
    onSuccess({ lastResponse }) {
      rest();
      told.arrived(lastResponse.getHeader("Screencast-Id"));
    },
    onError(error) {
      isCreating = false;
      rest();
      if (!isUnwanted) told.broke(error);
    },
  });

  function tick() {
    const hasLeft = partStart !== null && bytes >= Math.min(file.size, partStart + PART_BYTES);
    if (performance.now() - movedAt > (hasLeft ? ANSWER_MS : SILENT_MS)) {
      stop();
      return told.broke(new Error("Nothing left for too long."));
    }
    told.left(bytes);
  }
  function rest() {
    clearInterval(ticking);
  }
  function stop() {
    rest();
    return upload.abort();
  }
  function discard() {
    stop();
    return discardAt(upload.url ?? address);
  }

  return {
    start() {
      isCreating = !upload.url && !address;
      partStart = null;
      movedAt = performance.now();
      rest();
      ticking = setInterval(tick, TICK_MS);
      upload.start();
    },
    stop,
    // Takes away what the site has of it. What is just being begun there is deleted as soon as its address is known.
    cancel() {
      isUnwanted = true;
      if (isCreating) return rest();
      return upload.url || address ? discard() : stop();
    },
  };
}

export function discardAt(address) {
  return Upload.terminate(address, { onBeforeRequest, retryDelays: DELETE_AGAIN_MS }).catch(() => {
    // The site deletes by itself what nobody goes on with.
  });
}

function onBeforeRequest(request) {
  request.setHeader("X-CSRFToken", csrfToken());
}
