"""The stopwatch of the benchmark, on views whose times are planted."""

from benchmarks.widgets import Subject, presses

VIEW = """
import anywidget
class Planted(anywidget.AnyWidget):
    _esm = '''
        const busy = (milliseconds) => {{
            const end = performance.now() + milliseconds;
            while (performance.now() < end);
        }};
        function render({{ el }}) {{
            const button = document.createElement("button");
            const show = () => button.append(".");
            button.onkeydown = () => {{ {what} }};
            el.append(button);
        }}
        export default {{ render }};
    '''
Planted()
"""
PLANTED = {
    "slow to handle the key": "busy(100); show();",
    "slow to draw": "requestAnimationFrame(() => { busy(100); show(); });",
    "late": "setTimeout(show, 200);",
}


def test_work_and_waiting_are_told_apart(lab):
    subjects = {
        name: Subject(VIEW.format(what=what), "button", ("Shift", "Shift"))
        for name, what in PLANTED.items()
    }
    found = presses(lab, subjects, rounds=2)
    fastest = {name: min(press.total for press in found[name]) for name in PLANTED}
    least = {name: min(press.own for press in found[name]) for name in PLANTED}
    assert all(own >= 100 for own in (least["slow to handle the key"], least["slow to draw"]))
    assert all(total >= 100 for total in fastest.values())
    assert fastest["late"] >= 200
    assert least["late"] < 100
