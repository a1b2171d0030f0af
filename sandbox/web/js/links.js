/** Links of the messenger itself, which are followed inside the chat. */

const HOSTS = new Set(["t.me", "telegram.me", "telegram.dog"]);

/** Whether an address is one of the messenger's own. */
export function isTelegram(url) {
  const target = new URL(url, location.href);
  return target.protocol === "tg:" || HOSTS.has(target.hostname);
}

/** What following a link to this bot says to it: "/start payload", or null when the link leads elsewhere. */
export function deepLink(url, botUsername) {
  if (!isTelegram(url)) return null;
  const target = new URL(url, location.href);
  const name = target.protocol === "tg:" ? target.searchParams.get("domain") : target.pathname.split("/")[1];
  if (name?.toLowerCase() !== botUsername.toLowerCase()) return null;
  const payload = target.searchParams.get("start");
  return payload ? `/start ${payload}` : "/start";
}
