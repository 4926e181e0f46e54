"""Interactive views for the lessons. State first, as a pure function; then the view of it.

A widget `thing` is a few files that know nothing of other widgets:

- `thing.py`: a frozen dataclass, the state; a function that computes it with `bplab.numeric`; and
  a `View` with a caption, a picture (`bplab.figures`), and `_esm = module("thing.js")`.
- `thing_maths.js`, where the browser computes: pure functions of plain numbers and lists, compared
  with `bplab.numeric` in the tests. No formula lives here that does not live there.
- `thing.js`: `export default { render }`. It draws with `shared/dom.js` inside `frame(…)`, gives
  every control a label, says in words what happened in a `liveLine`, and returns a clean-up
  (`lifetime().end`). Without a kernel it still runs: it may read `model.get("state")`, and nothing
  but the learner's own code needs an answer from Python.

The training dashboard differs in one point: a network of the lessons' size is trained in the kernel
(`runs.py`), by an asyncio task (`trainer.py`), and the page starts from a recording of it.
"""

from bplab.widgets.stepper import backprop_stepper

__all__ = ["backprop_stepper"]
