/** The people at the left, and the drawer they are in on a phone. */

import { avatar, byId, h, icon, quiet } from "./dom.js";
import { preview } from "./message.js";
import { listTime } from "./times.js";

/** A person's whole name. */
export const fullName = (person) => [person.first_name, person.last_name].filter(Boolean).join(" ");

export class PeopleList {
  /** `choose(id)` is called for the person picked; now() in Unix seconds. */
  constructor({ choose, now }) {
    this.choose = choose;
    this.now = now;
    this.list = byId("people-list");
    this.rows = new Map();
  }

  /** Show everybody; rows that have not changed stay as they are. */
  draw(entries, chosenId) {
    for (const entry of entries) {
      const known = this.rows.get(entry.person.id);
      const shown = this.words(entry, entry.person.id === chosenId);
      const mark = JSON.stringify(shown);
      if (known?.mark === mark) continue;
      const row = this.row(entry.person, shown);
      if (known) this.replace(known.row, row);
      else this.list.append(row);
      this.rows.set(entry.person.id, { row, mark });
    }
    this.markDrawer(entries.some((entry) => entry.unread && entry.person.id !== chosenId));
  }

  replace(old, row) {
    const hadFocus = old.contains(document.activeElement);
    old.replaceWith(row);
    if (hadFocus) row.firstElementChild.focus();
  }

  words({ person, last, unread }, isChosen) {
    const own = last && !last.from?.is_bot ? "You: " : "";
    return {
      name: fullName(person),
      handle: person.username ? `@${person.username}` : "",
      preview: last ? own + preview(last) : "No messages yet",
      when: last ? listTime(last.date, this.now()) : "",
      unread: isChosen ? 0 : unread,
      isChosen,
    };
  }

  row(person, shown) {
    const unread = shown.unread ? h("span", { class: "unread" }, String(shown.unread), quiet(" unread")) : null;
    const name = h("span", { class: "name" }, h("span", {}, shown.name), shown.handle ? h("span", { class: "handle" }, shown.handle) : null);
    const button = h(
      "button",
      { class: "person", type: "button", "aria-current": shown.isChosen ? "true" : null, on: { click: () => this.choose(person.id) } },
      avatar(shown.name, person.id),
      name,
      h("span", { class: "when" }, shown.when),
      h("span", { class: "preview" }, shown.preview),
      unread,
    );
    return h("li", { data: { person: person.id } }, button);
  }

  markDrawer(hasUnread) {
    const button = byId("open-people");
    button.replaceChildren(icon("menu"), ...(hasUnread ? [h("span", { class: "dot" }), quiet("Unread messages")] : []));
  }
}

/** The drawer of a narrow window; returns its `open(focusOn)` and `close`. */
export function drawer() {
  const [panel, shade, button] = [byId("people"), byId("shade"), byId("open-people")];
  const set = (isOpen) => {
    panel.classList.toggle("is-open", isOpen);
    shade.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    byId("chat").inert = isOpen;
  };
  const close = () => {
    if (!panel.classList.contains("is-open")) return;
    set(false);
    button.focus({ preventScroll: true });
  };
  const open = (focusOn) => {
    set(true);
    requestAnimationFrame(() => (focusOn ?? panel.querySelector("[aria-current]") ?? panel.querySelector("button")).focus());
  };
  shade.addEventListener("click", close);
  panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
  button.addEventListener("click", () => open());
  matchMedia("(min-width: 721px)").addEventListener("change", (change) => change.matches && set(false));
  return { open, close };
}
