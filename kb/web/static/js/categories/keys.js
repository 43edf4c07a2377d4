// Arrow keys on a grip take the steps that stand in the row's menu. Keys pressed meanwhile wait for their turn.
// Reads: .bench-grip in an <li> with <form data-step="up|down|in|out">.
import { say } from "../site/announce.js";
import { onTree } from "./tree.js";

const STEPS = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" };
const waiting = [];
let isBusy = false;

document.addEventListener("keydown", (event) => {
  // While the tree is being swapped nothing in it has the keyboard.
  const isForGrip = event.target.matches("button.bench-grip") || (isBusy && event.target === document.body);
  if (!isForGrip || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = stepOf(event.key);
  if (!step) return;
  event.preventDefault();
  waiting.push(step);
  if (!isBusy) next();
});

onTree(() => {
  isBusy = false;
  // The keyboard is put back first.
  queueMicrotask(next);
});

for (const fault of ["htmx:sendError", "htmx:responseError"])
  document.addEventListener(fault, () => {
    isBusy = false;
    waiting.length = 0;
  });

function next() {
  const step = waiting.shift();
  const form = step && document.activeElement?.closest("li")?.querySelector(`[data-step="${step}"]`);
  if (!form) return;
  if (form.querySelector("button").disabled) return say("It can't go further that way.");
  isBusy = true;
  form.requestSubmit();
}

function stepOf(key) {
  const isFromRight = document.documentElement.dir === "rtl";
  const step = STEPS[key];
  return isFromRight && (step === "in" || step === "out") ? { in: "out", out: "in" }[step] : step;
}
