#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Runs the lines of the benchmarks on every side, and prints what howdah costs beside the others.

    report.py PROGRAMS [--rows N] [--passes N] [--only LINE] [--cores 0,1]   the whole report
    report.py PROGRAMS --budget FILE [--record]                  the instructions alone, against the recorded ratios

PROGRAMS is the folder of the built programs; the server is the one of BENCH_URL (bench/with_table.cpp). scripts/bench
calls this. Every side reads the same rows, or stores the same: a digest is compared before anything is measured.
"""

import argparse
import concurrent.futures
import os
import re
import statistics
import subprocess
import sys
import threading

SIDES = ("howdah", "hand", "libpqxx", "SOCI")
PROGRAM = {"howdah": "with_howdah", "hand": "by_hand", "libpqxx": "with_libpqxx", "SOCI": "with_soci"}
PEERS = ("libpqxx", "SOCI")


class Line:
    """One line of the report.

    together: client and server on one core, because the line is made of round trips.
    writes: it fills a table that is there once.
    small, large: the sizes between which instructions are counted.
    timed: the size that is timed; 0 stands for --rows.
    peer: the peers' line that does the same work, where they do it in another way.
    """

    def __init__(self, name, title, small, large, timed=0, together=False, writes=False, peer=None):
        self.name, self.title, self.small, self.large, self.timed = name, title, small, large, timed
        self.together, self.writes, self.peer = together, writes, peer or name

    def of(self, side):
        return self.peer if side in PEERS else self.name


LINES = [
    Line("fetch", "into a vector of structs", 2000, 10000),
    Line("fetch-streamed", "the same, decoded while rows arrive", 2000, 10000),
    Line("fetch-copy", "the same through COPY in binary", 2000, 10000, peer="fetch-streamed"),
    Line("views", "six columns of eleven, nothing owned", 2000, 10000),
    Line("views-copy", "the same through COPY", 2000, 10000, peer="views"),
    Line("stream", "row at a time", 2000, 10000),
    Line("stream-copy", "row at a time through COPY", 2000, 10000, peer="stream"),
    Line("text", "into a vector, everything as text", 2000, 10000, peer="fetch"),
    Line("point", "one row by key, prepared", 500, 2500, 20000, together=True),
    Line("pipeline", "the same, 100 at once", 500, 2500, 20000, together=True),
    Line("copy-in", "insert through COPY in binary", 2000, 10000, 100000, together=True, writes=True),
    Line("insert-unnest", "insert by arrays, 1000 rows each", 2000, 10000, 100000, True, True, peer="copy-in"),
    Line("insert-returning", "the same, RETURNING every column", 2000, 10000, 100000, True, True, peer="copy-in"),
]
LINE = {line.name: line for line in LINES}


class Bar:
    """What a line has to reach (must) and what it is meant to reach (goal).

    what: instructions, wall, memory or ns. base: the line by hand that it is compared with; None: the limits are absolute.
    """

    def __init__(self, line, what, base, must, goal):
        self.line, self.what, self.base, self.must, self.goal = line, what, base, must, goal

    def text(self):
        unit = {"instructions": "instructions", "wall": "wall", "memory": "MB", "ns": "ns"}[self.what]
        return "%s: %s%s" % (self.line, unit, " / %s by hand" % self.base if self.base else "")


BARS = [
    Bar("fetch", "instructions", "fetch", 1.08, 1.03),
    Bar("fetch", "wall", "fetch", 1.05, None),
    Bar("fetch-streamed", "wall", "fetch", 0.95, 0.82),
    Bar("fetch-streamed", "memory", None, 340, None),
    Bar("fetch-copy", "instructions", "fetch", 0.65, 0.57),
    Bar("fetch-copy", "wall", "fetch", None, 0.88),
    Bar("views", "instructions", "fetch", 0.60, 0.55),
    Bar("views-copy", "instructions", "fetch", 0.60, 0.55),
    Bar("stream", "wall", "stream", 1.08, None),
    Bar("stream", "memory", None, 10, None),
    Bar("stream-copy", "memory", None, 10, None),
    Bar("stream-copy", "instructions", None, None, 1.15 * 780),
    Bar("text", "instructions", "text", 1.05, 1.0),
    Bar("text", "wall", "text", 1.05, 1.0),
    Bar("point", "instructions", "point", 1.10, 1.04),
    Bar("point", "wall", "point", 1.04, None),
    Bar("pipeline", "instructions", "pipeline", None, 1.04),
    Bar("pipeline", "wall", "pipeline", 1.08, None),
    Bar("copy-in", "instructions", None, None, 1.15 * 779),
    Bar("copy-in", "wall", "copy-in", 1.08, None),
    Bar("insert-unnest", "instructions", None, None, 1.15 * 1035),
    Bar("insert-unnest", "wall", "insert-unnest", 1.08, None),
    Bar("timestamp from text", "ns", None, 35, 20),
    Bar("timestamp from ISO text", "ns", None, 35, 20),
    Bar("timestamp from binary", "ns", None, 1.5, 0.8),
    Bar("timestamp from binary, in a row", "ns", None, 1.5, None),
]

# How often howdah and by hand run in turn within a round.
LONG_PAIRS, SHORT_PAIRS = 3, 5

# A regression: the ratio of a line is above the recorded one by more than this.
TOLERANCE = 1.05


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(1)


class Bench:
    def __init__(self, programs, cores):
        self.programs = programs
        self.cores = cores  # the server has the first
        self.can = {}
        for side in SIDES:
            if os.path.exists(self.path(side)):
                self.can[side] = subprocess.check_output([self.path(side), "--lines"], text=True).split()
        self.writing = threading.Lock()
        self.counted = {}  # (side, line): instructions per unit
        self.times = {}  # (side, line): a list of (wall ms, cpu ms, peak MB), one for each round
        self.pairs = {}  # line: a list of such of howdah and by hand, which ran one right after the other

    def path(self, side):
        return os.path.join(self.programs, "howdah_" + PROGRAM[side])

    def sides(self, line):
        return [side for side in SIDES if line.of(side) in self.can.get(side, [])]

    def run(self, command):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            fail("%s: %s" % (" ".join(command), done.stderr))
        return done

    def check(self, line, size):
        """Compares what all sides read or store."""
        found = {}
        for side in self.sides(line):
            found[side] = self.run([self.path(side), line.of(side), str(size), "digest"]).stdout.strip()
        if len(set(found.values())) > 1:
            fail("%s: the sides do not agree: %s" % (line.name, found))
        return next(iter(found.values()), "")

    def count(self, side, name, size):
        """All instructions of the process in user space, libpq's and the loader's among them."""
        out = os.path.join(self.programs, "callgrind.%s.%s.%d" % (PROGRAM[side], name, size))
        command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out, self.path(side), name, str(size)]
        return int(re.search(r"Collected : (\d+)", self.run(command).stderr).group(1))

    def slope(self, side, name):
        """Instructions per unit, without what start and connecting cost."""
        line = LINE[name]
        if line.writes:
            with self.writing:
                both = [self.count(side, name, size) for size in (line.small, line.large)]
        else:
            both = [self.count(side, name, size) for size in (line.small, line.large)]
        self.counted[side, name] = (both[1] - both[0]) / (line.large - line.small)

    def count_all(self, pairs):
        # Lines that write wait for each other, so they go last, where they leave a core free the least.
        order = sorted(set(pairs), key=lambda pair: LINE[pair[1]].writes)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for done in [pool.submit(self.slope, *pair) for pair in order]:
                done.result()

    def time_once(self, side, line, rows):
        core = self.cores[0] if line.together else self.cores[-1]
        words = self.run(["taskset", "-c", str(core), self.path(side), line.of(side), str(line.timed or rows)])
        words = words.stdout.split()
        return [float(words[i]) for i in (1, 3, 5)]

    def time(self, lines, rows, passes):
        """Every round runs all lines on all sides, each in a process of its own; howdah and by hand several times in turn."""
        for done in range(passes):
            for line in lines:
                # A virtual machine may have to ask its host for memory that nobody used for a while, which takes longer
                # than the work: a run that is not counted pays for that, and no side is always the first.
                if not line.together:
                    self.time_once("hand", line, rows)
                self.time_pairs(line, rows, turned=done % 2 == 1)
                for side in PEERS:
                    if side not in self.sides(line) or len(self.times.get((side, line.of(side)), [])) > done:
                        continue  # two lines share it
                    self.keep(side, line, [self.time_once(side, line, rows) for _ in range(3 if line.together else 1)])

    def time_pairs(self, line, rows, turned):
        sides = [side for side in ("howdah", "hand") if side in self.sides(line)]
        runs = {side: [] for side in sides}
        for repeat in range(SHORT_PAIRS if line.together else LONG_PAIRS):
            for side in sides if (repeat % 2 == 1) == turned else reversed(sides):
                runs[side].append(self.time_once(side, line, rows))
        for side in sides:
            self.keep(side, line, runs[side])
        if len(sides) == 2:
            both = [(self.times["howdah", line.name][-1], self.times["hand", line.name][-1])] if line.together else \
                zip(runs["howdah"], runs["hand"])
            self.pairs.setdefault(line.name, []).extend(both)

    def keep(self, side, line, runs):
        """Of a short line the quickest run, since whatever else the machine does only ever adds; else the median."""
        one = min(runs) if line.together else [statistics.median(run[i] for run in runs) for i in range(3)]
        self.times.setdefault((side, line.of(side)), []).append(one)

    def rounds(self, side, name, what):
        if what == "instructions":
            return []
        return [one[("wall", "cpu", "memory").index(what)] for one in self.times.get((side, name), [])]

    def measured(self, side, name, what):
        """Instructions, or the median of all rounds; None if there is none."""
        if what == "instructions":
            return self.counted.get((side, name))
        rounds = self.rounds(side, name, what)
        return statistics.median(rounds) if rounds else None

    def ratio(self, name, what, other, other_name):
        """Of times: the median of the ratios of runs that were made together, since a machine has slow minutes."""
        ours, theirs = self.measured("howdah", name, what), self.measured(other, other_name, what)
        if not ours or not theirs:
            return None
        if what == "instructions":
            return ours / theirs
        return statistics.median(self.ratios(name, what, other, other_name))

    def ratios(self, name, what, other, other_name):
        """Of runs side by side where there are such, else round by round."""
        if other == "hand" and name == other_name and what != "instructions":
            at = ("wall", "cpu", "memory").index(what)
            return [ours[at] / theirs[at] for ours, theirs in self.pairs.get(name, [])]
        pairs = zip(self.rounds("howdah", name, what), self.rounds(other, other_name, what))
        return [one / of for one, of in pairs]


def number(value, digits):
    return "-" if value is None else "%.*f" % (digits, value)


def print_table(title, rows, digits, bench, what):
    print("\n%s" % title)
    print("  %-17s %-37s %9s %9s %9s %9s %7s %7s" % ("line", "", "howdah", "hand", "libpqxx", "SOCI", "/ hand", "/ peer"))
    for line in rows:
        values = [bench.measured(side, line.of(side), what) for side in SIDES]
        peers = [bench.ratio(line.name, what, peer, line.of(peer)) for peer in PEERS]
        best = max((ratio for ratio in peers if ratio), default=None)
        print("  %-17s %-37s %9s %9s %9s %9s %7s %7s" % (
            line.name, line.title, *(number(value, digits) for value in values),
            number(bench.ratio(line.name, what, "hand", line.name), 3), number(best, 3)))


def verdict(value, limit):
    return "" if limit is None else "%7.*f %s" % (0 if limit > 99 else 2, limit, "met" if value <= limit else "MISSED")


def print_bars(bench, conversions, whats, only=None):
    timed = "" if whats == ("instructions",) else "rounds"
    print(("\n  %-50s %9s  %-15s %-15s %s" % ("bar", "is", "must", "goal", timed)).rstrip())
    for bar in BARS:
        if bar.what not in whats or (only and bar.line != only):
            continue
        if bar.what == "ns":
            value = conversions.get(bar.line)
        elif bar.base:
            value = bench.ratio(bar.line, bar.what, "hand", bar.base)
        else:
            value = bench.measured("howdah", bar.line, bar.what)
        if value is None:
            print("  %-50s %9s" % (bar.text(), "-"))
        else:
            digits = 3 if bar.base else 2 if bar.what == "ns" else 0 if value > 99 else 1
            between = bench.ratios(bar.line, bar.what, "hand", bar.base) if bar.base else []
            between = "%.3f to %.3f" % (min(between), max(between)) if between else ""
            print(("  %-50s %9.*f  %-15s %-15s %s" % (
                bar.text(), digits, value, verdict(value, bar.must), verdict(value, bar.goal), between)).rstrip())


def convert(programs):
    """Nanoseconds per timestamp."""
    words = subprocess.check_output([os.path.join(programs, "howdah_timestamps")], text=True).split()
    return dict(zip([bar.line for bar in BARS if bar.what == "ns"], map(float, words[1::2])))


def report(bench, rows, passes, only):
    if only == "conversions":
        print_bars(bench, convert(bench.programs), ("ns",))
        return
    lines = [line for line in LINES if not only or line.name == only]
    for line in lines:
        if "howdah" not in bench.sides(line):
            print("(howdah has no line %s yet)" % line.name)
        found = bench.check(line, line.timed or rows)
        print("%-17s all sides (%s): %s" % (line.name, ", ".join(bench.sides(line)), found), flush=True)
    names = {line.name for line in lines}
    bases = [LINE[name] for name in sorted({bar.base for bar in BARS if bar.base and bar.line in names} - names)]
    bench.time(lines + bases, rows, passes)
    bench.count_all([(side, line.of(side)) for line in lines + bases for side in bench.sides(line)])
    print_table("instructions for each row or statement, in user space, libpq included", lines, 0, bench, "instructions")
    print_table("wall ms", lines, 1, bench, "wall")
    print_table("the client's processor ms", lines, 1, bench, "cpu")
    print_table("peak of the client's memory, MB", lines, 1, bench, "memory")
    print_bars(bench, {} if only else convert(bench.programs), ("instructions", "wall", "memory", "ns"), only)


def recorded_in(path):
    with open(path, encoding="utf-8") as file:
        return {name: float(ratio) for name, ratio in
                (line.split() for line in file if line.strip() and not line.startswith("#"))}


def record(path, ratios):
    with open(path, encoding="utf-8") as file:
        head = [line for line in file if line.startswith("#")]
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(head + ["%-17s %.3f\n" % pair for pair in ratios.items()])


def budget(bench, path, recording):
    """Returns how many lines are within the budget, and how many are not."""
    recorded = recorded_in(path)
    lines = [line for line in LINES if {"howdah", "hand"} <= set(bench.sides(line))]
    for line in lines:
        bench.check(line, line.large)
    bench.count_all([(side, line.name) for line in lines for side in ("howdah", "hand")])
    ratios = {line.name: bench.ratio(line.name, "instructions", "hand", line.name) for line in lines}
    if recording:
        record(path, ratios)
        recorded = recorded_in(path)
    print("instruction budget: howdah / by hand, at most %d %% above the recorded ratio (%s)"
          % (round(100 * TOLERANCE) - 100, os.path.relpath(path)))
    print("  %-17s %9s %9s %7s %9s %7s" % ("line", "howdah", "hand", "ratio", "recorded", "most"))
    bad = 0
    for name in list(ratios) + [name for name in recorded if name not in ratios]:
        ratio, was = ratios.get(name), recorded.get(name)
        ours, hand = bench.measured("howdah", name, "instructions"), bench.measured("hand", name, "instructions")
        if ratio is None:
            word = "MISSING: recorded, but no longer measured"
        elif was is None:
            word = "MISSING: not recorded (scripts/bench --record)"
        elif ratio > was * TOLERANCE:
            word = "FAILED: %.1f %% above" % (100 * (ratio / was - 1))
        else:
            word = "ok" if ratio * TOLERANCE >= was else "ok, %.1f %% below: record it" % (100 * (1 - ratio / was))
        bad += not word.startswith("ok")
        print("  %-17s %9s %9s %7s %9s %7s  %s" % (
            name, number(ours, 0), number(hand, 0), number(ratio, 3), number(was, 3),
            number(was and was * TOLERANCE, 3), word))
    print_bars(bench, {}, ("instructions",))
    return len(set(ratios) | set(recorded)) - bad, bad


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("programs")
    ask.add_argument("--rows", type=int, default=1000000)
    ask.add_argument("--passes", type=int, default=5)
    ask.add_argument("--only", choices=[line.name for line in LINES] + ["conversions"])
    ask.add_argument("--cores", default="0")
    ask.add_argument("--budget")
    ask.add_argument("--record", action="store_true")
    ask.add_argument("--totals")
    asked = ask.parse_args()
    cores = [int(core) for core in asked.cores.split(",")]
    bench = Bench(asked.programs, cores)
    if not asked.budget:
        os.sched_setaffinity(0, cores)  # the server, and so this program, was started on the first
        report(bench, asked.rows, asked.passes, asked.only)
        return
    good, bad = budget(bench, asked.budget, asked.record)
    print("budget: %d passed, %d failed" % (good, bad))
    if asked.totals:
        with open(asked.totals, "w", encoding="utf-8") as file:
            file.write("%d %d 0\n" % (good, bad))
    sys.exit(1 if bad else 0)


main()
