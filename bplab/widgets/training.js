// The training dashboard. The kernel trains and sends rows, one for each epoch; here they are drawn.

import { button, change, choice, digits, frame, html, lifetime, liveLine, numberField, slider, write } from "./shared/dom.js";
import { SHARES, bars, decades, lines, stripes } from "./training_charts.js";
import { GUESSING, account, endings, entryAt, numbers, percent } from "./training_words.js";

const PATIENCE = 4000; // milliseconds until the kernel counts as silent
const PACE = 120; // an epoch of the recording
const ACTIVATIONS = [["sigmoid", "sigmoid"], ["tanh", "tanh"], ["relu", "ReLU"]];
const OWN = ["own", "tanh, your gradient"];
const STARTS = [["zeros", "zeros"], ["normal", "N(0, 1)"], ["lecun", "LeCun"], ["xavier", "Xavier"], ["he", "He"]];
const SIGNS = ["●, solid", "■, dashed"];

function render({ model, el }) {
  const life = lifetime();
  const start = structuredClone(model.get("state"));
  const now = { runs: start.runs, rows: start.recorded.slice(0, 1), at: 0, follow: true, training: false };
  const live = Boolean(model.widget_manager); // else the page has no kernel
  const redraw = life.drawing(draw);
  let waiting = null;
  let playing = null;

  // What stands on the page.

  const says = liveLine();
  const { say } = says;
  const note = html("p", { class: "bplab-note", hidden: live }, "No kernel trains here: this plays a recording of the two runs. To change their settings, open the lesson in JupyterLab.");
  const train = button("Train", () => press(now.training ? "pause" : "train"));
  const epoch = slider({ label: "Epoch", min: 0, max: 0, step: 1, value: 0, show: (at) => `${at} of ${now.rows.length - 1}`, change: look });
  const sides = now.runs.map((_, which) => side(which));
  const hatch = `bplab-hatch-${Math.random().toString(36).slice(2)}`;
  const loss = lines("Loss, training digits");
  const right = lines("Right, validation digits");
  const delta = bars("Mean |δ|, layer by layer", hatch);
  const saturated = bars("Saturated, layer by layer", hatch);
  const body = html("tbody");
  const heads = ["layer", "|δ| of A", "|δ| of B", "saturated, A", "saturated, B"].map((text) => html("th", { scope: "col" }, text));
  const table = html("details", { ontoggle: redraw }, html("summary", {}, "Layer by layer, in numbers"), html("table", {}, html("thead", {}, html("tr", {}, ...heads)), body));
  const root = frame(
    el,
    "Training dashboard",
    stripes(hatch),
    html("div", { class: "bplab-runs" }, ...sides.map((made) => made.el)),
    html("div", { class: "bplab-row" }, train, button("Step", () => press("step")), button("Rewind", () => press("rewind")), epoch.el),
    says.el,
    note,
    html("div", { class: "bplab-charts" }, loss.el, right.el, delta.el, saturated.el),
    table,
    html("p", { class: "bplab-soft" }, "Saturated means: the slope of the activation is below 0.19 of its largest value (sigmoid: a below 0.05 or above 0.95; tanh: |a| above 0.9; ReLU: off). The dotted line is the loss of guessing, log 10."),
  );
  root.classList.add("bplab-training");

  // The settings of one run, and how it stands.
  function side(which) {
    const set = (changes) => alter(which, changes);
    const rates = start.learning_rates;
    const activation = choice({ label: "Activation", options: start.own ? [...ACTIVATIONS, OWN] : ACTIVATIONS, value: "", change: (name) => set({ activation: name }) });
    const weights = choice({ label: "Weights start from", options: STARTS, value: "", change: (name) => set({ start: name }) });
    const lr = slider({ label: "Learning rate η", min: 0, max: rates.length - 1, step: 1, value: 0, show: (i) => digits(rates[i]), change: (i) => set({ lr: rates[i] }) });
    const hidden = slider({ label: "Hidden layers", min: 1, max: start.most_hidden, step: 1, value: 1, change: (count) => set({ hidden: count }) });
    const seed = numberField({ label: "Seed", step: 1, change: (number) => sow(number) });
    const state = html("p", { class: "bplab-now" });
    const legend = html("legend", {}, html("span", { class: `bplab-sign-${which ? "b" : "a"}` }, `Run ${"AB"[which]}`), ` (${SIGNS[which]})`);
    const controls = html("div", { class: "bplab-row" }, activation.el, weights.el, lr.el, hidden.el, seed.el);
    const el = html("fieldset", {}, legend, controls, state);

    function sow(number) {
      if (Number.isInteger(number) && number >= 0 && number <= start.most_seed) return set({ seed: number });
      seed.set(now.runs[which].seed);
      say(`A seed is a whole number from 0 to ${start.most_seed}; it stays ${now.runs[which].seed}.`, true);
    }

    function show(run) {
      activation.control.value = run.activation;
      weights.control.value = run.start;
      lr.set(rates.indexOf(run.lr));
      hidden.set(run.hidden);
      seed.set(run.seed);
    }

    for (const control of controls.querySelectorAll("select, input")) change(control, { disabled: !live });
    show(now.runs[which]);
    return { el, state, show };
  }

  // What is asked of the kernel, or of the recording where there is none.

  function press(asked) {
    now.follow = true;
    const last = now.rows.length - 1;
    if (["train", "step"].includes(asked) && last >= start.most_epochs) return say(`${account(now.rows, last)} This dashboard trains ${start.most_epochs} epochs: rewind, or change a setting.`);
    if (live) ask(asked);
    else play(asked);
  }

  function alter(which, changes) {
    now.runs = now.runs.map((run, i) => (i === which ? { ...run, ...changes } : run));
    press("rewind");
  }

  function ask(asked) {
    waiting?.end();
    const id = Math.random();
    waiting = { id, end: life.after(PATIENCE, silent) };
    send(id, asked);
  }

  function send(id, asked) {
    try {
      model.send({ id, ask: asked, runs: now.runs });
    } catch {
      // JupyterLab throws if the kernel is gone. No answer will come, and that will be said.
    }
  }

  function silent() {
    say("The kernel has not answered yet. It may be busy with a cell, or gone.", true);
  }

  // An answer, or a new row. Rows from `first` on are new.
  function receive({ id, problem, runs, first, rows, training }) {
    if (id === waiting?.id) {
      waiting.end();
      waiting = null;
    }
    if (problem) return say(problem, true);
    if (first > now.rows.length) return ask("history");
    if (!waiting && JSON.stringify(runs) !== JSON.stringify(now.runs)) {
      now.runs = runs;
      runs.forEach((run, which) => sides[which].show(run));
    }
    take(first, rows, training);
  }

  function take(first, rows, training) {
    const begins = training && !now.training;
    const changed = rows.length > 0 || training !== now.training;
    now.training = training;
    now.rows = [...now.rows.slice(0, first), ...rows];
    const last = now.rows.length - 1;
    now.at = now.follow ? last : Math.min(now.at, last);
    write(train, training ? "Pause" : "Train");
    const ends = rows.flatMap(endings);
    if (ends.length) say(ends.join(" "), true);
    else if (begins) say("Training …");
    else if (!training && changed && last >= 0) say(account(now.rows, now.at));
    redraw();
  }

  function play(asked) {
    playing?.();
    playing = null;
    const known = now.rows.length;
    const { recorded } = start;
    const more = () => {
      const at = now.rows.length;
      const goes = asked === "train" && at + 1 < recorded.length;
      if (!goes) playing?.();
      take(at, recorded.slice(at, at + 1), goes);
    };
    if (asked === "rewind") return take(0, recorded.slice(0, 1), false);
    if (asked === "pause") return take(known, [], false);
    if (known === recorded.length) return say(`${account(now.rows, known - 1)} The recording ends here; in JupyterLab it goes on.`);
    if (asked === "step") return more();
    playing = life.every(PACE, more);
    take(known, [], true);
  }

  function look(at) {
    now.at = at;
    now.follow = at === now.rows.length - 1;
    if (!now.training) say(account(now.rows, at));
    redraw();
  }

  // What is drawn.

  function draw() {
    const last = now.rows.length - 1;
    if (last < 0) return; // the first row is on its way
    const { at } = now;
    change(epoch.control, { max: last, disabled: last === 0 });
    epoch.set(at);
    const entries = [0, 1].map((which) => entryAt(now.rows, which, at));
    entries.forEach((entry, which) => write(sides[which].state, numbers(entry)));
    drawLines(at, last);
    drawBars(entries);
  }

  const both = (words) => `At epoch ${now.at}: ${["A", "B"].map((letter, which) => `${letter} ${words(which)}`).join(", ")}.`;

  function drawLines(at, last) {
    const series = (key) => [0, 1].map((which) => now.rows.flatMap((row) => row[which]?.[key] ?? []));
    const losses = series("loss");
    const shares = series("accuracy");
    const said = (values, show) => both((which) => (at < values[which].length ? show(values[which][at]) : "has ended"));
    loss.draw({ series: losses, at, last, level: GUESSING, scale: decades(losses.flat(), -1, 1), words: said(losses, (value) => digits(value)) });
    right.draw({ series: shares, at, last, scale: SHARES, words: said(shares, percent) });
  }

  // An end has no layers of its own; the bars are those of the last epoch before it.
  function drawBars(entries) {
    const shown = entries.map((entry, which) => (entry.words ? before(which) : entry));
    const layers = (key) => {
      const most = Math.max(...shown.map((entry) => entry[key].length));
      return Array.from({ length: most }, (_, i) => shown.map((entry) => entry[key][i]));
    };
    const sizes = layers("delta");
    const shares = layers("saturated");
    const all = now.rows.flat().flatMap((entry) => entry?.delta ?? []);
    const short = (value) => digits(value, 2);
    delta.draw({ groups: sizes, scale: decades(all, -4, -2), show: short, words: both((which) => shown[which].delta.map(short).join("; ")) });
    saturated.draw({ groups: shares, scale: SHARES, show: percent, words: both((which) => shown[which].saturated.map(percent).join("; ")) });
    if (!table.open) return;
    body.replaceChildren(
      ...sizes.map((pair, i) => {
        const cells = [...pair.map((value) => (value === undefined ? "" : short(value))), ...(shares[i] ?? []).map((value) => (value === undefined ? "" : percent(value)))];
        return html("tr", {}, html("th", { scope: "row" }, String(i + 1)), ...cells.map((text) => html("td", {}, text)));
      }),
    );
  }

  const before = (which) => now.rows.slice(0, now.at + 1).findLast((row) => row[which] && !row[which].words)[which];

  life.onModel(model, "msg:custom", receive);
  if (live) send(0, "history"); // it may have to wait for the cells that run
  say(account(now.rows, 0));
  draw();
  return () => {
    if (live && now.training) send(0, "pause");
    life.end();
  };
}

export default { render };
