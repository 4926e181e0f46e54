// The perceptron stepper: one mistake a step, and a line to drag that bounds their number.

import { button, change, choice, digits, frame, html, lifetime, liveLine, slider, svg, write } from "./shared/dom.js";
import { arrow, lineEnds, lineThrough, movable, pair, plane, straight, towardsClass1 } from "./shared/plane.js";
import { bound, compute, epochOf, oriented, rightPoints } from "./perceptron_maths.js";

const ZERO = { w: [0, 0], b: 0 };
const METER = 700;
const signed = (sign) => (sign > 0 ? "+1" : "−1");

function render({ model, el }) {
  const life = lifetime();
  const { x, s, orders, most } = structuredClone(model.get("state"));
  const samples = { x, s };
  const room = roomFor(x);
  const middle = (room.low + room.high) / 2;
  const grips = [room.low, room.high].map((end) => [middle, Math.round((0.7 * end + 0.3 * middle) * 20) / 20]);
  const now = { k: 0, order: 0, fromOwn: false };
  let run;
  let own;
  const redraw = life.drawing(draw);

  // What stands on the page.

  const says = liveLine();
  const back = button("Back", () => go(now.k - 1));
  const next = button("Next mistake", () => go(now.k + 1));
  const place = slider({ label: "Mistakes", min: 0, max: 1, step: 1, value: 0, show: (k) => `${k} of ${run?.samples.length ?? 0}`, change: go });
  const order = choice({
    label: "Order of the points",
    options: orders.map(({ name }, i) => [i, name]),
    value: 0,
    change: (i) => restart({ order: Number(i) }),
  });
  const from = choice({
    label: "Start from",
    options: [["zero", "w = 0, b = 0"], ["own", "your line"]],
    value: "zero",
    change: (name) => restart({ fromOwn: name === "own" }),
  });

  const inputs = plane({ label: "The points and the line", names: ["x₁", "x₂"] });
  inputs.limits(room.low, room.high);
  const [before, after, mine] = ["bplab-faint", "bplab-strong", "bplab-own"].map(straight);
  const toClass1 = arrow("bplab-strong");
  inputs.layer.append(before.el, mine.el, after.el, toClass1.el);
  const handles = grips.map((_, i) => {
    const handle = movable(inputs, { label: `your line, end ${i + 1}`, where: () => grips[i], move: (point) => moveGrip(i, point) });
    handle.el.append(svg("rect", { x: -6, y: -6, width: 12, height: 12, transform: "rotate(45)", class: "bplab-grip" }));
    return handle;
  });
  const dots = x.map((_, i) => {
    const dot = movable(inputs, { label: `point ${i + 1}`, where: () => x[i], move: (point) => movePoint(i, point), press: () => turn(i) });
    const [square, disc] = [svg("rect", { x: -8, y: -8, width: 16, height: 16, class: "bplab-class1" }), svg("circle", { r: 8.5, class: "bplab-class0" })];
    dot.el.append(square, disc);
    return { ...dot, square, disc };
  });
  inputs.el.append(...handles.map((h) => h.el), ...dots.map((d) => d.el));

  const weights = plane({ label: "The weights w", names: ["w₁", "w₂"] });
  const [oldW, newW] = [arrow("bplab-faint"), arrow("bplab-strong")];
  const steps = { 1: arrow("bplab-plus"), [-1]: arrow("bplab-minus") };
  weights.layer.append(oldW.el, newW.el, steps[1].el, steps[-1].el);
  const stepName = html("figcaption");

  const made = svg("rect", { x: 0, y: 4, height: 16, class: "bplab-made" });
  const limit = svg("line", { y1: 0, y2: 24, class: "bplab-limit" });
  const limitName = svg("text", { y: 40 });
  const meter = svg(
    "svg",
    { viewBox: `0 0 ${METER} 46`, class: "bplab-meter", "aria-hidden": "true" },
    made,
    svg("rect", { x: 0.5, y: 4, width: METER - 1, height: 16, class: "bplab-frame" }),
    limit,
    limitName,
  );
  const [count, promise, race] = [html("p"), html("p"), html("p")];

  frame(
    el,
    "Perceptron stepper",
    html("div", { class: "bplab-row" }, back, next, place.el, button("To the end", () => go(run.samples.length)), button("Rewind", () => go(0))),
    html("div", { class: "bplab-row" }, order.el, from.el),
    says.el,
    html(
      "div",
      { class: "bplab-planes" },
      html("figure", {}, html("figcaption", {}, "Points, line, and your line (dashed)"), inputs.el),
      html("figure", {}, stepName, weights.el),
    ),
    count,
    meter,
    promise,
    race,
    html("p", {}, "Drag a point or an end of the dashed line; or go there with Tab, and use the arrow keys (with Shift: faster). A double click, or Enter, gives a point the other class."),
  );

  // What happens.

  function restart(changes = {}) {
    Object.assign(now, changes, { k: 0 });
    recompute();
    redraw();
    tell();
  }

  function recompute() {
    const line = lineThrough(...grips);
    own = line && oriented(samples, line);
    const start = now.fromOwn && own ? own : ZERO;
    run = compute({ ...samples, epochs: orders[now.order].epochs, most, start });
    now.k = Math.min(now.k, run.samples.length);
    change(place.control, { max: Math.max(run.samples.length, 1) });
  }

  function go(k) {
    const wished = Math.max(0, k);
    now.k = Math.min(wished, run.samples.length);
    redraw();
    tell(wished > run.samples.length);
  }

  function movePoint(i, point) {
    x[i] = point;
    restart();
  }

  function turn(i) {
    s[i] = -s[i];
    restart();
  }

  // Your line is no part of the run, unless the run starts from it.
  function moveGrip(i, point) {
    grips[i] = point;
    if (now.fromOwn) return restart();
    recompute();
    redraw();
    return says.say(boundWords());
  }

  // What is said and drawn.

  function tell(beyond = false) {
    const { k } = now;
    const end = k === run.samples.length;
    if (end && beyond && run.converged) return says.say(`An epoch without a mistake: the rule has stopped, after ${k} mistakes.`);
    if (k === 0) {
      const start = now.fromOwn && own ? `your line, w = ${pair(own.w)}, b = ${digits(own.b)}` : "w = (0, 0), b = 0: every z is 0";
      return says.say(end ? `From your line the rule makes no mistake.` : `At the start: ${start}. Which point will be the first mistake?`);
    }
    const i = run.samples[k - 1];
    const [sign, w, b] = [s[i], run.w[k - 1], run.b[k - 1]];
    const z = w[0] * x[i][0] + w[1] * x[i][1] + b;
    const growth = x[i][0] ** 2 + x[i][1] ** 2 + 1;
    const ending = !end ? "" : run.converged ? " It was the last." : ` Still no end after ${most} epochs.`;
    return says.say(
      `Mistake ${k}, epoch ${epochOf(run, k)}: x = ${pair(x[i])} with s = ${signed(sign)} has z = ${digits(z)}. ` +
        `w ← w ${sign > 0 ? "+" : "−"} x = ${pair(run.w[k])}, b ← ${digits(run.b[k])}; ` +
        `s·z grows by ‖x‖² + 1 = ${digits(growth)} to ${digits(sign * z + growth)}.${ending}`,
    );
  }

  function boundWords() {
    if (!own) return "The two ends of your line are one point: no line, no bound.";
    const right = rightPoints(samples, own);
    const found = bound(samples, own);
    if (!found) return `Your line has ${right} of ${x.length} points on their side: it does not separate, so it gives no bound.`;
    return `Your line separates the classes: γ = ${digits(found.gamma)}, R² = ${digits(found.R ** 2)}, so at most (R/γ)² = ${digits(found.bound)} mistakes from w = 0, b = 0.`;
  }

  function draw() {
    const { k } = now;
    const [w, b] = [run.w[k], run.b[k]];
    const looked = k ? run.samples[k - 1] : -1;
    const { low, high } = inputs;
    after.set(inputs, lineEnds(w, b, low, high));
    before.set(inputs, k ? lineEnds(run.w[k - 1], run.b[k - 1], low, high) : null);
    mine.set(inputs, own && lineEnds(own.w, own.b, low, high));
    toClass1.set(inputs, towardsClass1({ w, b }, low, high));
    for (const handle of handles) handle.draw();
    dots.forEach(({ el: group, draw: drawDot, square, disc }, i) => {
      const z = w[0] * x[i][0] + w[1] * x[i][1] + b;
      drawDot(`class ${s[i] > 0 ? 1 : 0}, ${s[i] * z > 0 ? "right" : "a mistake"}`);
      change(square, { visibility: s[i] > 0 ? "visible" : "hidden" });
      change(disc, { visibility: s[i] > 0 ? "hidden" : "visible" });
      group.classList.toggle("bplab-looked", i === looked);
    });
    drawWeights(looked);
    drawMeter();
    place.set(k);
  }

  function drawWeights(looked) {
    const farthest = Math.max(1, ...run.w.flat().map(Math.abs));
    const reach = Math.ceil(1.15 * farthest);
    weights.limits(-reach, reach);
    const [old, w] = [run.w[Math.max(0, now.k - 1)], run.w[now.k]];
    oldW.set(weights, [[0, 0], old]);
    newW.set(weights, [[0, 0], w]);
    const sign = looked < 0 ? 0 : s[looked];
    for (const each of [1, -1]) steps[each].set(weights, each === sign ? [old, w] : null);
    const words = sign > 0 ? "w (dashed) + x: pulled towards x" : "w (dashed) − x: pushed away from x";
    write(stepName, sign ? words : "The weights w: no step yet");
  }

  function drawMeter() {
    const found = own && bound(samples, own);
    const valid = found && !now.fromOwn;
    const longest = Math.max(1, run.converged ? run.samples.length : now.k, valid ? found.bound : 0);
    const unit = METER / (1.12 * longest);
    const at = valid ? found.bound * unit : 0;
    change(made, { width: now.k * unit });
    change(limit, { x1: at, x2: at, visibility: valid ? "visible" : "hidden" });
    change(limitName, { x: at, "text-anchor": at > METER / 2 ? "end" : "start" });
    write(limitName, valid ? `bound ${digits(found.bound)}` : "");
    const done = run.converged && now.k === run.samples.length;
    const last = done && !now.fromOwn ? bound(samples, { w: run.w[now.k], b: run.b[now.k] }) : null;
    write(count, `Mistakes so far: ${now.k}.${last ? ` The rule's own last line gives the bound ${digits(last.bound)}.` : ""}`);
    write(promise, now.fromOwn && found ? "From another start than w = 0, b = 0 the bound (R/γ)² says nothing." : boundWords());
    if (!valid) return write(race, "");
    const length = Math.hypot(...run.w[now.k], run.b[now.k]);
    return write(race, `k·γ = ${digits(now.k * found.gamma)} ≤ ‖(w, b)‖ = ${digits(length)} ≤ √k·R = ${digits(Math.sqrt(now.k) * found.R)}, for k = ${now.k}.`);
  }

  recompute();
  draw();
  tell();
  return () => life.end();
}

// A square around all points, with room to drag them.
function roomFor(x) {
  const values = x.flat();
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const extra = 0.65 * Math.max(most - least, 1);
  return { low: Math.floor((least - extra) * 20) / 20, high: Math.ceil((most + extra) * 20) / 20 };
}

export default { render };
