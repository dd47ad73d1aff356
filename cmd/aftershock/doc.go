/*
Aftershock measures what dated news did to share prices: an event study.

It compares the return of a security around an event with the return that a model
of normal returns predicts, and tests whether the difference is more than chance:
for one security, for all that an event concerns, for one category of events.

# A first study

	$ aftershock run
	DeepSeek
	...
	What stands out
	...

Without a configuration this is a study of the DeepSeek news of winter 2024/25 on
figures that come with the program. It needs no network. What stands out is
printed, on a screen or two, and everything with --full; in the directory out stand

	report.txt             the whole report
	report.html            the same with charts, as one page
	observations.csv       a row for each event and security: session 0, the model as fitted, or why it is excluded
	abnormal_returns.csv   a row for each session of the event window
	cars.csv               a row for each window: cumulative abnormal return, error, test
	averages.csv           the averages of groups, session by session
	tests.csv              every test of every group
	datapackage.json       what each column of these is, for programs
	charts/                the events by effect, and the paths of those that lead; --charts all for every chart
	charts.json            the data of every chart, for aftershock plot
	manifest.json          how the files came about: configuration, inputs and outputs with their hashes

# One question

The event command measures an event that is in no catalogue. Its arguments are the
time of the news and the securities; the report is printed, and no file is written
without --out.

	$ aftershock event 2025-01-27 NVDA --benchmark SPY --window 0,0
	...
	Nvidia fell 17.0%; the market explains 3.6 points of it; the remaining -13.4% is
	...

	$ aftershock event 2025-01-27 NVDA AVGO TSM --benchmark SPY --window -1,1
	...

Time is a date, or an instant with its zone. Which session could react first is
the program's work: news after the close, on a holiday or on a weekend belongs to
the next session. DeepSeek's R1 came out on Martin Luther King day:

	$ aftershock event 2025-01-20T12:19:44Z NVDA --title "DeepSeek releases R1"
	...
	2025-01-21  DeepSeek releases R1
	...

# Events of one's own

A catalogue is a YAML, JSON or CSV file with an id and a time or date for each
event; the rest (title, category, tags, securities with the sign expected, source)
is optional.

	id,date,after_close,title,securities
	q4,2025-02-26,yes,Nvidia's fourth quarter,NVDA
	pause,2025-04-09,no,Tariffs paused,NVDA:+ AVGO:+ AMD:+

Everything that is wrong with a file is reported at once:

	$ aftershock events list
	...
	$ aftershock events check my-events.csv
	my-events.csv: 2 events, nothing wrong
	$ aftershock run --events my-events.csv --out mine
	...

Events that are catalogued but not studied still count as confounders.

# Prices of one's own

A folder with a file SYMBOL.csv for each security and for the benchmark. A date
and a close are enough; an adjusted close is better. The usual names of columns,
forms of dates, separators and byte orders are understood.

	$ aftershock prices list
	SYMBOL  NAME                        SESSIONS OF  FIRST       LAST        SESSIONS  GAPS  ADJUSTED  SOURCE
	...
	$ aftershock run --prices my-prices --events my-events.csv --out mine
	...

# Prices from Yahoo Finance

Prices can come from Yahoo Finance. What was fetched is kept in a local store; only
the rest is asked for, and with --offline nothing is. They stay under Yahoo's terms
and the exchange's. docs/prices.md says how, and what else prices can come from.

	$ aftershock prices fetch
	$ aftershock run --prices yahoo

Whether prices can be trusted is another question:

	$ aftershock prices check
	SYMBOL  DATE        SESSIONS  FINDING  DETAIL
	...
	19 securities, 8949 sessions: 0 problems, 9 unusual

# From moves back to news

The question comes the other way round as often: a share moved, what was it? The
explain command measures every session as event measures one, corrects over all of
them, and sets the moves against the whole catalogue: those that no event explains
first, then those with news, how many matches chance alone would give, and which
events moved nothing.

	$ aftershock explain NVDA --peers AMD,AVGO,TSM
	What moved NVDA, ...
	...
	Unexplained: no event of the catalogue names it on that session
	...
	More than chance?
	...

Whom one event hit among all securities of the source of prices, and whether it was
the market's news, a sector's or that of single firms:

	$ aftershock impact deepseek-selloff
	Whom it hit: ...
	...

Which kind of news moves which shares, and which events hit the same shares the same
way:

	$ aftershock correlate
	Which news moves which shares
	...

# Configuration

Every command reads config.yaml in the working directory, or the file named by
--config or the variable AFTERSHOCK_CONFIG. The one that comes with the source
explains every key. A flag goes before an environment variable, that before the
file, and the file before the defaults. The variable of a key is its name in
capitals with _ for each point: study.min_estimation is
AFTERSHOCK_STUDY_MIN_ESTIMATION. In flags and variables a list is separated by
commas or blanks, windows are separated by blanks, and none is the empty list.

	$ aftershock run --model mean --car "0,0 -1,1" --tests t,portfolio,kp-bmp --charts none
	...

Keys that do not exist and values that make no sense are errors that name the line
and what may have been meant. What there is to choose from:

	$ aftershock list models
	MODEL ...
	$ aftershock list tests
	   TEST ...
	$ aftershock list charts
	CHART ...

# Which test to trust

Tests err more often than they say where securities move together or have heavy
tails. How often they do on the study's own securities and dates, calibrate finds at
sessions without news; while study and prices stay the same, the report of a run
says which tests hold, unless output.calibration is false.

	$ aftershock calibrate --ids deepseek-selloff
	DeepSeek
	...
	                       5%        95%    1%   10%  worth
	...
	  patell             34.2  26.5–42.7  22.4  41.3    128  rejects too often
	...
	  kp-bmp              5.1    2.8–9.1   1.0  11.2    196  holds
	...

Whether a finding hangs on the model, the windows, the benchmark or the test, sweep
says by performing the study under every combination of them:

	$ aftershock sweep --ids deepseek-selloff
	...
	  The average fell in 222 of 225 specifications, significantly in 90 (40%); it
	  is between -10.77% and +0.43%, in the middle -6.48%. The finding hangs on the
	  choices: report all of them, or none.
	...

# Other formats

The report, the tables and the charts are written in the formats that are named,
and in no others:

	$ aftershock list formats
	FORMAT ...
	$ aftershock run --format text,json,xlsx,parquet,svg --out mine
	...

One table can go to another program:

	$ aftershock run --out - --table cars > cars.csv
	$ aftershock run --out - --table tests --format json | jq '.[] | select(.p < 0.01)'

# Running unattended

Standard output has the report and nothing else, standard error what went wrong.
The exit status is

	0    done
	1    the data or the machine did not allow it
	2    the command line or the configuration is wrong
	130  interrupted
	141  standard output was closed before its end

At every moment, and after any death, the output directory holds one whole run:
the new one is written beside it, and the two are exchanged in one step where the
system can (docs/outputs.md says where, and what happens elsewhere). Files that no
run has written are never touched; of two runs to one directory the second gives up.
The same inputs give the same bytes; the clock stands in the manifest alone.

Escape sequences go only to a terminal, and not there if NO_COLOR is set.
*/
package main
