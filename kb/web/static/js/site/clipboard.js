// Copies text. On a plain http address of the office network browsers offer no clipboard object, so the old way stays.
export async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "sr-only";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (!copied) throw new Error("This browser does not let pages copy.");
}

// Shows for two seconds that it was done, in place of the label.
export function showCopied(label, text) {
  const usual = [...label.childNodes];
  label.replaceChildren(text);
  setTimeout(() => label.replaceChildren(...usual), 2000);
}
