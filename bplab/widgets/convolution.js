// The convolution explorer: what an output reads, and which δ's come back to a pixel.

import { bracketed, change, choice, digits, frame, html, lifetime, liveLine, slider, write } from "./shared/dom.js";
import { compute, readersOf, reads, shapeOf } from "./convolution_maths.js";

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const LARGEST = 9; // a pixel that is raised beyond it starts from 0 again

const at = (r, c) => `[${digits(r)}, ${digits(c)}]`;

function render({ model, el }) {
  const life = lifetime();
  const net = { ...structuredClone(model.get("state")), layer: "convolution" };
  const now = { side: "output", r: 0, c: 0 };
  const redraw = life.drawing(draw);
  let shown;

  // What stands on the page.

  const says = liveLine();
  const layer = choice({
    label: "Layer",
    options: [["convolution", "convolution"], ["max", "max pooling"]],
    value: net.layer,
    change: (name) => set({ layer: name }),
  });
  const size = slider({ label: "window", min: net.sizes[0], max: net.sizes[1], step: 1, value: net.size, show: (n) => `${n} × ${n}`, change: (n) => set({ size: n }) });
  const stride = slider({ label: "stride", min: 1, max: net.most_stride, step: 1, value: net.stride, change: (n) => set({ stride: n }) });
  const padding = slider({ label: "padding", min: 0, max: net.most_padding, step: 1, value: net.padding, change: (n) => set({ padding: n }) });

  const image = table("image x", "input");
  const kernel = table("kernel K");
  const output = table("output z", "output");
  const gradient = table("∂C/∂x, for the image", "input");
  const rotated = table("K rotated by 180°");
  const delta = table("δ = ∂C/∂z", "output");
  const note = html("p");
  const root = frame(
    el,
    "Convolution explorer",
    html("div", { class: "bplab-row" }, layer.el, size.el, stride.el, padding.el),
    says.el,
    html("div", { class: "bplab-tables" }, image.el, kernel.el, output.el),
    html("div", { class: "bplab-tables" }, delta.el, rotated.el, gradient.el),
    note,
    html("p", {}, "Point at a number, or reach a table with Tab and move in it with the arrow keys. A click on a pixel of the image, or Enter, raises it by 1."),
  );

  root.classList.add("bplab-convolution");

  // A table of numbers. With a side, its cells can be chosen; it is one stop of the Tab key.
  function table(name, side = null) {
    const body = html("tbody");
    const caption = html("figcaption", {}, name);
    const figure = html("figure", {}, caption, html("table", { class: "bplab-cells", role: side && "grid", "aria-label": name }, body));
    const made = { el: figure, caption, side, cells: [], from: 0 };
    made.fill = (numbers, from = 0) => {
      if (made.cells.length !== numbers.length || made.cells[0].length !== numbers[0].length || made.from !== from) {
        made.from = from;
        made.cells = numbers.map((row, i) => row.map((_, j) => cell(made, i + from, j + from)));
        body.replaceChildren(...made.cells.map((row) => html("tr", {}, ...row.map(({ td }) => td))));
      }
      numbers.forEach((row, i) => row.forEach((value, j) => write(made.cells[i][j].number, digits(value))));
    };
    made.each = (look) => {
      made.cells.forEach((row, i) =>
        row.forEach(({ td, number, small }, j) => {
          const [r, c] = [i + made.from, j + made.from];
          const { kinds = [], word = "" } = look(r, c) ?? {};
          change(td, { class: kinds.map((kind) => `bplab-${kind}`).join(" ") });
          write(small, word);
          if (!side) return;
          const on = now.side === side && now.r === r && now.c === c;
          change(td, { "aria-label": [`row ${digits(r)}, column ${digits(c)}: ${number.textContent}`, word].filter(Boolean).join(", "), "aria-selected": String(on) });
        }),
      );
      if (!side) return;
      // The chosen cell is where Tab enters; else the first one.
      const entry = now.side === side ? cellAt(made, now.r, now.c) : null;
      for (const { td } of made.cells.flat()) change(td, { tabindex: td === (entry ?? made.cells[0][0]).td ? 0 : -1 });
    };
    return made;
  }

  const cellAt = (made, r, c) => made.cells[r - made.from]?.[c - made.from];

  function cell(made, r, c) {
    const [number, small] = [html("span"), html("small")];
    if (!made.side) return { td: html("td", {}, number, small), number, small };
    const td = html("td", {
      role: "gridcell",
      tabindex: -1,
      onmouseenter: () => choose(made.side, r, c),
      onfocus: () => choose(made.side, r, c),
      onclick: () => made === image && raise(r, c),
      onkeydown: (event) => {
        const move = MOVES[event.key];
        if (move) cellAt(made, r + move[0], c + move[1])?.td.focus();
        else if (event.key === "Enter" && made === image) raise(r, c);
        if (move || event.key === "Enter") event.preventDefault();
      },
    }, number, small);
    return { td, number, small };
  }

  // What happens.

  function set(changes) {
    Object.assign(net, changes);
    const { rows, columns, pad } = shapeOf(net);
    const [least, most] = now.side === "output" ? [0, [rows, columns]] : [-pad, [net.x.length + pad, net.x[0].length + pad]];
    now.r = Math.max(least, Math.min(now.r, most[0] - 1));
    now.c = Math.max(least, Math.min(now.c, most[1] - 1));
    redraw();
  }

  function choose(side, r, c) {
    if (now.side === side && now.r === r && now.c === c) return;
    Object.assign(now, { side, r, c });
    redraw();
  }

  function raise(r, c) {
    if (net.x[r]?.[c] === undefined) return;
    const value = net.x[r][c];
    net.x[r][c] = value >= LARGEST ? 0 : value + 1;
    redraw();
  }

  // What is said and drawn.

  function draw() {
    shown = compute(net);
    const { pad, rows, columns } = shapeOf(net);
    const conv = net.layer === "convolution";
    change(padding.el, { hidden: !conv });
    change(size.el, { hidden: conv });
    change(kernel.el, { hidden: !conv });
    change(rotated.el, { hidden: !conv });
    write(image.caption, pad ? `image x, padding ${pad}` : "image x");
    image.fill(padded(net.x, pad), -pad);
    kernel.fill(net.K);
    rotated.fill(net.K.map((row) => row.toReversed()).toReversed());
    output.fill(shown.z);
    delta.fill(shown.delta);
    gradient.fill(shown.dx);
    if (now.side === "output") drawOutput();
    else drawPixel();
    const across = conv ? `(${net.x.length} + 2·${pad} − ${shapeOf(net).kh})` : `(${net.x.length} − ${net.size})`;
    write(note, `Rows of z: ⌊${across} / ${net.stride}⌋ + 1 = ${rows}; so z has ${rows} × ${columns} numbers. ${flipWords(conv)}`);
  }

  function flipWords(conv) {
    if (!conv) return "Each δ goes to one pixel of its window, the largest; of equal ones to the first in reading order.";
    if (net.stride > 1) return "With this stride, a pixel meets only some entries of K, or none.";
    return "Choose a pixel: the δ's that reach it carry the entries of K in the order of K rotated by 180°.";
  }

  function drawOutput() {
    const { r, c } = now;
    const seen = reads(net, r, c);
    const conv = net.layer === "convolution";
    const find = (p, q) => seen.find((pixel) => pixel.p === p && pixel.q === q);
    const word = ({ weight, tie }) => (conv ? `×${digits(weight)}` : weight ? "max" : tie ? "tie" : "");
    const inWindow = (p, q) => {
      const pixel = find(p, q);
      return pixel ? { kinds: ["part"], word: word(pixel) } : null;
    };
    image.each((p, q) => withPadding(p, q, inWindow(p, q)));
    gradient.each((p, q) => {
      const pixel = find(p, q);
      return pixel?.weight ? { kinds: ["part", "back"], word: conv ? `δ×${digits(pixel.weight)}` : "δ" } : null;
    });
    kernel.each(() => ({ kinds: ["part"] }));
    rotated.each(() => null);
    const chosen = (i, j) => (i === r && j === c ? { kinds: ["chosen"] } : null);
    output.each(chosen);
    delta.each(chosen);
    const z = shown.z[r][c];
    if (conv) {
      const products = seen.map(({ weight, value }) => `${bracketed(weight)}·${bracketed(value)}`).join(" + ");
      const outside = seen.filter((pixel) => !pixel.inside).length;
      return says.say(`z${at(r, c)} = ${products} = ${digits(z)}. It reads ${seen.length} pixels${outside ? `, ${outside} of them padding` : ""}: its receptive field.`);
    }
    const winner = seen.find(({ weight }) => weight);
    const ties = seen.filter(({ tie }) => tie).length;
    const tied = ties > 1 ? ` ${ties} pixels are equally large: the first in reading order takes it all.` : "";
    return says.say(`z${at(r, c)} = ${digits(z)}, the largest of ${seen.map(({ value }) => digits(value)).join(", ")}. Its δ = ${digits(shown.delta[r][c])} goes to x${at(winner.p, winner.q)} alone.${tied}`);
  }

  function drawPixel() {
    const [p, q] = [now.r, now.c];
    const readers = readersOf(net, p, q);
    const find = (r, c) => readers.find((reader) => reader.r === r && reader.c === c);
    const chosen = (i, j) => (i === p && j === q ? { kinds: ["chosen"] } : null);
    image.each((i, j) => withPadding(i, j, chosen(i, j)));
    gradient.each(chosen);
    const contributes = (r, c) => {
      const reader = find(r, c);
      return reader ? { kinds: ["part", "back"], word: `×${digits(reader.weight)}` } : null;
    };
    delta.each(contributes);
    output.each((r, c) => (find(r, c) ? { kinds: ["part", "back"] } : null));
    const { kh, kw } = shapeOf(net);
    const uses = (u, v) => (readers.some((reader) => reader.u === u && reader.v === v) ? { kinds: ["part", "back"] } : null);
    kernel.each(uses);
    rotated.each((u, v) => uses(kh - 1 - u, kw - 1 - v));
    if (net.x[p]?.[q] === undefined) return says.say(`${at(p, q)} is padding: it stays 0, and no gradient is kept for it.`);
    if (!readers.length) return says.say(`No output reads x${at(p, q)}, so ∂C/∂x${at(p, q)} = 0.`);
    const products = readers.map(({ r, c, weight }) => `${bracketed(shown.delta[r][c])}·${bracketed(weight)}`).join(" + ");
    const many = readers.length === 1 ? "One output reads" : `${readers.length} outputs read`;
    const kind = net.layer === "convolution" ? "each δ times the entry of K that met the pixel" : "each δ times 1 where the pixel is the largest, else times 0";
    return says.say(`∂C/∂x${at(p, q)} = ${products} = ${digits(shown.dx[p][q])}. ${many} x${at(p, q)}: ${kind}.`);
  }

  function withPadding(p, q, look) {
    if (net.x[p]?.[q] !== undefined) return look;
    return { ...look, kinds: ["padding", ...(look?.kinds ?? [])] };
  }

  draw();
  return () => life.end();
}

function padded(x, pad) {
  const blank = Array.from({ length: pad }, () => Array(x[0].length + 2 * pad).fill(0));
  const sides = Array(pad).fill(0);
  return [...blank, ...x.map((row) => [...sides, ...row, ...sides]), ...blank];
}

export default { render };
