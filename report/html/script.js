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

  // The ranked table, and the sections of its rows, show what holds the words that
  // are typed and is of the category that is chosen.
  const filters = document.querySelector(".filters");
  if (filters) {
    filters.hidden = false;
    const field = document.getElementById("filter"), kind = document.getElementById("kind"), shown = document.getElementById("shown");
    const rows = [...document.getElementById("events-table").tBodies[0].rows].map((row) => (
      { row, text: `${row.textContent} ${row.dataset.find || ""}`.toLowerCase(), section: row.dataset.to && document.getElementById(row.dataset.to) }));
    const filter = () => {
      const words = field.value.toLowerCase().split(/\s+/);
      let n = 0;
      for (const r of rows) {
        const on = words.every((w) => r.text.includes(w)) && (!kind || !kind.value || r.row.dataset.kind === kind.value);
        r.row.hidden = !on;
        if (r.section) r.section.hidden = !on;
        n += on;
      }
      shown.textContent = n < rows.length ? `${n} / ${rows.length}` : "";
    };
    field.addEventListener("input", filter);
    if (kind) kind.addEventListener("change", filter);
  }

  // On a page that is too narrow for it a table becomes a list, each figure beside
  // the name of its column.
  for (const table of document.querySelectorAll("table.sortable:not(.ranked)")) {
    const names = [...table.tHead.rows[0].cells].map((th) => th.textContent.trim());
    for (const row of table.querySelectorAll("tbody tr, tfoot tr")) [...row.cells].forEach((cell, k) => { if (names[k]) cell.dataset.of = names[k]; });
    table.classList.add("cards");
  }

  // A chart over event time says its values at the session under the pointer, or where
  // the arrow keys lead, and marks the line that is nearest; lines can be hidden by
  // their names beneath it.
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.role = "status";
  tip.hidden = true;
  document.body.append(tip);
  const hide = () => { tip.hidden = true; };
  const place = (x, y) => {
    tip.hidden = false;
    tip.style.left = `${Math.max(4, Math.min(x, document.documentElement.clientWidth - tip.offsetWidth - 4)) + scrollX}px`;
    tip.style.top = `${y + scrollY}px`;
  };
  const per = (v) => `${v > 0 ? "+" : ""}${(100 * v).toFixed(2)}%`;
  const made = (name, attributes) => {
    const e = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
    return e;
  };
  const readable = (figure, svg) => {
    const numbers = (s) => s.split(" ").map(Number);
    const [x0, y0, x1, y1] = numbers(svg.dataset.frame), [from, to] = numbers(svg.dataset.x), [bottom, top] = numbers(svg.dataset.y);
    const table = figure.querySelector("a[href^='data:text/csv']");
    if (!table) return;
    // Rows of sessions, a column a line: the same figures that can be saved.
    const rows = decodeURIComponent(table.href.slice(table.href.indexOf(",") + 1)).trim().split("\n")
      .map((row) => [...row.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((m) => m[1].replace(/^"|"$/g, "").replace(/""/g, '"')));
    const lines = rows[0].slice(1).filter(Boolean).map((name, k) => (
      { name, from: Number(rows[1][0]), values: rows.slice(1).map((row) => row[k + 1] === "" ? NaN : Number(row[k + 1])) }));
    const events = (svg.dataset.at || "").split("|").filter(Boolean).map((e) => ({ at: parseInt(e, 10), title: e.slice(e.indexOf(":") + 1) }));
    if (!lines.length || !(x1 > x0) || !(to > from)) return;
    const cross = made("path", { class: "cross" }), dot = made("circle", { class: "at", r: 3.5 });
    let t = null, chosen = null;
    const valueOf = (l) => l.values[t - l.from];
    const seen = () => lines.filter((l) => Number.isFinite(valueOf(l)) && !figure.querySelector(`g[data-series="${CSS.escape(l.name)}"][hidden]`));
    const yOf = (v) => y1 - (v - bottom) / (top - bottom) * (y1 - y0);
    const xOf = () => x0 + (t - from) / (to - from) * (x1 - x0);
    const leave = () => {
      t = chosen = null;
      cross.remove();
      dot.remove();
      svg.classList.remove("read");
      for (const g of svg.querySelectorAll(".lit")) g.classList.remove("lit");
      hide();
    };
    const say = () => {
      const all = seen().sort((a, b) => valueOf(b) - valueOf(a));
      if (!all.length) return leave();
      if (!all.includes(chosen)) chosen = all[0];
      const x = xOf();
      cross.setAttribute("d", `M${x} ${y0}V${y1}`);
      dot.setAttribute("cx", x);
      dot.setAttribute("cy", Math.max(y0, Math.min(y1, yOf(valueOf(chosen)))));
      svg.append(cross, dot);
      svg.classList.add("read");
      for (const g of svg.querySelectorAll("g[data-series]")) g.classList.toggle("lit", g.dataset.series === chosen.name);
      const most = 14, at = all.indexOf(chosen), first = Math.max(0, Math.min(at - (most >> 1), all.length - most));
      tip.replaceChildren();
      const add = (text, strong) => {
        const line = document.createElement("div");
        if (strong) line.className = "strong";
        line.textContent = text;
        tip.append(line);
      };
      add(`${t > 0 ? "+" : ""}${t}`, true);
      for (const e of events) if (e.at === t) add(`▾ ${e.title}`);
      all.slice(first, first + most).forEach((l) => add(`${l.name}  ${per(valueOf(l))}`, l === chosen));
      const box = svg.getBoundingClientRect(), unit = box.width / svg.viewBox.baseVal.width;
      const right = box.left + x * unit + 12;
      tip.hidden = false;
      place(right + tip.offsetWidth > document.documentElement.clientWidth ? box.left + x * unit - tip.offsetWidth - 12 : right, box.top + y0 * unit);
    };
    svg.tabIndex = 0;
    svg.addEventListener("pointermove", (e) => {
      const box = svg.getBoundingClientRect(), unit = svg.viewBox.baseVal.width / box.width;
      const x = (e.clientX - box.left) * unit, y = (e.clientY - box.top) * unit;
      if (x < x0 - 8 || x > x1 + 8 || y < y0 || y > y1) return leave();
      t = Math.max(from, Math.min(to, Math.round(from + (x - x0) / (x1 - x0) * (to - from))));
      chosen = seen().reduce((best, l) => !best || Math.abs(yOf(valueOf(l)) - y) < Math.abs(yOf(valueOf(best)) - y) ? l : best, null);
      say();
    });
    svg.addEventListener("pointerleave", leave);
    svg.addEventListener("blur", leave);
    svg.addEventListener("keydown", (e) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[e.key], turn = { ArrowUp: -1, ArrowDown: 1 }[e.key];
      if (!step && !turn && e.key !== "Home" && e.key !== "End") return;
      e.preventDefault();
      if (t === null) t = Math.max(from, Math.min(to, 0));
      else if (step) t = Math.max(from, Math.min(to, t + step));
      if (e.key === "Home") t = from;
      if (e.key === "End") t = to;
      if (turn && chosen) {
        const all = seen().sort((a, b) => valueOf(b) - valueOf(a));
        chosen = all[Math.max(0, Math.min(all.length - 1, all.indexOf(chosen) + turn))];
      }
      say();
    });
    svg.addEventListener("keyup", (e) => { if (e.key === "Escape") leave(); });
  };
  // The picture of a chart as it stands on the page: what it refers to goes with it.
  const pictured = (svg, done) => {
    const copy = svg.cloneNode(true), defs = made("defs", {});
    const need = new Set(), look = (e) => {
      for (const u of e.querySelectorAll("use")) {
        const id = u.getAttribute("href").slice(1);
        if (need.has(id)) continue;
        need.add(id);
        const part = document.getElementById(id).cloneNode(true);
        defs.append(part);
        look(part);
      }
    };
    look(copy);
    for (const e of copy.querySelectorAll(".cross, .at")) e.remove();
    const drawn = [...svg.querySelectorAll("[fill], [stroke]")].filter((e) => !e.closest(".cross, .at"));
    [...copy.querySelectorAll("[fill], [stroke]")].forEach((e, k) => {
      const seen = getComputedStyle(drawn[k]);
      for (const a of ["fill", "stroke"]) if (/^#/.test(e.getAttribute(a) || "")) e.setAttribute(a, seen[a]);
    });
    copy.prepend(defs);
    const { width, height } = svg.viewBox.baseVal, scale = 2.5;
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", width * scale);
    copy.setAttribute("height", height * scale);
    for (const e of copy.querySelectorAll("[hidden]")) e.remove();
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = width * scale;
      canvas.height = height * scale;
      canvas.getContext("2d").drawImage(image, 0, 0);
      done(canvas.toDataURL("image/png"));
    };
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  };
  for (const figure of document.querySelectorAll("figure")) {
    for (const svg of figure.querySelectorAll("svg[data-frame]")) readable(figure, svg);
    const png = figure.querySelector("a.png");
    if (png) {
      png.hidden = false;
      png.addEventListener("click", (e) => {
        if (!e.isTrusted) return; // its own
        e.preventDefault();
        const svg = [...figure.querySelectorAll("svg.chart")].find((s) => s.getClientRects().length) || figure.querySelector("svg.chart");
        pictured(svg, (url) => {
          const a = document.createElement("a");
          a.href = url;
          a.download = png.download;
          a.click();
        });
      });
      if (!png.hasAttribute("href")) png.href = "#";
    }
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
  document.addEventListener("pointerover", (e) => {
    if (e.target instanceof Element && e.target.closest("svg[data-frame]")) return;
    const cell = e.target instanceof Element && e.target.closest("[data-tip]");
    if (!cell) return hide();
    tip.textContent = cell.dataset.tip;
    tip.hidden = false;
    const at = cell.getBoundingClientRect();
    place(at.left, at.bottom + 4);
  });
  document.addEventListener("keydown", (e) => { if (e.key === "Escape") hide(); });

  // On paper what is not folded by event is open: report.txt has the rest.
  addEventListener("beforeprint", () => {
    for (const d of document.querySelectorAll("main details:not(.fold)")) d.open = true;
  });
})();
