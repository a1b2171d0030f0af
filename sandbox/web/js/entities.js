/** Bot API message entities as DOM nodes. Offsets are UTF-16 units, which is what JavaScript's strings count too. */

import { h } from "./dom.js";

const SAFE_LINK = /^(https?|tg|mailto|tel):/i;

/** Render `text` with its entities; `actions` are what the reader can do: `open(url)`, `say(text)`, `copy(text)`. */
export function richText(text, entities, actions) {
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return span(text, 0, text.length, sorted, actions);
}

/** The nodes for `text` from `start` to `end`, with those of the sorted entities that lie inside. */
function span(text, start, end, entities, actions) {
  const nodes = [];
  let at = start;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    const inside = [];
    index += 1;
    while (index < entities.length && entities[index].offset < to) inside.push(entities[index++]);
    if (to <= from) continue;
    if (from > at) nodes.push(text.slice(at, from));
    nodes.push(wrap(entity, text.slice(from, to), span(text, from, to, inside, actions), actions));
    at = to;
  }
  if (at < end) nodes.push(text.slice(at, end));
  return trimAroundBlocks(nodes);
}

/** A block brings its own line breaks; the ones written around it would make empty lines. */
function trimAroundBlocks(nodes) {
  const isBlock = (node) => node instanceof HTMLElement && /^(PRE|BLOCKQUOTE)$/.test(node.tagName);
  return nodes.map((node, index) => {
    if (typeof node !== "string") return node;
    let text = node;
    if (isBlock(nodes[index - 1])) text = text.replace(/^\n/, "");
    if (isBlock(nodes[index + 1])) text = text.replace(/\n$/, "");
    return text;
  });
}

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s" };

const MAKERS = {
  code: (_, raw, children, { copy }) =>
    h("code", { title: "Copy", role: "button", tabindex: "0", on: pressable(() => copy(raw)) }, children),
  pre: (entity, _, children) =>
    h("pre", {}, entity.language ? h("span", { class: "language" }, entity.language) : null, h("span", {}, children)),
  blockquote: (_, __, children) => h("blockquote", {}, children),
  expandable_blockquote: (_, __, children) => foldable(children),
  spoiler: (_, __, children) => spoiler(children),
  text_link: (entity, _, children, { open }) => link(entity.url, children, open),
  url: (_, raw, children, { open }) => link(SAFE_LINK.test(raw) ? raw : `https://${raw}`, children, open),
  email: (_, raw, children) => h("a", { href: `mailto:${raw}` }, children),
  phone_number: (_, raw, children) => h("a", { href: `tel:${raw}` }, children),
  mention: (_, raw, children, { open }) => link(`https://t.me/${raw.slice(1)}`, children, open),
  bot_command: (_, raw, children, { say }) =>
    h("a", { role: "button", tabindex: "0", on: pressable(() => say(raw)) }, children),
  date_time: (entity, _, children) =>
    h("time", { datetime: new Date(entity.unix_time * 1000).toISOString(), title: new Date(entity.unix_time * 1000).toLocaleString() }, children),
};

function wrap(entity, raw, children, actions) {
  if (TAGS[entity.type]) return h(TAGS[entity.type], {}, children);
  const make = MAKERS[entity.type];
  return make ? make(entity, raw, children, actions) : h("span", {}, children);
}

/** Listeners by which something that is no button is pressed with the pointer and with the keyboard. */
function pressable(act) {
  return {
    click: act,
    keydown: (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      act();
    },
  };
}

function link(url, children, open) {
  if (!SAFE_LINK.test(url)) return h("span", {}, children);
  const follow = (event) => {
    event.preventDefault();
    open(url);
  };
  return h("a", { href: url, title: url, rel: "noopener noreferrer", on: { click: follow } }, children);
}

function spoiler(children) {
  const node = h("span", { class: "spoiler", data: { hidden: "" }, role: "button", tabindex: "0", "aria-label": "Hidden text, press to show" }, h("span", {}, children));
  const reveal = () => {
    delete node.dataset.hidden;
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
  };
  for (const [type, listener] of Object.entries(pressable(reveal))) node.addEventListener(type, listener, { once: type === "click" });
  return node;
}

function foldable(children) {
  const node = h("blockquote", { class: "is-folded", role: "button", tabindex: "0", "aria-expanded": "false" }, children);
  const toggle = () => node.setAttribute("aria-expanded", String(!node.classList.toggle("is-folded")));
  for (const [type, listener] of Object.entries(pressable(toggle))) node.addEventListener(type, listener);
  return node;
}
