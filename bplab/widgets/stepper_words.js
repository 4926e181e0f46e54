// The stepper's sentences: names of neurons and weights, formulas with their numbers.

import { bracketed, digits } from "./shared/dom.js";
import { ACTIVATIONS } from "./shared/activations.js";

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const raised = (n) => [...String(n)].map((digit) => SUPERSCRIPTS[digit]).join("");

// `layer` counts neurons' columns: 0 is the input.
export function neuronName(net, layer, j) {
  const last = net.weights.length;
  if (layer === 0) return `x${j + 1}`;
  if (layer === last) return `o${j + 1}`;
  return last === 2 ? `h${j + 1}` : `h${layer}.${j + 1}`;
}

export function weightName(net, { layer, j, k }) {
  if (k === null) return `b of ${neuronName(net, layer + 1, j)}`;
  const before = net.weights.slice(0, layer).reduce((sum, W) => sum + W.length * W[0].length, 0);
  return `w${before + j * net.weights[layer][0].length + k + 1}`;
}

export function symbol(net, { layer, j, k }) {
  return k === null ? `b${raised(layer + 1)}[${j + 1}]` : `W${raised(layer + 1)}[${j + 1}, ${k + 1}]`;
}

export const PROGRAMS = [
  ["right", "the right program"],
  ["no-prime", "bug: no σ′ in BP2"],
  ["transpose", "bug: Wδ for Wᵀδ in BP2"],
  ["updated", "bug: weights updated before BP2"],
  ["surprise", "a hidden bug: find it"],
];

export const BUG_NAMES = {
  "no-prime": "σ′ is missing in BP2",
  transpose: "Wδ stands for Wᵀδ",
  updated: "the weights were updated too early",
};

const BUG_REASONS = {
  "no-prime": "Every δ of a hidden neuron lacks its factor σ′(z).",
  transpose: "Each hidden neuron collected along its row of W; backward it is the column: the weights that leave it.",
  updated: "BP2 used the weights after their step. All gradients first, then the update.",
};

export const bugReason = (bug) => BUG_REASONS[bug];

const SLIPS = {
  z: "that is z; a = σ(z) is still to come",
  "no-bias": "that is σ(z) without the bias in z",
  "no-half": "the factor ½ is missing",
  mean: "that is a mean over the outputs; the cost is their sum",
  sign: "the sign is turned round",
  "no-prime": "the factor σ′(z) is missing",
  "prime-of-a": "σ′ was taken at a; it wants z",
  transpose: "that is a row of W times δ; a hidden neuron collects over the weights that leave it, a column",
  updated: "that uses the weights after their update",
  "delta-only": "that is δ; the weight's input is still to be multiplied",
  weight: "that is w times δ; it is the weight's input times δ",
  uphill: "that is a step uphill: w + η·∂C/∂w",
  "no-eta": "η is missing",
};

export function question(net, step) {
  const last = net.weights.length - 1;
  if (step.kind === "forward") return `a of ${neuronName(net, step.layer + 1, step.j)}`;
  if (step.kind === "cost") return "the cost C";
  if (step.kind === "delta") return `δ of ${neuronName(net, step.layer + 1, step.j)}`;
  const weight = weightName(net, { layer: step.kind === "gradients" ? step.layer : last, j: 0, k: 0 });
  return step.kind === "gradients" ? `∂C/∂${weight}` : `${weight} after the update`;
}

export function judged(predicted, value, { verdict, slip }) {
  const yours = `You predicted ${digits(predicted)}`;
  if (verdict === "right") return `✓ ${yours}: right. `;
  if (verdict === "better-than-the-program") {
    return `${yours}, the program says ${digits(value)}: one of you is wrong. Ask the nudge. `;
  }
  return `✗ ${yours}; it is ${digits(value)}${slip ? `: ${SLIPS[slip]}` : ""}. `;
}

// What a step did, in one sentence. A program that is not the right one does not explain itself.
export function told(net, step, shown, honest) {
  if (step.kind === "forward") return forwardFormula(net, step, shown);
  if (step.kind === "cost") return `C = ½ Σ (a − y)² = ${digits(shown.cost, 9)}.`;
  if (step.kind === "delta") {
    const name = neuronName(net, step.layer + 1, step.j);
    if (!honest) return `The program says: δ of ${name} = ${digits(shown.delta[step.layer][step.j])}.`;
    return `${deltaFormula(net, step, shown).text}.`;
  }
  if (step.kind === "gradients") {
    return "Each weight into this layer: ∂C/∂w = its input · δ at its end (BP4). Each bias: ∂C/∂b = δ (BP3).";
  }
  return (
    `w ← w − ${digits(net.eta)}·∂C/∂w for every weight (the biases stay): ` +
    `C goes from ${digits(shown.cost, 9)} to ${digits(shown.costAfter, 9)}.`
  );
}

function forwardFormula(net, { layer, j }, { z, a }) {
  const products = net.weights[layer][j].map((w, k) => `${bracketed(w)}·${bracketed(a[layer][k])}`);
  const sum = [...products, bracketed(net.biases[layer][j])].join(" + ");
  const name = neuronName(net, layer + 1, j);
  return `${name}: z = ${sum} = ${digits(z[layer][j])}, a = σ(z) = ${digits(a[layer + 1][j])}.`;
}

// The chain rule for one δ, taken with the δ's that the program gave above it.
export function deltaFormula(net, { layer, j }, shown) {
  const name = neuronName(net, layer + 1, j);
  const prime = ACTIVATIONS[net.activation].prime(shown.z[layer][j]);
  if (layer === net.weights.length - 1) {
    const error = shown.a[layer + 1][j] - net.y[j];
    return {
      value: error * prime,
      text: `δ of ${name} = (a − y)·σ′(z) = ${bracketed(error)}·${bracketed(prime)} = ${digits(error * prime)} (BP1)`,
    };
  }
  const W = net.weights[layer + 1];
  const above = shown.delta[layer + 1];
  const sum = above.reduce((total, d, i) => total + W[i][j] * d, 0);
  const terms = above.map((d, i) => `${bracketed(W[i][j])}·${bracketed(d)}`).join(" + ");
  return {
    value: sum * prime,
    text: `δ of ${name} = (Σ w·δ)·σ′(z) = (${terms})·${bracketed(prime)} = ${digits(sum * prime)} (BP2)`,
  };
}

export function weightFormula(net, { layer, j, k }, shown) {
  const delta = shown.delta[layer][j];
  const to = neuronName(net, layer + 1, j);
  if (k === null) return { value: delta, text: `∂C/∂b = δ of ${to} = ${digits(delta)} (BP3)` };
  const input = shown.a[layer][k];
  const from = neuronName(net, layer, k);
  const named = layer === 0 ? from : `a of ${from}`;
  const weight = weightName(net, { layer, j, k });
  return {
    value: input * delta,
    text: `∂C/∂${weight} = ${named} · δ of ${to} = ${bracketed(input)}·${bracketed(delta)} = ${digits(input * delta)} (BP4)`,
  };
}
