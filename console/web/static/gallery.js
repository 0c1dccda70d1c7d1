// The gallery: a picture opens large, with all that is known of it; arrows turn to the next.
const light = document.getElementById("light");
const image = document.getElementById("light-image");
let shown = null; // the number of its job: the list around it may change

const shots = () => [...document.querySelectorAll(".gallery .shot[data-image]")];
const keyOf = (shot) => shot.closest("li").dataset.key;

function show(shot) {
  shown = keyOf(shot);
  image.src = shot.dataset.image;
  image.alt = shot.querySelector("img").alt;
  document.getElementById("light-title").textContent = shot.dataset.title;
  document.getElementById("light-told").innerHTML = shot.closest("li").querySelector(".about").innerHTML;
  if (!light.open) light.showModal();
}

function turn(by) {
  const all = shots();
  const place = all.findIndex((shot) => keyOf(shot) === shown);
  const next = all[place + by];
  if (place >= 0 && next) show(next);
}

document.addEventListener("click", (event) => {
  const shot = event.target.closest(".gallery .shot[data-image]");
  if (!shot || event.metaKey || event.ctrlKey || event.shiftKey) return; // a new tab has the job's page
  event.preventDefault();
  show(shot);
});

document.getElementById("light-before").addEventListener("click", () => turn(-1));
document.getElementById("light-next").addEventListener("click", () => turn(1));
light.addEventListener("click", (event) => event.target === light && light.close());
light.addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") turn(-1);
  if (event.key === "ArrowRight") turn(1);
});
light.addEventListener("close", () => {
  image.removeAttribute("src");
  shots().find((shot) => keyOf(shot) === shown)?.focus();
});

document.querySelector(".filters").addEventListener("change", (event) => {
  if (event.target.tagName === "SELECT") event.target.form.requestSubmit();
});
