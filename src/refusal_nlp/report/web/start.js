"use strict";
// Puts the parts of the page together from the data embedded in it.

const FEW_COMPANIES = 12;

function start() {
  const data = JSON.parse(byId("data").textContent);
  const { words } = data;
  const soon = stillInTime(data);
  setText("lead", data.lead);
  setText("made", `Counted on ${data.made}, version ${data.version}.`);
  const table = new MessageTable(data.rows, words);
  tiles(data, soon);
  overTime(data, table);
  reasons(data, table);
  waits(data);
  answers(data, soon, table);
  companies(data, table);
  followColours();
}

/** Mark the rows that can be answered in good time, counted from today; only what asks for an answer. */
function stillInTime({ rows, words }) {
  const soon = { best: 0, latest: 0, later: 0 };
  for (const row of rows) {
    const days = daysSince(row.date);
    const writable = row.advice && row.advice !== "do_not_write" && days !== null;
    row.soon = Boolean(writable && days <= words.answer.latest);
    if (writable) soon[days <= words.answer.best ? "best" : days <= words.answer.latest ? "latest" : "later"] += 1;
  }
  return soon;
}

function tiles({ counts, waits: { median, known } }, soon) {
  const tile = (name, value, note) => make("div", {}, make("dt", {}, name), make("dd", {}, value), make("dd", {}, note));
  byId("tiles").append(
    tile("Refusals", counts.refusals.toLocaleString("en"), `among ${count(counts.messages, "message", "messages")} counted`),
    tile("State a reason", percent(counts.refusals - counts.unexplained, counts.refusals), `${count(counts.unexplained, "states", "state")} none`),
    tile("Still in good time to answer", (soon.best + soon.latest).toLocaleString("en"), `${counts.answerable.toLocaleString("en")} can be answered at all`),
  );
  if (known) byId("tiles").append(tile("Days until the answer", String(median), `the middle of ${count(known, "application", "applications")}`));
}

function overTime({ charts: { time }, words }, table) {
  if (!time.labels.length) { byId("time").append(make("p", {}, "None of the refusals has a date.")); return; }
  const series = Object.entries(time.series).map(([label, values]) => ({ name: words.labels[label], colour: label, values }));
  const pick = time.step === "month" ? (i) => table.choose({ search: time.labels[i] }) : null;
  drawBars(byId("time"), { labels: time.labels, series, stacked: true, head: `Per ${time.step}`, title: `Refusals per ${time.step} by kind`, pick });
}

function reasons({ charts: { reasons: found }, counts, words }, table) {
  const share = percent(counts.refusals - counts.unexplained, counts.refusals);
  const employer = count(counts.employer_only, "names", "name");
  setText("reasons-text", counts.refusals ? `${share} of the refusals state a reason. ${employer} only reasons on the employer's side.` : "There are no refusals here.");
  if (!found.codes.length) return;
  const name = (code) => (code === "none" ? words.sides.none : words.reasons[code]);
  drawBars(byId("reasons"), {
    labels: found.codes.map(name), across: true, head: "Reason", title: "Stated reasons by number of refusals",
    series: [{ name: "Refusals", colour: found.sides, values: found.counts }], pick: (i) => table.choose({ reason: found.codes[i] }),
  });
  const sides = [...new Set(found.sides)].map((side) => make("span", { class: "side" }, swatch(side), ` ${words.sides[side]} `));
  byId("reasons").firstChild.after(make("figcaption", { class: "small" }, ...sides));
}

function swatch(side) {
  const box = make("span", { class: "swatch", "aria-hidden": "true" });
  box.style.background = `var(--${side})`;
  return box;
}

function waits({ charts: { waits: found }, waits: { known, median } }) {
  if (!known) {
    setText("waits-text", "Nothing here shows when you applied. Confirmations of receipt and your own messages tell it: make the table with “scan --all” to have them counted.");
    return;
  }
  setText("waits-text", `For ${count(known, "refusal", "refusals")} the mailbox shows the application too. Half of the answers came within ${count(median, "day", "days")}.`);
  drawBars(byId("waits"), { labels: found.labels, series: [{ name: "Refusals", colour: "accent", values: found.counts }], head: "Days", title: "Time from application to refusal" });
}

function answers({ words, counts }, soon, table) {
  const { best, latest } = words.answer;
  setText("answer-text", `A short, friendly answer is read most kindly within ${best} days and is in good time for ${latest}. Write once, to a person, and only where you would like to.`);
  const choice = (text, answer) => {
    const button = make("button", { type: "button" }, text);
    button.addEventListener("click", () => table.choose({ answer }));
    return make("li", {}, button);
  };
  const now = soon.best + soon.latest;
  byId("answer").append(now
    ? choice(`${soon.best} within the first ${best} days, ${soon.latest} until day ${latest}: show them`, "soon")
    : make("li", {}, "Right now nothing waits for an answer."));
  if (soon.later) byId("answer").append(make("li", { class: "small" }, `${count(soon.later, "is", "are")} older than ${latest} days: an answer does no harm, but may stay without one.`));
  const not = counts.refusals - counts.answerable;
  if (not) byId("answer").append(make("li", { class: "small" }, `${count(not, "takes", "take")} no answer, or a question would not be welcome.`));
}

function companies({ companies: found }, table) {
  const body = byId("companies").tBodies[0];
  if (!found.length) { body.append(make("tr", {}, make("td", { colspan: 3 }, "None of the refusals names its company plainly."))); return; }
  const show = (some) => body.replaceChildren(...some.map(({ name, refusals, roles }) => {
    const button = make("button", { type: "button", class: "link" }, foreign(name));
    button.addEventListener("click", () => table.choose({ search: name }));
    return make("tr", {}, make("th", { scope: "row" }, button), make("td", { class: "number" }, String(refusals)), make("td", {}, foreign(roles.join("; ") || "–")));
  }));
  show(found.slice(0, FEW_COMPANIES));
  const more = byId("more-companies");
  more.hidden = found.length <= FEW_COMPANIES;
  more.textContent = `Show all ${found.length.toLocaleString("en")} companies`;
  more.addEventListener("click", () => { show(found); more.hidden = true; });
}

start();
