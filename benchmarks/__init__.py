"""Speed, as ratios of CPU times taken in one process. Run `python -m benchmarks`."""

import os

# Before NumPy is imported: more threads would measure the machine's other work, not ours.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
