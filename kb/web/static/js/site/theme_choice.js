// The switch between the system's theme, light and dark; theme.js applies the same choice before the first paint.
// Reads: x-data="themeChoice" around buttons x-bind="choice" data-theme-choice="system|light|dark".
const chosen = () => document.documentElement.dataset.theme ?? "system";

export function themeChoice() {
  return {
    now: chosen(),
    choice: {
      "@click"() {
        choose(this.$el.dataset.themeChoice);
      },
      "@theme-chosen.window"() {
        this.now = chosen();
      },
      ":aria-pressed"() {
        return String(this.now === this.$el.dataset.themeChoice);
      },
    },
  };
}

function choose(theme) {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // It holds for this page alone.
  }
  window.dispatchEvent(new CustomEvent("theme-chosen"));
}
