// What the dashboard says about a run, from its epochs as bplab/widgets/runs.py measures them.

import { digits } from "./shared/dom.js";

export const GUESSING = Math.log(10); // the loss of giving each of ten digits the probability 1/10
const FAINT = 1e-3;

export const percent = (share) => `${digits(100 * share, 3)} %`;

// The entry of a run that counts in a row: its own, or the end that it met before.
export function entryAt(rows, which, at) {
  for (let row = at; row >= 0; row -= 1) if (rows[row][which]) return rows[row][which];
  return null;
}

export function numbers(entry) {
  if (!entry) return "";
  return entry.words ?? `loss ${digits(entry.loss)}, ${percent(entry.accuracy)} of the validation digits right`;
}

// What stands out in the numbers; empty if nothing does.
export function remark(entry, epoch) {
  if (!entry || entry.words) return "";
  const { loss, delta } = entry;
  if (delta.slice(0, -1).every((size) => size === 0)) return "no δ reaches the hidden layers, so their weights do not move";
  const notes = [];
  if (epoch && loss > 1.1 * GUESSING) notes.push("worse than guessing, which costs log 10 = 2.303: the steps are too long");
  else if (epoch && loss > 0.97 * GUESSING) notes.push("no better than guessing, which costs log 10 = 2.303");
  const share = delta[0] / delta.at(-1);
  if (share < FAINT) notes.push(`δ in layer 1 is ${digits(share, 2)} times that in layer ${delta.length}`);
  return notes.join("; ");
}

export function sentence(letter, entry, epoch) {
  if (!entry) return "";
  const note = remark(entry, epoch);
  return `${letter}: ${numbers(entry)}${note ? `; ${note}` : ""}${/[.?]$/.test(entry.words) ? "" : "."}`;
}

// Everything about one epoch.
export function account(rows, at) {
  const runs = ["A", "B"].map((letter, which) => sentence(letter, entryAt(rows, which, at), at));
  return `${at ? `Epoch ${at}.` : "Before training."} ${runs.join(" ")}`;
}

// Runs whose last row is their end, as sentences.
export function endings(row) {
  return ["A", "B"].flatMap((letter, which) => (row[which]?.words ? [`Run ${letter} ${row[which].words}`] : []));
}
