// The XOR explorer: a line that scores three of four, and hidden units that fold the plane for it.

import { change, choice, digits, frame, html, lifetime, liveLine, reducedMotion, slider, svg, write } from "./shared/dom.js";
import { arrow, lineEnds, lineThrough, movable, pair, plane, straight, towardsClass1 } from "./shared/plane.js";
import { answer, compute, demands, hidden, outputZ } from "./xor_maths.js";

const [LOW, HIGH] = [-0.5, 1.5];
const CELLS = 48; // the area of answer 1 is drawn in so many rows
const FOLDING = 900; // milliseconds
const PLAIN = { w: [0, 0], b: 0 };

function render({ model, el }) {
  const life = lifetime();
  const { x, y, hidden: start, lines, activation, gain, most_gain } = structuredClone(model.get("state"));
  const now = { hidden: start, activation, gain, fold: 1, best: 0 };
  const redraw = life.drawing(draw);

  // What stands on the page.

  const says = liveLine();
  const network = choice({
    label: "Network",
    options: [
      [0, "one unit"],
      [1, "one hidden unit, one output unit"],
      [2, "two hidden units, one output unit"],
    ],
    value: now.hidden,
    change: (count) => rebuild({ hidden: Number(count) }),
  });
  const kind = choice({
    label: "Hidden units use",
    options: [["step", "step"], ["sigmoid", "sigmoid"], ["relu", "relu"]],
    value: activation,
    change: (name) => rebuild({ activation: name }),
  });
  const steep = slider({ label: "gain", min: 1, max: most_gain, step: 1, value: gain, change: (value) => rebuild({ gain: value }) });
  const fold = slider({
    label: "Fold",
    min: 0,
    max: 100,
    step: 5,
    value: 100,
    show: (percent) => `${percent} %`,
    change: (percent) => {
      now.fold = percent / 100;
      redraw();
    },
  });

  const inputs = plane({ label: "The inputs", names: ["x₁", "x₂"] });
  inputs.limits(LOW, HIGH);
  const stripes = `bplab-stripes-${Math.random().toString(36).slice(2)}`;
  const pattern = svg("pattern", { id: stripes, width: 8, height: 8, patternUnits: "userSpaceOnUse" }, svg("path", { d: "M0 8L8 0", class: "bplab-stripe" }));
  const area = svg("path", { class: "bplab-area", fill: `url(#${stripes})` });
  inputs.layer.append(svg("defs", {}, pattern), area);
  const first = dragged(inputs, "line 1", "bplab-strong", lines.first);
  const second = dragged(inputs, "line 2", "bplab-second", lines.second);

  const space = plane({ label: "The hidden space", names: ["h₁", "h₂"] });
  const upright = svg("path", { class: "bplab-upright" });
  const level = svg("path", { class: "bplab-level" });
  space.layer.append(svg("g", { class: "bplab-bent" }, upright, level));
  const output = dragged(space, "output line", "bplab-strong", lines.output);

  const corners = [marks(inputs), marks(space)];
  for (const line of [first, second, output]) line.raise();
  const body = html("tbody");
  const heads = html("tr");
  const why = html("p");
  const spaceFigure = html("figure", {}, html("figcaption", {}, "Hidden space and output line"), space.el);
  const settings = html("div", { class: "bplab-row" }, kind.el, steep.el, fold.el);
  const root = frame(
    el,
    "XOR explorer",
    html("div", { class: "bplab-row" }, network.el),
    settings,
    says.el,
    html(
      "div",
      { class: "bplab-planes" },
      html("figure", {}, html("figcaption", {}, "Inputs; striped where the answer is 1"), inputs.el),
      spaceFigure,
      html("div", { class: "bplab-table" }, html("table", {}, html("thead", {}, heads), body), why),
    ),
    html("p", {}, "Drag the ends of a line, or go there with Tab and use the arrow keys (with Shift: faster). A double click on an end, or Enter, turns the line round; its arrow shows where it answers 1."),
  );
  root.classList.add("bplab-xor");

  // A line with two ends to move; its arrow points to the side of answer 1.
  function dragged(place, name, look, grips) {
    const [line, side] = [straight(look), arrow(look)];
    place.layer.append(line.el, side.el);
    const handles = grips.map((_, i) => {
      const move = (point) => {
        grips[i] = point;
        moved();
      };
      const handle = movable(place, { label: `${name}, end ${i + 1}`, where: () => grips[i], move, press: turn });
      handle.el.append(svg("rect", { x: -6, y: -6, width: 12, height: 12, transform: "rotate(45)", class: "bplab-grip" }));
      return handle;
    });
    function turn() {
      grips.reverse();
      moved();
    }
    return {
      value: () => lineThrough(...grips) ?? PLAIN,
      raise: () => place.el.append(...handles.map((handle) => handle.el)),
      draw(visible) {
        const value = lineThrough(...grips);
        const shown = visible && value;
        line.set(place, shown ? lineEnds(value.w, value.b, place.low, place.high) : null);
        side.set(place, shown ? towardsClass1(value, place.low, place.high) : null);
        for (const handle of handles) {
          handle.draw();
          change(handle.el, { display: visible ? null : "none" });
        }
      },
    };
  }

  function marks(place) {
    return x.map((corner, i) => {
      const shape = y[i] ? svg("rect", { x: -8, y: -8, width: 16, height: 16, class: "bplab-class1" }) : svg("circle", { r: 8.5, class: "bplab-class0" });
      const verdict = svg("text", { x: 11, y: -9, class: "bplab-name" });
      const mark = svg("g", { class: "bplab-mark" }, shape, verdict);
      place.el.append(mark);
      return { mark, verdict };
    });
  }

  // What happens.

  function net() {
    const units = [first, second].slice(0, now.hidden).map((line) => line.value());
    const out = now.hidden ? output.value() : first.value();
    return { units, output: out, activation: now.activation, gain: now.activation === "sigmoid" ? now.gain : 1 };
  }

  function score() {
    return compute(net(), x).z.filter((z, i) => answer(z) === y[i]).length;
  }

  function rebuild(changes) {
    Object.assign(now, changes, { best: 0, fold: 1 });
    fold.set(100);
    moved();
    if (now.hidden && "hidden" in changes && !reducedMotion()) unroll(performance.now());
  }

  // From the plane as it was to the folded one.
  function unroll(since) {
    const part = Math.min(1, (performance.now() - since) / FOLDING);
    now.fold = part;
    fold.set(Math.round(100 * part));
    redraw();
    if (part < 1) life.after(30, () => unroll(since));
  }

  function moved() {
    redraw();
    tell();
  }

  function tell() {
    const right = score();
    now.best = Math.max(now.best, right);
    const wrong = compute(net(), x).z.flatMap((z, i) => (answer(z) === y[i] ? [] : [pair(x[i])]));
    const end = right === 4 ? "This is XOR." : `Wrong: ${wrong.join(", ")}.`;
    says.say(`${right} of 4 corners right, best so far ${now.best} of 4. ${end}`);
  }

  // What is drawn.

  function draw() {
    const shown = net();
    const { h, z } = compute(shown, x);
    const wide = now.activation === "relu" ? 2 : 1.25;
    space.limits(now.fold < 1 ? Math.min(LOW, -0.25) : -0.25, now.fold < 1 ? Math.max(HIGH, wide) : wide);
    first.draw(true);
    second.draw(now.hidden === 2);
    output.draw(now.hidden > 0 && now.fold === 1);
    change(spaceFigure, { hidden: !now.hidden });
    change(settings, { hidden: !now.hidden });
    change(steep.el, { hidden: now.activation !== "sigmoid" });
    change(area, { d: areaOf(shown) });
    const places = [x, h.map((to, i) => folded(x[i], to))];
    corners.forEach((group, which) =>
      group.forEach(({ mark, verdict }, i) => {
        const place = which ? space : inputs;
        const [left, down] = place.at(places[which][i]);
        change(mark, { transform: `translate(${left} ${down})` });
        write(verdict, answer(z[i]) === y[i] ? "✓" : "✗");
      }),
    );
    drawBent(shown);
    drawTable(shown, h, z);
  }

  const folded = (from, to) => from.map((value, axis) => (1 - now.fold) * value + now.fold * to[axis]);

  function drawBent(shown) {
    if (!now.hidden) return;
    const along = Array.from({ length: 41 }, (_, i) => LOW + ((HIGH - LOW) * i) / 40);
    const across = Array.from({ length: 9 }, (_, i) => LOW + ((HIGH - LOW) * i) / 8);
    const place = (p) => {
      const [left, down] = space.at(folded(p, hidden(shown, p)));
      return `${left.toFixed(1)} ${down.toFixed(1)}`;
    };
    const path = (points) => `M${points.map(place).join("L")}`;
    change(upright, { d: across.map((u) => path(along.map((v) => [u, v]))).join("") });
    change(level, { d: across.map((v) => path(along.map((u) => [u, v]))).join("") });
  }

  // Row by row, the stretches where the answer is 1.
  function areaOf(shown) {
    const step = (HIGH - LOW) / CELLS;
    const parts = [];
    for (let row = 0; row < CELLS; row += 1) {
      const v = LOW + (row + 0.5) * step;
      let from = null;
      for (let i = 0; i <= CELLS; i += 1) {
        const one = i < CELLS && answer(outputZ(shown, [LOW + (i + 0.5) * step, v]));
        if (one) from ??= i;
        else if (from !== null) {
          parts.push(stretch(LOW + from * step, LOW + i * step, v - step / 2, v + step / 2));
          from = null;
        }
      }
    }
    return parts.join("");
  }

  function stretch(u, end, low, high) {
    const [left, top] = inputs.at([u, high]);
    const [right, bottom] = inputs.at([end, low]);
    return `M${left} ${top}H${right}V${bottom}H${left}Z`;
  }

  function drawTable(shown, h, z) {
    const one = !now.hidden;
    const titles = one ? ["corner", "asks for", "it is", ""] : ["corner", "goes to h =", "asks for", "z of the output", ""];
    const name = (which) => which.map((i) => pair(x[i])).join(" and ");
    const rows = one
      ? demands(shown.output).map(([which, words, value, holds]) => [[name(which) + (which.length > 1 ? ", added" : ""), words, digits(value, 3)], holds, which.length > 1])
      : x.map((corner, i) => [[pair(corner), pair(h[i].map((value) => Number(value.toPrecision(3)))), y[i] ? "z ≥ 0" : "z < 0", digits(z[i], 3)], answer(z[i]) === y[i], false]);
    if (heads.textContent !== titles.join("")) {
      heads.replaceChildren(...titles.map((text) => (text ? html("th", { scope: "col" }, text) : html("td"))));
      body.replaceChildren(...rows.map(() => html("tr", {}, html("th", { scope: "row" }), ...titles.slice(1).map(() => html("td")))));
    }
    rows.forEach(([texts, holds, isSum], i) => {
      const row = change(body.rows[i], { class: [holds ? "" : "bplab-broken", isSum ? "bplab-sum" : ""].join(" ") });
      [...texts, holds ? "✓ holds" : "✗ broken"].forEach((text, j) => write(row.cells[j], text));
    });
    write(why, one ? "The last two rows follow from the four above them. They speak of one and the same number: it cannot be below 0 and not below 0. So all four cannot hold." : now.hidden === 1 ? "One hidden unit lays the whole plane on one line, the axis h₁." : "Move the lines until both squares land on the output line's side of 1, and both discs on the other.");
  }

  draw();
  tell();
  return () => life.end();
}

export default { render };
