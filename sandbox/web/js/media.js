/** Photos, documents and invoices inside a bubble. */

import { h, icon } from "./dom.js";
import { fileUrl } from "./api.js";

const LONGEST_SIDE_PX = 480;
const TALLEST_PX = 560;
const NARROWEST_PX = 220;

/** The size of `sizes` that is sharp enough for a bubble on a dense screen. */
function fitting(sizes) {
  const ascending = [...sizes].sort((a, b) => a.width - b.width);
  return ascending.find((size) => size.width >= LONGEST_SIDE_PX * 2) ?? ascending.at(-1);
}

/** A message's photo as a button that opens it large. An edited photo appears when it has arrived, without a gap. */
export function photo(message, before, open) {
  const size = fitting(message.photo);
  const address = fileUrl(size.file_id);
  const kept = before?.querySelector("img");
  const image = kept ?? h("img", { draggable: "false" });
  image.alt = message.caption?.split("\n")[0] || "Photo";
  const width = Math.max(NARROWEST_PX, Math.min(size.width, LONGEST_SIDE_PX, (TALLEST_PX * size.width) / size.height));
  const node = h("button", { class: "photo", type: "button", "aria-label": `Open the photo: ${image.alt}`, style: { "aspect-ratio": `${size.width} / ${size.height}`, width: `${Math.round(width)}px` } }, image);
  if (image.dataset.file !== size.file_unique_id) load(image, address, size.file_unique_id);
  node.addEventListener("click", () => open({ address: fileUrl(message.photo.reduce((a, b) => (b.width > a.width ? b : a)).file_id), message }));
  return node;
}

function load(image, address, file) {
  image.dataset.file = file;
  if (!image.src) {
    image.src = address;
    return;
  }
  const next = new Image();
  next.src = address;
  const show = () => {
    if (image.dataset.file === file) image.src = address;
  };
  next.decode().then(show, show);
}

/** A message's document as a link that downloads it. */
export function file(attached) {
  const name = attached.file_name || "file";
  return h(
    "a",
    { class: "document", href: fileUrl(attached.file_id), download: name, "aria-label": `Download ${name}` },
    h("span", { class: "disc" }, icon("download")),
    h("span", { class: "file" }, h("b", {}, name), h("span", {}, sizeWords(attached.file_size))),
  );
}

/** A size in bytes in words: "812 B", "14.2 KB". */
export function sizeWords(bytes) {
  if (bytes === undefined) return "";
  const units = ["B", "KB", "MB", "GB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** Amounts come in the currency's smallest unit; Stars have none. */
export function amountWords({ total_amount: amount, currency }) {
  if (currency === "XTR") return `${amount} ${amount === 1 ? "Star" : "Stars"}`;
  const format = new Intl.NumberFormat("en-IN", { style: "currency", currency });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

/** A message's invoice. */
export function invoice(bill) {
  return h("div", { class: "invoice" }, h("b", {}, bill.title), h("span", {}, bill.description), h("div", { class: "price" }, amountWords(bill)));
}
