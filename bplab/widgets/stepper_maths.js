// Backpropagation for one sample and the quadratic cost, right and with planted bugs. Plain numbers.
// Layers count from 0 here: weights[0] leads into layer 1 of the lessons, a[0] is the input.

import { ACTIVATIONS } from "./shared/activations.js";

const dot = (u, v) => u.reduce((sum, entry, i) => sum + entry * v[i], 0);
const column = (W, k) => W.map((row) => row[k]);

export function forward(net) {
  const { f } = ACTIVATIONS[net.activation];
  const z = [];
  const a = [net.x];
  net.weights.forEach((W, layer) => {
    z.push(W.map((row, j) => dot(row, a[layer]) + net.biases[layer][j]));
    a.push(z[layer].map(f));
  });
  const cost = a.at(-1).reduce((sum, output, j) => sum + (output - net.y[j]) ** 2 / 2, 0);
  return { z, a, cost };
}

// δ, ∂C/∂W and ∂C/∂b of every layer as the program gives them: "right", or one of the bugs in BP2:
// "no-prime" leaves σ′ out, "transpose" takes Wδ for Wᵀδ, "updated" takes the weights after the step.
export function backward(net, { z, a }, program = "right") {
  const { prime } = ACTIVATIONS[net.activation];
  const last = net.weights.length - 1;
  const delta = [];
  const dW = [];
  for (let layer = last; layer >= 0; layer -= 1) {
    delta[layer] = z[layer].map((zj, j) => {
      if (layer === last) return (a[last + 1][j] - net.y[j]) * prime(zj);
      return fromAbove(net, delta[layer + 1], dW[layer + 1], layer, j, program) * (program === "no-prime" ? 1 : prime(zj));
    });
    dW[layer] = delta[layer].map((d) => a[layer].map((input) => input * d));
  }
  return { delta, dW, db: delta };
}

function fromAbove(net, delta, dW, layer, j, program) {
  const W = program === "updated" ? stepped(net.weights[layer + 1], dW, net.eta) : net.weights[layer + 1];
  const crossed = program === "transpose" && W.length === W[0].length;
  return dot(crossed ? W[j] : column(W, j), delta);
}

const stepped = (W, dW, eta) => W.map((row, j) => row.map((w, k) => w - eta * dW[j][k]));

// Everything the view shows. The step changes the weights only, as the published example does.
export function compute(net, program = "right") {
  return withStep(net, { ...forward(net), ...backward(net, forward(net), program) });
}

export function withStep(net, passed) {
  const weights = net.weights.map((W, layer) => stepped(W, passed.dW[layer], net.eta));
  return { ...passed, stepped: weights, costAfter: forward({ ...net, weights }).cost };
}

// The slope of the cost by one weight, or by a bias where k is null, from two forward passes.
export function nudge(net, { layer, j, k }, h) {
  const cost = (by) => {
    const moved = k === null ? { ...net, biases: structuredClone(net.biases) } : { ...net, weights: structuredClone(net.weights) };
    if (k === null) moved.biases[layer][j] += by;
    else moved.weights[layer][j][k] += by;
    return forward(moved).cost;
  };
  return (cost(h) - cost(-h)) / (2 * h);
}

// The same number but for rounding and the error of a nudge?
export function agree(gradient, slope, relative = 1e-4) {
  return Math.abs(gradient - slope) <= relative * Math.max(Math.abs(gradient), Math.abs(slope)) + 1e-9;
}

export function agreeingDigits(gradient, slope) {
  const size = Math.max(Math.abs(gradient), Math.abs(slope));
  return size === 0 ? 15 : Math.max(0, Math.min(15, Math.floor(-Math.log10(Math.abs(gradient - slope) / size + 1e-16))));
}

// What is computed one after the other: neuron by neuron forward, then back.
export function steps(net) {
  const found = [];
  const last = net.weights.length - 1;
  const each = (kind, layer) => net.weights[layer].forEach((_, j) => found.push({ kind, layer, j }));
  for (let layer = 0; layer <= last; layer += 1) each("forward", layer);
  found.push({ kind: "cost" });
  for (let layer = last; layer >= 0; layer -= 1) {
    each("delta", layer);
    found.push({ kind: "gradients", layer });
  }
  found.push({ kind: "update" });
  return found;
}

// What is known after the first `at` steps.
export function revealed(all, at) {
  const done = all.slice(0, at);
  const has = (kind, layer, j) =>
    done.some((s) => s.kind === kind && s.layer === layer && (j === undefined || s.j === j));
  return {
    neuron: (layer, j) => has("forward", layer, j),
    delta: (layer, j) => has("delta", layer, j),
    gradients: (layer) => has("gradients", layer),
    cost: has("cost"),
    update: has("update"),
  };
}

// The bugs that change a number in this network.
export function bugs(net) {
  const right = compute(net);
  return ["no-prime", "transpose", "updated"].filter((program) => firstDifference(compute(net, program), right));
}

// The first δ, from the outputs on, that differs in two passes; null if none does.
export function firstDifference(one, other) {
  for (let layer = one.delta.length - 1; layer >= 0; layer -= 1) {
    const j = one.delta[layer].findIndex((d, i) => !agree(d, other.delta[layer][i], 1e-9));
    if (j >= 0) return { layer, j, one: one.delta[layer][j], other: other.delta[layer][j] };
  }
  return null;
}

// The number that a prediction is about.
export function asked(step, shown, net) {
  const last = net.weights.length - 1;
  if (step.kind === "forward") return shown.a[step.layer + 1][step.j];
  if (step.kind === "cost") return shown.cost;
  if (step.kind === "delta") return shown.delta[step.layer][step.j];
  if (step.kind === "gradients") return shown.dW[step.layer][0][0];
  return shown.stepped[last][0][0];
}

// Wrong numbers that come from one slip, with the name of the slip.
function slips(step, right, net) {
  const { f, prime } = ACTIVATIONS[net.activation];
  const { kind, layer, j } = step;
  const last = net.weights.length - 1;
  if (kind === "forward") {
    const z = right.z[layer][j];
    return [["z", z], ["no-bias", f(z - net.biases[layer][j])]];
  }
  if (kind === "cost") return [["no-half", 2 * right.cost], ["mean", right.cost / net.y.length]];
  if (kind === "delta") {
    const z = right.z[layer][j];
    const d = right.delta[layer][j];
    const found = [["sign", -d], ["no-prime", d / prime(z)], ["prime-of-a", (d / prime(z)) * prime(right.a[layer + 1][j])]];
    if (layer < last) {
      for (const bug of ["transpose", "updated"]) found.push([bug, compute(net, bug).delta[layer][j]]);
    }
    return found;
  }
  if (kind === "gradients") {
    const d = right.delta[layer][0];
    return [["delta-only", d], ["sign", -right.dW[layer][0][0]], ["weight", net.weights[layer][0][0] * d]];
  }
  const w = net.weights[last][0][0];
  return [["uphill", 2 * w - right.stepped[last][0][0]], ["no-eta", w - right.dW[last][0][0]]];
}

// Right to one part in a hundred is right enough for a pocket calculator.
const near = (predicted, value) => Math.abs(predicted - value) <= 0.01 * Math.abs(value) + 1e-12;

export function judge(predicted, step, shown, right, net) {
  if (near(predicted, asked(step, shown, net))) return { verdict: "right" };
  if (near(predicted, asked(step, right, net))) return { verdict: "better-than-the-program" };
  const slip = slips(step, right, net).find(([, value]) => near(predicted, value));
  return { verdict: "wrong", slip: slip ? slip[0] : null };
}
