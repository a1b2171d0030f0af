/** One message as a bubble with its keyboard. */

import { h, icon, quiet } from "./dom.js";
import { richText } from "./entities.js";
import { inlineKeyboard } from "./keyboards.js";
import { amountWords, file, invoice, photo } from "./media.js";
import { clockTime } from "./times.js";

const isOwn = (message) => !message.from?.is_bot;

/** What a message says in one line, for the people list and replies. */
export function preview(message) {
  if (message.text) return oneLine(message.text, message.entities);
  const caption = message.caption && oneLine(message.caption, message.caption_entities);
  if (message.photo) return caption ? `Photo: ${caption}` : "Photo";
  if (message.document) return message.document.file_name ?? "File";
  if (message.invoice) return message.invoice.title;
  return serviceText(message) ?? "Message";
}

/** A text without its line breaks and its hidden parts. */
function oneLine(text, entities = []) {
  let shown = text;
  for (const { type, offset, length } of entities) {
    if (type === "spoiler") shown = shown.slice(0, offset) + "▒".repeat(length) + shown.slice(offset + length);
  }
  return shown.replace(/\s+/g, " ");
}

/** The words of a service message, or null when the message is an ordinary one. */
export function serviceText(message) {
  if (message.successful_payment) return `You paid ${amountWords(message.successful_payment)}`;
  if (message.refunded_payment) return `${amountWords(message.refunded_payment)} came back to you`;
  if (message.pinned_message) return "A message was pinned";
  return null;
}

/** What of a message is drawn in its bubble, and what in its keyboard: patched apart from one another. */
export function parts(message) {
  const { reply_markup: markup, ...rest } = message;
  return { content: JSON.stringify(rest), keys: JSON.stringify(markup?.inline_keyboard ?? []) };
}

/** Draw a message. `actions`: open, say, copy, press(message, button, node), enlarge(photo), botName. */
export function drawMessage(message, actions) {
  const service = serviceText(message);
  if (service) {
    return h("div", { class: "service", data: { id: message.message_id } }, h("span", { class: "pill" }, service));
  }
  const block = h("div", { class: "block" }, drawBubble(message, null, actions));
  const keys = drawKeys(message, actions);
  if (keys) block.append(keys);
  return h("div", { class: classes(message), data: { id: message.message_id } }, block);
}

/** Bring a drawn message up to date; only what differs is drawn again. */
export function patchMessage(node, before, message, actions) {
  const [old, next] = [parts(before), parts(message)];
  const block = node.querySelector(".block");
  if (!block) return;
  if (old.content !== next.content) {
    const bubble = block.querySelector(".bubble");
    bubble.replaceWith(drawBubble(message, bubble, actions));
  }
  if (old.keys !== next.keys) {
    block.querySelector(".keyboard")?.remove();
    const keys = drawKeys(message, actions);
    if (keys) block.append(keys);
  }
  const kept = [...node.classList].filter((name) => ["is-first", "has-tail"].includes(name));
  node.className = [classes(message), ...kept].join(" ");
}

function classes(message) {
  const words = message.text ?? message.caption;
  const names = ["message"];
  if (isOwn(message)) names.push("is-own");
  if (message.photo) names.push("has-photo");
  if (message.photo && !words) names.push("bare");
  if (message.document && !words) names.push("no-caption");
  return names.join(" ");
}

function drawKeys(message, actions) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (!rows.some((row) => row.length)) return null;
  return inlineKeyboard(rows, (button, node) => actions.press(message, button, node));
}

function drawBubble(message, before, actions) {
  const meta = drawMeta(message);
  const metaWidth = 34 + (message.edit_date ? 42 : 0) + (isOwn(message) ? 20 : 0);
  const bubble = h(
    "div",
    { class: "bubble", style: { "--meta-width": `${metaWidth}px` } },
    quiet(isOwn(message) ? "You: " : `${actions.botName()}: `),
    message.reply_to_message ? drawReply(message.reply_to_message, actions) : null,
    drawAttachment(message, before, actions),
    drawText(message, actions),
    meta,
  );
  return bubble;
}

function drawReply(target, actions) {
  return h("div", { class: "reply" }, h("b", {}, isOwn(target) ? "You" : actions.botName()), h("span", {}, preview(target)));
}

function drawAttachment(message, before, actions) {
  if (message.photo) {
    return photo(message, before, ({ address }) =>
      actions.enlarge({ address, alt: message.caption?.split("\n")[0] || "Photo", caption: captionNodes(message, actions) }),
    );
  }
  if (message.document) return file(message.document);
  if (message.invoice) return invoice(message.invoice);
  return null;
}

function captionNodes(message, actions) {
  return message.caption ? h("div", {}, richText(message.caption, message.caption_entities, actions)) : null;
}

function drawText(message, actions) {
  const [words, entities] = message.text === undefined ? [message.caption, message.caption_entities] : [message.text, message.entities];
  const room = h("span", { class: "room", "aria-hidden": "true" });
  if (words) return h("div", { class: "text" }, richText(words, entities, actions), room);
  if (message.photo || message.document || message.invoice) return null;
  return h("div", { class: "text unsupported" }, "This kind of message is not shown here.", room);
}

function drawMeta(message) {
  const time = clockTime(message.date);
  const [spoken, words] = message.edit_date ? [", ", `edited ${time}`] : [", at ", time];
  const sent = isOwn(message) ? icon("checks", { viewBox: "0 0 17 11", className: "sent" }) : null;
  return h("span", { class: "meta" }, quiet(spoken), words, sent);
}
