"use strict";
// All text comes to the page through these functions, as text and never as markup.

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null && child !== undefined) element.append(child);
  return element;
}

function byId(id) { return document.getElementById(id); }

function setText(id, text) { byId(id).textContent = text; }

/** Text of a message, kept apart from its surroundings where it changes the direction of writing. */
function foreign(text) { return make("bdi", {}, String(text)); }

function count(number, one, many) { return `${number.toLocaleString("en")} ${number === 1 ? one : many}`; }

function percent(part, whole) { return whole ? `${Math.round((100 * part) / whole)} %` : "–"; }

function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim(); }

/** Whole days since a moment, in the zone of whoever reads; null where the message has no date. */
function daysSince(iso, now = new Date()) {
  const then = iso ? new Date(iso) : null;
  if (!then || Number.isNaN(then.getTime())) return null;
  const midnight = (d) => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate());
  return Math.round((midnight(now) - midnight(then)) / 86400000);
}
