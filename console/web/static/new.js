// New batch: what stands in the editor is sent to be planned whenever it rests for a moment.
import { ask, say } from "./acts.js";

const REST = 350; // milliseconds after the last key
const KEPT = "new batch"; // in the session's storage, so that a reload loses nothing

const at = (id) => document.getElementById(id);
const [text, lines, problems, verdict, plan, trouble, submit] = [
  "manifest", "lines", "problems", "verdict", "plan", "trouble", "submit",
].map(at);
const page = crypto.randomUUID?.() ?? `page-${Date.now()}-${Math.random().toString(36).slice(2)}`;
const files = new Map(Object.entries(JSON.parse(at("new").dataset.files))); // SHA-256 by name
let agreed = null; // the bill that is shown
let resting = 0;
let asked = 0;

const written = () => ({
  page,
  manifest: text.value,
  files: Object.fromEntries(files),
  simulate: at("simulate").checked,
  again: at("again").checked && !at("over").hidden,
});

/** As many numbers as lines, with a mark where something is wrong. */
function number(marked = new Set()) {
  const count = text.value.split("\n").length;
  while (lines.childElementCount > count) lines.lastChild.remove();
  while (lines.childElementCount < count) lines.append(document.createElement("li"));
  [...lines.children].forEach((line, place) => line.classList.toggle("marked", marked.has(place + 1)));
  text.rows = Math.min(Math.max(count + 1, 18), 400);
}

/** Put the caret where something is wrong. */
function goTo(line, column) {
  const before = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  const place = before + Math.max(0, column - 1);
  text.focus();
  text.setSelectionRange(place, place);
  const row = lines.children[line - 1];
  row?.scrollIntoView({ block: "center" });
}

const sentence = (words) => words.charAt(0).toUpperCase() + words.slice(1) + (/[.?!]$/.test(words) ? "" : ".");

function item({ file, line, column, message, hint, alike }) {
  const one = document.createElement("li");
  const where = document.createElement(file || !line ? "span" : "button");
  where.textContent = file ? `${file}${line ? `:${line}:${column}` : ""}` : line ? `Line ${line}, column ${column}` : "The manifest";
  where.className = "where";
  if (where.tagName === "BUTTON") {
    where.type = "button";
    where.addEventListener("click", () => goTo(line, column));
  }
  const what = document.createElement("p");
  what.textContent = sentence(message);
  one.append(where, what);
  if (hint) {
    const cure = document.createElement("p");
    cure.className = "muted";
    cure.textContent = sentence(hint);
    one.append(cure);
  }
  if (alike) one.append(`… and ${alike.toLocaleString("en")} more like it`);
  return one;
}

function tell(told) {
  const wrong = told.problems.length + told.more;
  verdict.textContent = wrong ? `${wrong === 1 ? "One thing" : `${wrong} things`} to mend` : "What it comes to";
  verdict.classList.toggle("bad", wrong > 0);
  problems.replaceChildren(...told.problems.map(item));
  number(new Set(told.problems.filter((one) => !one.file).map((one) => one.line)));
  plan.innerHTML = told.html ?? "";
  agreed = wrong ? null : { bill: told.bill, price: told.price };
  if (!at("again").checked) at("over").hidden = !told.again;
  submit.disabled = !agreed;
}

async function check() {
  const mine = ++asked;
  submit.disabled = true;
  plan.setAttribute("aria-busy", "true");
  try {
    const told = await ask("/new/plan", "POST", written());
    if (mine !== asked) return; // somebody typed on
    trouble.textContent = "";
    tell(told);
  } catch (error) {
    if (mine !== asked) return;
    agreed = null;
    problems.replaceChildren();
    plan.replaceChildren();
    verdict.textContent = "It cannot be planned";
    trouble.textContent = error.message;
  }
  plan.removeAttribute("aria-busy");
}

function changed() {
  number(new Set([...lines.children].flatMap((line, place) => (line.className ? [place + 1] : []))));
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ text: text.value, files: [...files] }));
  } catch {
    // It is kept on this page alone.
  }
  clearTimeout(resting);
  resting = setTimeout(check, REST);
}

function showFiles() {
  at("kept").replaceChildren(
    ...[...files.keys()].map((name) => {
      const one = document.createElement("li");
      const away = document.createElement("button");
      away.type = "button";
      away.className = "quiet";
      away.textContent = "×";
      away.setAttribute("aria-label", `Remove ${name}`);
      away.addEventListener("click", () => {
        files.delete(name);
        showFiles();
        changed();
      });
      one.append(name, away);
      return one;
    }),
  );
}

/** A manifest becomes the text; everything else is sent, and lies beside it. */
async function take(list) {
  for (const file of list) {
    if (/\.ya?ml$/i.test(file.name)) {
      text.value = await file.text();
      continue;
    }
    try {
      const answer = await fetch(`/new/files?name=${encodeURIComponent(file.name)}`, {
        method: "POST",
        headers: { Accept: "application/json", "X-Fluxbatch": "page", "Content-Type": "application/octet-stream" },
        body: file,
      });
      const told = await answer.json();
      if (!answer.ok) throw new Error(`${told.error.message} ${told.error.cure}`);
      files.set(told.name, told.sha256);
      if (!text.value.includes(told.name)) say(`${told.name} is here. The manifest can name it: from: ${told.name}`);
    } catch (error) {
      say(error.message, true);
    }
  }
  showFiles();
  changed();
}

async function send() {
  at("agree").disabled = true;
  try {
    const told = await ask("/new/submit", "POST", { ...written(), bill: agreed.bill });
    sessionStorage.removeItem(KEPT);
    location.assign(`/batches/${told.id}`);
  } catch (error) {
    at("sure-wrong").textContent = error.message;
    check();
  }
  at("agree").disabled = false;
}

text.addEventListener("input", changed);
at("simulate").addEventListener("change", check);
at("again").addEventListener("change", check);
at("files").addEventListener("change", (event) => take(event.target.files));
submit.addEventListener("click", () => {
  const who = at("simulate").checked ? "The simulator makes it, and nobody pays" : "The account pays";
  at("sure-what").textContent = `It costs ${agreed.price}. ${who}.`;
  at("sure-wrong").textContent = "";
  at("sure").showModal();
});
at("agree").addEventListener("click", send);

const drop = at("drop");
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    if (name === "drop" || !event.relatedTarget) drop.classList.remove("over");
    if (name === "drop") take(event.dataTransfer.files);
  });
}

if (!location.search) {
  try {
    const before = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    if (before) {
      text.value = before.text;
      before.files.forEach(([name, sha256]) => files.set(name, sha256));
    }
  } catch {
    // Nothing was kept.
  }
}
showFiles();
number();
check();
