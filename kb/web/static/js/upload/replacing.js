// The form that puts another recording in a screencast's place: sent in parts as on the upload page, so that a lost network or a
// reload costs nothing. Reads: x-data="replacing" data-endpoint, data-screencast, data-person, data-accept, data-max-bytes,
// data-max-text, data-begun (what the site has of one already, as JSON), data-done (where to go on); x-bind form; [name=file].
import * as title from "../site/title.js";
import { rowsOf } from "./begun.js";
import { faultOf } from "./checks.js";
import { cuts, journeys } from "./journeys.js";
import { fileFacts, newRow, sameFile, showFault } from "./rows.js";

export function replacing() {
  return {
    rows: [],
    begun: [],
    journeys: null,

    init() {
      const { endpoint, begun, done } = this.$root.dataset;
      this.begun = rowsOf({ parts: JSON.parse(begun), screencasts: [] });
      this.journeys = journeys({
        endpoint: new URL(endpoint, location.href).href,
        rows: () => this.rows,
        arrived: (row) => {
          row.state = "in";
          location.assign(done);
        },
      });
      this.$watch("tabText", (text) => (text ? title.show(`${text} · Recording`) : title.back()));
    },

    form: {
      "@submit.prevent"() {
        const [file] = this.$root.querySelector("[name=file]").files;
        if (file) this.send(file);
      },
      "@beforeunload.window"(event) {
        if (this.row?.isUnderWay) event.preventDefault();
      },
      ...cuts,
    },

    send(file) {
      const { accept, maxBytes, maxText, screencast } = this.$root.dataset;
      const facts = fileFacts(file);
      const known = this.begun.find((row) => sameFile(row, facts));
      this.rows = [Object.assign(known ?? newRow(facts, {}), { file, replaces: screencast, state: "waiting" })];
      const fault = faultOf(file, { accept, maxBytes: Number(maxBytes), maxText });
      if (fault) {
        this.row.state = "refused";
        return showFault(this.row, { ...fault, mayRetry: false });
      }
      this.row.isChecked = true;
      this.journeys.next();
    },
    pause() {
      this.journeys.pause(this.row);
    },
    goOn() {
      this.journeys.goOn(this.row);
    },
    cancel() {
      this.journeys.cancel(this.row);
      this.rows = [];
      this.begun = [];
    },

    // The expressions of a page reach no further than a name.
    get row() {
      return this.rows[0] ?? null;
    },
    get isAsking() {
      return !this.row || ["refused", "broken", "missing"].includes(this.row.state);
    },
    get sent() {
      return this.row?.sent ?? 0;
    },
    get stateText() {
      return this.row?.state === "in" ? "It is in." : (this.row?.stateText ?? "");
    },
    get isSignedOut() {
      return Boolean(this.row?.isSignedOut);
    },
    get fault() {
      return [this.row?.faultTitle, this.row?.fault].filter(Boolean).join(" ");
    },
    get canPause() {
      return Boolean(this.row?.canPause);
    },
    get canGoOn() {
      return Boolean(this.row?.canGoOn);
    },
    get canCancel() {
      return Boolean(this.row?.isNotInYet && this.row.state !== "checking");
    },
    get begunText() {
      const [part] = this.begun;
      return part && !this.row ? `Choose ${part.name} again to go on from ${part.percentText}.` : "";
    },
    get tabText() {
      return this.row?.isUnderWay ? this.row.percentText : "";
    },
  };
}
