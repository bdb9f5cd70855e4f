// What the page can do beyond reading: all of it stands without this script too.
"use strict";
const nav = document.querySelector("nav details");
if (matchMedia("(max-width: 60rem)").matches) nav.open = false;

// The contents show where the reader is.
const links = new Map([...nav.querySelectorAll("a")].map(a => [a.hash.slice(1), a]));
const seen = new IntersectionObserver(entries => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    nav.querySelector("[aria-current]")?.removeAttribute("aria-current");
    links.get(entry.target.id)?.setAttribute("aria-current", "true");
  }
}, { rootMargin: "0px 0px -70% 0px" });
for (const heading of document.querySelectorAll("main :is(h2, h3)[id]")) seen.observe(heading);

// A figure opens at the width of the window; Escape or the button closes it.
const zoom = document.getElementById("zoom");
for (const button of document.querySelectorAll("figure button")) {
  const image = button.closest("figure").querySelector("img");
  const open = () => {
    const large = zoom.querySelector("img");
    large.src = image.src;
    large.alt = image.alt;
    zoom.showModal();
  };
  button.hidden = false;
  button.addEventListener("click", open);
  image.addEventListener("click", open);
}
zoom.addEventListener("click", event => { if (event.target === zoom) zoom.close(); });

// A long table is sorted by a click on a heading: up, down, and as it was.
// What begins with no number, such as "<11" or a dash, is hidden and comes last; a comma before
// three digits parts thousands, any other is a decimal sign.
const number = text => {
  const day = text.match(/^(\d{4})-(\d{2})-(\d{2})\b/);
  if (day) return Number(day[1] + day[2] + day[3]);
  const plain = text.replace(/\u2212/g, "-").replace(/,(?=\d{3}(?!\d))/g, "").replace(/(\d),(?=\d)/, "$1.");
  const found = plain.match(/^(?:[A-Z]{3}\s|[$\u00a3\u20ac])?\s*([-+]?\d+(?:\.\d+)?)/);
  return found ? parseFloat(found[1]) : NaN;
};
const sorted = (rows, column, way) => {
  const keyed = rows.map(row => [row.cells[column].textContent.trim(), row]);
  const numeric = keyed.filter(([text]) => !Number.isNaN(number(text))).length > rows.length / 2;
  const compare = (a, b) => {
    if (!numeric || column === 0) return a.localeCompare(b, document.documentElement.lang);
    const [x, y] = [number(a), number(b)];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
    return x - y;
  };
  const last = text => numeric && column > 0 && Number.isNaN(number(text));
  return keyed.sort(([a], [b]) => {
    const order = compare(a, b);
    return last(a) || last(b) ? order : way * order;
  }).map(([, row]) => row);
};
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0];
  const original = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    if (!head.textContent.trim()) return;
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      for (const other of heads) other.removeAttribute("aria-sort");
      const way = before === null ? 1 : before === "ascending" ? -1 : 0;
      if (way) head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
      body.append(...(way ? sorted([...original], column, way) : original));
    });
  });
}
