// The drawn network: neurons with z, a and δ, edges with w and ∂C/∂w; edges and neurons can be chosen.

import { change, digits, html, svg, write } from "./shared/dom.js";
import { neuronName, weightName } from "./stepper_words.js";

const [COLUMN, ROW, RADIUS, LEFT, TOP, BOTTOM] = [265, 150, 32, 50, 60, 90];
const LETTER = 9; // a letter is at most so wide
const REACH = 10; // how far from a line the mouse still chooses it
const MOST_LABELS = 4; // more weights than this between two layers are named only when chosen

export function drawing(net, choose) {
  const sizes = [net.x.length, ...net.weights.map((W) => W.length)];
  const height = TOP + ROW * (Math.max(...sizes) - 1) + BOTTOM;
  const place = (layer, j) => ({
    x: LEFT + COLUMN * layer,
    y: TOP + ROW * ((Math.max(...sizes) - 1) / 2 - (sizes[layer] - 1) / 2 + j),
  });
  const picture = svg("svg", { role: "group", "aria-label": "The network" });
  const el = html("div", { class: "bplab-net bplab-scrolls" }, picture);
  const edges = [];
  const neurons = [];
  let width;
  let reached = null;

  net.weights.forEach((W, layer) =>
    W.forEach((row, j) =>
      row.forEach((_, k) => edges.push(edge({ layer, j, k }, place(layer, k), place(layer + 1, j), W.length * row.length))),
    ),
  );
  sizes.forEach((size, layer) => {
    for (let j = 0; j < size; j += 1) neurons.push(neuron(layer, j, place(layer, j)));
  });
  const cost = svg("text", { y: height - 6, class: "bplab-cost" });
  // Labels last, on top of all lines.
  picture.append(...edges.map((e) => e.group), ...neurons.map((n) => n.group), ...edges.map((e) => e.labels), cost);

  // A part that can be chosen by mouse, Enter or Space.
  function chosen(part, group) {
    change(group, {
      tabindex: 0,
      role: "button",
      "data-lm-suppress-shortcuts": "true",
      onclick: () => choose(part),
      onkeydown: (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        choose(part);
      },
    });
    return group;
  }

  function edge(part, from, to, count) {
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const at = (distance) => ({
      x: from.x + ((to.x - from.x) * distance) / length,
      y: from.y + ((to.y - from.y) * distance) / length,
    });
    const [start, end] = [at(RADIUS), at(length - RADIUS)];
    const ends = { x1: start.x, y1: start.y, x2: end.x, y2: end.y };
    const line = svg("line", { ...ends, class: "bplab-edge" });
    const group = chosen(part, svg("g", { class: "bplab-choosable" }, hit(start, end, length), line));
    const weight = label(at(RADIUS + 52), "bplab-weight");
    const gradient = label(at(length - RADIUS - 66), "bplab-gradient");
    const labels = svg("g", { class: "bplab-labels", "aria-hidden": "true" }, weight.el, gradient.el);
    return { part, group, line, labels, weight, gradient, crowded: count > MOST_LABELS };
  }

  // A broad strip that nobody sees is easier to hit than a line.
  function hit(start, end, length) {
    const [across, down] = [((end.y - start.y) / length) * REACH, ((start.x - end.x) / length) * REACH];
    const corners = [[start, 1], [end, 1], [end, -1], [start, -1]];
    const points = corners.map(([p, side]) => `${p.x + side * across},${p.y + side * down}`).join(" ");
    return svg("polygon", { points, class: "bplab-hit" });
  }

  function neuron(layer, j, { x, y }) {
    const circle = svg("circle", { cx: x, cy: y, r: RADIUS, class: "bplab-neuron" });
    const z = svg("text", { x, y: y - 8, class: "bplab-z" });
    const a = svg("text", { x, y: layer ? y + 13 : y + 5, class: "bplab-a" });
    const name = svg("text", { x, y: y - RADIUS - 9, class: "bplab-name" });
    const delta = label({ x, y: y + RADIUS + 17 }, "bplab-delta");
    const target = svg("text", { x: x + RADIUS + 10, y: y + 5, class: "bplab-target" });
    const group = svg("g", {}, circle, z, a, name, delta.el, target);
    if (layer) chosen({ layer: layer - 1, j, k: null }, change(group, { class: "bplab-choosable" }));
    return { layer, j, group, circle, z, a, name, delta, target };
  }

  function label({ x, y }, kind) {
    const text = svg("text", { x, y: y + 4 });
    const box = svg("rect", { y: y - 10, height: 20, rx: 4 });
    return { el: svg("g", { class: kind }, box, text), box, text, x };
  }

  function tell(target, words) {
    change(target.el, { visibility: words ? "visible" : "hidden" });
    write(target.text, words);
    const broad = 7.3 * words.length + 8;
    change(target.box, { x: target.x - broad / 2, width: broad });
  }

  // Right of the outputs stand their targets; a wide network scrolls rather than shrink too far.
  function fit(targets) {
    const beside = RADIUS + 16 + LETTER * Math.max(...targets.map((words) => words.length));
    width = LEFT + COLUMN * (sizes.length - 1) + beside;
    change(picture, { viewBox: `0 0 ${width} ${height}` });
    change(cost, { x: width - 4 });
    el.style.setProperty("--bplab-wide", `${width}px`);
  }

  // Where the network scrolls, it follows the steps.
  function follow(step) {
    if (step === reached) return;
    reached = step;
    if (step?.layer === undefined) return;
    const scale = el.scrollWidth / width;
    el.scrollLeft = scale * place(step.layer + 1, 0).x - el.clientWidth / 2;
  }

  function draw({ shown, known, step, selected }) {
    const targets = shown.net.y.map((y) => `y ${digits(y)}`);
    fit(targets);
    follow(step);
    for (const { layer, j, group, circle, z, a, name, delta, target } of neurons) {
      const seen = layer === 0 || known.neuron(layer - 1, j);
      const label = neuronName(net, layer, j);
      write(name, layer ? `${label}   b ${digits(shown.net.biases[layer - 1][j])}` : label);
      write(z, layer && seen ? `z ${digits(shown.z[layer - 1][j], 3)}` : "");
      write(a, seen ? (layer ? `a ${digits(shown.a[layer][j], 3)}` : digits(shown.a[0][j], 3)) : "?");
      const d = layer && known.delta(layer - 1, j) ? shown.delta?.[layer - 1][j] : undefined;
      tell(delta, d === undefined ? "" : `δ ${digits(d, 3)}`);
      const isOutput = layer === net.weights.length;
      write(target, isOutput ? targets[j] : "");
      const active = step && step.layer === layer - 1 && step.j === j;
      change(circle, { class: `bplab-neuron${active ? ` bplab-now bplab-${step.kind}` : ""}${layer ? "" : " bplab-input"}` });
      if (!layer) continue;
      const words = [`neuron ${label}`, seen ? `a = ${digits(shown.a[layer][j])}` : "not yet computed"];
      if (d !== undefined) words.push(`δ = ${digits(d)}`);
      const isSelected = selected && selected.k === null && selected.layer === layer - 1 && selected.j === j;
      change(group, { "aria-label": words.join(", "), "aria-pressed": String(Boolean(isSelected)) });
    }
    for (const { part, group, line, weight, gradient, crowded } of edges) {
      const { layer, j, k } = part;
      const isSelected = selected && selected.k === k && selected.layer === layer && selected.j === j;
      const carries = flow(step, part);
      const w = shown.net.weights[layer][j][k];
      const g = known.gradients(layer) ? shown.dW?.[layer][j][k] : undefined;
      const named = weightName(net, part);
      const one = step && step.j !== undefined; // a step of one neuron, whose few edges can be named
      const visible = !crowded || isSelected || (carries && one);
      const after = known.update ? shown.stepped[layer][j][k] : undefined;
      const text = after === undefined ? `${named} ${digits(w, 3)}` : `→ ${digits(after)}`;
      tell(weight, visible ? text : "");
      tell(gradient, visible && g !== undefined ? `∂ ${digits(g, 3)}` : "");
      change(line, { class: `bplab-edge${carries ? ` bplab-${carries}` : ""}${isSelected ? " bplab-selected" : ""}` });
      const words = [`weight ${named} from ${neuronName(net, layer, k)} to ${neuronName(net, layer + 1, j)}`, digits(w)];
      if (g !== undefined) words.push(`gradient ${digits(g)}`);
      change(group, { "aria-label": words.join(", "), "aria-pressed": String(Boolean(isSelected)) });
    }
    const after = known.update ? ` → ${digits(shown.costAfter, 6)}` : "";
    write(cost, known.cost ? `cost C = ${digits(shown.cost, 6)}${after}` : "");
  }

  return { el, draw };
}

// Along which edges the last step took its numbers.
function flow(step, { layer, j, k }) {
  if (!step) return null;
  if (step.kind === "forward" && step.layer === layer && step.j === j) return "forward";
  if (step.kind === "delta" && step.layer === layer - 1 && step.j === k) return "delta";
  if (step.kind === "gradients" && step.layer === layer) return "delta";
  if (step.kind === "update") return "forward";
  return null;
}
