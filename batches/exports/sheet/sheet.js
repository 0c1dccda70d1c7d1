"use strict";

const STEP = 120; // pictures that are drawn at once; more come when the end of the page comes near
const MOST_CHOICES = 100; // of a list to choose from
const MOST_COLUMNS = 24; // side by side
const MOST_IN_SIGHT = 6; // columns that fit a screen without scrolling to the right
const MOST_PRINTED = 1000;

const items = [];

/** A part of the pictures: the folder of their files, the names of the columns, and the cells of each. */
function lot(folder, columns, lines) {
  for (const line of lines) {
    const item = { folder };
    columns.forEach((column, at) => { item[column] = line[at]; });
    items.push(item);
  }
}

const $ = (id) => document.getElementById(id);
const control = (name) => $("tools").elements[name];
const named = (column) => ({ job: "number", text: "prompt", flags: "flag" })[column] || column.replace(/^label_/, "");
const labelsOf = (item) => Object.keys(item).filter((column) => column.startsWith("label_"));
const title = (words) => words.charAt(0).toUpperCase() + words.slice(1);

function made(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/* What there is to choose by. */

const valuesOf = (item, column) => column === "flags" ? item.flags.split(", ") : [String(item[column])];
const inOrder = (one, other) => one.length - other.length || (one < other ? -1 : Number(one > other));
const byWords = new Intl.Collator(undefined, { numeric: true }).compare;

function choicesOf(column) {
  const found = new Set();
  for (const item of items) for (const value of valuesOf(item, column)) found.add(value);
  return [...found].sort(byWords);
}

function fill(select, choices) {
  select.replaceChildren(...choices.map(([value, words]) => made("option", { value, textContent: words })));
}

function furnish() {
  const several = ["model", ...labelsOf(items[0] || {}), "flags", "batch", "split"].map((column) => [column, choicesOf(column)])
    .filter(([, choices]) => choices.length > 1);
  for (const [column, choices] of several.filter(([, all]) => all.length <= MOST_CHOICES)) {
    const select = made("select", { name: `is_${column}` });
    const listed = choices.map((choice) => [`=${choice}`, choice || `no ${named(column)}`]);
    fill(select, [["", "any"], ...listed]);
    $("facets").append(made("label", {}, title(named(column)), select));
  }
  fill(control("sort"), ["job", "text", "model", "seed", "credits"].map((column) => [column, named(column)]));
  const columns = [...several.filter(([column]) => column !== "flags"), ["seed", choicesOf("seed")]]
    .filter(([, choices]) => choices.length > 1 && choices.length <= MOST_COLUMNS);
  fill(control("beside"), [["", "no"], ...columns.map(([column]) => [column, `by ${named(column)}`])]);
  control("beside").parentElement.hidden = !columns.length;
}

/* What is chosen. It stands in the address, so that a view can be kept and sent. */

function remember() {
  const chosen = [...new FormData($("tools"))].filter(([name, value]) => value && !(name === "sort" && value === "job"));
  const words = new URLSearchParams(chosen).toString();
  history.replaceState(null, "", words ? `#${words}` : location.pathname + location.search);
  $("all").hidden = !words;
}

function recall() {
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    const input = control(name);
    if (!input) continue;
    if (input.type === "checkbox") input.checked = true;
    else input.value = value;
    if (input.value !== value && input.tagName === "SELECT") input.selectedIndex = 0;
  }
}

const searched = (item) => item.searched ??= ["text", "id", "model", "seed", "flags", ...labelsOf(item)]
  .map((column) => item[column]).join("\n").toLowerCase();

function chosen() {
  const words = control("words").value.toLowerCase().split(/\s+/).filter(Boolean);
  const rules = [...$("facets").querySelectorAll("select")].filter((select) => select.value)
    .map((select) => [select.name.slice(3), select.value.slice(1)]);
  const found = items.filter((item) => words.every((word) => searched(item).includes(word))
    && rules.every(([column, value]) => valuesOf(item, column).includes(value)));
  const column = control("sort").value;
  if (column === "credits") found.sort((one, other) => (one.credits ?? -1) - (other.credits ?? -1));
  if (column === "seed") found.sort((one, other) => inOrder(one.seed, other.seed));
  if (column === "text" || column === "model") found.sort((one, other) => byWords(one[column], other[column]));
  return control("down").checked ? found.reverse() : found;
}

/* What is shown. */

let shown = []; // all pictures that are chosen, in the order in which they are looked at
let waiting = []; // what is still to be drawn: pictures, or the rows of a table
let draw = null; // draws one of them

const path = (folder, item, file) => [folder, item.folder, file].map(encodeURIComponent).join("/");
const small = (item) => item.thumb ? `data:image/webp;base64,${item.thumb}`
  : path("thumbs", item, item.file.replace(/\.[^.]*$/, ".webp"));
const large = (item) => document.body.dataset.pictures === "none" ? null : path("pictures", item, item.file);
const amount = (credits) => `${Math.round(credits * 1e6) / 1e6} ${credits === 1 ? "credit" : "credits"}`;

