package report

import (
	"math"
	"strconv"

	"aftershock/analysis"
	"aftershock/market"
)

// aboutVolume reports whether the study is about trading volume.
func (k speaker) aboutVolume() bool { return k.r.Study.Subject == analysis.Volume }

// subject says what the abnormal figures are, where they are not simply
// returns; "" where they are.
func (k speaker) subject() string {
	switch {
	case k.aboutVolume() && k.r.Turnover():
		return k.Say("turnover, ln(1 + shares traded / shares outstanding): abnormal figures are points of the shares outstanding; nothing is bought and held")
	case k.aboutVolume():
		return k.Say("trading volume, ln(1 + shares traded): abnormal figures are logarithms, in which 69%% is twice the volume and -69%% half; nothing is bought and held")
	case k.r.Study.Subject == analysis.Volatility:
		return k.Say("volatility: whether abnormal returns, in whatever direction, are larger than usual")
	case k.inLogs():
		return k.Say("log returns: all returns and abnormal returns here are logarithms, in which -22.3%% is a fall by 20.0%%; only what rose or fell, and amounts of money, are simple")
	}
	return ""
}

// inLogs reports whether returns are logarithms.
func (k speaker) inLogs() bool { return !k.aboutVolume() && k.r.Study.Returns == market.Log }

// signed writes a return or abnormal return in a sentence.
func (k speaker) signed(v float64) string {
	if k.inLogs() {
		return k.Say("%s in logs", signedPercent(v))
	}
	return signedPercent(v)
}

// priceMove says what the price of one security did on event time at: by how
// much it rose or fell, and since when where not since the session before.
func (k speaker) priceMove(i, at int) string {
	o, ret := k.r.Observation(i), k.r.AbnormalReturns(i).Return[at-k.r.Study.EventWindow.From]
	name, simple := k.name(o.Security), ret
	if k.inLogs() {
		simple = math.Expm1(ret)
	}
	did := k.Say("%s closed unchanged", name)
	switch {
	case ret > 0:
		did = k.Say("%s rose %s%%", name, size(simple))
	case ret < 0:
		did = k.Say("%s fell %s%%", name, size(simple))
	}
	c := k.r.Panel.Column(o.Security)
	if t, ok := c.Calendar.Index(k.r.Session(i, at)); ok && c.Span != nil {
		if n := int(c.Span[t-c.First]); n > 1 {
			did = k.Say("%s since the close of %s, the last before", did, k.Date(c.Calendar.Date(t-n).Time()))
		}
	}
	if k.inLogs() && ret != 0 {
		did = k.Say("%s (%s in logs)", did, signedPercent(ret))
	}
	return did
}

// explains is who explains what the study is about, to one security or several
// of one benchmark: the market, where the benchmark stands for a whole one, else the
// benchmark by its symbol. "" for benchmark: those of several securities differ.
func (k speaker) explains(benchmark string, several bool) string {
	who := explainer(k.r.Study.Model, several)
	if who != "the market" {
		return k.Say(who)
	}
	name := ""
	if c := k.r.Panel.Column(benchmark); c != nil {
		name = c.Name
	}
	switch market := market.Broad(benchmark, name); {
	case benchmark == "" && k.aboutVolume():
		return k.Say("the volume of the benchmark of each")
	case benchmark == "":
		return k.Say("the benchmark of each")
	case market && k.aboutVolume():
		return k.Say("the market's volume")
	case market:
		return k.Say("the market")
	case k.aboutVolume():
		return k.Say("the volume of %s", clean(benchmark))
	}
	return isolate(clean(benchmark))
}

// sharedBenchmark is the benchmark of all of the observations, "" where they have
// several.
func (k speaker) sharedBenchmark(members []int) string {
	shared := ""
	for n, i := range members {
		b := k.r.Observation(i).Benchmark
		if n > 0 && b != shared {
			return ""
		}
		shared = b
	}
	return shared
}

// abnormal names the abnormal figures of the study over the headline window.
func (k speaker) abnormal(n int, w analysis.Window) string {
	switch one := w.Len() == 1; {
	case k.aboutVolume() && n < 2:
		return k.Say("abnormal volume %s", k.over(w))
	case k.aboutVolume():
		return k.Say("abnormal volumes %s", k.over(w))
	case one && n < 2:
		return k.Say("abnormal return %s", k.over(w))
	case one:
		return k.Say("abnormal returns %s", k.over(w))
	case n < 2:
		return k.Say("cumulative abnormal return %s", k.over(w))
	}
	return k.Say("cumulative abnormal returns %s", k.over(w))
}

