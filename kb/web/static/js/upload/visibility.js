// Who may see what is uploaded into a category, as long as nobody chooses, and why: {who, whoWhy}.
// Reads: the chosen <option data-visibility> of the categories; the options of the choice of who may see it.
export function usualIn(category, options) {
  const { visibility } = category.dataset;
  const name = category.textContent.trim();
  const choices = [...options].map((option) => option.value);
  if (visibility === "team") return ofTeam(name, choices.filter((value) => value.startsWith("team:")));
  const who = choices.includes(visibility) ? visibility : "everyone";
  return { who, whoWhy: visibility ? `New ones in “${name}” begin so.` : "" };
}

function ofTeam(name, teams) {
  if (teams.length === 1) return { who: teams[0], whoWhy: `New ones in “${name}” begin with your team.` };
  const why = teams.length ? "Choose which of your teams." : "You are in no team yet.";
  return { who: "private", whoWhy: `New ones in “${name}” are for the author's team. ${why}` };
}