/** Small, with its words. Those of the column that it stands in are shown where the head of it cannot stay in sight. */
function card(item, column = "") {
  const image = made("img", { src: small(item), alt: item.text, loading: "lazy", decoding: "async" });
  const said = [column !== "model" && item.model, column !== "seed" && item.seed && `seed ${item.seed}`,
    item.credits !== null && amount(item.credits)];
  const facts = made("p", { className: "facts" });
  if (column) facts.append(made("span", { className: "column", textContent: `${item[column]} · ` }));
  facts.append(said.filter(Boolean).join(" · "));
  for (const flag of item.flags.split(", ").filter(Boolean)) {
    facts.append(" ", made("span", { className: "flag", textContent: flag }));
  }
  const button = made("button", { type: "button", className: "look", onclick: () => look(item) }, image);
  const text = made("p", { className: "text", dir: "auto", textContent: item.text, title: item.text });
  const figure = made("figure", { className: "card" }, button, made("figcaption", {}, text, facts));
  figure.style.setProperty("--ratio", item.width / item.height || 1);
  return figure;
}

function asGrid() {
  const grid = made("div", { className: "grid" });
  draw = (item) => { grid.append(card(item)); };
  waiting = [...shown];
  return grid;
}

function asTable(column) {
  const there = new Set(shown.map((item) => String(item[column])));
  const columns = [...new Set(items.map((item) => String(item[column])))].filter((value) => there.has(value));
  const heads = columns.map((value) => made("th", { scope: "col", textContent: value || `no ${named(column)}` }));
  const table = made("table", {}, made("thead", {}, made("tr", {}, ...heads)));
  table.style.setProperty("--columns", columns.length);
  waiting = [...byPrompt(shown)];
  shown = waiting.flatMap(([, row]) => row);
  draw = ([text, row]) => {
    const prompt = made("span", { dir: "auto", textContent: text });
    const head = made("th", { scope: "rowgroup", colSpan: columns.length }, prompt);
    const cells = columns.map((value) => made("td", {}, made("div", { className: "grid" },
      ...row.filter((item) => String(item[column]) === value).map((item) => card(item, column)))));
    table.append(made("tbody", {}, made("tr", {}, head), made("tr", {}, ...cells)));
  };
  return made("div", { className: columns.length > MOST_IN_SIGHT ? "beside wide" : "beside" }, table);
}

function byPrompt(all) {
  const rows = new Map(all.map((item) => [item.text, []]));
  for (const item of all) rows.get(item.text).push(item);
  return rows;
}

function more(most = STEP) {
  const room = control("beside").value ? Math.ceil(most / 6) : most;
  waiting.splice(0, room).forEach(draw);
}

function isNear() {
  return $("end").getBoundingClientRect().top < 2.5 * innerHeight;
}

function goOn() {
  while (waiting.length && isNear()) more();
}

function show() {
  shown = chosen();
  const beside = control("beside").value;
  $("gallery").replaceChildren(beside ? asTable(beside) : asGrid());
  $("nothing").hidden = shown.length > 0;
  const of = shown.length < items.length ? ` of ${items.length.toLocaleString("en")}` : "";
  const credits = amount(shown.reduce((sum, item) => sum + (item.credits ?? 0), 0));
  const unknown = shown.some((item) => item.credits === null) ? "at least " : "";
  $("count").textContent = `${shown.length.toLocaleString("en")}${of} ${items.length === 1 ? "picture" : "pictures"}, ${unknown}${credits}`;
  remember();
  measure();
  goOn();
}

function measure() {
  document.body.style.setProperty("--tools", `${$("tools").offsetHeight}px`);
}

/* One picture, large. */

let place = 0;

function look(item) {
  place = shown.indexOf(item);
  const whole = large(item);
  $("large").src = small(item);
  if (whole) {
    $("large").src = whole;
    $("whole").href = whole;
  }
  $("large").alt = item.text;
  $("text").textContent = item.text;
  $("place").textContent = `${(place + 1).toLocaleString("en")} of ${shown.length.toLocaleString("en")}`;
  const told = labelsOf(item).map((column) => [named(column), item[column]]);
  const facts = [["model", item.model], ["seed", item.seed], ["size", `${item.width} × ${item.height}`],
    ["cost", item.credits === null ? "unknown" : amount(item.credits)], ...told, ["flags", item.flags],
    ["job", `${item.job} of ${item.batch}`], ["id", item.id], ["file", item.file]];
  $("facts").replaceChildren(...facts.filter(([, value]) => value !== "").flatMap(([name, value]) =>
    [made("dt", { textContent: title(name) }), made("dd", { textContent: value })]));
  $("before").disabled = place === 0;
  $("after").disabled = place === shown.length - 1;
  if (!$("look").open) $("look").showModal();
}

function step(by) {
  if (shown[place + by]) look(shown[place + by]);
}

function keys(event) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if ($("look").open) {
    if (by) step(by);
  } else if (by && event.target.className === "look") {
    const buttons = [...document.querySelectorAll(".look")];
    buttons[buttons.indexOf(event.target) + by]?.focus();
  } else if (event.key === "/" && !/INPUT|SELECT/.test(event.target.tagName)) {
    event.preventDefault();
    control("words").focus();
  }
}

addEventListener("DOMContentLoaded", () => {
  let timer = 0;
  furnish();
  recall();
  show();
  $("tools").addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 120); });
  $("tools").addEventListener("submit", (event) => event.preventDefault());
  $("tools").addEventListener("reset", () => setTimeout(show));
  $("before").onclick = () => step(-1);
  $("after").onclick = () => step(1);
  $("close").onclick = () => $("look").close();
  $("look").onclick = (event) => { if (event.target === $("look")) $("look").close(); };
  addEventListener("keydown", keys);
  addEventListener("scroll", goOn, { passive: true });
  addEventListener("resize", () => { measure(); goOn(); });
  addEventListener("beforeprint", () => more(MOST_PRINTED - document.querySelectorAll(".card").length));
});
