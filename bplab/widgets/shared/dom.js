// The building blocks of every view: elements, labelled controls, numbers as text, clean-up.

const SVG = "http://www.w3.org/2000/svg";
const FOCUSABLE = new Set(["A", "BUTTON", "INPUT", "SELECT", "SUMMARY", "TEXTAREA"]);

export function html(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, tag), attributes, children);
}

function dress(node, attributes, children) {
  change(node, attributes);
  if (FOCUSABLE.has(node.tagName) || node.hasAttribute("tabindex")) {
    // Else JupyterLab takes the keys: "b" inserts a cell, arrows never reach a slider.
    node.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  node.append(...children);
  return node;
}

// Attributes by name; functions are listeners ("onclick"), false and null take the attribute away.
export function change(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === false || value === null || value === undefined) node.removeAttribute(name);
    else {
      const text = value === true ? "" : String(value);
      if (node.getAttribute(name) !== text) node.setAttribute(name, text);
    }
  }
  return node;
}

export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
  return node;
}

export function button(text, onclick, attributes = {}) {
  return html("button", { type: "button", onclick, ...attributes }, text);
}

// Controls: { el, control, name }, where el holds the control and its label, and name the label's words.

function labelled(kind, label, control, ...more) {
  const name = html("span", {}, label);
  const el = html("span", { class: `bplab-control bplab-${kind}` }, html("label", {}, name, control), ...more);
  return { el, control, name };
}

// `show` turns the number into the words that stand beside the slider and are read out.
export function slider({ label, min, max, step, value, show = String, change: onchange }) {
  const shown = html("output", { "aria-hidden": "true" });
  const control = html("input", { type: "range", min, max, step, value });
  const tell = () => change(control, { "aria-valuetext": write(shown, show(control.valueAsNumber)).textContent });
  control.addEventListener("input", () => {
    tell();
    onchange(control.valueAsNumber);
  });
  tell();
  const set = (number) => {
    control.value = number;
    tell();
  };
  return { ...labelled("slider", label, control, shown), set };
}

// `options` is a list of [value, words]; `offer` puts others in their place.
export function choice({ label, options, value, change: onchange }) {
  const control = html("select", { onchange: () => onchange(control.value) });
  const offer = (others, chosen) => {
    control.replaceChildren(...others.map(([name, words]) => html("option", { value: name }, words)));
    control.value = chosen;
  };
  offer(options, value);
  return { ...labelled("choice", label, control), offer };
}

export function tick({ label, checked, change: onchange }) {
  const control = html("input", { type: "checkbox", onchange: () => onchange(control.checked) });
  control.checked = checked;
  return labelled("tick", label, control);
}

// `change` gets the number, or NaN if what stands there is none, on Enter and when the focus leaves.
export function numberField({ label, value = "", step = "any", change: onchange = () => {} }) {
  const control = html("input", { type: "number", step, value });
  let told = control.value;
  const tell = () => {
    if (control.value === told) return;
    told = control.value;
    onchange(control.valueAsNumber);
  };
  control.addEventListener("change", tell);
  control.addEventListener("keydown", (event) => event.key === "Enter" && tell());
  const set = (number) => {
    control.value = number;
    told = control.value;
  };
  return { ...labelled("number", label, control), set };
}

// A line that screen readers speak when it changes, and everyone can read; a problem stands out.
export function liveLine() {
  const el = html("p", { class: "bplab-says", role: "status", "aria-live": "polite" });
  const say = (text, problem = false) => {
    change(el, { class: `bplab-says${problem ? " bplab-problem" : ""}` });
    write(el, text);
  };
  return { el, say };
}

// What must end when the view goes: listeners elsewhere, timers, frames.
export function lifetime() {
  const ends = new Set();
  return {
    onModel(model, event, act) {
      model.on(event, act);
      ends.add(() => model.off(event, act));
    },
    listen(target, event, act, options) {
      target.addEventListener(event, act, options);
      ends.add(() => target.removeEventListener(event, act, options));
    },
    after(milliseconds, act) {
      const end = () => clearTimeout(timer);
      const timer = setTimeout(() => {
        ends.delete(end);
        act();
      }, milliseconds);
      ends.add(end);
      return () => {
        ends.delete(end);
        end();
      };
    },
    every(milliseconds, act) {
      const timer = setInterval(act, milliseconds);
      const end = () => clearInterval(timer);
      ends.add(end);
      return () => {
        ends.delete(end);
        end();
      };
    },
    // A function that asks for a drawing. The first ask is met as soon as the code that asks is done,
    // so that the work fills the wait for the screen; all others until the next frame are met by one.
    drawing(draw) {
      let frame = null;
      let more = false;
      ends.add(() => cancelAnimationFrame(frame));
      return () => {
        if (frame !== null) {
          more = true;
          return;
        }
        queueMicrotask(draw);
        frame = requestAnimationFrame(() => {
          frame = null;
          if (more) draw();
          more = false;
        });
      };
    },
    end() {
      for (const end of ends) end();
      ends.clear();
    },
  };
}

export function reducedMotion() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// A number for readers: so many significant digits, no needless zeros, a real minus sign.
export function digits(x, count = 4) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "not a number" : x > 0 ? "∞" : "−∞";
  const tiny = x !== 0 && Math.abs(x) < 1e-4;
  const [mantissa, power] = (tiny ? x.toExponential(count - 1) : x.toPrecision(count)).split("e");
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  return (power === undefined ? short : `${short}e${Number(power)}`).replaceAll("-", "−");
}

// The same in a product or a sum, where a negative number stands in brackets.
export const bracketed = (x) => (x < 0 ? `(${digits(x)})` : digits(x));

// The frame of a view: Lab's style and a name for screen readers. `el` is what anywidget hands over.
export function frame(el, name, ...children) {
  const root = html("section", { class: "bplab", "aria-label": name }, ...children);
  el.append(root);
  return root;
}
