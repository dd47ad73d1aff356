package report

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"aftershock/analysis"
	"aftershock/market"
)

func TestTextGolden(t *testing.T) {
	for _, c := range []struct {
		name string
		o    TextOptions
	}{
		{"nasty_80.txt", TextOptions{}},
		{"nasty_120.txt", TextOptions{Width: 120}},
		{"nasty_ar_60.txt", TextOptions{Width: 60, Lang: "ar", Events: []string{"labor-day", "unknown"}}},
	} {
		got := textOf(t, nasty(), c.o)
		golden(t, testdata(c.name), []byte(got))
		if textOf(t, nasty(), c.o) != got {
			t.Errorf("%s: two writings differ", c.name)
		}
	}
}

// plain is a report on one line, so that a sentence can be looked for.
func plain(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestDeepSeek holds the report to the facts of 2025-01-27, on real prices.
func TestDeepSeek(t *testing.T) {
	full := textOf(t, shipped(), TextOptions{Events: []string{"deepseek-selloff"}, Width: 100})
	for _, want := range []string{
		"Nvidia fell 17.0%; the market explains 3.6 points of it; the remaining -13.4% is 5.2 times its usual daily error (p < 0.001) and more extreme than all 250 sessions of the estimation window.",
		"On session 0 the twelve securities returned on average 5.8 points less than the market explains. Against its own past that is more than chance (portfolio p = 0.00013).",
		"But the securities did not move alike: from -15.4% (MRVL) to +2.8% (TXN), a spread 3.1 times the usual.",
		"kp-bmp, which lets the news itself widen their spread and counts their co-movement, cannot tell the average from chance (p = 0.28).",
		"That none of them moved is ruled out (joint p < 1e-9): speak of Marvell Technology, Nvidia, Taiwan Semiconductor (ADR), Broadcom and Micron Technology rather than of the group.",
		"Not to be relied on: cross-section p = 0.0099, patell p < 1e-11, bmp p = 0.020",
		"They take the securities as independent, but by their co-movement (mean correlation 0.28) the twelve securities tell about as much as 2.9 independent ones.",
		"NVDA -16.97 -13.36*** -5.19",
		"kp-bmp -1.143 t(11) 0.28 decides: chance",
		"bmp -2.728 (p 0.020)",
		"Set aside, as the residuals correlate by 0.28 on average and the variance of the average is 4.1 times that of independent securities:",
		"joint 6.893 F(12,237) 1.1e-10 more than chance",
	} {
		if !strings.Contains(plain(full), want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	holiday := textOf(t, shipped(), TextOptions{Events: []string{"deepseek-r1"}})
	if want := "Published Monday 20 January 2025, 12:19 UTC (07:19 in New York), a day without a session in New York: session 0 is Tuesday 21 January 2025."; !strings.Contains(plain(holiday), want) {
		t.Errorf("the report does not say %q", want)
	}
	if want := "with other news in it: stargate, deepseek-selloff and 1 more."; !strings.Contains(plain(holiday), want) {
		t.Errorf("the report does not say %q", want)
	}
	row := write(t, shipped(), "tests").find(t, "group_by", "event", "group", "deepseek-selloff", "from", "0", "to", "0", "test", "kp-bmp")
	if !strings.HasPrefix(row["statistic"], "-1.142") || !strings.HasPrefix(row["p"], "0.277") || row["n"] != "12" || row["df1"] != "11" {
		t.Errorf("kp-bmp: %v", row)
	}
}

// TestWords looks for what the nasty study must say of its events.
func TestWords(t *testing.T) {
	full := plain(textOf(t, nasty(), TextOptions{Width: 100}))
	for _, want := range []string{
		"Published Monday 2 September 2024, 11:00 EDT, a day without a session in New York: session 0 is Tuesday 3 September 2024 for ALFA, BETA, GAMA, HALT and NEWB.",
		"11:00 EDT (Tuesday 00:00 in Tokyo), before the close in Tokyo: session 0 is Tuesday 3 September 2024 for 6857.T.",
		"Published Friday 29 November 2024, 14:30 EST, after the early close in New York at 13:00: session 0 is Monday 2 December 2024.",
		"Published Friday 29 November 2024, about 12:30 EST, before the close in New York: session 0 is that day (early close at 13:00).",
		"Dated Saturday 5 October 2024, the hour not known, a day without a session in New York: session 0 is Monday 7 October 2024.",
		"Dated Wednesday 3 July 2024, the hour not known, after the close in New York: session 0 is Friday 5 July 2024.",
		"No security could be measured; the reasons stand at the end.",
		"unknown, NOPE: no prices of NOPE (unknown-security)",
		"(after-data)", "(short-estimation)",
		"Averages over the securities with a complete window:",
		"N = 5, 1 excluded",
		"Not to be relied on: patell p < 1e-26. It takes the securities as independent", // crude is set aside too, but for another reason
		"BETA: its prices are not adjusted for dividends, nor perhaps for splits",
	} {
		if !strings.Contains(full, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	if strings.ContainsAny(full, "\x1b\u202e") {
		t.Error("a title steers the terminal")
	}
	if strings.Contains(full, "NaN") {
		t.Error("NaN in the report")
	}
	ar := textOf(t, nasty(), TextOptions{Lang: "ar"})
	if !strings.Contains(ar, "\u2068"+mixed+"\u2069") {
		t.Error("the Arabic title is missing or not isolated")
	}
	if bold := textOf(t, nasty(), TextOptions{Color: true}); !strings.Contains(bold, "\x1b[1mWhat stands out\x1b[0m") {
		t.Error("no bold heading")
	}
}

// TestWidth: no line of Latin text is wider than asked for.
func TestWidth(t *testing.T) {
	for _, r := range []*analysis.Result{nasty(), shipped()} {
		for _, width := range []int{1, 40, 50, 60, 72, 80, 100, 120, 200} {
			for _, line := range strings.Split(textOf(t, r, TextOptions{Width: width}), "\n") {
				n, wide := 0, false
				for _, c := range line {
					n++
					wide = wide || c > 0x2fff || unicode.In(c, unicode.Mn, unicode.Cf)
				}
				if !wide && n > max(40, width) {
					t.Errorf("width %d: %d columns: %s", width, n, line)
				}
				if line != strings.TrimRight(line, " ") {
					t.Errorf("width %d: blanks at the end of %q", width, line)
				}
			}
		}
	}
}

func TestTextErrors(t *testing.T) {
	var b strings.Builder
	if err := Text(&b, nasty(), TextOptions{Events: []string{"nope"}}); err == nil || !strings.Contains(err.Error(), `"nope"`) || b.Len() > 0 {
		t.Errorf("unknown event: %v, %q", err, b.String())
	}
	if err := Text(full{}, nasty(), TextOptions{}); !errors.Is(err, errFull) {
		t.Errorf("failed write: %v", err)
	}
	for _, tab := range Tables(nasty()) {
		if err := WriteCSV(full{}, tab); !errors.Is(err, errFull) {
			t.Errorf("%s: failed write: %v", tab.Name, err)
		}
	}
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// failing fails from its writes-th write on.
type failing struct{ writes, made int }

func (f *failing) Write(p []byte) (int, error) {
	if f.made++; f.made >= f.writes {
		return 0, errFull
	}
	return len(p), nil
}

// TestFailedWrite: whoever cannot be written to is not worked for any longer.
func TestFailedWrite(t *testing.T) {
	for _, write := range []func(w io.Writer) error{
		func(w io.Writer) error { return Text(w, shipped(), TextOptions{}) },
		func(w io.Writer) error { return HTML(w, shipped(), HTMLOptions{}) },
	} {
		for _, n := range []int{1, 5} {
			if f := (&failing{writes: n}); !errors.Is(write(f), errFull) || f.made != n {
				t.Errorf("%d writes, the last that succeeds is that before %d", f.made, n)
			}
		}
	}
	const all = 100_000
	for _, f := range Formats {
		read := 0
		tab := Table{Name: "long", Title: "Long.", Columns: []Column{{Name: "name", Type: String}, {Name: "value", Type: Number}}}
		tab.Rows = func(yield func([]Cell) bool) {
			rng := rand.New(rand.NewPCG(1, 1))
			for read < all && yield([]Cell{text(strconv.FormatUint(rng.Uint64(), 36)), number(rng.Float64())}) {
				read++
			}
		}
		if err := f.Table(full{}, tab); !errors.Is(err, errFull) || read > all/10 {
			t.Errorf("%s: %v after %d rows", f.Name, err, read)
		}
	}
}

// TestOrigins: where files lie on this machine is not told.
func TestOrigins(t *testing.T) {
	root, err := filepath.Abs("secret")
	if err != nil {
		t.Fatal(err)
	}
	r := madeOf(t, market.Simple, func(c *market.Column) { c.Origin = filepath.Join(root, "prices", c.Symbol+".csv") }, 0.01, -0.1, 0.02)
	r.Catalog.Origin = filepath.Join(root, "news", "events.yaml")
	var page strings.Builder
	if err := HTML(&page, r, HTMLOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, got := range []string{page.String(), textOf(t, r, TextOptions{})} {
		if strings.Contains(got, "secret") || !strings.Contains(got, "prices/A.csv") || !strings.Contains(got, "news/events.yaml") {
			t.Errorf("origins are not as told:\n%s", got)
		}
	}
	if got := shortened("prices/A.csv"); got != "prices/A.csv" {
		t.Errorf("a relative path is now %s", got)
	}
}

// TestGroups covers what small groups say.
func TestGroups(t *testing.T) {
	for _, c := range []struct {
		returns []float64
		want    string
	}{
		{[]float64{-0.11, -0.1, -0.09, -0.1}, "On session 0 the four securities returned on average 10.0 points less than the market explains, more than chance (portfolio p <"},
		{[]float64{0.001, -0.001, 0}, "which cannot be told from chance (portfolio p ="},
		{[]float64{-0.3, 0.02, 0.01, 0}, "Speak of A rather than of the group."},
	} {
		r := made(t, 0, c.returns...)
		if got := plain(textOf(t, r, TextOptions{})); !strings.Contains(got, c.want) {
			t.Errorf("%v does not say %q:\n%s", c.returns, c.want, textOf(t, r, TextOptions{}))
		}
	}
	logs := plain(textOf(t, madeOf(t, market.Log, func(*market.Column) {}, 0, -0.11, -0.1, -0.09, -0.1), TextOptions{}))
	for _, want := range []string{"returned on average 10.0 log points less than the market explains, more than chance", "returns and abnormal returns here are logarithms"} {
		if !strings.Contains(logs, want) {
			t.Errorf("log returns: not said: %q", want)
		}
	}
}

func TestLayout(t *testing.T) {
	for s, want := range map[string]int{"abc": 3, "إنفيديا": 7, "كيانًا": 5, "アドバ": 6, "e\u0301": 1, "\u2068a\u2069": 1, "🚀": 2} {
		if got := columns(s); got != want {
			t.Errorf("%q takes %d columns, want %d", s, got, want)
		}
	}
	for _, c := range []struct {
		of   string
		n    int
		want string
	}{
		{"loses $589bn", 9, "loses…"}, {"fell 17.5% today", 9, "fell…"}, {"fell 17.5% today", 12, "fell 17.5%…"},
		{"1234567", 4, "123…"}, {"R1, today", 4, "R1…"}, {"R1, today", 3, "R1…"}, {"GPT-4 is out", 8, "GPT-4 i…"},
	} {
		if got := clip(c.of, c.n); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.of, c.n, got, c.want)
		}
	}
	if got := clip("アドバンテスト", 6); got != "アド…" {
		t.Errorf("clip: %q", got)
	}
	if got := fmt.Sprint(len(wrap(strings.Repeat("x", 25)+" y z", 10)), wrap("a b c", 3), wrap("p"+nbsp+"=", 2)); got != "3 [a b c] [p"+nbsp+" =]" {
		t.Errorf("wrap: %s", got)
	}
	if got := clean(escape); got != "Red [31malert [0m and a second line" {
		t.Errorf("clean: %q", got)
	}
}

// The answer about the events of one security says what the next one may be, by the
// figures of the table next; of several securities it says nothing.
func TestNextInAnswer(t *testing.T) {
	r := crowded(t, 9)
	for k := range r.Catalog.Events {
		r.Catalog.Events[k].Category = "earnings"
	}
	var x analysis.NextEvent
	for _, n := range r.Next() {
		if n.By == analysis.BySecurity && n.Window == r.Study.CARWindows[headline] {
			x = n
		}
	}
	if x.K != 9 || !(x.NextLow > -1) {
		t.Fatalf("the events give %+v", x)
	}
	want := fmt.Sprintf("Next event of A (earnings), on session 0: between %+.1f%% and %+.1f%% with 95%% probability, if it is like the 9 before.", 100*x.NextLow, 100*x.NextHigh)
	for _, width := range []int{60, 80, 120} {
		text := textOf(t, r, TextOptions{Detail: Answer, Width: width})
		if !strings.Contains(plain(text), want) {
			t.Errorf("width %d: no %q in\n%s", width, want, text)
		}
		if n := strings.Count(text, "\n"); n > twoScreens {
			t.Errorf("width %d: %d lines", width, n)
		}
	}
	if text := textOf(t, r, TextOptions{Detail: Answer, Lang: "ar"}); !strings.Contains(text, "الخبر التالي") {
		t.Errorf("not in Arabic:\n%s", text)
	}
	said := func() string {
		s, err := newStory(r, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		return s.nextOfOne()
	}
	r.Catalog.Events[0].Category = "product"
	if got := said(); !strings.Contains(got, "of A, on") || !strings.HasSuffix(got, "the 9 before, which are of 2 categories.") {
		t.Errorf("of two categories: %q", got)
	}
	for i := range 5 {
		r.Catalog.Events[r.Observation(i).Event].Targets[0].Symbol = "B"
	}
	if got := said(); strings.Contains(got, "of A") {
		t.Errorf("of two securities: %q", got)
	}
}

// The full report says a run-up that is more than chance, with its share of the move
// until session 0, and nothing of one that is not.
func TestRunUpSaid(t *testing.T) {
	ran := func(before, zero float64) (*analysis.Result, string) {
		r := madeOf(t, market.Simple, func(c *market.Column) { c.Return[118], c.Return[119] = before/2, before/2 }, 0, zero)
		s := plain(textOf(t, r, TextOptions{}))
		if n := strings.Count(s, "run up"); n > 1 {
			t.Errorf("said %d times:\n%s", n, s)
		}
		return r, s
	}
	const opening = "Over sessions -10 to -1, before the news was in its price, A had run up an abnormal return of "
	r, said := ran(0.4, 0.1)
	car, se := r.RunUp(0)
	share := r.RunUpShare(0)
	if want := fmt.Sprintf("%s%+.1f%% (t %.1f): %.0f%% of its %+.1f%% by the end of session 0.", opening, 100*car, car/se, 100*share, 100*car/share); !(share > 0.5 && share < 1) || !strings.Contains(said, want) {
		t.Errorf("share %g, no %q in\n%s", share, want, said)
	}
	r, said = ran(0.4, -0.3)
	if want := fmt.Sprintf("session 0 went the other way, to %+.1f%% in all.", 100*(car+r.AbnormalReturns(0).AR[10])); r.RunUpShare(0) <= 1 || !strings.Contains(said, want) {
		t.Errorf("share %g, no %q in\n%s", r.RunUpShare(0), want, said)
	}
	if r, said = ran(0, 0.3); strings.Contains(said, "run up") {
		car, se := r.RunUp(0)
		t.Errorf("a run-up of t %g is said", car/se)
	}
}
