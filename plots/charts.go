package plots

import (
	"context"
	"encoding/json"
	"iter"
	"slices"

	"aftershock/analysis"
)

// Chart is one kind of chart.
type Chart struct {
	Name    string
	About   string // one sentence
	Default bool   // drawn where no chart is named

	// take reads from a result what the chart's pictures need.
	take func(ctx context.Context, in input) ([]drawing, error)
	// read reads one picture's data from JSON.
	read func(data []byte) (kept, error)
}

// input is what charts are taken from.
type input struct {
	*analysis.Result
	given []analysis.Characteristic
}

// drawing is the data of one picture: plain figures and words, in any language,
// that JSON carries.
type drawing interface {
	// id tells the pictures of a chart apart, in file names: an event's ID.
	// It is empty for a chart of one picture.
	id() string
	// about lists what Options.Only may call the picture by: its id, its event,
	// its security.
	about() []string
	figure(p *pen) figure
}

// kept is a drawing that a file holds.
type kept interface {
	drawing
	// sense reports what no study gives, and figure does not expect: lists that
	// belong together and differ in length.
	sense() error
}

// Charts is every chart.
var Charts = []Chart{
	{"car", "Cumulative abnormal returns around each event: a line for each security, their average and its 95% band.", true, eachEvent(carOf), as[carData]},
	{"ar", "Abnormal returns on session 0 of each event: a bar for each security with its 95% interval.", false, eachEvent(arOf), as[arData]},
	{"forest", "Cumulative abnormal returns of each event with their 95% intervals, sorted by size, and their average.", false, eachEvent(forestOf), as[forestData]},
	{"ranking", "The events of the study by effect, with 95% intervals: the leading picture of several events.", true, rankingOf, as[rankingData]},
	{"contrast", "The reaction of one group less that of another over each window, with its 95% interval, of each contrast that the study asks for.", true, contrastOf, as[contrastData]},
	{"panels", "Cumulative abnormal returns around each event: a panel for each security with its own 95% band, all on one scale.", false, eachEvent(panelsOf), as[panelsData]},
	{"caar", "Average cumulative abnormal returns by event, security, category and of all: a panel for each group with its 95% band.", false, caarOf, as[caarData]},
	{"heat", "Abnormal returns around each event: a coloured cell for each security and session.", false, eachEvent(heatOf), as[heatData]},
	{"price", "Closes and volume of each security, its events marked; of more than 100 securities, those with the most events.", false, eachSecurity(priceOf), as[priceData]},
	{"scatter", "Cumulative abnormal returns against characteristics of the securities (beta, market value, given ones), of each event and of all, with a fitted line.", false, scatterOf, as[scatterData]},
	{"timeline", "Abnormal returns of each security added up from its first event window on, its events marked; of more than 100 securities, those with the most events.", false, eachSecurity(timelineOf), as[timelineData]},
	{"placebo", "The statistic of each event at dates without news, with its value at the event.", false, placeboOf, as[placeboData]},
	{"residuals", "Diagnostics of the first 200 fits: residuals over time, their quantiles against the normal ones, and their autocorrelations.", false, residualsOf, as[residualsData]},
}

// mostLeading is how many events have a picture of their own where no chart is named.
const mostLeading = 5

// Leading are the pictures that a person looks at: the events by effect and the paths
// of the first of ids, which lead; of one event its securities by effect; contrasts
// where the study asks for them.
func Leading(r *analysis.Result, ids []string) []Pick {
	picks := OfPage(r)
	for i := range picks {
		if picks[i].Chart == "car" && len(ids) > mostLeading {
			picks[i].Only = ids[:mostLeading]
		}
	}
	return slices.DeleteFunc(picks, func(p Pick) bool { return p.Chart == "caar" })
}

// OfPage are the pictures of a page on the whole study.
func OfPage(r *analysis.Result) []Pick {
	n := 0
	for range studied(r) {
		n++
	}
	if n == 1 {
		return []Pick{{Chart: "car"}, {Chart: "forest"}, {Chart: "contrast"}}
	}
	return []Pick{{Chart: "ranking"}, {Chart: "contrast"}, {Chart: "car"}, {Chart: "caar", Only: []string{string(analysis.BySecurity), string(analysis.ByCategory), string(analysis.All)}}}
}

// eachEvent makes a chart of one picture for each event of the study from a
// function of the event's index in the catalogue and the indices of its
// observations.
func eachEvent(take func(r *analysis.Result, event int, obs []int) drawing) func(context.Context, input) ([]drawing, error) {
	return func(ctx context.Context, in input) ([]drawing, error) {
		var ds []drawing
		for e, obs := range studied(in.Result) {
			ds = append(ds, take(in.Result, e, obs))
		}
		return ds, ctx.Err()
	}
}

// studied goes through the events of the study, by index in the catalogue, and
// the indices of their observations.
func studied(r *analysis.Result) iter.Seq2[int, []int] {
	obs := make([][]int, len(r.Catalog.Events))
	for i := range r.N() {
		e := r.Observation(i).Event
		obs[e] = append(obs[e], i)
	}
	return func(yield func(int, []int) bool) {
		for e := range obs {
			if len(r.Study.EventIDs) == 0 || slices.Contains(r.Study.EventIDs, r.Catalog.Events[e].ID) {
				if !yield(e, obs[e]) {
					return
				}
			}
		}
	}
}

// as reads a drawing of type T.
func as[T any, P interface {
	*T
	kept
}](data []byte) (kept, error) {
	d := P(new(T))
	return d, json.Unmarshal(data, d)
}

// ChartByName returns the chart called name, and false when there is none.
func ChartByName(name string) (Chart, bool) {
	for _, c := range Charts {
		if c.Name == name {
			return c, true
		}
	}
	return Chart{}, false
}

// chartNames returns the names of the charts.
func chartNames() []string {
	names := make([]string, len(Charts))
	for i, c := range Charts {
		names[i] = c.Name
	}
	return names
}
