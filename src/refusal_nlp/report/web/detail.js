"use strict";
// What a row shows when it is opened: the words that decided, the reasons, the draft of a reply.

function detailOf(row, words) {
  const parts = [];
  if (row.error) parts.push(make("p", {}, "Not read in full: ", foreign(row.error)));
  if (row.label === "not_judged") parts.push(make("p", {}, words.explained.not_judged));
  else parts.push(make("p", {}, `${words.explained[row.label]} The program is ${Math.round(100 * row.confidence)} % sure${row.review ? "; please check it yourself." : "."}`));
  if (row.wait !== null) parts.push(make("p", {}, `${count(row.wait, "day", "days")} after your application.`));
  if (row.passages.length) parts.push(make("h3", {}, "What the message says"), ...row.passages.flatMap((passage) => quoted(passage, words)));
  if (row.label !== "not_judged" && !row.reasons.length) parts.push(make("p", {}, "It states no reason."));
  if (row.advice) parts.push(...answerOf(row, words));
  if (row.sender && row.sender !== row.who) parts.push(make("p", { class: "small" }, "Sender: ", foreign(row.sender)));
  if (row.source) parts.push(make("p", { class: "small" }, "Found in ", foreign(row.source)));
  return parts;
}

function quoted(passage, words) {
  const pieces = passage.pieces.map(([text, reason]) => (reason ? make("mark", { title: words.reasons[reason] }, text) : text));
  const says = [...passage.signals.map((code) => words.signals[code]), ...passage.reasons.map((code) => `reason: ${words.reasons[code]}`)];
  return [make("blockquote", { class: passage.decides ? "decides" : null }, ...pieces), make("p", { class: "small" }, says.join(" · "))];
}

function answerOf(row, words) {
  const parts = [make("h3", {}, words.advice[row.advice])];
  if (!row.reply) return parts;
  const area = make("textarea", { readonly: true, "aria-label": "Draft of a reply" });
  area.value = row.reply;
  const button = make("button", { type: "button", class: "copy" }, "Copy the reply");
  button.addEventListener("click", () => copy(area, button));
  if (row.to) parts.push(make("p", {}, "To: ", foreign(row.to)));
  if (row.replySubject) parts.push(make("p", {}, "Subject: ", foreign(row.replySubject)));
  return [...parts, area, make("p", { class: "printed" }, row.reply), make("p", {}, button, make("span", { class: "small copy" }, "Nothing is sent from here. Put your name in, read it once more, and send it from your mail program."))];
}

/** Some browsers give a page from a file no clipboard: then the text is marked and copied the old way. */
async function copy(area, button) {
  let done = false;
  try {
    await navigator.clipboard.writeText(area.value);
    done = true;
  } catch {
    area.select();
    done = document.execCommand("copy");
    button.focus();
  }
  setText("spoken", done ? "The reply is copied." : "The reply is marked: copy it with the keyboard.");
  button.textContent = done ? "Copied" : "Marked: copy it with the keyboard";
  setTimeout(() => { button.textContent = "Copy the reply"; }, 3000);
}
