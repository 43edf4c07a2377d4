// Category, tags and who may see it, for all files at once; a field that was set for one file alone stays as it is there.
import { usualIn } from "./visibility.js";

// Part of the component `uploads`.
export const sharing = {
  shared: { category: "", tags: "", who: "everyone", whoWhy: "", isWhoChosen: false },

  sharedFields() {
    const { category, tags, who, whoWhy } = this.shared;
    return { category, tags, who, whoWhy };
  },
  shareWithRows() {
    for (const row of this.rows.filter((row) => row.file)) {
      for (const name of ["category", "tags"]) if (!row.own[name]) row[name] = this.shared[name];
      if (!row.own.who) Object.assign(row, { who: this.shared.who, whoWhy: this.shared.whoWhy });
      this.save(row);
    }
  },
  chooseForAll({ target }) {
    if (!this.shared.isWhoChosen) Object.assign(this.shared, this.usualWith(target));
    this.shareWithRows();
  },
  chooseWhoForAll() {
    Object.assign(this.shared, { isWhoChosen: true, whoWhy: "" });
    this.shareWithRows();
  },
  chooseCategory(row, { target }) {
    row.own.category = true;
    if (row.isWhoChosen || this.shared.isWhoChosen) return;
    row.own.who = true; // the category of this row alone decides from now on
    Object.assign(row, this.usualWith(target));
  },
  chooseWho(row) {
    row.own.who = true;
    Object.assign(row, { isWhoChosen: true, whoWhy: "" });
  },
  // What is said where the fields are folded.
  moreText({ category, tags, who }) {
    const nameOf = (select, value) =>
      [...this.$root.querySelector(select).options].find((option) => option.value === value)?.text.trim();
    return [nameOf("[data-categories]", category), tags || "No tags", nameOf("[data-who]", who)].filter(Boolean).join(" · ");
  },
  usualWith(categories) {
    return usualIn(categories.selectedOptions[0], this.$root.querySelector("[data-who]").options);
  },
};
