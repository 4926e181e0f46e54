"""A learner's function gets so many seconds and no more, in whatever thread the kernel asks."""

import threading
import time

import pytest

from bplab.widgets.limit import within


def endless():
    while True:
        pass


def test_what_is_in_time_is_returned():
    assert within(5.0, lambda: "done") == "done"


@pytest.mark.parametrize("hang", [endless, lambda: time.sleep(3)], ids=["loop", "sleep"])
def test_what_hangs_is_given_up(hang):
    start = time.monotonic()
    with pytest.raises(TimeoutError, match=r"it still ran after 0\.2 s and was stopped"):
        within(0.2, hang)
    assert time.monotonic() - start < 2


def test_a_loop_without_end_does_not_go_on():
    before = threading.active_count()
    with pytest.raises(TimeoutError):
        within(0.1, endless)
    end = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.01)
    assert threading.active_count() == before


def test_errors_come_through_with_their_line():
    with pytest.raises(ZeroDivisionError) as caught:
        within(5.0, lambda: 1 / 0)
    assert "1 / 0" in str(caught.traceback[-1].statement)


def test_it_works_outside_the_main_thread():
    said = []

    def ask():
        try:
            within(0.1, endless)
        except TimeoutError as error:
            said.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(5)
    assert said == ["it still ran after 0.1 s and was stopped"]
