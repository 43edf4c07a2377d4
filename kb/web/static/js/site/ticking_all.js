// A box that ticks all others of a form, and says how many are ticked.
// Reads: x-data="tickingAll" on the form, a box x-bind="all", x-text="count" on words such as "12 lines".
export function tickingAll() {
  return {
    ticked: 0,
    total: 0,
    init() {
      this.look();
      this.$root.addEventListener("change", () => this.look());
    },
    look() {
      this.total = this.boxes().length;
      this.ticked = this.boxes().filter((box) => box.checked).length;
    },
    boxes() {
      return [...this.$root.querySelectorAll("input[type=checkbox][name]")];
    },
    get count() {
      return `${this.ticked} of ${this.total} chosen`;
    },
    all: {
      ":checked"() {
        return this.ticked === this.total;
      },
      // A property alone, which no attribute sets.
      "x-effect"() {
        this.$el.indeterminate = this.ticked > 0 && this.ticked < this.total;
      },
      "@change"() {
        for (const box of this.boxes()) box.checked = this.$el.checked;
      },
    },
  };
}
