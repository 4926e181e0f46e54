"""How times are taken: CPU clock, interleaved, median."""

import statistics
import time
from collections.abc import Callable, Mapping

Work = Callable[[], object]


def interleaved(works: Mapping[str, Work], *, rounds: int, seconds: float) -> dict[str, float]:
    """Median CPU seconds of one call of each work.

    The works take turns, so that a slower spell of the machine hits all of them. A turn lasts about
    `seconds`, as the CPU clock is too coarse for one call.
    """
    for work in works.values():
        work()  # allocations and caches
    calls = {name: max(1, round(seconds / _time(work, 1))) for name, work in works.items()}
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            times[name].append(_time(work, calls[name]))
    return {name: statistics.median(values) for name, values in times.items()}


def _time(work: Work, calls: int) -> float:
    start = time.process_time()
    for _ in range(calls):
        work()
    return max(time.process_time() - start, 1e-9) / calls
