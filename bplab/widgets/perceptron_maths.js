// Rosenblatt's rule in the browser: every (w, b) of a run, and Novikoff's bound from any line.

const dot = (w, x) => w[0] * x[0] + w[1] * x[1];

// Row k of w and b is the state after k mistakes, as in bplab.numeric's PerceptronHistory.
export function compute({ x, s, epochs, most, start }) {
  let { w, b } = start;
  const history = { w: [w], b: [b], samples: [], mistakes_by_epoch: [], converged: false };
  for (let epoch = 0; epoch < most && !history.converged; epoch += 1) {
    const before = history.samples.length;
    for (const i of epochs[epoch % epochs.length]) {
      if (s[i] * (dot(w, x[i]) + b) > 0) continue;
      w = [w[0] + s[i] * x[i][0], w[1] + s[i] * x[i][1]];
      b += s[i];
      history.w.push(w);
      history.b.push(b);
      history.samples.push(i);
    }
    history.mistakes_by_epoch.push(history.samples.length - before);
    history.converged = history.samples.length === before;
  }
  return history;
}

// In which epoch, counted from 1, mistake k was made.
export function epochOf(history, k) {
  let seen = 0;
  return 1 + history.mistakes_by_epoch.findIndex((mistakes) => (seen += mistakes) >= k);
}

export function rightPoints({ x, s }, { w, b }) {
  return x.filter((point, i) => s[i] * (dot(w, point) + b) > 0).length;
}

// R, γ and (R/γ)² of the samples lifted by a 1; no bound, null, if the line does not separate them.
export function bound({ x, s }, { w, b }) {
  const margin = Math.min(...x.map((point, i) => s[i] * (dot(w, point) + b)));
  if (!(margin > 0)) return null;
  const squared = Math.max(...x.map((point) => dot(point, point))) + 1;
  const length = dot(w, w) + b * b;
  return { R: Math.sqrt(squared), gamma: margin / Math.sqrt(length), bound: (squared * length) / margin ** 2 };
}

// A line alone does not say on which side class 1 is: take the side that gets more points right.
export function oriented(samples, line) {
  const turned = { w: line.w.map((value) => -value), b: -line.b };
  return rightPoints(samples, turned) > rightPoints(samples, line) ? turned : line;
}
