#!/usr/bin/env python3
"""The engine against numpy: one event study in memory, on one processor.

    python3 docs/rivals/numpy_rival.py            # from the root of the repository
    python3 docs/rivals/numpy_rival.py --ranks    # with Corrado's rank test
    python3 docs/rivals/numpy_rival.py --dates 2000 --rounds 7

docs/rivals/engine makes a market of 500 securities and 200 dates on which all of them
have news, and measures it: market model on 250 sessions, event window of 21, CAR, its
standard error and BHAR of every observation, and of every date CAAR, the
cross-sectional t test, Patell's and that of Boehmer, Musumeci and Poulsen. This program
does the same on the same returns, one matrix product for all securities of a date. All
figures are compared first: where one differs by more than 1e-9 no time is printed. Then
both run in turns, and their processor time (user and system) an observation is printed.

The engine gives more than is compared: AARs and their intervals, the portfolio's
forecast error, the mean correlation of residuals and notes. It is timed twice: with all
of that, and as a study that leaves it out (Study.Without), as a sweep does: "the same
work", though it still places every observation, keeps every coefficient with its standard
error, and looks for gaps, trimmed sessions and doubtful prices. ARs are computed and not
kept, by either side. The figures of both are the same bits.

Two ways of numpy: "residuals" forms the matrix of residuals, as the books do; "sums"
takes their squares from sums of squares and products, which reads the returns once and
loses digits where a fit is close. The ratio that counts is that against the faster.

Needs numpy and, for p values, scipy (their time is not counted).
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import resource
import subprocess
import sys
import tempfile

import numpy as np

EST, EVENT = (-270, -21), (-10, 10)


def ranks_of(a):
    """Ranks from 1 of every column. Returns without ties are taken for granted, as
    scipy's rankdata would take twice as long."""
    order = np.argsort(a, axis=0)
    out = np.empty_like(order)
    np.put_along_axis(out, order, np.arange(1, len(a) + 1)[:, None], axis=0)
    return out


def study(market, returns, dates, way, ranks):
    """CAAR and statistics by date; CAR, standard error and BHAR by observation."""
    m, length = EST[1] - EST[0] + 1, EVENT[1] - EVENT[0] + 1
    df, n = m - 2, returns.shape[1]
    groups, singles = [], np.empty((len(dates), n, 3))
    for d, t in enumerate(dates):
        x, y = market[t + EST[0]: t + EST[1] + 1], returns[t + EST[0]: t + EST[1] + 1]
        ahead, z = returns[t + EVENT[0]: t + EVENT[1] + 1], market[t + EVENT[0]: t + EVENT[1] + 1]
        design = np.column_stack((np.ones(m), x - x.mean()))
        sxx = design[:, 1] @ design[:, 1]
        coef = (design / np.array((m, sxx))).T @ y  # means and slopes
        if way == "residuals":
            resid = y - design @ coef
            s2 = np.einsum("ij,ij->j", resid, resid) / df
        else:
            s2 = (np.einsum("ij,ij->j", y, y) - m * coef[0] ** 2 - sxx * coef[1] ** 2) / df
        zc = z - x.mean()
        expected = coef[0] + np.outer(zc, coef[1])
        ar = ahead - expected
        car = ar.sum(axis=0)
        se = np.sqrt(s2 * (length + length**2 / m + zc.sum() ** 2 / sxx))
        bhar = np.prod(1 + ahead, axis=0) - np.prod(1 + expected, axis=0)
        scar, root_s = car / se, np.sqrt(s2)
        csar = ((1 / np.sqrt(1 + 1 / m + zc**2 / sxx)) @ ar) / root_s
        row = [
            car.mean(),
            car.mean() / car.std(ddof=1) * np.sqrt(n),
            csar.sum() / np.sqrt(n * length * df / (df - 2)),
            scar.mean() / scar.std(ddof=1) * np.sqrt(n),
        ]
        if ranks:
            if way != "residuals":
                resid = y - design @ coef
            # Corrado (1989) with the ranks of both windows together, over m + length + 1.
            k = ranks_of(np.vstack((resid, ar))) / (m + length + 1.0) - 0.5
            mean = k.mean(axis=1)
            row.append(mean[m:].sum() / np.sqrt(length * (mean @ mean) / (m + length)))
        groups.append(row)
        singles[d, :, 0], singles[d, :, 1], singles[d, :, 2] = car, se, bhar
    return np.array(groups), singles


