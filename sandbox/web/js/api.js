/** The sandbox's own calls, `/sim/v1`; each rejects with an Error whose message can be shown. */

const BASE = "/sim/v1";
const POLL_SECONDS = 25;
const PAUSE_AFTER_LOSS_MS = 1000;

async function call(path, { body } = {}) {
  const options = {};
  if (body !== undefined) {
    options.method = "POST";
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const response = await fetch(BASE + path, options).catch(() => {
    throw new Error("The sandbox does not answer. Is it still running?");
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.description ?? `The sandbox refused (${response.status}).`);
  return answer;
}

const person = (id) => `/people/${encodeURIComponent(id)}`;

export const getOverview = () => call("/overview");
export const addPerson = (fields) => call("/people", { body: fields });
export const getChat = (id) => call(`${person(id)}/chat`);
export const markRead = (id) => call(`${person(id)}/read`, { body: {} });
export const sendText = (id, text) => call(`${person(id)}/messages`, { body: { text } });
export const tap = (id, messageId, button) => call(`${person(id)}/taps`, { body: { message_id: messageId, ...button } });
export const unblock = (id) => call(`${person(id)}/unblock`, { body: {} });
export const getClock = () => call("/clock");
export const advanceClock = (seconds) => call("/clock", { body: { advance_seconds: seconds } });
export const fileUrl = (fileId) => `${BASE}/files/${encodeURIComponent(fileId)}`;

/** Follow the sandbox's events for as long as the page lives.
 *
 * `resume()` is called at the start and after every loss; it reads the whole state and answers the last event's id.
 */
export async function followEvents({ resume, onEvents, onLost }) {
  let after = null;
  for (;;) {
    try {
      after ??= await resume();
      const { events, last_event_id: last } = await call(`/events?after=${after}&wait_seconds=${POLL_SECONDS}`);
      if (events.length) onEvents(events);
      // A smaller number than before is a sandbox that was started anew.
      after = last < after ? null : last;
    } catch (error) {
      console.warn(error);
      onLost();
      after = null;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_LOSS_MS));
    }
  }
}
