/** The foot of the chat: START for a new chat, otherwise the field, the bot's commands and the reply keyboard. */

import { byId, h, icon } from "./dom.js";
import { replyKeyboard } from "./keyboards.js";

const canHover = matchMedia("(hover: hover)");

export class Composer {
  /** `send(text)` (answers whether it was sent), `unblock()` and `request(button)` are what the foot can do. */
  constructor(actions) {
    this.actions = actions;
    this.drafts = new Map();
    this.commands = [];
    this.markup = null;
    this.field = h("textarea", { rows: "1", placeholder: "Message", "aria-label": "Message", autocomplete: "off", maxlength: "4096" });
    this.sendButton = h("button", { class: "icon-button send", type: "submit", "aria-label": "Send", disabled: true }, icon("send"));
    this.menuButton = h("button", { class: "menu-button", type: "button", "aria-expanded": "false", on: { click: () => this.toggleCommands() } }, icon("menu"), "Menu");
    this.keyboardButton = h("button", { class: "icon-button", type: "button", "aria-label": "Buttons", on: { click: () => this.toggleKeyboard() } }, icon("keyboard"));
    this.form = h("form", { class: "composer" }, this.menuButton, this.field, this.keyboardButton, this.sendButton);
    this.list = h("div", { class: "commands", role: "group", "aria-label": "Commands", hidden: true });
    this.startButton = h("button", { class: "wide-button", type: "button", on: { click: () => actions.send("/start") } }, "Start");
    this.unblockButton = h("button", { class: "wide-button", type: "button", on: { click: () => actions.unblock() } }, "Unblock");
    this.keys = h("div", { class: "keys" });
    byId("foot").append(this.list, this.startButton, this.unblockButton, this.form, this.keys);
    this.listen();
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.field.addEventListener("input", () => this.typed());
    byId("foot").addEventListener("keydown", (event) => this.pressed(event));
    document.addEventListener("pointerdown", (event) => {
      if (!byId("foot").contains(event.target)) this.showCommands([]);
    });
  }

  /** Show the foot for this person's chat. */
  draw({ personId, isNew, isBlocked, commands, markup }) {
    if (personId !== this.personId) this.change(personId);
    this.commands = commands;
    const hadFocus = [this.startButton, this.unblockButton].includes(document.activeElement) || document.activeElement === document.body;
    this.startButton.hidden = !isNew || isBlocked;
    this.unblockButton.hidden = !isBlocked;
    this.form.hidden = isNew || isBlocked;
    this.menuButton.hidden = !commands.length;
    this.drawMarkup(isNew || isBlocked ? null : markup);
    if (hadFocus && !document.querySelector("dialog[open]")) this.focus();
  }

  change(personId) {
    this.drafts.set(this.personId, this.field.value);
    this.personId = personId;
    this.field.value = this.drafts.get(personId) ?? "";
    this.typed();
  }

  /** Put the focus where writing goes on; not on touch, where the keyboard would cover the chat. */
  focus() {
    if (!canHover.matches) return;
    [this.startButton, this.unblockButton, this.field].find((node) => node.offsetParent)?.focus({ preventScroll: true });
  }

  async send() {
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    this.typed();
    const isSent = await this.actions.send(text);
    if (isSent || this.field.value) return;
    this.field.value = text;
    this.typed();
  }

  typed() {
    const { field } = this;
    field.style.height = "";
    field.style.height = `${Math.max(42, Math.min(field.scrollHeight, 168))}px`;
    field.style.overflowY = field.scrollHeight > 168 ? "auto" : "hidden";
    this.sendButton.disabled = !field.value.trim();
    const begun = /^\/(\w*)$/.exec(field.value);
    this.showCommands(begun ? this.commands.filter(({ command }) => command.startsWith(begun[1].toLowerCase())) : []);
  }

  pressed(event) {
    if (!this.list.hidden && ["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) {
      event.preventDefault();
      if (event.key === "Escape") this.closeCommands();
      else this.moveInCommands(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.target === this.field && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    }
  }

  moveInCommands(step) {
    const entries = [...this.list.children];
    const at = entries.indexOf(document.activeElement);
    const next = at === -1 && step < 0 ? entries.length - 1 : at + step;
    (entries[next] ?? this.field).focus();
  }

  toggleCommands() {
    if (this.list.hidden) {
      this.showCommands(this.commands);
      this.list.firstElementChild?.focus();
    } else {
      this.closeCommands();
    }
  }

  closeCommands() {
    this.showCommands([]);
    this.field.focus();
  }

  showCommands(commands) {
    this.list.hidden = !commands.length;
    this.menuButton.setAttribute("aria-expanded", String(commands.length > 0));
    this.list.replaceChildren(
      ...commands.map(({ command, description }) =>
        h("button", { class: "command", type: "button", on: { click: () => this.choose(command) } }, h("b", {}, `/${command}`), h("span", {}, description)),
      ),
    );
  }

  choose(command) {
    this.field.value = "";
    this.typed();
    this.actions.send(`/${command}`);
    this.focus();
  }

  drawMarkup(markup) {
    const mark = JSON.stringify(markup ?? null);
    if (mark === this.markup) return;
    this.markup = mark;
    const rows = markup?.keyboard ?? [];
    this.keys.replaceChildren(...(rows.length ? [replyKeyboard(rows, (button) => this.pressedKey(button, markup))] : []));
    this.keys.hidden = false;
    this.keyboardButton.hidden = !rows.length;
    this.field.placeholder = markup?.input_field_placeholder || "Message";
    if (markup?.force_reply) this.focus();
  }

  pressedKey(button, markup) {
    if (markup.one_time_keyboard) this.keys.hidden = true;
    this.actions.request(button);
  }

  toggleKeyboard() {
    this.keys.hidden = !this.keys.hidden;
  }
}
