// tus-js-client under node: `node tus_js.mjs CASE FILE PORT TOKEN` prints one line of JSON about what happened.
import fs from "node:fs";
import net from "node:net";
import { PassThrough } from "node:stream";
import * as tus from "tus-js-client";

const [kind, file, port, token] = process.argv.slice(2);
const at = (number) => `http://127.0.0.1:${number}/api/v1/uploads`;
const bytes = fs.readFileSync(file);
const asked = [];

const cases = {
  whole: () => send(bytes),
  chunks: () => send(bytes, { chunkSize: 10_000 }),
  begunWithBytes: () => send(bytes, { uploadDataDuringCreation: true }),
  begunWithSome: () => send(bytes, { uploadDataDuringCreation: true, chunkSize: 10_000 }),
  override: () => send(bytes, { overridePatchMethod: true, chunkSize: 30_000 }),
  file: () => send(fs.createReadStream(file), { chunkSize: 10_000 }),
  // A stream whose end nobody knows. Not fs.createReadStream itself: for what is left of a file after its last whole
  // chunk the client announces a whole one where the length is deferred, and waits for ever for bytes that never come.
  deferred: () =>
    send(fs.createReadStream(file).pipe(new PassThrough()), { uploadLengthDeferred: true, chunkSize: 10_000 }),
  deferredFile: () => send(fs.createReadStream(file), { uploadLengthDeferred: true }),
  resumed,
  terminated,
  lossy,
  lostAnswer,
  parallelUploads: () => send(bytes, { parallelUploads: 2 }),
};

function send(source, options = {}, more = () => {}) {
  return new Promise((resolve) => {
    const upload = new tus.Upload(source, {
      endpoint: at(port),
      headers: { Authorization: `Bearer ${token}` },
      metadata: { filename: "by tus-js.mp4", filetype: "video/mp4" },
      retryDelays: [50, 100, 200, 400, 800, 1600],
      onBeforeRequest: (request) => void asked.push(request.getMethod()),
      onSuccess: ({ lastResponse }) => resolve({ screencast: lastResponse.getHeader("Screencast-Id"), asked }),
      onError: (error) =>
        resolve({ status: error.originalResponse?.getStatus(), body: error.originalResponse?.getBody(), asked }),
      ...options,
    });
    more(upload, resolve);
    upload.start();
  });
}

async function resumed() {
  const { url, sent } = await send(bytes, { chunkSize: 10_000 }, (upload, resolve) => {
    upload.options.onChunkComplete = async (_size, sent) => {
      await upload.abort();
      resolve({ url: upload.url, sent });
    };
  });
  const first = [];
  const onProgress = (sent) => first.push(sent);
  return { ...(await send(bytes, { uploadUrl: url, endpoint: null, onProgress })), sent, from: first[0] };
}

async function terminated() {
  const { url } = await send(bytes, { chunkSize: 10_000 }, (upload, resolve) => {
    upload.options.onChunkComplete = async () => {
      await upload.abort(true);
      resolve({ url: upload.url });
    };
  });
  return send(bytes, { uploadUrl: url, endpoint: null });
}

// Four at once through a network that breaks every connection after 25,000 bytes.
async function lossy() {
  const broken = await network(() => 25_000, () => false);
  const all = await Promise.all([0, 1, 2, 3].map(() => send(bytes, { endpoint: at(broken.port) })));
  return { screencasts: all.map(({ screencast }) => screencast), cuts: broken.cuts(), asked };
}

// The answer to the last byte never arrives.
async function lostAnswer() {
  let isLost = false;
  const broken = await network(
    () => Number.POSITIVE_INFINITY,
    (answer) => !isLost && (isLost = answer.includes("Screencast-Id")),
  );
  return { ...(await send(bytes, { endpoint: at(broken.port) })), cuts: broken.cuts() };
}

// A way to the site on which each connection carries so many bytes there, and which loses some answers; then it breaks.
async function network(bytesThere, loses) {
  let cuts = 0;
  const server = net.createServer((near) => {
    const far = net.connect(port, "127.0.0.1");
    let left = bytesThere();
    const cut = () => {
      cuts += 1;
      near.destroy();
      far.end();
    };
    near.on("data", (data) => {
      if (left <= 0) return;
      far.write(data.subarray(0, left), data.length > left ? cut : undefined);
      left -= data.length;
    });
    far.on("data", (data) => (loses(data.toString("latin1")) ? cut() : near.write(data)));
    near.on("error", () => {}).on("close", () => far.end());
    far.on("error", () => {}).on("close", () => near.end());
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { port: server.address().port, cuts: () => cuts };
}

console.log(JSON.stringify(await cases[kind]()));
process.exit();
