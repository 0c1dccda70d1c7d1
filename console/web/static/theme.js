// Before anything is painted, so that nothing flashes: light, dark, or as the system says.
try {
  document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "";
} catch {
  // A browser that keeps nothing follows the system.
}
