/** Building DOM nodes: everything people or bots wrote goes in as text, never as markup. */

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  menu: ["M4 7h16", "M4 12h16", "M4 17h16"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  down: ["M5 9l7 7 7-7"],
  send: ["M3.5 20.2L21.5 12L3.5 3.8v6.4L15 12L3.5 13.8z"],
  clock: ["M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z", "M12 7v5l3 2"],
  keyboard: ["M3 7h18v11H3z", "M7 11h.01", "M12 11h.01", "M17 11h.01", "M8 15h8"],
  download: ["M12 4v11", "M7 11l5 5 5-5", "M5 20h14"],
  arrow: ["M7 17L17 7", "M9 7h8v8"],
  copy: ["M9 9h11v11H9z", "M15 5V4H4v11h1"],
  external: ["M14 4h6v6", "M20 4l-9 9", "M18 14v6H4V6h6"],
  checks: ["M1 6l4 4 7-9", "M9 10l7-9"],
};

/** Make an element; `properties` are attributes, except `class`, `on` (listeners), `data` and `style` (custom properties). */
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "style") for (const [key, entry] of Object.entries(value)) node.style.setProperty(key, entry);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A line icon by its name; decoration only, so hidden from assistive technology. */
export function icon(name, { viewBox = "0 0 24 24", className = "icon" } = {}) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  for (const d of ICONS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** The element with this id; the page is broken without it. */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`no #${id} in the page`);
  return node;
}

/** Words only a screen reader says. */
export function quiet(text) {
  return h("span", { class: "quiet" }, text);
}

/** The first letters of a name, at most two. */
export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word][0].toUpperCase()).join("") || "?";
}

/** A round picture with initials, in a colour that stays with `id`. */
export function avatar(name, id, className = "avatar") {
  const hues = [208, 262, 28, 145, 340, 188, 4];
  return h("span", { class: className, "aria-hidden": "true", style: { "--hue": String(hues[Math.abs(Number(id)) % hues.length]) } }, initials(name));
}
