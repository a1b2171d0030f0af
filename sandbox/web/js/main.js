/** The chat page: a person is chosen, their chat is shown, and every event of the sandbox brings it up to date. */

import * as api from "./api.js";
import { isOurs, openBeside } from "./beside.js";
import { SimulatedClock } from "./clock.js";
import { Composer } from "./composer.js";
import { avatar, byId, h, icon } from "./dom.js";
import { wait } from "./keyboards.js";
import { deepLink, isTelegram } from "./links.js";
import { alertDialog, confirmDialog, formDialog, lightbox, toast } from "./overlays.js";
import { drawer, fullName, PeopleList } from "./people.js";
import { Timeline } from "./timeline.js";

const ACTIONS = { typing: "is typing", upload_photo: "is sending a photo", upload_document: "is sending a file" };

const state = { bot: { first_name: "Bot", username: "" }, people: [], chosenId: null, chat: null, isLost: false };
const pending = new Map(); // callback_query_id -> what ends the wait of the tapped button
const answered = new Map(); // answers that came before the tap's own answer
let tapsUnderWay = 0;

const clock = new SimulatedClock({ moved: () => (timeline.renameDays(), drawPeople()) });
const people = new PeopleList({ choose: (id) => choose(id), now: () => clock.now() });
const side = drawer();
const timeline = new Timeline({
  now: () => clock.now(),
  botName: () => state.bot.first_name,
  open: followLink,
  say: (text) => send(text),
  copy,
  press,
  enlarge: lightbox,
});
const composer = new Composer({ send, request: pressReplyKey, unblock: () => attempt(() => api.unblock(state.chosenId)) });

/** Do what may fail; a failure is said as a toast. */
async function attempt(act) {
  try {
    return await act();
  } catch (error) {
    toast(error.message);
    return null;
  }
}

async function send(text) {
  const sent = await attempt(() => api.sendText(state.chosenId, text));
  composer.focus();
  return sent !== null;
}

async function copy(text) {
  await navigator.clipboard?.writeText(text).catch(() => null);
  toast("Copied");
}

function followLink(url) {
  const told = deepLink(url, state.bot.username);
  if (told) return void send(told);
  if (isTelegram(url)) return toast("Only this bot's own links work in the sandbox.");
  if (isOurs(url)) return openBeside(url, followLink);
  return void window.open(url, "_blank", "noopener");
}

function pressReplyKey(button) {
  if (button.request_contact || button.request_location) return toast("The sandbox has no contact or place to share.");
  return send(button.text);
}

async function press(message, button, node) {
  if (button.url) return followLink(button.url);
  if (button.copy_text) return copy(button.copy_text.text);
  if (button.pay) return payInvoice(message, button);
  if (node.getAttribute("aria-busy") === "true") return null;
  const end = wait(node);
  tapsUnderWay += 1;
  try {
    const target = button.callback_data === undefined ? { text: button.text } : { data: button.callback_data };
    const { callback_query_id: id } = await api.tap(state.chosenId, message.message_id, target);
    if (!id) return end();
    pending.set(id, end);
    if (answered.has(id)) takeAnswer(answered.get(id));
  } catch (error) {
    end();
    toast(error.message);
  } finally {
    tapsUnderWay -= 1;
    if (!tapsUnderWay) answered.clear();
  }
  return null;
}

function payInvoice(message, button) {
  const tap = () => attempt(() => api.tap(state.chosenId, message.message_id, { text: button.text }));
  confirmDialog({ title: message.invoice?.title ?? "Pay", text: `${button.text}: no real money is moved here.`, action: "Pay", confirm: tap });
}

function takeAnswer(answer) {
  const id = answer.callback_query_id;
  const end = pending.get(id);
  if (!end) {
    if (tapsUnderWay) answered.set(id, answer);
    return;
  }
  pending.delete(id);
  answered.delete(id);
  end();
  if (answer.url) followLink(answer.url);
  else if (answer.text && answer.show_alert) alertDialog(state.bot.first_name, answer.text);
  else if (answer.text) toast(answer.text);
}

/** Show somebody's chat. */
async function choose(id) {
  side.close();
  state.chosenId = id;
  state.chat = null;
  history.replaceState(null, "", `#${id}`);
  drawPeople();
  await refreshChat();
  composer.focus();
}

let readingId = null;
let isStale = false;

/** Read the chosen chat; events that come meanwhile ask for one more reading, not for one each. */
async function refreshChat() {
  isStale = true;
  const id = state.chosenId;
  if (readingId === id) return;
  readingId = id;
  while (isStale && id === state.chosenId) {
    isStale = false;
    // A lost connection is said by whoever follows the events.
    const chat = await api.getChat(id).catch(() => null);
    if (chat && id === state.chosenId) drawChat(chat);
  }
  if (readingId === id) readingId = null;
}

