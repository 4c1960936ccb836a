// Before anything is painted: the theme, density and colours that were chosen (see src/app/preferences.ts).
(function () {
  var root = document.documentElement;
  try {
    var kept = JSON.parse(localStorage.getItem("weaver.preferences") || "{}");
  } catch {
    kept = {};
  }
  var dark = kept.theme === "dark" || (kept.theme !== "light" && !matchMedia("(prefers-color-scheme: light)").matches);
  root.dataset.theme = dark ? "dark" : "light";
  root.dataset.density = kept.density === "compact" ? "compact" : "comfortable";
  root.dataset.gains = kept.gains === "blue" ? "blue" : "green";
})();
