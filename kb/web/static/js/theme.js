// Sets the chosen theme before the first paint, so that nothing flashes, and tells the styles that scripts run.
// Reads: localStorage "theme" ("light" | "dark"; nothing = as the system). Writes: <html data-theme class="js">.
document.documentElement.classList.add("js");
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // No storage (a browser's privacy setting): the system's theme it is.
}
