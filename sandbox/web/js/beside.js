/** The page opened beside the chat: the payer's page, mostly. */

import { byId, h, icon } from "./dom.js";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether an address is this server's; the names of loopback are all one. */
export function isOurs(url) {
  const target = new URL(url, location.href);
  return (
    target.origin === location.origin ||
    (LOOPBACK.has(target.hostname) && LOOPBACK.has(location.hostname) && target.port === location.port)
  );
}

/** Open an address of this server beside the chat; `leave(url)` gets the first address that is not this server's. */
export function openBeside(address, leave) {
  const opener = document.activeElement;
  const close = () => closeBeside(opener);
  const title = h("h2", {}, "Opened page");
  // Without allow-top-navigation the page beside cannot take the chat away.
  const frame = h("iframe", { src: address, title: "Opened page", sandbox: "allow-forms allow-same-origin allow-popups allow-downloads" });
  let wasReadable = false;
  frame.addEventListener("load", () => {
    const page = frame.contentDocument;
    // A page of ours that led to one of somebody else's: the payer is done here and goes back to the chat.
    if (!page && wasReadable) close();
    if (!page) return;
    wasReadable = true;
    follow(frame, page);
    title.textContent = page.title || "Opened page";
    frame.title = title.textContent;
    page.addEventListener("keydown", (event) => event.key === "Escape" && close());
    page.addEventListener("click", (event) => followOut(event, close, leave));
  });
  const head = h(
    "header",
    { class: "beside-head" },
    title,
    h("a", { class: "icon-button", href: address, target: "_blank", rel: "noopener", "aria-label": "Open in a new tab" }, icon("external")),
    h("button", { class: "icon-button", type: "button", "aria-label": "Close the page", on: { click: close } }, icon("close")),
  );
  const panel = byId("beside");
  panel.replaceChildren(head, frame);
  panel.hidden = false;
  document.querySelector(".app").classList.add("has-beside");
  head.querySelector("button").focus();
}

/** Go on where the page's refresh leads: the browser does not, since scripts are off in the frame. */
function follow(frame, page) {
  const refresh = page.querySelector("meta[http-equiv=refresh i]")?.content.match(/^\s*(\d+)\s*;\s*url=(.+)$/i);
  if (!refresh) return;
  setTimeout(() => {
    if (frame.isConnected && frame.contentDocument === page) frame.src = refresh[2];
  }, Number(refresh[1]) * 1000);
}

function closeBeside(opener) {
  const panel = byId("beside");
  panel.replaceChildren();
  panel.hidden = true;
  document.querySelector(".app").classList.remove("has-beside");
  if (opener?.isConnected) opener.focus({ preventScroll: true });
}

/** A link on the page beside that leads elsewhere (back to the bot, say) is followed by the chat. */
function followOut(event, close, leave) {
  const link = event.target.closest?.("a[href]");
  if (!link || isOurs(link.href)) return;
  event.preventDefault();
  close();
  leave(link.href);
}
