/** The keyboards of the Bot API: inline ones under a message, reply ones under the composer. */

import { h, icon, quiet } from "./dom.js";

const STYLES = new Set(["primary", "success", "danger"]);
const DENSE_FROM_COLUMNS = 4;

/** The inline keyboard of a message; `press(button, node)` is called for every button that does something. */
export function inlineKeyboard(rows, press) {
  return keyboard(rows, "keyboard", (button) => inlineKey(button, press));
}

/** The reply keyboard of a chat; `press(button)` is called with the button's text and requests. */
export function replyKeyboard(rows, press) {
  const keyed = rows.map((row) => row.map((button) => (typeof button === "string" ? { text: button } : button)));
  return keyboard(keyed, "keyboard is-reply", (button) =>
    h("button", { class: keyClass(button), type: "button", on: { click: () => press(button) } }, h("span", { class: "label" }, button.text)),
  );
}

function keyboard(rows, className, makeKey) {
  const filled = rows.filter((row) => row.length);
  return h(
    "div",
    { class: className, role: "group", "aria-label": "Buttons", on: { keydown: moveFocus } },
    filled.map((row) =>
      h("div", { class: row.length >= DENSE_FROM_COLUMNS ? "row is-dense" : "row", style: { "--columns": String(row.length) } }, row.map(makeKey)),
    ),
  );
}

function keyClass(button) {
  return STYLES.has(button.style) ? `key is-${button.style}` : "key";
}

function inlineKey(button, press) {
  const label = h("span", { class: "label" }, button.text);
  if (button.disabled) {
    return h("button", { class: keyClass(button), type: "button", "aria-disabled": "true", tabindex: "-1" }, label);
  }
  const corner = cornerOf(button);
  const node = h("button", { class: keyClass(button), type: "button" }, label, corner);
  node.addEventListener("click", () => press(button, node));
  return node;
}

/** The small sign in the corner that says where a button leads. */
function cornerOf(button) {
  const [name, words] = button.copy_text ? ["copy", "copies text"] : button.url || button.web_app ? ["arrow", "opens a page"] : [];
  return name ? h("span", { class: "corner" }, icon(name), quiet(`, ${words}`)) : null;
}

/** Show that a tapped button waits for its answer; returns what ends it. */
export function wait(node, { longestMs = 15_000 } = {}) {
  const end = () => {
    clearTimeout(timer);
    node.removeAttribute("aria-busy");
  };
  const timer = setTimeout(end, longestMs);
  node.setAttribute("aria-busy", "true");
  return end;
}

/** Where the focus stands in a keyboard, as row and column, or null. */
export function focusedKey(container) {
  const key = document.activeElement?.closest(".key");
  if (!key || !container.contains(key)) return null;
  const row = key.parentElement;
  return { row: [...row.parentElement.children].indexOf(row), column: [...row.children].indexOf(key) };
}

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** The arrow keys go to the next button that can be pressed, besides Tab, which goes through all of them. */
function moveFocus(event) {
  const step = STEPS[event.key];
  const key = event.target.closest(".key");
  if (!step || !key) return;
  event.preventDefault();
  const rows = [...event.currentTarget.querySelectorAll(".row")].map((row) => [...row.children]);
  let row = rows.findIndex((keys) => keys.includes(key));
  let share = (rows[row].indexOf(key) + 0.5) / rows[row].length;
  let target;
  do {
    row += step[0];
    share += step[1] / (rows[row]?.length ?? 1);
    target = rows[row]?.[Math.floor(share * rows[row].length)];
  } while (target?.getAttribute("aria-disabled") === "true");
  target?.focus();
}

/** Put the focus on the button nearest to `place` that can be pressed; false where there is none. */
export function focusKey(container, place) {
  const rows = [...container.querySelectorAll(".row")].map((row) => [...row.children]);
  const same = rows[place.row]?.[place.column];
  const open = (key) => key && key.getAttribute("aria-disabled") !== "true";
  const target = open(same) ? same : rows.flat().find(open);
  target?.focus({ preventScroll: true });
  return Boolean(target);
}
