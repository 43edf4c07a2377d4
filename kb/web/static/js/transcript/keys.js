// The keyboard in the row that is open; templates/watch/_correcting.html tells people of it.
export function listenToKeys(editor, deeds, { goBack, goesToDoubtful }) {
  editor.addEventListener("opened", () => {
    if (editor.field.dataset.hasKeys) return;
    editor.field.dataset.hasKeys = "true";
    editor.field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const act = actFor(event);
      if (!act || act() === false) return;
      event.preventDefault();
      event.stopPropagation();
    });
  });

  // What a key does; an act that returns false leaves the key to the browser.
  function actFor(event) {
    const { key, shiftKey, altKey } = event;
    const command = event.ctrlKey || event.metaKey;
    if (key === "Tab" && !command && !altKey) return () => editor.goToWord(!shiftKey, goesToDoubtful());
    if (key === "Enter") return command ? deeds.split : shiftKey ? null : deeds.next;
    if (key === "Escape") return deeds.close;
    if (key === " " && command) return deeds.hear;
    if (altKey && shiftKey && key === "ArrowLeft") return deeds.earlier;
    if (altKey && shiftKey && key === "ArrowRight") return deeds.later;
    // What was typed since the row was last kept is the browser's to undo.
    if (command && /^[zy]$/i.test(key)) return () => !editor.isTouched && goBack(shiftKey || /y/i.test(key));
    return shiftKey || command || altKey ? null : atTheEdge(key);
  }

  function atTheEdge(key) {
    const { selectionStart, selectionEnd, value } = editor.field;
    const isAtStart = selectionStart === 0 && selectionEnd === 0;
    const isAtEnd = selectionStart === value.length;
    if (key === "Backspace" && isAtStart) return deeds.join;
    if (key === "Delete" && isAtEnd) return deeds.joinNext;
    if (key === "ArrowUp" && isAtStart) return () => editor.open(editor.at - 1);
    if (key === "ArrowDown" && isAtEnd) return () => editor.open(editor.at + 1);
    return null;
  }
}
