"""Grading a class: marks and feedback for a folder of notebooks, whatever they contain.

The code of a submission never shares a process with the tests or the results. `zygote` forks one
isolated process a submission (`student`), which runs its cells; the tests run in another process
(`checker`), which sees the student's functions only as remote ones (`proxies`). What crosses
between them is JSON and raw buffers (`values`, `channel`). `workers` keeps both warm.
"""
