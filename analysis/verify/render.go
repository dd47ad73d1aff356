package verify

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// WriteText writes the report for a terminal: a line for each section, the
// tables of sizes, and every check that is not as it should be.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SECTION\tCHECKS\tWRONG\tFEWEST DIGITS")
	for _, s := range r.sections() {
		wrong, fewest := 0, 15.0
		checks := r.section(s)
		for _, c := range checks {
			fewest = math.Min(fewest, c.Digits)
			if !c.OK {
				wrong++
			}
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%.1f\n", s, len(checks), wrong, fewest)
	}
	t.Flush()
	fmt.Fprintf(&b, "\nHow often the tests reject at 5%% where nothing happened, %d simulated studies of each kind:\n", r.Replications)
	fmt.Fprintln(t, "EXPECTED\tRATES\tWRONG\tLOWEST\tHIGHEST")
	for _, c := range []struct {
		class Class
		what  string
	}{{Holds, "as stated"}, {OverRejects, "too often"}, {Shown, "roughly, no claim"}} {
		n, wrong, low, high := 0, 0, 1.0, 0.0
		for _, s := range r.Sizes {
			if s.Class == c.class && s.Effect == 0 {
				n++
				low, high = math.Min(low, s.Rate), math.Max(high, s.Rate)
				if !s.OK {
					wrong++
				}
			}
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%s%%\t%s%%\n", c.what, n, wrong, percent(low), percent(high))
	}
	t.Flush()
	for _, s := range r.situations(false) {
		fmt.Fprintf(&b, "\n%s, correlation %.1f: per cent of studies, by observations N and sessions L\n", upper(s.Dates), s.Correlation)
		for _, row := range s.rows("*") {
			fmt.Fprintln(t, strings.Join(row, "\t"))
		}
		t.Flush()
	}
	b.WriteString("\n4.9 must lie in its band, *35* above it; (6.5) is shown without a claim; ! marks what is wrong.\n")
	for _, c := range r.Checks {
		if !c.OK {
			fmt.Fprintf(&b, "\nWRONG: %s: %s is %.15g; %s has %.15g; %.1f digits agree, %g are asked", c.Section, c.Name, c.Got, c.Source, c.Want, c.Digits, c.Least)
		}
	}
	for _, s := range r.Sizes {
		if !s.OK {
			fmt.Fprintf(&b, "\nWRONG: Size: %s, N %d, L %d, correlation %.1f, %s: rejects %s%%; expected: %s (%s%% to %s%%); undefined %d times",
				s.Test, s.N, s.L, s.Correlation, s.Dates, percent(s.Rate), s.Class, percent(s.Low), percent(s.High), s.Undefined)
		}
	}
	for _, p := range r.Promises {
		if !p.OK {
			fmt.Fprintf(&b, "\nWRONG: %s: %s, N %d, L %d: %s%%; expected %s%% to %s%%; undefined %d times", p.Figure, p.Situation, p.N, p.L, percent(p.Rate), percent(p.Low), percent(p.High), p.Undefined)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", r.verdict())
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) verdict() string {
	checks, rates := r.Failed()
	all := len(r.Sizes) + len(r.Promises)
	if checks+rates == 0 {
		return fmt.Sprintf("All %d figures and %d rates are as they should be.", len(r.Checks), all)
	}
	return fmt.Sprintf("%d of %d figures and %d of %d rates are not as they should be.", checks, len(r.Checks), rates, all)
}

// sections lists the sections in order of first appearance.
func (r *Report) sections() []string {
	var out []string
	for _, c := range r.Checks {
		if !slices.Contains(out, c.Section) {
			out = append(out, c.Section)
		}
	}
	return out
}

func (r *Report) section(name string) []Check {
	var out []Check
	for _, c := range r.Checks {
		if c.Section == name {
			out = append(out, c)
		}
	}
	return out
}

// WriteMarkdown writes the whole report: every figure beside what it should
// be, and the table of sizes.
func (r *Report) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, `# Verification

What the program computes, beside what is known without it. This page is written by the
program: `+"`aftershock verify --markdown docs/verify.md`"+` makes it anew, and the command fails
if any figure is not as it should be. Digits: significant digits on which two figures agree.

%s
`, r.verdict())
	for _, s := range r.sections() {
		fmt.Fprintf(&b, "\n## %s\n\n| figure | computed | should be | source | digits | asked | |\n| --- | ---: | ---: | --- | ---: | ---: | --- |\n", s)
		for _, c := range r.section(s) {
			fmt.Fprintf(&b, "| %s | %.12g | %.12g | %s | %.1f | %g | %s |\n", c.Name, c.Got, c.Want, c.Source, c.Digits, c.Least, mark(c.OK))
		}
	}
	fmt.Fprintf(&b, `
## Size

How often each test has p <= 5%% where nothing happened: per cent of %d simulated
studies (placebo: %d), seed %d. The market model on %d estimation sessions; normal residuals
of equal variance, with the correlation stated between securities on one session. N
observations, window of L sessions.

- 4.9: its assumptions hold here; the rate must lie in a band about 5%% (about what it can
  attain, for a test with few possible outcomes) that a right rate leaves once in %.0f times.
- **35**: an assumption fails here, the independence of the observations; the rate must lie above the band.
- (6.5): the p value is an approximation that is rough here; nothing is claimed.
- –: the test is not defined here.
- A figure marked ! is not where it must be.
`, r.Replications, r.placebos(), r.Seed, simEstimation, 1/outside)
	tables := func(power bool) {
		for _, s := range r.situations(power) {
			fmt.Fprintf(&b, "\n### %s, correlation %.1f\n\n", upper(s.Dates), s.Correlation)
			for k, row := range s.rows("**") {
				fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
				if k == 0 {
					fmt.Fprintf(&b, "| --- |%s\n", strings.Repeat(" ---: |", len(row)-1))
				}
			}
		}
	}
	tables(false)
	if len(r.situations(true)) > 0 {
		fmt.Fprintf(&b, `
## Power

The same where session 0 has an abnormal return of %g%%, one standard deviation of a
residual. A test that rejects too often without any event finds this one too often as well.
`, 100*spread)
		tables(true)
	}
	b.WriteString(`
## What other figures promise

How often intervals cover, p values outside the table of tests reject and effects are found.
"Should be" is what theory says, – where it says nothing, and about in parentheses: then
nothing is claimed. Effects are found where they are added to what was estimated without
any. L sessions; N observations, or events.

| figure | situation | N | L | studies | per cent | should be | |
| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |
`)
	for _, p := range r.Promises {
		should := "–"
		if p.Should == p.Should {
			if should = percent(p.Should); p.Class == Shown {
				should = "(" + should + ")"
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %s | %s | %s |\n", p.Figure, p.Situation, p.N, p.L, p.Replications, percent(p.Rate), should, mark(p.OK))
	}
	b.WriteString(realDays)
	_, err := io.WriteString(w, b.String())
	return err
}

// realDays is what was found on real prices, which this program does not have with it:
// TestPastSlopesOnRealDays of package analysis repeats it on every 20th day where they
// are at hand.
const realDays = `
## Past slopes on real days

Not made by the command, which has no such prices. On all 2,436 sessions of ten years of
some 500 American shares, none of them picked for news, the abnormal returns of the session were regressed
on one characteristic of each share: per cent of sessions on which the slope has p <= 5%.
The limits are those that a rate of 5% leaves once in a thousand times: 3.6 to 6.5.

| characteristic | past_p | past_p_rank | hc3 | |
| --- | ---: | ---: | ---: | --- |
| beta | 6.2 | 5.7 | 64.2 | within |
| sigma | 5.7 | 5.5 | 45.5 | within |
| return from 12 to 7 months before | 5.5 | 5.0 | 48.0 | within |
| return from 12 to 2 months before | 12.3 | 11.4 | 52.7 | above |

The last is made of the returns to the end of the estimation window. What is by chance in
them is in the intercept of the model as well, and taken from the session's return: such a
characteristic is tested too often, by every column. End it some months before the event.
`

// placebos is the number of simulated studies of the test placebo.
func (r *Report) placebos() int {
	for _, s := range r.Sizes {
		if s.Test == "placebo" {
			return s.Replications
		}
	}
	return 0
}

// situation is the sizes of one correlation and one way in which dates lie.
type situation struct {
	Dates       string
	Correlation float64
	tests       []string
	cells       []cell // N and L
	sizes       []Size
}

type cell struct{ n, l int }

// situations are those of sizes, or of powers.
func (r *Report) situations(power bool) []situation {
	var out []situation
	for _, s := range r.Sizes {
		if power != (s.Effect != 0) {
			continue
		}
		k := slices.IndexFunc(out, func(x situation) bool { return x.Dates == s.Dates && x.Correlation == s.Correlation })
		if k < 0 {
			k = len(out)
			out = append(out, situation{Dates: s.Dates, Correlation: s.Correlation})
		}
		x := &out[k]
		x.sizes = append(x.sizes, s)
		if !slices.Contains(x.tests, s.Test) {
			x.tests = append(x.tests, s.Test)
		}
		if c := (cell{s.N, s.L}); !slices.Contains(x.cells, c) {
			x.cells = append(x.cells, c)
		}
	}
	for k := range out {
		slices.SortFunc(out[k].cells, func(a, b cell) int { return 100*(a.n-b.n) + a.l - b.l })
	}
	return out
}

// rows are the cells of the table: a head, then a row for each test. Rates of
// OverRejects stand between strong, those of Shown in parentheses.
func (s *situation) rows(strong string) [][]string {
	head := []string{"N, L"}
	for _, c := range s.cells {
		head = append(head, fmt.Sprintf("%d, %d", c.n, c.l))
	}
	out := [][]string{head}
	for _, test := range s.tests {
		row := []string{test}
		for _, c := range s.cells {
			text := "–"
			for _, x := range s.sizes {
				if x.Test != test || x.N != c.n || x.L != c.l {
					continue
				}
				text = percent(x.Rate)
				switch {
				case x.Effect != 0:
				case x.Class == OverRejects:
					text = strong + text + strong
				case x.Class == Shown:
					text = "(" + text + ")"
				}
				if !x.OK {
					text += "!"
				}
			}
			row = append(row, text)
		}
		out = append(out, row)
	}
	return out
}

// WriteJSON writes the report as one JSON object; a figure that could not be
// computed is null.
func (r *Report) WriteJSON(w io.Writer) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(data, '\n'))
	return err
}

// MarshalJSON implements json.Marshaler.
func (c Check) MarshalJSON() ([]byte, error) {
	type plain Check
	return json.Marshal(struct {
		plain
		Got  *float64 `json:"got"`
		Want *float64 `json:"want"`
	}{plain(c), finite(c.Got), finite(c.Want)})
}

func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func mark(ok bool) string {
	if ok {
		return "✓"
	}
	return "**wrong**"
}

func percent(rate float64) string { return fmt.Sprintf("%.1f", 100*rate) }

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
