# SPDX-License-Identifier: BSL-1.0
"""cost.py INCLUDE_DIRECTORY PASSES: what compiling costs a program that uses howdah, and the bars for it.

User and system seconds of g++, at a scale where scale.cpp takes 0.39 s, and the peak in MB (of 1,048,576 bytes); the
best of PASSES rounds, each of which compiles the scale as well, because a busy machine slows both down alike.
"""
import os
import sys

include, passes = sys.argv[1], int(sys.argv[2])
here = os.path.dirname(os.path.abspath(__file__))
SCALE = 0.39
LINES = {  # name: options
    "scale -O0": ["-O0", "scale.cpp"],
    "include -O0": ["-O0", "include.cpp"],
    "query -O0": ["-O0", "query.cpp"],
    "query -O2": ["-O2", "query.cpp"],
}
BARS = {"include -O0": (0.75, 145), "query -O2": (1.0, 175)}
FURTHER, FURTHER_BAR = 10, 120  # tables between the two sizes; milliseconds for each at -O0
for level in ("-O0", "-O2"):
    for tables in (2, 2 + FURTHER):
        LINES[f"{tables} tables {level}"] = [level, f"-DHOWDAH_TABLES={tables}", "tables.cpp"]


def compile_once(options):
    command = ["g++", "-std=c++20", "-I" + include, "-c", "-o", "/dev/null", *options[:-1], os.path.join(here, options[-1])]
    child = os.spawnvp(os.P_NOWAIT, command[0], command)
    _, status, used = os.wait4(child, 0)
    if status:
        sys.exit("cannot compile " + options[-1])
    # g++ waits for its own children, so their time and peak are in its figures.
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


best = {}
for _ in range(passes):
    for name, options in LINES.items():
        seconds, peak = compile_once(options)
        known = best.get(name, (seconds, peak))
        best[name] = (min(known[0], seconds), min(known[1], peak))
scale = SCALE / best["scale -O0"][0]


def line(name, *cells):
    print(f"  {name:<34}" + "".join(f"{cell:>12}" for cell in cells))


print()
line("compiling", "CPU s", "at scale", "MB", "bar")
for name, (seconds, peak) in best.items():
    bar = "{:.2f} s, {} MB".format(*BARS[name]) if name in BARS else ""
    line(name, f"{seconds:.2f}", f"{seconds * scale:.2f}", f"{peak:.0f}", "  " + bar)
for level in ("-O0", "-O2"):
    more, few = best[f"{2 + FURTHER} tables {level}"], best[f"2 tables {level}"]
    each = (more[0] - few[0]) / FURTHER
    bar = f"{FURTHER_BAR} ms" if level == "-O0" else ""
    line(f"each further table {level}, ms", f"{each * 1000:.0f}", f"{each * 1000 * scale:.0f}",
         f"{(more[1] - few[1]) / FURTHER:.1f}", bar)
