"use strict";
// Draws the pictures with Chart.js. Each has its numbers beside it as a table, for whoever does not see it.

const drawn = [];

/** A picture of bars: series is a list of {name, colour, values}; colour names a variable of the style sheet, or is a list of such, one a bar. */
function drawBars(figure, { labels, series, title, across = false, stacked = false, head, pick = null }) {
  const canvas = make("canvas", { role: "img", "aria-label": `${title}. The numbers follow as a table.` });
  const box = make("div", { class: "canvas" }, canvas);
  if (across) box.style.height = `${Math.max(6, 2.6 + labels.length * 1.7)}rem`;
  figure.append(box, numbers(labels, series, head));
  const chart = new Chart(canvas, {
    type: "bar",
    data: { labels, datasets: series.map((one) => ({ label: one.name, data: one.values, maxBarThickness: 46 })) },
    options: {
      indexAxis: across ? "y" : "x",
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      onClick: (event, hits) => { if (pick && hits.length) pick(hits[0].index); },
      plugins: { legend: { display: series.length > 1, position: "bottom" } },
      scales: {
        x: { stacked, beginAtZero: true, ticks: { precision: 0, maxRotation: 60 }, grid: { display: across } },
        y: { stacked, beginAtZero: true, ticks: { precision: 0, autoSkip: false }, grid: { display: !across } },
      },
    },
  });
  drawn.push({ chart, series });
  paint(drawn[drawn.length - 1]);
}

function paint({ chart, series }) {
  series.forEach((one, i) => { chart.data.datasets[i].backgroundColor = Array.isArray(one.colour) ? one.colour.map(colour) : colour(one.colour); });
  for (const scale of Object.values(chart.options.scales)) {
    scale.ticks.color = colour("text");
    scale.grid.color = colour("line");
  }
  chart.options.plugins.legend.labels.color = colour("text");
  chart.update();
}

function paintAll() { drawn.forEach(paint); }

/** On paper the light colours hold, and the width of the paper. */
function followColours() {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paintAll);
  matchMedia("print").addEventListener("change", () => { paintAll(); drawn.forEach(({ chart }) => chart.resize()); });
}

function numbers(labels, series, head) {
  const columns = make("tr", {}, make("th", { scope: "col" }, head), ...series.map((one) => make("th", { scope: "col", class: "number" }, one.name)));
  const rows = labels.map((label, i) => make("tr", {}, make("th", { scope: "row" }, label), ...series.map((one) => make("td", { class: "number" }, String(one.values[i])))));
  return make("details", {}, make("summary", {}, "The numbers"), make("table", {}, make("thead", {}, columns), make("tbody", {}, ...rows)));
}
