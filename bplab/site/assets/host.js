// Stands in for Jupyter: mounts the views of a page without a kernel, and follows the reader's theme.

const bplab = (() => {
  const NO_KERNEL = "This page has no Python behind it. To run your own code here, open the lesson with: bplab lab.";

  // What anywidget hands to a view, but for widget_manager: a view that lacks it knows there is no kernel.
  // A message that asks for an answer gets one, in the words above.
  function modelOf(state) {
    const listeners = new Map();
    const tell = (event, ...what) => {
      for (const act of listeners.get(event) ?? []) act(...what);
    };
    return {
      get: (name) => state[name],
      on: (event, act) => listeners.set(event, [...(listeners.get(event) ?? []), act]),
      off: (event, act) => listeners.set(event, (listeners.get(event) ?? []).filter((other) => other !== act)),
      send: ({ id }) => setTimeout(tell, 0, "msg:custom", { id, problem: NO_KERNEL }),
    };
  }

  // The views' style sheet asks JupyterLab's attribute for the theme.
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    document.documentElement.dataset.jpThemeLight = String(!dark.matches);
  };
  dark.addEventListener("change", follow);
  follow();

  return {
    mount(view, cell, state) {
      const el = cell.querySelector(".view:empty");
      view.render({ model: modelOf(state), el });
      cell.classList.add("alive"); // hides the picture that stands for the view
    },
  };
})();
