// A classic script in the head: the chosen theme has to stand before the first paint.
(() => {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is switched off: the system's choice stands.
  }
})();
