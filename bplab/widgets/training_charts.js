// Two charts for two runs: lines by epoch, bars by layer. Run A is blue, solid and round; run B is
// orange, dashed, square and hatched.

import { change, digits, html, svg } from "./shared/dom.js";

const [WIDE, HIGH] = [380, 190];
const [LEFT, RIGHT, TOP, BOTTOM] = [48, 10, 10, 28];
const KINDS = ["a", "b"];
const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const MOST_DECADES = 15;

const power = (k) => `10${[...String(k)].map((sign) => SUPERSCRIPT[sign]).join("")}`;
const height = (share) => HIGH - BOTTOM - share * (HIGH - BOTTOM - TOP);

// From 0 to 1.
export const SHARES = { at: height, ticks: [0, 0.25, 0.5, 0.75, 1].map((share) => [share, `${100 * share} %`]) };

// Whole powers of ten around the values above 0.
export function decades(values, first, last) {
  const known = values.filter((value) => value > 0).map(Math.log10);
  const top = Math.max(last, ...known.map(Math.ceil));
  const low = Math.max(Math.min(first, ...known.map(Math.floor)), top - MOST_DECADES);
  const step = Math.ceil((top - low) / 5);
  const ticks = [];
  for (let k = top; k >= low; k -= step) ticks.push([10 ** k, power(k)]);
  return { at: (value) => height(Math.max(0, (Math.log10(value) - low) / (top - low))), ticks };
}

function chart(title, across) {
  const grid = svg("g", { class: "bplab-grid" });
  const layer = svg("g");
  const drawing = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", class: "bplab-chart" }, grid, layer);
  const el = html("figure", {}, html("figcaption", {}, title), drawing);
  // `names` are [x, words] below the axis; `words` is what the chart says to those who do not see it.
  let drawn = "";
  const frame = (scale, names, words) => {
    change(drawing, { "aria-label": `${title}. ${words}` });
    const ticks = scale.ticks.map(([value, text]) => [scale.at(value), text]);
    const asked = JSON.stringify([ticks, names]);
    if (asked === drawn) return;
    drawn = asked;
    const lines = ticks.map(([y]) => `M${LEFT} ${y}H${WIDE - RIGHT}`);
    grid.replaceChildren(
      svg("path", { d: lines.join("") }),
      ...ticks.map(([y, text]) => svg("text", { x: LEFT - 6, y: y + 4, class: "bplab-axis-end" }, text)),
      ...names.map(([x, text]) => svg("text", { x, y: HIGH - 10, class: "bplab-axis-middle" }, text)),
      svg("text", { x: LEFT - 6, y: HIGH - 10, class: "bplab-axis-end" }, across),
    );
  };
  return { el, layer, frame };
}

function mark(kind, x, y) {
  return kind === "a"
    ? svg("circle", { cx: x, cy: y, r: 5, class: "bplab-mark-a" })
    : svg("rect", { x: x - 4.5, y: y - 4.5, width: 9, height: 9, class: "bplab-mark-b" });
}

// `series` holds for each run its values by epoch, as far as it came; `at` is the epoch looked at.
export function lines(title) {
  const { el, layer, frame } = chart(title, "epoch");
  function draw({ series, at, last, scale, level = null, words }) {
    const end = Math.max(10, 10 * Math.ceil(last / 10));
    const x = (epoch) => LEFT + 10 + (epoch / end) * (WIDE - LEFT - RIGHT - 20);
    const every = end / 5;
    frame(scale, Array.from({ length: 6 }, (_, i) => [x(i * every), String(i * every)]), words);
    const parts = [svg("path", { d: `M${x(at)} ${TOP}V${HIGH - BOTTOM}`, class: "bplab-cursor" })];
    if (level !== null) parts.push(svg("path", { d: `M${LEFT} ${scale.at(level)}H${WIDE - RIGHT}`, class: "bplab-level" }));
    series.forEach((values, which) => {
      const points = values.map((value, epoch) => `${x(epoch).toFixed(1)} ${scale.at(value).toFixed(1)}`);
      if (points.length > 1) parts.push(svg("path", { d: `M${points.join("L")}`, class: `bplab-line bplab-line-${KINDS[which]}` }));
    });
    series.forEach((values, which) => {
      if (at < values.length) parts.push(mark(KINDS[which], x(at), scale.at(values[at])));
    });
    layer.replaceChildren(...parts);
  }
  return { el, draw };
}

// `groups` holds for each layer the values of both runs, undefined where a run has none.
export function bars(title, hatch) {
  const { el, layer, frame } = chart(title, "layer");
  function draw({ groups, scale, show, words }) {
    const wide = (WIDE - LEFT - RIGHT) / Math.max(groups.length, 3);
    const bar = Math.min(34, wide * 0.38);
    const middle = (i) => LEFT + (i + 0.5) * wide;
    frame(scale, groups.map((_, i) => [middle(i), String(i + 1)]), words);
    const parts = [];
    groups.forEach((values, i) =>
      values.forEach((value, which) => {
        if (value === undefined) return;
        const x = middle(i) + (which - 1) * (bar + 1) + (which ? 2 : 0);
        const y = value > 0 ? scale.at(value) : height(0);
        const said = svg("title", {}, `layer ${i + 1}, ${"AB"[which]}: ${show(value)}`);
        const fill = which ? `url(#${hatch})` : null;
        parts.push(svg("rect", { x, y: Math.min(y, height(0) - 2), width: bar, height: Math.max(2, height(0) - y), class: `bplab-bar-${KINDS[which]}`, fill }, said));
        if (value === 0) parts.push(svg("text", { x: x + bar / 2, y: height(0) - 5, class: "bplab-axis-middle" }, digits(0)));
      }),
    );
    layer.replaceChildren(...parts);
  }
  return { el, draw };
}

// The stripes of run B's bars.
export function stripes(id) {
  const pattern = svg("pattern", { id, width: 7, height: 7, patternUnits: "userSpaceOnUse" }, svg("path", { d: "M-1 8L8 -1M-1 1L1 -1M6 8L8 6", class: "bplab-stripe-b" }));
  return svg("svg", { width: 0, height: 0, "aria-hidden": "true", class: "bplab-hidden" }, svg("defs", {}, pattern));
}
