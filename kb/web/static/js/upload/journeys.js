// Which files are on their way now, and when those go on that were held up.
import { say } from "../site/announce.js";
import { keepWords } from "./begun.js";
import { discardAt, sender } from "./sender.js";
import { isSignedIn, pauseMs, reasonOf } from "./holds.js";
import { commonMeter, meter } from "./meter.js";
import { fieldsOf, metadataOf, showFault } from "./rows.js";

const AT_ONCE = 2;
const MOVING = ["sending", "checking"];

// What a component with `journeys` binds to its root, so that a network that goes and comes back is noticed at once.
export const cuts = {
  "@online.window"() {
    this.journeys.goOnNow("offline", "unreachable");
  },
  "@site-back.window"() {
    this.journeys.goOnNow("unreachable");
  },
  "@offline.window"() {
    this.journeys.holdAll("offline");
  },
  "@visibilitychange.document"() {
    if (!document.hidden) this.journeys.goOnNow("offline", "unreachable", "signedOut");
  },
};

// rows: () -> the rows of the page. arrived(row, id): the site has all of it, as this screencast.
export function journeys({ endpoint, rows, arrived }) {
  const senders = new Map(); // by the row's key; what they hold is nobody's to watch
  const timers = new Map();
  const speedOfAll = commonMeter();
  let bytesPerSecond = 0;

  function next() {
    const onTheWay = rows().filter((row) => isMoving(row) || row.state === "held").length;
    const waiting = rows().filter((row) => row.state === "waiting" && row.isChecked);
    for (const row of waiting.slice(0, Math.max(0, AT_ONCE - onTheWay))) go(row);
  }

  function go(row) {
    clearTimeout(timers.get(row.key));
    Object.assign(row, { state: "sending", hold: "", bytesPerSecond: 0, fault: "", faultTitle: "", faults: {} });
    if (!senders.has(row.key)) senders.set(row.key, senderOf(row));
    senders.get(row.key).start();
  }

  function senderOf(row) {
    const draft = !row.wantsPublish;
    if (!row.address) row.stored = fieldsOf(row);
    let speed = meter();
    return sender(row.file, {
      endpoint,
      address: row.address,
      metadata: metadataOf(row, { draft }),
      told: {
        at(address) {
          row.address = address;
          keepWords(row); // of which some may have been typed since they were sent
        },
        left(bytes) {
          if (!isMoving(row)) return; // told late, of a row that was stopped
          if (bytes / row.size > row.sent) row.tries = 0;
          bytesPerSecond = speedOfAll(Math.max(0, bytes - row.sentBytes));
          row.sent = bytes / row.size;
          row.state = row.sent < 1 ? "sending" : "checking";
          row.bytesPerSecond = speed(bytes);
        },
        arrived(id) {
          senders.delete(row.key);
          arrived(row, id);
          next();
        },
        broke(error) {
          speed = meter();
          stopped(row, error);
        },
      },
    });
  }

  async function stopped(row, error) {
    const { hold, seconds, isGone, isUnreadable, refusal, isFinal } = await reasonOf(error, row.file);
    if (!isMoving(row)) return; // paused or cancelled meanwhile
    if (hold) holdUp(row, hold, seconds);
    else if (isGone) beginAnew(row);
    else if (isUnreadable) missFile(row);
    else refuse(row, refusal, isFinal);
    next();
  }

  function holdUp(row, hold, seconds) {
    if (row.hold !== hold) say(`${row.name} is held up.`);
    Object.assign(row, { state: "held", hold, bytesPerSecond: 0 });
    if (hold === "offline") return; // the browser says when there is a network again
    timers.set(row.key, setTimeout(() => tryAgain(row), pauseMs(row.tries, seconds)));
    row.tries += 1;
  }

  async function tryAgain(row) {
    if (row.state !== "held") return;
    if (row.hold === "signedOut" && !(await isSignedIn(location.href))) return holdUp(row, "signedOut");
    if (row.state === "held") go(row);
  }

  // What the site had of it is gone, as after days of silence.
  function beginAnew(row) {
    forget(row);
    Object.assign(row, { state: "waiting", sent: 0, address: "" });
  }

  function missFile(row) {
    forget(row);
    Object.assign(row, {
      state: "missing",
      file: null,
      bytesPerSecond: 0,
      faultTitle: "The file can't be read any more.",
      fault: "It was changed, moved or deleted on this device. A changed one goes in above, as a new file.",
    });
  }

  function refuse(row, refusal, isFinal) {
    forget(row);
    if (isFinal && row.address) discardAt(row.address);
    Object.assign(row, { state: isFinal ? "refused" : "broken", bytesPerSecond: 0 });
    showFault(row, refusal);
    row.mayRetry = !isFinal;
    if (isFinal && "file" in refusal.errors) row.faultTitle = "It can't be taken.";
  }

  function forget(row) {
    clearTimeout(timers.get(row.key));
    senders.delete(row.key);
  }

  return {
    next,
    // Of all files together: 0 as long as that is a guess.
    get bytesPerSecond() {
      return bytesPerSecond;
    },
    pause(row) {
      clearTimeout(timers.get(row.key));
      senders.get(row.key)?.stop();
      Object.assign(row, { state: "paused", hold: "", bytesPerSecond: 0 });
      next();
    },
    goOn(row) {
      Object.assign(row, { state: "waiting", tries: 0 });
      next();
    },
    cancel(row) {
      const one = senders.get(row.key);
      forget(row);
      if (one) one.cancel();
      else if (row.address && row.state !== "refused") discardAt(row.address);
    },
    // Those that such a hold stopped need not wait out their time.
    goOnNow(...holds) {
      for (const row of rows().filter(({ state, hold }) => state === "held" && holds.includes(hold))) tryAgain(row);
    },
    // As the browser says that there is no network, nothing of a request in flight arrives any more.
    holdAll(hold) {
      for (const row of rows().filter((row) => isMoving(row) || row.state === "held")) {
        clearTimeout(timers.get(row.key));
        senders.get(row.key)?.stop();
        holdUp(row, hold);
      }
    },
  };
}

function isMoving(row) {
  return MOVING.includes(row.state);
}
