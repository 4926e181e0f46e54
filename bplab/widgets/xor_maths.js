// XOR and at most two hidden units: where they send a point, and what the output unit says there.

import { ACTIVATIONS } from "./shared/activations.js";

const HIDDEN = { sigmoid: ACTIVATIONS.sigmoid.f, relu: ACTIVATIONS.relu.f, step: (z) => (z >= 0 ? 1 : 0) };

// A corner that lies on a line shall not leave it by rounding.
const unit = ({ w, b }, x) => {
  const z = w[0] * x[0] + w[1] * x[1] + b;
  return Math.abs(z) < 1e-9 ? 0 : z;
};

// Without hidden units the output unit sees the inputs; a second one that is missing says 0.
export function hidden({ units, activation, gain }, x) {
  if (!units.length) return x;
  const f = HIDDEN[activation];
  return [f(gain * unit(units[0], x)), units.length > 1 ? f(gain * unit(units[1], x)) : 0];
}

export const outputZ = (net, x) => unit(net.output, hidden(net, x));

export function compute(net, points) {
  return { h: points.map((x) => hidden(net, x)), z: points.map((x) => outputZ(net, x)) };
}

export const answer = (z) => (z >= 0 ? 1 : 0);

// What each corner asks of one unit, the corners being (0, 0), (0, 1), (1, 0), (1, 1), and the two
// sums: [corners, words, value, holds].
export function demands({ w, b }) {
  const below = (corners, words, value) => [corners, `${words} < 0`, value, value < -1e-9];
  const notBelow = (corners, words, value) => [corners, `${words} ≥ 0`, value, value >= -1e-9];
  const sum = w[0] + w[1] + 2 * b;
  return [
    below([0], "b", b),
    below([3], "w₁ + w₂ + b", w[0] + w[1] + b),
    notBelow([1], "w₂ + b", w[1] + b),
    notBelow([2], "w₁ + b", w[0] + b),
    below([0, 3], "w₁ + w₂ + 2b", sum),
    notBelow([1, 2], "w₁ + w₂ + 2b", sum),
  ];
}
