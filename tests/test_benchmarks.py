"""The arithmetic of the benchmarks, on planted numbers."""

import pytest

from benchmarks.widgets import USUAL, Press, results


def test_a_view_is_compared_with_the_usual_way():
    slow = [Press(total, own=0) for total in (100, 200, 300)]
    fast = [Press(total, own) for total, own in ((10, 3), (20, 4), (30, 17), (40, 18), (1000, 19))]
    found = {r.name: r for r in results("view", fast, slow)}
    assert {name: r.value for name, r in found.items()} == {
        "widgets: view, key to pixels, median": 30,
        "widgets: view, key to pixels, 95 %": pytest.approx(808),
        "widgets: view, own work, median": 17,
        f"widgets: view / {USUAL}": 0.15,
        f"widgets: {USUAL} beside it, median": 200,
    }
    assert found["widgets: view, own work, median"].verdict == "not met"  # 16 ms
    assert found[f"widgets: view / {USUAL}"].verdict == "not met"  # 1/8
