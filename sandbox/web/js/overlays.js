/** Toasts, dialogs and the lightbox. */

import { byId, h } from "./dom.js";

const TOAST_MS = 3500;

/** Say something short at the bottom of the window; it goes by itself. */
export function toast(text) {
  const node = h("div", { class: "toast" }, text);
  byId("toasts").replaceChildren(node);
  setTimeout(() => node.classList.add("is-leaving"), TOAST_MS);
  setTimeout(() => node.remove(), TOAST_MS + 300);
}

/** Put a modal dialog on the page; it leaves the page when it is closed. */
function modal(className, ...children) {
  const node = h("dialog", { class: className }, children);
  node.addEventListener("close", () => node.remove());
  document.body.append(node);
  node.showModal();
  return node;
}

/** Say something that must be confirmed as read. */
export function alertDialog(title, text) {
  const close = h("button", { type: "button", on: { click: () => node.close() } }, "OK");
  const node = modal("card", h("h2", {}, title), h("p", {}, text), h("div", { class: "actions" }, close));
  node.setAttribute("role", "alertdialog");
  close.focus();
}

/** Ask before something that counts; `confirm()` is called when the answer is yes. */
export function confirmDialog({ title, text, action, confirm }) {
  const agree = () => {
    node.close();
    confirm();
  };
  const yes = h("button", { type: "button", on: { click: agree } }, action);
  const no = h("button", { type: "button", on: { click: () => node.close() } }, "Cancel");
  const node = modal("card", h("h2", {}, title), h("p", {}, text), h("div", { class: "actions" }, no, yes));
  yes.focus();
}

/** Ask for a few fields; `send(values)` may refuse by throwing, and then the dialog stays with the reason. */
export function formDialog({ title, fields, action, send }) {
  const refusal = h("p", { role: "alert", hidden: true });
  const form = h(
    "form",
    { method: "dialog" },
    fields.map(({ label, name, ...rest }) => h("label", {}, label, h("input", { name, autocomplete: "off", ...rest }))),
    refusal,
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", on: { click: () => node.close() } }, "Cancel"),
      h("button", { type: "submit" }, action),
    ),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await send(Object.fromEntries(new FormData(form)));
      node.close();
    } catch (error) {
      refusal.textContent = error.message;
      refusal.hidden = false;
    }
  });
  const node = modal("card", h("h2", {}, title), form);
}

/** Show a picture as large as the window; any click beside the buttons and Escape close it. */
export function lightbox({ address, caption, alt }) {
  const close = h("button", { type: "button", on: { click: () => node.close() } }, "Close");
  const stage = h("div", { class: "lightbox-stage", on: { click: () => node.close() } }, h("img", { src: address, alt }));
  const node = modal(
    "lightbox",
    h("div", { class: "lightbox-head" }, h("a", { href: address, download: "photo" }, "Save"), close),
    stage,
    caption ? h("div", { class: "lightbox-caption" }, caption) : null,
  );
  node.setAttribute("aria-label", "Photo");
  close.focus();
}
