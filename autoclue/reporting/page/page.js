"use strict";
(function () {
  // The buttons are listed one by one: plotly.js brings one that uploads the chart. Pictures have
  // buttons of their own below.
  const config = { displaylogo: false, responsive: true, showSendToCloud: false, plotlyServerURL: "" };
  const zoom = [["zoom2d", "pan2d", "resetScale2d"]];
  // What is drawn in ink or on paper changes places on a dark screen; the marks' own colours stay.
  const DARK = {
    "#1b1f24": "#e6e9ee", "#5b6573": "#a3adba", "#e6e9ee": "#2b333d", "#ffffff": "#171c22",
    "#00694b": "#3fb98c", "#a8d5c6": "#245c4a",
  };
  const dark = window.matchMedia("screen and (prefers-color-scheme: dark)");
  const NARROW_PX = 500;
  const figures = () => document.querySelectorAll(".figure:not(.folded)");
  function figureOf(element, onDark) {
    const text = document.getElementById(element.id + "-data").textContent;
    return JSON.parse(onDark ? text.replace(/#[0-9a-f]{6}/g, (color) => DARK[color] ?? color) : text);
  }
  function draw(element, onDark, layout) {
    const figure = figureOf(element, onDark);
    // On a phone the names of rungs would lie on each other; their lines stay.
    if (element.clientWidth < NARROW_PX) {
      const notes = figure.layout.annotations ?? [];
      figure.layout.annotations = notes.filter((note) => note.name !== "rung");
    }
    const own = figure.layout.xaxis.fixedrange ? { displayModeBar: false } : { modeBarButtons: zoom };
    Plotly.react(element, figure.data, { ...figure.layout, ...layout }, { ...config, ...own });
  }
  // Each figure is drawn in a task of its own, the topmost first, so that a page of many trials can
  // be scrolled while the rest is drawn. Each has its height from the beginning: nothing jumps.
  const waiting = Array.from(figures());
  for (const element of document.querySelectorAll(".figure")) {
    element.style.minHeight = `${figureOf(element, false).layout.height}px`;
  }
  function drawNext() {
    if (waiting.length > 0) draw(waiting.shift(), dark.matches, {});
    if (waiting.length > 0) setTimeout(drawNext);
    else document.documentElement.dataset.drawn = "all";
  }
  function drawRest() {
    while (waiting.length > 0) drawNext();
  }
  drawNext();
  for (const fold of document.querySelectorAll("details")) {
    fold.addEventListener("toggle", () => {
      for (const element of fold.querySelectorAll(".figure.folded")) {
        element.classList.remove("folded");
        draw(element, dark.matches, {});
      }
    });
  }
  dark.addEventListener("change", () => {
    drawRest();
    for (const element of figures()) draw(element, dark.matches, {});
  });
  // Printing does not wait for a deferred resize, so figures are laid out for paper at once, in ink
  // on white. The width is that of an A4 page inside its margins and the section's own padding.
  const PRINT_WIDTH_PX = 620;
  window.addEventListener("beforeprint", () => {
    drawRest();
    for (const element of figures()) {
      if (dark.matches) draw(element, false, { autosize: false, width: PRINT_WIDTH_PX });
      else Plotly.relayout(element, { autosize: false, width: PRINT_WIDTH_PX });
    }
  });
  window.addEventListener("afterprint", () => {
    for (const element of figures()) {
      if (dark.matches) draw(element, true, {});
      else Plotly.relayout(element, { autosize: true, width: null });
      Plotly.Plots.resize(element);
    }
  });

  function makeButton(parent, name, text, title, click) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = name;
    button.textContent = text;
    button.title = title;
    button.addEventListener("click", () => click(button));
    parent.append(button);
  }
  for (const block of document.querySelectorAll("pre.command")) {
    makeButton(block, "copy", "copy", "Copy the command", async (button) => {
      await navigator.clipboard.writeText(block.querySelector("code").textContent);
      button.textContent = "copied";
    });
  }
  // A picture is always in ink on white, as wide as those of `autoclue report --figures`, and a PNG
  // has three pixels for each one of the SVG.
  const PICTURE_WIDTH_PX = 1000;
  const SCALES = { svg: 1, png: 3 };
  async function savePicture(element, format) {
    const { data, layout } = figureOf(element, false);
    const size = { width: PICTURE_WIDTH_PX, height: layout.height, scale: SCALES[format] };
    const link = document.createElement("a");
    link.href = await Plotly.toImage({ data, layout, config }, { format, ...size });
    link.download = `${element.id.replace("figure-", "")}.${format}`;
    link.click();
  }
  for (const element of figures()) {
    const bar = document.createElement("div");
    bar.className = "pictures";
    for (const format of Object.keys(SCALES)) {
      const title = `Save this figure as ${format.toUpperCase()}`;
      makeButton(bar, "picture", format.toUpperCase(), title, () => savePicture(element, format));
    }
    element.parentElement.after(bar);
  }

  function compare(a, b) {
    if (a === b) return 0;
    if (a === null) return 1;
    if (b === null) return -1;
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b));
  }
  function sortBy(table, index, header) {
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => JSON.parse(row.cells[index].dataset.sort);
    const body = table.tBodies[0];
    const missing = (row) => key(row) === null;
    const rows = Array.from(body.rows).sort((a, b) => {
      const order = compare(key(a), key(b));
      return down && !missing(a) && !missing(b) ? -order : order;
    });
    body.append(...rows);
  }
  for (const table of document.querySelectorAll("table.sortable")) {
    Array.from(table.tHead.rows[0].cells).forEach((header, index) => {
      header.querySelector("button").addEventListener("click", () => sortBy(table, index, header));
    });
  }
})();
