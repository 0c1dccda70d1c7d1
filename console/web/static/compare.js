// Side by side: the arrow keys turn from prompt to prompt, unless somebody scrolls or writes with them.
document.addEventListener("keydown", (event) => {
  const to = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (!to || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea, dialog, .compare")) return;
  const link = document.querySelector(`a[rel=${to}]`);
  if (link) location.assign(link.href);
});
