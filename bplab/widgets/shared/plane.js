// A square piece of the plane: grid, lines, arrows, and things that mouse, finger and arrow keys move.

import { change, digits, svg, write } from "./dom.js";

const [LEFT, RIGHT, TOP, BOTTOM] = [34, 12, 12, 24];
const KEY_STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const [FINE, COARSE] = [0.05, 0.25]; // what one press of an arrow key moves; the latter with Shift

export const pair = ([u, v]) => `(${digits(u)}, ${digits(v)})`;

// Where the line w·x + b = 0 enters and leaves the square; null if it does not cross it.
export function lineEnds([w1, w2], b, low, high) {
  const found = [];
  const add = (p) => {
    const inside = p.every((value) => value >= low - 1e-9 && value <= high + 1e-9);
    if (inside && !found.some((q) => Math.hypot(p[0] - q[0], p[1] - q[1]) < 1e-9)) found.push(p);
  };
  if (w2 !== 0) for (const x of [low, high]) add([x, -(w1 * x + b) / w2]);
  if (w1 !== 0) for (const y of [low, high]) add([-(w2 * y + b) / w1, y]);
  return found.length > 1 ? found.slice(0, 2) : null;
}

// The unit's weights whose line runs through p and q, with ‖w‖ = 1; null if p and q are one point.
export function lineThrough([p1, p2], [q1, q2]) {
  const length = Math.hypot(q1 - p1, q2 - p2);
  if (length < 1e-9) return null;
  const w = [(p2 - q2) / length, (q1 - p1) / length];
  return { w, b: -(w[0] * p1 + w[1] * p2) };
}

// An arrow's two ends: from the middle of the line's visible part to its side of class 1, or null.
export function towardsClass1({ w, b }, low, high) {
  const ends = lineEnds(w, b, low, high);
  if (!ends) return null;
  const foot = [0, 1].map((axis) => (ends[0][axis] + ends[1][axis]) / 2);
  const long = (0.13 * (high - low)) / Math.hypot(...w);
  return [foot, foot.map((value, axis) => value + long * w[axis])];
}

// `names` stand at the axes. Draw into `layer`; whatever can be moved comes on top of it.
export function plane({ label, names, size = 350 }) {
  const grid = svg("g", { class: "bplab-grid" });
  const layer = svg("g");
  const across = svg("text", { x: size - RIGHT, y: size - BOTTOM - 6, class: "bplab-axis-end" }, names[0]);
  const up = svg("text", { x: LEFT + 6, y: TOP + 12 }, names[1]);
  const el = svg("svg", { viewBox: `0 0 ${size} ${size}`, role: "group", "aria-label": label, class: "bplab-plane" }, grid, across, up, layer);
  const made = { el, layer, low: 0, high: 1, at, back, limits };

  function at([u, v]) {
    const unit = (size - LEFT - RIGHT) / (made.high - made.low);
    return [LEFT + (u - made.low) * unit, size - BOTTOM - (v - made.low) * unit];
  }

  function back(event) {
    const box = el.getBoundingClientRect();
    const unit = (size - LEFT - RIGHT) / (made.high - made.low);
    const scale = size / box.width;
    const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    return [made.low + (x - LEFT) / unit, made.low + (size - BOTTOM - y) / unit];
  }

  function limits(low, high) {
    if (low === made.low && high === made.high && grid.firstChild) return;
    Object.assign(made, { low, high });
    const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((wide) => (high - low) / wide <= 8) ?? (high - low) / 4;
    const lines = [];
    const words = [];
    for (let value = Math.ceil(low / step) * step; value <= high; value += step) {
      const [x, y] = at([value, value]);
      lines.push(`M${x} ${TOP}V${size - BOTTOM}M${LEFT} ${y}H${size - RIGHT}`);
      words.push(svg("text", { x, y: size - BOTTOM + 16, class: "bplab-axis-middle" }, digits(value)));
      words.push(svg("text", { x: LEFT - 6, y: y + 4, class: "bplab-axis-end" }, digits(value)));
    }
    grid.replaceChildren(svg("path", { d: lines.join("") }), ...words);
  }

  return made;
}

export function straight(kind) {
  const el = svg("line", { class: kind });
  const set = (place, ends) => {
    change(el, { visibility: ends ? "visible" : "hidden" });
    if (!ends) return;
    const [[x1, y1], [x2, y2]] = ends.map(place.at);
    change(el, { x1, y1, x2, y2 });
  };
  return { el, set };
}

export function arrow(kind) {
  const shaft = svg("line", {});
  const head = svg("polygon", {});
  const el = svg("g", { class: `bplab-arrow ${kind}` }, shaft, head);
  const set = (place, ends) => {
    const [[x1, y1], [x2, y2]] = (ends ?? [[0, 0], [0, 0]]).map(place.at);
    const length = Math.hypot(x2 - x1, y2 - y1);
    change(el, { visibility: length > 2 ? "visible" : "hidden" });
    if (length <= 2) return;
    const [c, s] = [(x2 - x1) / length, (y2 - y1) / length];
    const neck = [x2 - 10 * c, y2 - 10 * s];
    change(shaft, { x1, y1, x2: neck[0], y2: neck[1] });
    change(head, { points: `${x2},${y2} ${neck[0] - 5 * s},${neck[1] + 5 * c} ${neck[0] + 5 * s},${neck[1] - 5 * c}` });
  };
  return { el, set };
}

// Something in the plane that can be moved: `where` says where it is, `move` gets the place wished
// for, rounded and inside the limits. `press` answers Enter, Space and a double click. Draw into
// `el` around (0, 0).
export function movable(place, { label, where, move, press = () => {} }) {
  let held = false;
  const words = svg("title", {}, label);
  const ring = svg("circle", { r: 17, class: "bplab-ring" });
  const el = svg("g", {
    class: "bplab-movable",
    tabindex: 0,
    role: "slider",
    "aria-label": label,
    onpointerdown: (event) => {
      held = true;
      el.setPointerCapture(event.pointerId);
    },
    onpointermove: (event) => held && to(place.back(event)),
    onlostpointercapture: () => {
      held = false;
    },
    ondblclick: press,
    onkeydown: (event) => {
      const direction = KEY_STEPS[event.key];
      const pressed = event.key === "Enter" || event.key === " ";
      if (!direction && !pressed) return;
      event.preventDefault();
      const far = event.shiftKey ? COARSE : FINE;
      if (direction) to(where().map((value, axis) => value + far * direction[axis]));
      else press();
    },
  }, words, ring);

  function to(wish) {
    const rounded = wish.map((value) => Math.round(Math.min(place.high, Math.max(place.low, value)) * 20) / 20);
    if (rounded.some((value, axis) => value !== where()[axis])) move(rounded);
  }

  // `more` is said after the coordinates.
  function draw(more = "") {
    const point = where();
    const [x, y] = place.at(point);
    change(el, {
      transform: `translate(${x} ${y})`,
      "aria-valuemin": place.low,
      "aria-valuemax": place.high,
      "aria-valuenow": point[0],
      "aria-valuetext": [pair(point), more].filter(Boolean).join(", "),
    });
    write(words, [label, pair(point), more].filter(Boolean).join(", "));
  }

  return { el, draw };
}
