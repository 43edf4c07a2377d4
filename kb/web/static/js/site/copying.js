// A field with a button that copies it.
// Reads: x-data="copying" around [data-copy-source] and a button x-bind="button" data-copied-text with [data-copy-label].
import { announce } from "./announce.js";
import { copyText, showCopied } from "./clipboard.js";

export function copying() {
  return {
    button: {
      async "@click"() {
        const source = this.$root.querySelector("[data-copy-source]");
        source.select();
        await copyText(source.value);
        const { copiedText } = this.$el.dataset;
        showCopied(this.$el.querySelector("[data-copy-label]"), copiedText);
        announce(copiedText);
      },
    },
  };
}
