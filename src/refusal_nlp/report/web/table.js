"use strict";
// The table of messages: only one page of it is in the document, so that 20,000 rows stay quick.

const PRINTED = 200; // rows on paper at most, with the details of those that are open

const COLUMNS = [
  { name: "Date", key: (row) => row.date || "" },
  { name: "From", key: (row) => (row.who || "").toLowerCase() },
  { name: "Role or subject", key: (row) => (row.role || row.subject || "").toLowerCase() },
  { name: "Kind", key: (row) => row.label },
  { name: "Stated reason", key: (row) => row.reasons.join(" ") },
  { name: "Answer", key: (row) => row.advice || "~" },
];

class MessageTable {
  constructor(rows, words) {
    this.rows = rows;
    this.words = words;
    this.sorted = { column: 0, down: true };
    this.page = 0;
    this.open = new Set();
    this.hay = new Map();
    this.head();
    this.fill("by-label", words.labels, "label", (row) => [row.label]);
    this.fill("by-reason", { ...words.reasons, none: words.sides.none }, "reason", reasonsOrNone);
    this.fill("by-answer", { ...words.advice, soon: "Still in good time" }, "answer", answersOf);
    this.listen();
    this.apply();
  }

  head() {
    const row = byId("table").tHead.rows[0];
    COLUMNS.forEach((column, i) => {
      const button = make("button", { type: "button" }, column.name);
      button.addEventListener("click", () => {
        this.sorted = { column: i, down: this.sorted.column === i ? !this.sorted.down : i === 0 };
        this.apply();
      });
      row.append(make("th", { scope: "col", role: "columnheader", "aria-sort": "none" }, button));
    });
  }

  /** Offer only what occurs, with its count. */
  fill(id, names, what, of) {
    const seen = new Map();
    for (const row of this.rows) for (const code of of(row)) seen.set(code, (seen.get(code) || 0) + 1);
    const options = Object.keys(names).filter((code) => seen.has(code));
    byId(id).append(make("option", { value: "" }, "all"), ...options.map((code) => make("option", { value: code }, `${names[code]} (${seen.get(code)})`)));
  }

  listen() {
    let waiting = 0;
    const again = () => { this.page = 0; this.apply(); };
    byId("search").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(again, 150); });
    for (const id of ["by-label", "by-reason", "by-answer", "page-size"]) byId(id).addEventListener("change", again);
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("filters").addEventListener("reset", () => setTimeout(again));
    byId("previous").addEventListener("click", () => this.turn(-1));
    byId("next").addEventListener("click", () => this.turn(1));
    addEventListener("beforeprint", () => this.show(this.found.slice(0, PRINTED)));
    addEventListener("afterprint", () => this.draw());
  }

  /** Show what somebody chose in another part of the page, and go there. */
  choose({ search = "", label = "", reason = "", answer = "" }) {
    byId("search").value = search;
    byId("by-label").value = label;
    byId("by-reason").value = reason;
    byId("by-answer").value = answer;
    this.page = 0;
    this.apply();
    byId("messages").focus();
    byId("messages").scrollIntoView();
  }

  turn(by) {
    this.page += by;
    this.draw();
    byId("messages").scrollIntoView();
  }

  apply() {
    const terms = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const [label, reason, answer] = ["by-label", "by-reason", "by-answer"].map((id) => byId(id).value);
    this.found = this.rows.filter((row) =>
      (!label || row.label === label) && (!reason || reasonsOrNone(row).includes(reason)) && (!answer || answersOf(row).includes(answer))
      && terms.every((term) => this.hayOf(row).includes(term)));
    const { column, down } = this.sorted;
    const key = COLUMNS[column].key;
    const keys = new Map(this.found.map((row) => [row, key(row)]));
    const order = (a, b) => (keys.get(a) < keys.get(b) ? -1 : keys.get(a) > keys.get(b) ? 1 : 0);
    this.found.sort((a, b) => (down ? order(b, a) : order(a, b)));
    [...byId("table").tHead.rows[0].cells].forEach((cell, i) => cell.setAttribute("aria-sort", i === column ? (down ? "descending" : "ascending") : "none"));
    this.draw();
  }

  hayOf(row) {
    if (!this.hay.has(row)) {
      const said = row.passages.flatMap((passage) => passage.pieces.map((piece) => piece[0]));
      this.hay.set(row, [row.date, row.who, row.role, row.sender, row.subject, row.reply, ...said].filter(Boolean).join("\n").toLowerCase());
    }
    return this.hay.get(row);
  }

  draw() {
    const size = Number(byId("page-size").value);
    const pages = Math.max(1, Math.ceil(this.found.length / size));
    this.page = Math.min(Math.max(this.page, 0), pages - 1);
    this.show(this.found.slice(this.page * size, (this.page + 1) * size));
    setText("found", `${count(this.found.length, "message", "messages")} of ${this.rows.length.toLocaleString("en")}`);
    setText("page", `Page ${this.page + 1} of ${pages}`);
    byId("previous").disabled = this.page === 0;
    byId("next").disabled = this.page === pages - 1;
  }

  show(rows) {
    byId("table").tBodies[0].replaceChildren(...rows.flatMap((row) => this.rowsFor(row)));
  }

  rowsFor(row) {
    const { words } = this;
    const open = this.open.has(row);
    const button = make("button", { type: "button", class: "link", "aria-expanded": String(open) }, foreign(row.role || row.subject || "(no subject)"));
    button.addEventListener("click", () => {
      if (!this.open.delete(row)) this.open.add(row);
      const at = button.closest("tr");
      if (at.nextElementSibling?.classList.contains("detail")) at.nextElementSibling.remove();
      const now = this.rowsFor(row);
      at.replaceWith(...now);
      now[0].querySelector("button").focus();
    });
    const cells = [
      make("span", { class: "date" }, (row.date || "").slice(0, 10) || "no date"),
      foreign(row.who || "not named"),
      make("span", {}, button, row.role && row.subject && row.role !== row.subject ? make("span", { class: "small" }, foreign(row.subject)) : null),
      make("span", {}, make("span", { class: `chip ${row.label}` }, words.labels[row.label]), row.review ? make("span", { class: "small" }, "please check") : null),
      row.label === "not_judged" ? "" : row.reasons.map((code) => words.reasons[code]).join(", ") || words.sides.none,
      row.advice ? words.advice[row.advice] : "",
    ];
    const line = make("tr", { role: "row", class: open ? "open" : null }, ...cells.map((cell, i) => make("td", { role: "cell", "data-name": COLUMNS[i].name }, cell)));
    return open ? [line, make("tr", { role: "row", class: "detail" }, make("td", { role: "cell", colspan: COLUMNS.length }, ...detailOf(row, words)))] : [line];
  }
}

function reasonsOrNone(row) {
  if (row.label === "not_judged") return [];
  return row.reasons.length ? row.reasons : ["none"];
}

function answersOf(row) {
  if (!row.advice) return [];
  return row.soon ? [row.advice, "soon"] : [row.advice];
}
