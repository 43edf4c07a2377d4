// Suggests the next tag in a field that holds several: a <datalist> replaces a whole value, so its options begin with what stands.
// Reads: <input data-tags list="…">, or any input whose list is #tag-names.
const names = new Map();

document.addEventListener("input", ({ target }) => {
  if (!(target instanceof HTMLInputElement) || !target.list) return;
  if (!("tags" in target.dataset) && target.list.id !== "tag-names") return;
  const list = target.list;
  if (!names.has(list))
    names.set(
      list,
      [...list.options].map((option) => option.value),
    );
  const standing = target.value
    .split(",")
    .slice(0, -1)
    .map((tag) => tag.trim());
  const start = standing.length ? `${standing.join(", ")}, ` : "";
  list.replaceChildren(
    ...names
      .get(list)
      .filter((name) => !standing.includes(name))
      .map((name) => new Option("", start + name)),
  );
});
