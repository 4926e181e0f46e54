// One layer on one image: which pixels each output reads, how much each counts, and so both passes.

const LAYERS = { convolution: windowSum, max: windowMax };

export function shapeOf({ x, K, layer, size, stride, padding }) {
  const conv = layer === "convolution";
  const [kh, kw] = conv ? [K.length, K[0].length] : [size, size];
  const pad = conv ? padding : 0;
  const along = (pixels, wide) => Math.floor((pixels + 2 * pad - wide) / stride) + 1;
  return { kh, kw, pad, rows: along(x.length, kh), columns: along(x[0].length, kw) };
}

// The pixels [p, q] that output [r, c] reads, with the place [u, v] in the window. Outside the image
// lies padding, which is 0.
function windowAt(net, r, c) {
  const { kh, kw, pad } = shapeOf(net);
  const pixels = [];
  for (let u = 0; u < kh; u += 1) {
    for (let v = 0; v < kw; v += 1) {
      const [p, q] = [net.stride * r + u - pad, net.stride * c + v - pad];
      const value = net.x[p]?.[q];
      pixels.push({ p, q, u, v, inside: value !== undefined, value: value ?? 0 });
    }
  }
  return pixels;
}

function windowSum(net, pixels) {
  return pixels.map((pixel) => ({ ...pixel, weight: net.K[pixel.u][pixel.v] }));
}

// Of equal pixels the first in reading order counts, and the others do not.
function windowMax(net, pixels) {
  const largest = Math.max(...pixels.map(({ value }) => value));
  const winner = pixels.findIndex(({ value }) => value === largest);
  return pixels.map((pixel, i) => ({ ...pixel, weight: i === winner ? 1 : 0, tie: pixel.value === largest }));
}

// What output [r, c] reads: z is Σ weight·value in both layers.
export function reads(net, r, c) {
  return LAYERS[net.layer](net, windowAt(net, r, c));
}

// Which outputs read pixel [p, q], and with what weight: ∂C/∂x there is Σ δ·weight.
export function readersOf(net, p, q) {
  return outputs(net).flatMap(({ r, c }) =>
    reads(net, r, c)
      .filter((pixel) => pixel.p === p && pixel.q === q)
      .map(({ u, v, weight }) => ({ r, c, u, v, weight })),
  );
}

function outputs(net) {
  const { rows, columns } = shapeOf(net);
  return Array.from({ length: rows * columns }, (_, i) => ({ r: Math.floor(i / columns), c: i % columns }));
}

export function compute(net) {
  const { rows, columns } = shapeOf(net);
  const empty = () => Array.from({ length: rows }, () => Array(columns).fill(0));
  const [z, delta, dx] = [empty(), empty(), net.x.map((row) => row.map(() => 0))];
  outputs(net).forEach(({ r, c }, i) => {
    delta[r][c] = net.upstream[i];
    for (const { p, q, inside, value, weight } of reads(net, r, c)) {
      z[r][c] += weight * value;
      if (inside) dx[p][q] += weight * delta[r][c];
    }
  });
  return { z, delta, dx };
}
