package plots

import "aftershock/analysis"

// Chart is one kind of chart: it gives one picture for each event.
type Chart struct {
	Name  string
	About string // one sentence

	// take reads what the chart of an event needs: the event's index in the
	// catalogue and the indices of its observations.
	take func(r *analysis.Result, event int, obs []int) drawing
}

// drawing is the data of one picture.
type drawing interface {
	id() string // of the event
	figure(p *pen) figure
}

// Charts is every chart.
var Charts = []Chart{
	{"car", "Cumulative abnormal returns around each event: a line for each security, their average and its 95% band.", carOf},
	{"ar", "Abnormal returns on session 0 of each event: a bar for each security with its 95% interval.", arOf},
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