// traded says how much of one security was traded over CAR window win beyond
// what the model explains.
func (k speaker) traded(i, win int, measure string) string {
	w, name := k.r.Study.CARWindows[win], k.name(k.r.Observation(i).Security)
	v := k.r.AbnormalReturns(i).CAR[win] / float64(w.Len())
	s := k.Say("%s traded %s times the volume that %s explains; the difference of %s %s.", name, fixed(math.Exp(v), 2), k.explains(k.r.Observation(i).Benchmark, false), signedPercent(v), measure)
	switch {
	case k.r.Turnover() && v < 0:
		s = k.Say("of %s %s points of the shares less changed hands in a session than %s explains, which %s.", name, size(v), k.explains(k.r.Observation(i).Benchmark, false), measure)
	case k.r.Turnover():
		s = k.Say("of %s %s points of the shares more changed hands in a session than %s explains, which %s.", name, size(v), k.explains(k.r.Observation(i).Benchmark, false), measure)
	}
	if w.Len() > 1 || w.From != 0 {
		s = k.over(w) + k.Comma + s
	}
	return sentence(s)
}

// average begins the sentence about the average of several securities with one
// benchmark, or "" for several.
func (k speaker) average(w *analysis.GroupWindow, benchmark string) string {
	over, who, by := sentence(k.over(w.Window)), k.Count(w.N, "security"), k.explains(benchmark, true)
	a := w.CAAR / float64(w.Window.Len())
	switch {
	case k.aboutVolume() && k.r.Turnover() && a < 0:
		return k.Say("%s of the %s on average %s points of the shares less changed hands in a session than %s explains", over, who, size(a), by)
	case k.aboutVolume() && k.r.Turnover():
		return k.Say("%s of the %s on average %s points of the shares more changed hands in a session than %s explains", over, who, size(a), by)
	case k.aboutVolume():
		return k.Say("%s the %s traded on average %s times the volume that %s explains", over, who, fixed(math.Exp(a), 2), by)
	case k.inLogs() && w.CAAR < 0:
		return k.Say("%s the %s returned on average %s log points less than %s explains", over, who, size(w.CAAR), by)
	case k.inLogs():
		return k.Say("%s the %s returned on average %s log points more than %s explains", over, who, size(w.CAAR), by)
	case w.CAAR < 0:
		return k.Say("%s the %s returned on average %s points less than %s explains", over, who, size(w.CAAR), by)
	}
	return k.Say("%s the %s returned on average %s points more than %s explains", over, who, size(w.CAAR), by)
}

// variance says how large the abnormal returns of a group were over its window
// by their usual variance, and how far apart.
func (k speaker) variance(f *analysis.Finding) string {
	var u, lambda *analysis.TestResult
	if u = f.Window.Test(analysis.VarianceU{}.Name()); u == nil || !u.Defined() {
		return k.Say("Whether the variance changed was not tested.")
	}
	s := k.Say("%s the squared abnormal returns of the %s were on average %s times their usual size", sentence(k.over(f.Window.Window)), k.Count(f.Window.N, "security"), fixed(u.ByProduct("u"), 1))
	switch {
	case f.Past == nil:
		s += k.Say("; as they move together, %s cannot say whether that is chance. The test placebo could.", k.quote(u))
	case f.Past.Rejects():
		s += k.Say(", more than chance (%s).", k.quote(f.Past))
	default:
		s += k.Say(", which cannot be told from chance (%s).", k.quote(f.Past))
	}
	switch lambda = f.Window.Test(analysis.VarianceLambda{}.Name()); {
	case lambda == nil || !lambda.Defined():
	case f.Window.CoMoving(): // which its p value does not allow for
		s += " " + k.Say("The spread between them had %s times the usual variance.", fixed(lambda.ByProduct("lambda"), 1))
	default:
		s += " " + k.Say("The spread between them had %s times the usual variance (%s).", fixed(lambda.ByProduct("lambda"), 1), k.quote(lambda))
	}
	return s
}

// what heads the column of what was observed.
func (k speaker) what() string {
	switch {
	case k.aboutVolume() && k.r.Turnover():
		return k.Say("turnover")
	case k.aboutVolume():
		return k.Say("ln volume")
	}
	return k.Say("return")
}

// observed writes a value of that column.
func (k speaker) observed(v float64) string {
	if k.aboutVolume() && !k.r.Turnover() {
		return fixed(v, 2)
	}
	return percent(v, 2)
}

// significant writes a figure of any size to four digits.
func significant(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}
