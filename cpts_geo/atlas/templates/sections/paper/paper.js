/* The box that prints the annex after the two pages; ?annexe=1 ticks it. */
(() => {
  const box = document.getElementById("imprimer-annexe");
  const root = document.documentElement;
  const show = (on) => {
    box.checked = on;
    root.classList.toggle("annex", on);
  };
  show(new URLSearchParams(location.search).get("annexe") === "1");
  box.addEventListener("change", () => show(box.checked));
  box.closest("[hidden]").hidden = false;
})();
