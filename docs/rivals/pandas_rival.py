#!/usr/bin/env python3
"""The program against pandas, from files to files: 100,000 events in a CSV file and the
prices of 500 shares in another become tables in CSV files.

    python3 docs/rivals/pandas_rival.py             # from the root of the repository
    python3 docs/rivals/pandas_rival.py --tables cars
    python3 docs/rivals/pandas_rival.py --tables tests,averages

A market is drawn on New York's sessions and written as CSV: prices, a day a row and a
share a column, and events, one share each. Then both programs measure every event:
market model on 250 sessions, event window of 21, CARs over (-1, 1), (0, 5) and
(-10, 10). pandas reads and writes; the arithmetic is numpy's, one matrix product for
all events of a date, and scipy's for p values.

Tables: cars (a row a window: CAR, standard error, SCAR, CSAR, BHAR, t, its degrees of
freedom and p values, 90% interval) and abnormal_returns (a row a session: return,
expected, AR, standard error, SAR, p, u, cumulative AR and its standard error). Or few
tables, of all events as one group: averages (a row a session: AAR, standard deviation
and error, CAAR, how many rose) and tests (a row a window and test: CAAR, mean BHAR and
SCAR, how many rose, statistic and p values of the cross-sectional t test, Patell's and
BMP); of events that share a return the first counts. All cells of both are compared
first: where one differs by more than 1e-9 no time is printed. Then both run in turns;
what counts is the processor time (user and system) of the whole process, on all
processors that it takes. aftershock writes columns and files beside these (detectable
effects, the mean correlation of the members, notes, a report, a manifest with the
SHA-256 of what was read and written), which are in its time; --formats csv leaves the
report out, of which pandas has none.

Needs numpy, pandas and scipy.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas as pd

EST, EVENT = (-270, -21), (-10, 10)
WINDOWS = [(-1, 1), (0, 5), (-10, 10)]
TESTS = ["cross-section", "patell", "bmp"]


def rival(where, tables):
    """What a careful pandas program does."""
    from scipy import special

    prices = pd.read_csv(f"{where}/prices.csv", index_col="date", parse_dates=True)
    events = pd.read_csv(f"{where}/events.csv", parse_dates=["date"])
    returns = prices.pct_change(fill_method=None).to_numpy()
    market = returns[:, prices.columns.get_loc("MARKET")]
    events["column"] = prices.columns.get_indexer(events.security)
    events["session"] = prices.index.searchsorted(events.date)  # that of the date or the next
    days = prices.index.strftime("%Y-%m-%d").to_numpy()
    m, length = EST[1] - EST[0] + 1, EVENT[1] - EVENT[0] + 1
    df, n = m - 2, len(events)
    ret, exp = np.empty((n, length)), np.empty((n, length))
    s2, xbar, sxx = np.empty(n), np.empty(n), np.empty(n)
    z = np.empty((n, length))
    for t, rows in events.groupby("session", sort=False).indices.items():
        column = events.column.to_numpy()[rows]
        x, y = market[t + EST[0]: t + EST[1] + 1], returns[t + EST[0]: t + EST[1] + 1][:, column]
        design = np.column_stack((np.ones(m), x - x.mean()))
        q = design[:, 1] @ design[:, 1]
        coef = (design / np.array((m, q))).T @ y
        resid = y - design @ coef
        s2[rows], xbar[rows], sxx[rows] = np.einsum("ij,ij->j", resid, resid) / df, x.mean(), q
        ahead = market[t + EVENT[0]: t + EVENT[1] + 1]
        ret[rows] = returns[t + EVENT[0]: t + EVENT[1] + 1][:, column].T
        exp[rows] = (coef[0] + np.outer(ahead - x.mean(), coef[1])).T
        z[rows] = ahead
    ar, s = ret - exp, np.sqrt(s2)
    z -= xbar[:, None]
    se = s[:, None] * np.sqrt(1 + 1 / m + z**2 / sxx[:, None])
    sar = ar / se
    p_of = lambda t: 2 * special.stdtr(df, -np.abs(t))
    if "cars" in tables:
        parts = []
        for lo, hi in WINDOWS:
            k, w = hi - lo + 1, slice(lo - EVENT[0], hi - EVENT[0] + 1)
            car = ar[:, w].sum(axis=1)
            sd = s * np.sqrt(k + k**2 / m + z[:, w].sum(axis=1) ** 2 / sxx)
            t = car / sd
            lower = special.stdtr(df, t)
            q90 = special.stdtrit(df, 0.95)
            parts.append(pd.DataFrame({
                "event_id": events.id, "security": events.security, "from": lo, "to": hi, "car": car, "se": sd, "scar": t,
                "csar": sar[:, w].sum(axis=1), "bhar": np.prod(1 + ret[:, w], axis=1) - np.prod(1 + exp[:, w], axis=1),
                "t": t, "df": df, "p": p_of(t), "p_lower": lower, "p_upper": special.stdtr(df, -t),
                "low90": car - q90 * sd, "high90": car + q90 * sd, "order": np.arange(n)}))
        cars = pd.concat(parts).sort_values("order", kind="stable").drop(columns="order")
        cars.to_csv(f"{where}/rival/cars.csv", index=False)
    if "abnormal_returns" in tables:
        tau = np.arange(EVENT[0], EVENT[1] + 1)
        path = np.cumsum(ar, axis=1)
        k = np.arange(1, length + 1)
        path_se = s[:, None] * np.sqrt(k + k**2 / m + np.cumsum(z, axis=1) ** 2 / sxx[:, None])
        pd.DataFrame({
            "event_id": np.repeat(events.id.to_numpy(), length), "security": np.repeat(events.security.to_numpy(), length),
            "tau": np.tile(tau, n), "date": days[(events.session.to_numpy()[:, None] + tau).ravel()],
            "return": ret.ravel(), "expected": exp.ravel(), "ar": ar.ravel(), "se": se.ravel(), "sar": sar.ravel(),
            "p": p_of(sar).ravel(), "u": (sar**2).ravel(), "car": path.ravel(), "se_car": path_se.ravel(),
        }).to_csv(f"{where}/rival/abnormal_returns.csv", index=False)


    if {"tests", "averages"} & set(tables):
        once = ~events.duplicated(["column", "session"]).to_numpy()
        ar, ret, exp, sar, s, z = ar[once], ret[once], exp[once], sar[once], s[once], z[once]
        sxx, n = sxx[once], len(ar)
    if "averages" in tables:
        aar, sd = ar.mean(axis=0), ar.std(axis=0, ddof=1)
        pd.DataFrame({
            "group_by": "all", "group": "all", "tau": np.arange(EVENT[0], EVENT[1] + 1), "n": n, "aar": aar, "sd": sd,
            "n_car": n, "caar": np.cumsum(aar), "positive": (ar > 0).sum(axis=0),
        }).to_csv(f"{where}/rival/averages.csv", index=False)
    if "tests" in tables:
        rows = []
        for lo, hi in WINDOWS:
            k, w = hi - lo + 1, slice(lo - EVENT[0], hi - EVENT[0] + 1)
            car = ar[:, w].sum(axis=1)
            scar = car / (s * np.sqrt(k + k**2 / m + z[:, w].sum(axis=1) ** 2 / sxx))
            bhar = np.prod(1 + ret[:, w], axis=1) - np.prod(1 + exp[:, w], axis=1)
            for test in TESTS:
                if test == "patell":
                    t = sar[:, w].sum() / np.sqrt(n * k * df / (df - 2))
                    lower, upper = special.ndtr(t), special.ndtr(-t)
                else:
                    x = scar if test == "bmp" else car
                    t = x.mean() * np.sqrt(n) / x.std(ddof=1)
                    lower, upper = special.stdtr(n - 1, t), special.stdtr(n - 1, -t)
                rows.append(("all", "all", lo, hi, n, car.mean(), bhar.mean(), scar.mean(), (car > 0).sum(), test, t, 2 * min(lower, upper), lower, upper))
        pd.DataFrame(rows, columns=["group_by", "group", "from", "to", "n", "caar", "abhar", "mean_scar", "positive", "test", "statistic", "p", "p_lower", "p_upper"]
                     ).to_csv(f"{where}/rival/tests.csv", index=False)


def draw(where, sessions, shares, n):
    """Prices and events of a market on the sessions of New York."""
    rng = np.random.default_rng(18)
    days = pd.DatetimeIndex([d for d in sessions])
    market = 0.01 * rng.standard_normal(len(days))
    names = [f"S{i:04d}" for i in range(shares)]
    beta = 0.5 + rng.random(shares)
    r = np.column_stack((market, np.outer(market, beta) + 0.02 * rng.standard_normal((len(days), shares))))
    prices = pd.DataFrame(np.round(100 * np.cumprod(1 + np.clip(r, -0.5, 0.5), axis=0), 6), columns=["MARKET"] + names, index=days)
    prices.index.name = "date"
    prices.to_csv(f"{where}/prices.csv")
    at = rng.integers(272, len(days) - 12, n)
    pd.DataFrame({"id": [f"e{i}" for i in range(n)], "date": days[at].strftime("%Y-%m-%d"),
                  "security": np.array(names)[rng.integers(0, shares, n)]}).to_csv(f"{where}/events.csv", index=False)


CONFIG = """\
events: {file: events.csv}
prices: {source: panel, file: prices.csv}
study:
  name: rival
  benchmark: MARKET
  estimation: [-270, -21]
  event: [-10, 10]
  car: [[-1, 1], [0, 5], [-10, 10]]
  groups: [GROUPS]
  tests: [TESTS]
