// Costs: charts are drawn by the server in a moment of their own, and anew when the numbers have changed.
const AGAIN_AFTER = 15000; // milliseconds, at the soonest

const charts = document.getElementById("charts");
let drawnAt = 0;

async function draw() {
  drawnAt = Date.now();
  const opened = [...charts.querySelectorAll("details")].map((one) => one.open);
  try {
    const answer = await fetch(charts.dataset.from, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error();
    charts.innerHTML = await answer.text();
    charts.querySelectorAll("details").forEach((one, place) => (one.open = opened[place] ?? false));
  } catch {
    charts.textContent = "The charts could not be drawn.";
  }
}

if (charts) {
  draw();
  document.querySelector('[data-part="report"]').addEventListener("shown", () => {
    if (Date.now() - drawnAt > AGAIN_AFTER) draw();
  });
}

document.querySelector(".filters").addEventListener("change", (event) => {
  if (event.target.tagName === "SELECT") event.target.form.requestSubmit();
});
