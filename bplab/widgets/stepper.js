// The backprop stepper: one pass forward and back through a drawn network, a step at a time.

import { button, change, choice, digits, frame, html, lifetime, liveLine, numberField, slider, tick, write } from "./shared/dom.js";
import { agree, agreeingDigits, asked, bugs, compute, firstDifference, forward, judge, nudge, revealed, steps, withStep } from "./stepper_maths.js";
import { BUG_NAMES, bugReason, deltaFormula, judged, neuronName, PROGRAMS, question, symbol, told, weightFormula, weightName } from "./stepper_words.js";
import { drawing } from "./stepper_drawing.js";

const SURE = 1e-5; // the step of the nudges that decide
const PATIENCE = 3000; // milliseconds beyond the learner's time limit until the kernel counts as silent

function render({ model, el }) {
  const life = lifetime();
  const state = model.get("state");
  const all = steps(state.net);
  const forwardSteps = all.findIndex((step) => step.kind === "cost") + 1;
  const now = {
    net: structuredClone(state.net),
    at: 0,
    program: "right",
    surprises: state.seed,
    suspects: [], // of which one is the hidden bug; new numbers leave both as they are
    hidden: null,
    selected: null,
    exponent: -5,
    own: null,
    right: 0,
    predicted: 0,
  };
  let waiting = null;
  let shown;

  // What stands on the page.

  const says = liveLine();
  const { say } = says;
  const asks = numberField({ label: "" });
  asks.control.addEventListener("keydown", (event) => {
    if (event.key === "Enter") forth();
  });
  const prediction = html("div", { class: "bplab-row" }, asks.el);
  const score = html("span");
  const back = button("Back", () => go(now.at - 1));
  const next = button("Next", forth);
  const place = slider({
    label: "Step",
    min: 0,
    max: all.length,
    step: 1,
    value: 0,
    show: (at) => `${at} of ${all.length}`,
    change: go,
  });
  const predicts = tick({ label: "predict first", checked: true, change: () => draw() });
  const program = choice({ label: "Program", options: programs(), value: "right", change: run });
  const again = button("Run it again", () => run("own"));
  const guess = choice({ label: "Which bug is it?", options: [], value: null, change() {} });
  const other = button("Another bug", () => run("surprise"));
  const guesses = html("div", { class: "bplab-row" }, guess.el, button("Is it this one?", judgeGuess), other);
  const net = drawing(state.net, select);
  const panel = html("div", { class: "bplab-panel" });
  const title = html("h3");
  const lines = html("div");
  const nudgeLine = html("p");
  const size = slider({
    label: "nudge h",
    min: -8,
    max: -1,
    step: 1,
    value: now.exponent,
    show: (exponent) => `1e−${-exponent}`,
    change: (exponent) => update({ exponent }),
  });
  const number = numberField({ label: "its number", change: takeNumber });
  const settings = html("div", { class: "bplab-row" }, size.el, number.el);
  panel.append(title, lines, nudgeLine, settings);
  const { table, fill } = gradientTable();
  const root = frame(
    el,
    "Backprop stepper",
    html("div", { class: "bplab-row" }, back, next, place.el, button("Rewind", () => go(0))),
    html("div", { class: "bplab-row" }, program.el, again, predicts.el, score),
    prediction,
    guesses,
    says.el,
    html("div", { class: "bplab-stage" }, net.el, panel),
    html("details", {}, html("summary", {}, "All gradients, each beside its nudge"), table),
    html("details", {}, html("summary", {}, "Change the numbers"), numberFields()),
  );
  root.classList.add("bplab-stepper");

  // What happens.

  function update(changes) {
    Object.assign(now, changes);
    draw();
  }

  function current() {
    if (now.program !== "own") return compute(now.net, now.program === "surprise" ? now.hidden : now.program);
    if (!now.own) return forward(now.net);
    return withStep(now.net, { ...forward(now.net), ...now.own });
  }

  // The programs that differ with these numbers, and the one that runs.
  function programs() {
    const possible = bugs(now.net);
    const offered = (name) => name === "right" || name === now.program || (name === "surprise" ? possible.length : possible.includes(name));
    const found = PROGRAMS.filter(([name]) => offered(name));
    return state.own ? [...found, ["own", "your function"]] : found;
  }

  function hideBug() {
    now.suspects = bugs(now.net);
    now.surprises += 1;
    now.hidden = now.suspects[now.surprises % now.suspects.length];
    guess.offer(now.suspects.map((bug) => [bug, BUG_NAMES[bug]]), now.suspects[0]);
  }

  function forth() {
    if (now.at === all.length) return say("That was the last step. Go back, or choose another program.");
    const step = all[now.at];
    if (now.at === reach()) return say("Your function gave no gradients, so there is nothing to show beyond this point.", true);
    const predicted = predicts.control.checked ? asks.control.valueAsNumber : NaN;
    let verdict = "";
    if (Number.isFinite(predicted)) {
      const found = judge(predicted, step, shown, compute(now.net), now.net);
      verdict = judged(predicted, asked(step, shown, now.net), found);
      now.predicted += 1;
      now.right += found.verdict === "wrong" ? 0 : 1;
    }
    asks.set("");
    update({ at: now.at + 1 });
    say(verdict + told(now.net, step, shown, now.program === "right"));
  }

  // As far as there are numbers to show: without gradients, up to the cost.
  function reach() {
    return shown.delta ? all.length : forwardSteps;
  }

  function go(at) {
    update({ at: Math.max(0, Math.min(at, reach())) });
    const step = all[now.at - 1];
    say(step ? told(now.net, step, shown, now.program === "right") : START);
  }

  function select(part) {
    update({ selected: part });
    say(`${title.textContent}. ${nudgeLine.textContent || lines.textContent}`);
  }

  function run(name) {
    endWaiting();
    if (name === "surprise") hideBug();
    update({ program: name, own: null });
    program.offer(programs(), name);
    if (name === "own") ask();
    else if (name === "surprise") say("The program has one bug. Walk through it, choose edges, compare gradients with nudges, then name the bug.");
    else if (name === "right") say("This is the right program.");
    else say(`${BUG_NAMES[name][0].toUpperCase()}${BUG_NAMES[name].slice(1)}. Which gradients are wrong now, and which still right? Predict, then open the table below.`);
  }

  function judgeGuess() {
    const named = guess.control.value;
    if (named === now.hidden) return say(`✓ Yes: ${BUG_NAMES[named]}. ${bugReason(named)}`);
    const part = firstDifference(compute(now.net, named), shown);
    if (!part) return say(`With these numbers the two cannot be told apart: if ${BUG_NAMES[named]}, every δ is what this program says. Change a number, then compare again.`);
    return say(
      `✗ No. If ${BUG_NAMES[named]}, δ of ${neuronName(now.net, part.layer + 1, part.j)} is ${digits(part.one)}; this program says ${digits(part.other)}.`,
    );
  }

  // The learner's function runs in the kernel.

  function ask() {
    endWaiting();
    say("Your function runs in the kernel …");
    waiting = { id: Math.random(), end: life.after(1000 * state.seconds + PATIENCE, silent) };
    model.send({ kind: "run", id: waiting.id, net: now.net });
  }

  function silent() {
    waiting = null;
    say("The kernel did not answer. It may be busy with another cell, or gone; try again when it rests.", true);
  }

  function endWaiting() {
    waiting?.end();
    waiting = null;
  }

  life.onModel(model, "msg:custom", (answer) => {
    if (answer.id !== waiting?.id) return;
    endWaiting();
    update({ own: answer.problem ? null : answer.values });
    if (answer.problem) {
      go(now.at);
      return say(answer.problem, true);
    }
    const wrong = gradients().filter(({ gradient, slope }) => !agree(gradient, slope));
    const verdict = wrong.length
      ? `✗ ${wrong.length} of ${gradients().length} gradients of your function are wrong, the first is ∂C/∂${weightName(now.net, wrong[0].part)}. Step back and see where.`
      : `✓ All ${gradients().length} gradients of your function agree with their nudges.`;
    return say([verdict, answer.note].filter(Boolean).join(" "));
  });

  // What is drawn.

  function draw() {
    shown = { ...current(), net: now.net };
    const known = revealed(all, Math.min(now.at, reach()));
    net.draw({ shown, known, step: all[now.at - 1], selected: now.selected });
    place.set(now.at);
    const upcoming = all[now.at];
    change(prediction, { hidden: !predicts.control.checked || !upcoming });
    if (upcoming) write(asks.name, `Predict ${question(now.net, upcoming)}, then press Next or Enter:`);
    write(score, now.predicted ? `Predictions right: ${now.right} of ${now.predicted}` : "");
    change(guesses, { hidden: now.program !== "surprise" });
    change(other, { hidden: bugs(now.net).length < 2 });
    change(again, { hidden: now.program !== "own" });
    drawPanel(known);
    fill(known);
  }

  function drawPanel(known) {
    const part = now.selected;
    change(settings, { hidden: !part });
    if (!part) {
      write(title, "Choose a weight or a neuron");
      lines.replaceChildren(html("p", {}, "Click it in the drawing, or reach it with Tab and press Enter: here you see the factors of its gradient."));
      return write(nudgeLine, "");
    }
    const { layer, j, k } = part;
    const to = neuronName(now.net, layer + 1, j);
    const name = weightName(now.net, part);
    const { of, key } = storeOf(part)(now.net);
    const value = of[key];
    if (number.control !== document.activeElement) number.set(value);
    write(title, k === null ? `Neuron ${to}, bias ${symbol(now.net, part)} = ${digits(value)}` : `${name} = ${symbol(now.net, part)} = ${digits(value)}, from ${neuronName(now.net, layer, k)} to ${to}`);
    const found = [];
    if (!known.delta(layer, j)) found.push(`δ of ${to} is not computed yet: go on with Next.`);
    else {
      found.push(compared(deltaFormula(now.net, part, shown), shown.delta[layer][j]));
      if (known.gradients(layer)) {
        const program = k === null ? shown.db[layer][j] : shown.dW[layer][j][k];
        found.push(compared(weightFormula(now.net, part, shown), program));
      }
    }
    lines.replaceChildren(...found.map((text) => html("p", {}, text)));
    if (!known.gradients(layer)) return write(nudgeLine, "");
    const h = 10 ** now.exponent;
    const slope = nudge(now.net, part, h);
    const gradient = k === null ? shown.db[layer][j] : shown.dW[layer][j][k];
    const verdict = agree(gradient, nudge(now.net, part, SURE))
      ? `✓ it agrees with the gradient to ${agreeingDigits(gradient, slope)} digits`
      : `✗ the program says ${digits(gradient)}: its gradient is wrong`;
    const moved = k === null ? "b" : name;
    return write(nudgeLine, `Nudge: (C(${moved} + h) − C(${moved} − h)) / 2h = ${digits(slope, 9)}; ${verdict}.`);
  }

  function compared({ value, text }, program) {
    return agree(value, program, 1e-9) ? text : `${text}; but the program says ${digits(program)} ✗`;
  }

  function gradients() {
    const parts = now.net.weights.flatMap((W, layer) => [
      ...W.flatMap((row, j) => row.map((_, k) => ({ layer, j, k }))),
      ...W.map((_, j) => ({ layer, j, k: null })),
    ]);
    return parts.map((part) => ({
      part,
      gradient: part.k === null ? shown.db?.[part.layer][part.j] : shown.dW?.[part.layer][part.j][part.k],
      slope: nudge(now.net, part, SURE),
    }));
  }

  function gradientTable() {
    const body = html("tbody");
    const heads = ["parameter", "gradient", "nudge", "verdict"].map((text) => html("th", { scope: "col" }, text));
    const rows = new Map();
    const table = html("table", {}, html("thead", {}, html("tr", {}, ...heads)), body);
    const fillTable = (known) => {
      for (const { part, gradient, slope } of gradients()) {
        const name = weightName(now.net, part);
        if (!rows.has(name)) {
          rows.set(name, [0, 1, 2].map(() => html("td")));
          body.append(html("tr", {}, html("th", { scope: "row" }, name), ...rows.get(name)));
        }
        const seen = known.gradients(part.layer) && gradient !== undefined;
        const cells = seen ? [digits(gradient, 6), digits(slope, 6), agree(gradient, slope) ? "✓ agree" : "✗ differ"] : ["?", "", ""];
        rows.get(name).forEach((cell, i) => write(cell, cells[i]));
      }
    };
    return { table, fill: fillTable };
  }

  function numberFields() {
    const row = html("div", { class: "bplab-row" });
    const field = (label, value, store) => {
      const made = numberField({
        label,
        value,
        change: (number) => {
          const { problem, old } = accept(label, number, store);
          if (problem) made.set(old);
        },
      });
      row.append(made.el);
    };
    now.net.x.forEach((x, k) => field(`x${k + 1}`, x, (of) => ({ of: of.x, key: k })));
    now.net.y.forEach((y, k) => field(`y${k + 1}`, y, (of) => ({ of: of.y, key: k })));
    field("learning rate η", now.net.eta, (of) => ({ of, key: "eta" }));
    return row;
  }

  function storeOf({ layer, j, k }) {
    return (of) => (k === null ? { of: of.biases[layer], key: j } : { of: of.weights[layer][j], key: k });
  }

  function takeNumber(given) {
    const { problem, old } = accept(weightName(now.net, now.selected), given, storeOf(now.selected));
    if (problem) number.set(old);
  }

  // Takes a new number, unless the network could not be computed with it.
  function accept(label, number, store) {
    const changed = structuredClone(now.net);
    const { of, key } = store(changed);
    const old = of[key];
    of[key] = number;
    if (!Number.isFinite(number) || !Number.isFinite(compute(changed).costAfter)) {
      const reason = Number.isFinite(number) ? "a number of moderate size" : "a finite number";
      say(`${label} must be ${reason}; it stays ${digits(old)}.`, true);
      return { problem: true, old };
    }
    update({ net: changed, own: null });
    program.offer(programs(), now.program);
    if (now.program === "own") ask();
    else say(`${label} is now ${digits(number)}.${unseen()}`);
    return { problem: false, old };
  }

  function unseen() {
    const isBug = now.program in BUG_NAMES;
    return isBug && !bugs(now.net).includes(now.program) ? " With these numbers the bug of this program changes nothing." : "";
  }

  const START = "Nothing is computed yet. Predict the first number, then press Next.";
  draw();
  say(START);
  return () => life.end();
}

export default { render };
