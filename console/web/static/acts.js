// Buttons and forms that change something: they are sent as JSON, and what came of it is said.

const SAID_FOR = 6000; // milliseconds

let forgetting = 0;

/** Tell a person what came of it. */
export function say(text, isWrong = false) {
  const place = document.getElementById("said");
  clearTimeout(forgetting);
  place.textContent = text;
  place.classList.toggle("wrong", isWrong);
  place.classList.add("shown");
  forgetting = setTimeout(() => place.classList.remove("shown"), SAID_FOR);
}

/** Ask the server; answers with its JSON, or throws an Error with its words. */
export async function ask(path, method = "GET", body = undefined) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: { Accept: "application/json", "X-Fluxbatch": "page", ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new Error("The server cannot be reached.");
  }
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  if (answer.status === 401 && path !== "/login") location.reload(); // the session is over
  const { message = `The server answered ${answer.status}.`, cure = "" } = told.error ?? {};
  throw new Error(`${message} ${cure}`.trim());
}

/** What a form says: a name that may stand several times is a list, and what is left empty is null. */
function bodyOf(form) {
  const body = {};
  for (const field of form.elements) {
    if (!field.name) continue;
    if (field.dataset.many) {
      body[field.name] ??= [];
      if (field.type !== "checkbox" || field.checked) body[field.name].push(field.value);
    } else {
      body[field.name] = field.value === "" ? null : field.value;
    }
  }
  return body;
}

async function post(from, path, body) {
  const wrong = from.querySelector?.(".wrong[role=alert]");
  from.setAttribute("aria-busy", "true");
  if (wrong) wrong.textContent = "";
  try {
    const told = await ask(path, "POST", body);
    if (from.dataset.then !== undefined) location.assign(from.dataset.then || location.href);
    from.closest("dialog")?.close();
    if (told.message) say(told.message);
  } catch (error) {
    if (wrong) wrong.textContent = error.message;
    else say(error.message, true);
  } finally {
    from.removeAttribute("aria-busy");
  }
}

/** A dialog that says what it would come to asks for that whenever something is chosen in it. */
async function showBill(form) {
  const place = form.querySelector("[data-bill]");
  if (!place) return;
  const submit = form.querySelector("[type=submit]");
  const query = new URLSearchParams(new FormData(form)).toString();
  submit.disabled = true;
  place.textContent = query ? "…" : "Choose at least one.";
  if (!query) return; // to the server, nothing chosen means all
  try {
    const told = await ask(`${place.dataset.bill}?${query}`);
    place.textContent = told.message;
    submit.disabled = !told.jobs;
  } catch (error) {
    place.textContent = error.message;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.post) post(button, button.dataset.post, {});
  if (button.dataset.dialog) {
    const dialog = document.getElementById(button.dataset.dialog);
    dialog.querySelector("form")?.reset();
    for (const [name, value] of Object.entries(button.dataset)) {
      const field = dialog.querySelector(`[name="${name}"]`);
      if (field) field.value = value; // what the dialog is about
    }
    dialog.showModal();
    dialog.querySelectorAll("form").forEach(showBill);
  }
  if (button.value === "close") button.closest("dialog")?.close();
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("dialog form");
  if (form) showBill(form);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.post) return;
  event.preventDefault();
  post(form, form.dataset.post, bodyOf(form));
});