def processor_time(who):
    u = resource.getrusage(who)
    return u.ru_utime + u.ru_stime


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--securities", type=int, default=500)
    p.add_argument("--dates", type=int, default=200)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--ranks", action="store_true")
    p.add_argument("--engine", help="the engine, built already")
    a = p.parse_args()
    tests = ["cross-section", "patell", "bmp"] + (["rank"] if a.ranks else [])
    with tempfile.TemporaryDirectory() as tmp:
        engine = a.engine or os.path.join(tmp, "engine")
        if not a.engine:
            subprocess.run(["go", "build", "-o", engine, "./docs/rivals/engine"], check=True)
        run, lean = [engine, "-securities", str(a.securities), "-dates", str(a.dates), "-tests", ",".join(tests)], ["-lean"]
        subprocess.run(run + ["-dir", tmp, "-rounds", "1"], check=True, stdout=subprocess.DEVNULL)
        load = lambda name: np.fromfile(os.path.join(tmp, name), dtype="<f8")
        raw = load("returns.f64").reshape(1 + a.securities, -1)
        market, returns = raw[0].copy(), np.ascontiguousarray(raw[1:].T)  # a session a row
        dates = load("dates.f64").astype(int)
        theirs = load("figures.f64").reshape(a.dates, -1)
        subprocess.run(run + lean + ["-dir", tmp, "-rounds", "1"], check=True, stdout=subprocess.DEVNULL)
        if load("figures.f64").tobytes() != theirs.tobytes():
            sys.exit("the study that leaves figures out has others: no times")
        head = 1 + 2 * len(tests)
        groups, singles = theirs[:, :head], theirs[:, head:].reshape(a.dates, a.securities, 3)

        from scipy import stats

        ways = ["residuals", "sums"]
        worst = 0.0
        for way in ways:
            mine, own = study(market, returns, dates, way, a.ranks)
            t = [2 * stats.t.sf(np.abs(mine[:, 1]), a.securities - 1), 2 * stats.norm.sf(np.abs(mine[:, 2])), 2 * stats.t.sf(np.abs(mine[:, 3]), a.securities - 1)]
            if a.ranks:
                t.append(2 * stats.norm.sf(np.abs(mine[:, 4])))
            columns = [mine[:, 0]]
            for k in range(len(tests)):
                columns += [mine[:, 1 + k], t[k]]
            for what, x, y in (("groups", np.column_stack(columns), groups), ("observations", own, singles)):
                off = np.max(np.abs(x - y) / np.maximum(np.abs(y), 1e-3))
                if not off <= 1e-9:
                    sys.exit(f"{what} by {way} differ by {off:.3g}: no times")
                worst = max(worst, off)
        print(f"{groups.size + singles.size} figures are equal to {worst:.1g}")

        best = {}
        for _ in range(a.rounds):
            for name, flags in (("engine, all", []), ("engine, the same work", lean)):
                out = subprocess.run(run + flags + ["-rounds", "3"], check=True, capture_output=True, text=True).stdout
                best.setdefault(name, []).append(min(map(float, out.split())))
            for way in ways:
                took = []
                for _ in range(3):
                    t0 = processor_time(resource.RUSAGE_SELF)
                    study(market, returns, dates, way, a.ranks)
                    took.append((processor_time(resource.RUSAGE_SELF) - t0) * 1e6 / (a.dates * a.securities))
                best.setdefault("numpy, " + way, []).append(min(took))
        print("processor time an observation, us: median, least")
        for name, v in best.items():
            print(f"  {name:22} {np.median(v):.3f} {min(v):.3f}")
        for way, name in [(w, n) for n in ("engine, the same work", "engine, all") for w in ways]:
            r = np.array(best["numpy, " + way]) / np.array(best[name])
            print(f"numpy, {way} / {name}, in turns: median {np.median(r):.2f} ({min(r):.2f} to {max(r):.2f})")


if __name__ == "__main__":
    main()