output: {dir: out, formats: [FORMATS], tables: [TABLES], calibration: false}
"""


def took(run):
    before, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(run, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - clock


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--events", type=int, default=100_000)
    p.add_argument("--shares", type=int, default=500)
    p.add_argument("--sessions", type=int, default=2700)
    p.add_argument("--tables", default="cars,abnormal_returns")
    p.add_argument("--formats", default="text,csv", help="of aftershock: with csv alone it writes no report")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--program", help="aftershock, built already")
    p.add_argument("--job", help=argparse.SUPPRESS)
    a = p.parse_args()
    tables = a.tables.split(",")
    if a.job:
        rival(a.job, tables)
        return
    with tempfile.TemporaryDirectory() as where:
        program = os.path.abspath(a.program) if a.program else os.path.join(where, "aftershock")
        if not a.program:
            subprocess.run(["go", "build", "-o", program, "./cmd/aftershock"], check=True)
        sessions = subprocess.run(["go", "run", "./docs/rivals/engine", "-calendar", str(a.sessions)], check=True, capture_output=True, text=True).stdout.split()
        draw(where, sessions, a.shares, a.events)
        os.mkdir(f"{where}/rival")
        config, config_text = f"{where}/config.yaml", CONFIG
        with open(config, "w") as f:
            grouped = {"tests", "averages"} & set(tables)
            for key, value in {"TABLES": ", ".join(tables), "FORMATS": a.formats, "GROUPS": "all" if grouped else "", "TESTS": ", ".join(TESTS) if grouped else "t"}.items():
                config_text = config_text.replace(key, value)
            f.write(config_text)
        ours = [program, "run", "--config", config, "--quiet", "--charts", "none"]
        theirs = [sys.executable, os.path.abspath(__file__), "--job", where, "--tables", a.tables]
        took(ours), took(theirs)
        cells = worst = 0
        for name in tables:
            x, y = pd.read_csv(f"{where}/out/{name}.csv"), pd.read_csv(f"{where}/rival/{name}.csv")
            if len(x) != len(y):
                sys.exit(f"{name}: {len(x)} and {len(y)} rows: no times")
            for c in y.columns:
                if y[c].dtype == object:
                    off = 0 if (x[c] == y[c]).all() else np.inf
                else:
                    off = np.max(np.abs(x[c] - y[c]) / np.maximum(np.abs(y[c]), 1e-3))
                if not off <= 1e-9:
                    sys.exit(f"{name}: {c} differs by {off:.3g}: no times")
                worst, cells = max(worst, off), cells + len(y)
        said = subprocess.run([program, "version"], check=True, capture_output=True, text=True).stdout.split("\n")
        print(", ".join(" ".join(line.split()) for line in said if line), "against pandas", pd.__version__, "numpy", np.__version__)
        print(f"{cells} cells are equal to {worst:.1g}")
        rounds = [(took(ours), took(theirs)) for _ in range(a.rounds)]
        r = np.array(rounds)
        for k, name in enumerate(("aftershock", "pandas")):
            print(f"{name:11} processor {np.median(r[:, k, 0]):6.2f} s, clock {np.median(r[:, k, 1]):6.2f} s")
        for k, name in enumerate(("processor", "clock")):
            q = r[:, 1, k] / r[:, 0, k]
            print(f"pandas / aftershock, {name} time in turns: median {np.median(q):.2f} ({q.min():.2f} to {q.max():.2f})")


if __name__ == "__main__":
    main()
