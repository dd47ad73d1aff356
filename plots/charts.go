package plots

import "aftershock/analysis"

// Chart is one kind of chart.
type Chart struct {
	Name  string
	About string // one sentence

	// take reads from a result what the chart's pictures need.
	take func(r *analysis.Result) []drawing
}

// drawing is the data of one picture.
type drawing interface {
	// id tells the pictures of a chart apart, in file names: an event's ID.
	// It is empty for a chart of one picture.
	id() string
	figure(p *pen) figure
}

// Charts is every chart.
var Charts = []Chart{
	{"car", "Cumulative abnormal returns around each event: a line for each security, their average and its 95% band.", eachEvent(carOf)},
	{"ar", "Abnormal returns on session 0 of each event: a bar for each security with its 95% interval.", eachEvent(arOf)},
}

// eachEvent makes a chart of one picture an event from a function of the
// event's index in the catalogue and the indices of its observations. An event
// that is not studied has no picture.
func eachEvent(take func(r *analysis.Result, event int, obs []int) drawing) func(*analysis.Result) []drawing {
	return func(r *analysis.Result) []drawing {
		obs := make([][]int, len(r.Catalog.Events))
		for i := range r.Observations {
			e := r.Observations[i].Event
			obs[e] = append(obs[e], i)
		}
		var ds []drawing
		for e := range obs {
			if len(obs[e]) > 0 {
				ds = append(ds, take(r, e, obs[e]))
			}
		}
		return ds
	}
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
