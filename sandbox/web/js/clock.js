/** The demo's clock: it runs like any other and can be moved forward. */

import { advanceClock, getClock } from "./api.js";
import { byId, h, icon, quiet } from "./dom.js";
import { toast } from "./overlays.js";
import { clockTime, dayAndTime, zoneName } from "./times.js";

const MOVES = [
  ["+10 min", 600],
  ["+1 h", 3600],
  ["+1 day", 86_400],
];
const UNITS = { minutes: 60, hours: 3600, days: 86_400 };

export class SimulatedClock {
  /** `moved()` is called after every move, whoever made it. */
  constructor({ moved }) {
    this.moved = moved;
    this.offsetSeconds = 0;
    this.shown = h("div", { class: "clock-now", "aria-live": "off" });
    this.form = this.customForm();
    const custom = h("button", { type: "button", "aria-expanded": "false", on: { click: () => this.toggleForm(custom) } }, "Custom");
    byId("clock").append(
      h("div", { class: "clock-top" }, icon("clock"), h("div", {}, this.shown, h("div", { class: "clock-note" }, `Simulated time · ${zoneName()}`))),
      h("div", { class: "clock-moves" }, MOVES.map(([words, seconds]) => this.moveButton(words, seconds)), custom),
      this.form,
    );
    setInterval(() => this.draw(), 1000);
    this.draw();
  }

  /** The simulated moment in Unix seconds. */
  now() {
    return Date.now() / 1000 + this.offsetSeconds;
  }

  /** Read the time from the sandbox. */
  async refresh() {
    this.take(await getClock());
  }

  take({ unix }) {
    this.offsetSeconds = unix - Date.now() / 1000;
    this.draw();
    this.moved();
  }

  draw() {
    const words = dayAndTime(this.now());
    if (this.shown.textContent === words) return;
    this.shown.textContent = words;
    byId("clock-chip").replaceChildren(icon("clock"), quiet("Simulated time "), clockTime(this.now()));
  }

  moveButton(words, seconds) {
    const node = h("button", { type: "button", "aria-label": `Move the simulated time forward: ${words}` }, words);
    node.addEventListener("click", () => this.move(seconds, node));
    return node;
  }

  async move(seconds, node) {
    node.setAttribute("aria-busy", "true");
    try {
      this.take(await advanceClock(seconds));
      toast(`It is now ${dayAndTime(this.now())}`);
    } catch (error) {
      toast(error.message);
    } finally {
      node.removeAttribute("aria-busy");
    }
  }

  customForm() {
    const amount = h("input", { type: "number", min: "1", max: "100000", value: "2", required: true, "aria-label": "How many" });
    const unit = h("select", { "aria-label": "Unit" }, Object.keys(UNITS).map((name) => h("option", { value: name }, name)));
    unit.value = "hours";
    const go = h("button", { type: "submit" }, "Move");
    const form = h("form", { class: "clock-form", hidden: true }, h("span", {}, "Forward"), amount, unit, go);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.move(Math.round(Number(amount.value) * UNITS[unit.value]), go);
    });
    return form;
  }

  toggleForm(button) {
    this.form.hidden = !this.form.hidden;
    button.setAttribute("aria-expanded", String(!this.form.hidden));
    if (!this.form.hidden) this.form.querySelector("input").select();
  }
}
