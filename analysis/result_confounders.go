package analysis

import (
	"cmp"
	"slices"
)

// moment is one event of a security on its calendar.
type moment struct {
	index int32 // calendar index of session 0
	event int32 // index into Result.Catalog.Events
}

// Confounders lists the other events of the catalogue, studied or not, that
// concern the security of observation i and whose session 0 lies in its
// estimation or event window, in order of time.
func (r *Result) Confounders(i int) []Confounder { return r.appendConfounders(nil, i) }

func (r *Result) appendConfounders(out []Confounder, i int) []Confounder {
	o := &r.Observations[i]
	if o.column < 0 || o.Placement == "" {
		return out
	}
	line := r.eng.timeline[o.column]
	from := int(o.index) + min(r.Study.EstimationWindow.From, r.Study.EventWindow.From)
	k, _ := slices.BinarySearchFunc(line, int32(from), func(m moment, at int32) int { return cmp.Compare(m.index, at) })
	for ; k < len(line) && int(line[k].index) <= int(o.index)+r.Study.EventWindow.To; k++ {
		c := Confounder{Event: int(line[k].event), Tau: int(line[k].index - o.index)}
		switch {
		case c.Event == o.Event:
			continue
		case r.Study.EventWindow.Contains(c.Tau):
			c.In = "event"
		case r.Study.EstimationWindow.Contains(c.Tau):
			c.In = "estimation"
		default:
			continue
		}
		c.EventID = r.Catalog.Events[c.Event].ID
		out = append(out, c)
	}
	return out
}