function drawChat(chat) {
  const isFirst = state.chat === null;
  state.chat = chat;
  if (chat.chat_action) expireAction();
  drawBot(chat.bot);
  const empty = { title: `What can ${chat.bot.first_name} do?`, text: chat.bot.description || "Press Start to talk to the bot." };
  if (isFirst) timeline.show(chat.messages, empty);
  else timeline.update(chat.messages, empty);
  composer.draw({
    personId: state.chosenId,
    isNew: !chat.messages.length,
    isBlocked: chat.blocked,
    commands: chat.commands,
    markup: chat.reply_keyboard,
  });
  drawStatus();
  if (chat.unread && document.visibilityState === "visible") api.markRead(state.chosenId).catch(() => null);
}

function drawBot(bot) {
  state.bot = bot;
  byId("bot-name").textContent = bot.first_name;
  document.title = `${bot.first_name} – try the bot`;
  if (!byId("bot-avatar").firstChild) byId("bot-avatar").append(...avatar(bot.first_name, 0).childNodes);
}

function drawStatus() {
  const status = byId("status");
  const action = state.chat?.chat_action;
  const chosen = state.people.find(({ user }) => user.id === state.chosenId);
  let words = chosen ? `bot · you are ${fullName(chosen.user)}` : "bot";
  if (action) words = ACTIONS[action] ?? "is busy";
  if (state.isLost) words = "connecting";
  const isActive = Boolean(action || state.isLost);
  if (status.dataset.words === words) return;
  status.dataset.words = words;
  status.classList.toggle("is-active", isActive);
  status.replaceChildren(words, ...(isActive ? [h("span", { class: "dots", "aria-hidden": "true" })] : []));
}

function drawPeople() {
  const entries = state.people.map(({ user, last_message: last, unread }) => ({ person: user, last, unread }));
  people.draw(entries, state.chosenId);
}

async function refreshOverview() {
  const overview = await api.getOverview();
  state.people = overview.people;
  drawBot(overview.bot);
  drawPeople();
  drawStatus();
  return overview.last_event_id;
}

/** Read everything anew: at the start, and when the sandbox was away. */
async function resume() {
  const [lastEventId] = await Promise.all([refreshOverview(), clock.refresh()]);
  state.isLost = false;
  const wanted = Number(location.hash.slice(1));
  const known = state.people.map(({ user }) => user.id);
  if (known.includes(state.chosenId)) await refreshChat();
  else if (known.length) await choose(known.includes(wanted) ? wanted : known[0]);
  drawStatus();
  return lastEventId;
}

function onEvents(events) {
  for (const event of events) {
    if (event.kind === "callback_answer" && event.user_id === state.chosenId) takeAnswer(event.answer);
    if (event.kind === "precheckout_failed" && event.user_id === state.chosenId) toast(event.reason || "The bot refused the payment.");
    if (event.kind === "clock") attempt(() => clock.refresh());
  }
  if (events.some(({ kind, user_id: id }) => id === state.chosenId || kind === "profile")) refreshChat();
  if (events.some(({ kind }) => !["clock", "callback_answer", "chat_action", "keyboard"].includes(kind))) attempt(refreshOverview);
}

/** A chat action is shown for five seconds, and nobody says when they are over. */
function expireAction() {
  clearTimeout(expireAction.timer);
  expireAction.timer = setTimeout(() => refreshChat(), 5200);
}

function askForPerson() {
  formDialog({
    title: "New person",
    action: "Add",
    fields: [
      { label: "First name", name: "first_name", required: true, maxlength: "64" },
      { label: "Last name (optional)", name: "last_name", maxlength: "64" },
      { label: "Language (two letters)", name: "language_code", value: "en", pattern: "[a-z]{2}(-[A-Za-z]{2,4})?", maxlength: "8" },
    ],
    send: async (values) => {
      const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim()));
      const person = await api.addPerson(given);
      await refreshOverview();
      await choose(person.id);
    },
  });
}

byId("new-person").addEventListener("click", askForPerson);
byId("clock-chip").addEventListener("click", () => side.open(byId("clock").querySelector("button")));
byId("open-people").append(icon("menu"));
document.addEventListener("visibilitychange", () => state.chat && refreshChat());
addEventListener("hashchange", () => choose(Number(location.hash.slice(1))));
api.followEvents({
  resume,
  onEvents,
  onLost: () => {
    state.isLost = true;
    drawStatus();
  },
});
