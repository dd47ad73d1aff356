"use strict";
(() => {
  const root = document.documentElement;

  // The theme goes from that of the system to light to dark and back.
  const theme = document.getElementById("theme");
  const themes = ["auto", "light", "dark"];
  const show = (name) => {
    if (name === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", name);
    theme.textContent = theme.dataset[name];
    theme.value = name;
  };
  let kept = "auto";
  try { kept = localStorage.getItem("aftershock-theme") || kept; } catch { /* no storage for files */ }
  show(themes.includes(kept) ? kept : "auto");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const next = themes[(themes.indexOf(theme.value) + 1) % themes.length];
    show(next);
    try { localStorage.setItem("aftershock-theme", next); } catch { /* likewise */ }
  });

  // Where the contents stand above the report they begin closed.
  if (innerWidth < 1216) document.querySelector("nav details").open = false;

  // A click on a heading sorts its table, a second one the other way round.
  // What is not a number stands last either way.
  const valueOf = (cell, numeric) => {
    const text = cell.textContent.trim();
    if (!numeric) return text;
    const v = parseFloat(text);
    return Number.isNaN(v) ? null : v;
  };
  const collator = new Intl.Collator(root.lang, { numeric: true });
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((th, column) => {
      if (!th.textContent.trim()) return;
      const button = document.createElement("button");
      button.className = "sort";
      button.append(...th.childNodes);
      th.append(button);
      button.addEventListener("click", () => {
        const numeric = th.classList.contains("n");
        const before = th.getAttribute("aria-sort");
        const down = before ? before === "ascending" : numeric;
        heads.forEach((h) => h.removeAttribute("aria-sort"));
        th.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const rows = [...body.rows].map((row) => ({ row, v: valueOf(row.cells[column], numeric) }));
        rows.sort((a, b) => {
          if (a.v === null || b.v === null) return (a.v === null) - (b.v === null);
          const c = numeric ? a.v - b.v : collator.compare(a.v, b.v);
          return down ? -c : c;
        });
        body.append(...rows.map((r) => r.row));
      });
    });
  }

  // The list of events shows those that hold the words that are typed.
  const filter = document.getElementById("filter");
  if (filter) {
    filter.hidden = false;
    const rows = [...document.getElementById("events-table").tBodies[0].rows];
    filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/\s+/);
      for (const row of rows) row.hidden = !words.every((w) => row.textContent.toLowerCase().includes(w));
    });
  }

  // Lines of a chart can be hidden by their names beneath it.
  for (const figure of document.querySelectorAll("figure")) {
    const parts = [...figure.querySelectorAll("g[data-series]")];
    const names = [...new Set(parts.map((g) => g.dataset.series))];
    if (names.length < 2) continue;
    const box = document.createElement("div");
    box.className = "series";
    for (const name of names.sort(collator.compare)) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.setAttribute("aria-pressed", "true");
      button.addEventListener("click", () => {
        const on = button.getAttribute("aria-pressed") === "false";
        button.setAttribute("aria-pressed", String(on));
        for (const g of parts) if (g.dataset.series === name) g.toggleAttribute("hidden", !on);
      });
      box.append(button);
    }
    figure.append(box);
  }

  // Cells with more to tell show it while the pointer is on them.
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.role = "tooltip";
  tip.hidden = true;
  document.body.append(tip);
  const hide = () => { tip.hidden = true; };
  document.addEventListener("pointerover", (e) => {
    const cell = e.target instanceof Element && e.target.closest("[data-tip]");
    if (!cell) return hide();
    tip.textContent = cell.dataset.tip;
    tip.hidden = false;
    const at = cell.getBoundingClientRect();
    const left = Math.max(4, Math.min(at.left, document.documentElement.clientWidth - tip.offsetWidth - 4));
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${at.bottom + scrollY + 4}px`;
  });
  document.addEventListener("keydown", (e) => { if (e.key === "Escape") hide(); });

  // On paper what is not folded by event is open: report.txt has the rest.
  addEventListener("beforeprint", () => {
    for (const d of document.querySelectorAll("main details:not(.fold)")) d.open = true;
  });
})();
