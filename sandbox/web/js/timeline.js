/** The messages of the chosen person: drawn once, then patched by message_id. */

import { byId, h, icon, quiet } from "./dom.js";
import { focusKey, focusedKey } from "./keyboards.js";
import { drawMessage, patchMessage } from "./message.js";
import { dayLabel, isSameDay } from "./times.js";

const NEAR_BOTTOM_PX = 48;
const FLOATS_FROM_PX = 12;
const FLOATS_MS = 900;

export class Timeline {
  /** `actions` are those of drawMessage, and now() in Unix seconds. */
  constructor(actions) {
    this.actions = actions;
    this.root = byId("timeline");
    this.scroller = byId("scroller");
    this.toBottom = byId("to-bottom");
    this.drawn = new Map(); // message_id -> {node, message, mark}
    this.unseen = 0;
    this.sticks = true;
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.toBottom.addEventListener("click", () => this.scrollToEnd("smooth"));
    new ResizeObserver(() => this.sticks && this.scrollToEnd("instant")).observe(this.scroller);
  }

  /** Start over with somebody's messages. */
  show(messages, empty) {
    this.drawn.clear();
    this.root.setAttribute("aria-live", "off");
    this.root.replaceChildren();
    for (const message of messages) this.add(message, false);
    this.regroup();
    this.drawEmpty(empty);
    this.scrollToEnd("instant");
    requestAnimationFrame(() => this.root.setAttribute("aria-live", "polite"));
  }

  /** Bring the drawn messages up to date without moving what is being read. */
  update(messages, empty) {
    const anchor = this.sticks ? null : this.anchor();
    const next = new Map(messages.map((message) => [message.message_id, message]));
    for (const id of this.drawn.keys()) if (!next.has(id)) this.remove(id);
    const added = [];
    for (const message of messages) {
      const known = this.drawn.get(message.message_id);
      if (known) this.patch(known, message);
      else added.push(message);
    }
    for (const message of added) this.add(message, true);
    this.regroup();
    this.drawEmpty(empty);
    this.settle(anchor, added);
  }

  add(message, isNew) {
    const node = drawMessage(message, this.actions);
    if (isNew) node.classList.add("is-new");
    node.addEventListener("animationend", () => node.classList.remove("is-new"), { once: true });
    this.groupFor(message).append(node);
    this.drawn.set(message.message_id, { node, message, mark: JSON.stringify(message) });
  }

  patch(known, message) {
    const mark = JSON.stringify(message);
    if (known.mark === mark) return;
    const place = focusedKey(known.node);
    patchMessage(known.node, known.message, message, this.actions);
    known.message = message;
    known.mark = mark;
    if (place && !known.node.contains(document.activeElement) && !focusKey(known.node, place)) this.scroller.focus({ preventScroll: true });
  }

  remove(id) {
    const { node } = this.drawn.get(id);
    const group = node.parentElement;
    if (node.contains(document.activeElement)) this.scroller.focus({ preventScroll: true });
    node.remove();
    this.drawn.delete(id);
    if (!group.querySelector("[data-id]")) group.remove();
  }

  /** The day's section that a message belongs to: the last one, or a new one. */
  groupFor(message) {
    const last = this.root.querySelector(".day-group:last-of-type");
    if (last && isSameDay(Number(last.dataset.date), message.date)) return last;
    const label = h("span", { class: "pill" }, dayLabel(message.date, this.actions.now()));
    const group = h("section", { class: "day-group", data: { date: message.date } }, h("div", { class: "day" }, label));
    this.root.append(group);
    return group;
  }

  /** Name the days anew, after the clock has moved. */
  renameDays() {
    for (const group of this.root.querySelectorAll(".day-group")) {
      const label = dayLabel(Number(group.dataset.date), this.actions.now());
      const pill = group.querySelector(".day .pill");
      if (pill.textContent !== label) pill.textContent = label;
    }
  }

  /** Only the last bubble of a run from one side has a tail. */
  regroup() {
    for (const group of this.root.querySelectorAll(".day-group")) {
      const nodes = [...group.querySelectorAll(":scope > [data-id]")];
      nodes.forEach((node, index) => {
        node.classList.toggle("is-first", !follows(nodes[index - 1], node));
        node.classList.toggle("has-tail", !follows(node, nodes[index + 1]));
      });
    }
  }

  drawEmpty(empty) {
    this.root.querySelector(".empty")?.remove();
    if (this.drawn.size || !empty) return;
    this.root.append(h("div", { class: "empty" }, h("h3", {}, empty.title), h("p", {}, empty.text)));
  }

  anchor() {
    const top = this.scroller.getBoundingClientRect().top;
    for (const { node } of this.drawn.values()) {
      const box = node.getBoundingClientRect();
      if (box.bottom > top) return { node, top: box.top };
    }
    return null;
  }

  settle(anchor, added) {
    const hasOwn = added.some((message) => !message.from?.is_bot);
    if (this.sticks || hasOwn) {
      this.scrollToEnd(added.length ? "smooth" : "instant");
      return;
    }
    if (anchor?.node.isConnected) this.scroller.scrollTop += anchor.node.getBoundingClientRect().top - anchor.top;
    this.unseen += added.length;
    this.drawToBottom();
  }

  scrollToEnd(behavior) {
    this.sticks = true;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior });
    this.scrolled();
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const isNear = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX;
    // On the way down (smoothly) the page still counts as being at the bottom; going up ends that.
    if (isNear) this.sticks = true;
    else if (scrollTop < (this.lastTop ?? 0)) this.sticks = false;
    this.lastTop = scrollTop;
    this.floatDays();
    if (this.sticks) this.unseen = 0;
    this.drawToBottom();
  }

  /** A day that floats over the messages is seen only while they move. */
  floatDays() {
    const top = this.scroller.getBoundingClientRect().top;
    for (const group of this.root.querySelectorAll(".day-group")) {
      group.firstElementChild.classList.toggle("is-stuck", group.getBoundingClientRect().top < top - FLOATS_FROM_PX);
    }
    this.root.classList.add("is-scrolling");
    clearTimeout(this.scrollTimer);
    this.scrollTimer = setTimeout(() => this.root.classList.remove("is-scrolling"), FLOATS_MS);
  }

  drawToBottom() {
    this.toBottom.hidden = this.sticks;
    const count = this.unseen ? h("span", { class: "count" }, String(this.unseen), quiet(" new messages")) : null;
    this.toBottom.replaceChildren(icon("down"), ...(count ? [count] : []));
  }
}

/** Whether `node` continues the run of `before`: same side, nothing in between. */
function follows(before, node) {
  if (!before || !node) return false;
  if (before.classList.contains("service") || node.classList.contains("service")) return false;
  if (before.querySelector(".keyboard")) return false;
  return before.classList.contains("is-own") === node.classList.contains("is-own");
}
