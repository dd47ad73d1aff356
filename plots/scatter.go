package plots

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
	"aftershock/analysis/stat"
	"aftershock/internal/words"
)

// scatterData is CARs against a characteristic: of one event, or of all.
type scatterData struct {
	subject        // no event for all
	CAR            analysis.Window
	Characteristic string
	Names          []string // of the points, in the order of X
	X, Y           floats
	Unknown        int // used observations without a point
	Fit            *scatterFit
}

// scatterFit is a regression of the CARs on an intercept and the characteristic.
type scatterFit struct {
	Errors          stat.Errors
	Slope, T, P, R2 float64
	X               floats // where the line is drawn
	Y, Lower, Upper floats // the fitted mean and its 95% interval
}

// fewestClusters is how many events errors clustered by event need to be worth
// having.
const fewestClusters = 10

func scatterOf(ctx context.Context, in input) ([]drawing, error) {
	r := in.Result
	all := make([]int, r.N())
	for i := range all {
		all[i] = i
	}
	pooled := subject{facts: factsOf(r, all)}
	pooled.Excluded = nil
	car := make([]float64, r.N())
	for i := range car {
		car[i] = math.NaN()
		if r.Used(i) {
			car[i] = r.AbnormalReturns(i).CAR[headWindow]
		}
	}
	var ds []drawing
	known := append(r.Characteristics(), in.given...)
	if len(known) == 0 {
		return []drawing{&scatterData{subject: pooled, CAR: r.Study.CARWindows[headWindow]}}, nil
	}
	for _, c := range known {
		take := func(s subject, obs []int) {
			d := &scatterData{subject: s, CAR: r.Study.CARWindows[headWindow], Characteristic: c.Name}
			var cluster []int
			for _, i := range obs {
				switch o := r.Observation(i); {
				case !o.Used():
				case finite(c.Value[i]) && finite(car[i]):
					d.Names = append(d.Names, o.Security)
					d.X, d.Y = append(d.X, c.Value[i]), append(d.Y, car[i])
					cluster = append(cluster, o.Event)
				default:
					d.Unknown++
				}
			}
			if len(d.X) < 2 { // a dot alone relates nothing
				return
			}
			d.Fit = fitLine(d.X, d.Y, cluster)
			ds = append(ds, d)
		}
		events := 0
		for e, obs := range studied(r) {
			events++
			if s := subjectOf(r, &r.Catalog.Events[e], obs); s.Used > 1 {
				take(s, obs)
			}
		}
		if events > 1 {
			take(pooled, all)
		}
	}
	return ds, ctx.Err()
}

// fitLine regresses y on x; nil where that cannot be done.
func fitLine(x, y []float64, cluster []int) *scatterFit {
	const least, steps = 4, 24
	one := make([]float64, len(x))
	for i := range one {
		one[i] = 1
	}
	spec := stat.Specification{Errors: stat.HC3}
	if len(slices.Compact(slices.Sorted(slices.Values(cluster)))) >= fewestClusters {
		spec = stat.Specification{Errors: stat.Clustered, Cluster: cluster}
	}
	if len(x) < least {
		return nil
	}
	reg, err := stat.Regress(y, [][]float64{one, x}, spec)
	if err != nil || !finite(reg.T[1]) || !finite(reg.R2) {
		return nil // all alike: there is no line
	}
	f := &scatterFit{Errors: spec.Errors, Slope: reg.Coef[1], T: reg.T[1], P: reg.P[1], R2: reg.R2}
	lo, hi, _ := extent(x)
	for k := range steps + 1 {
		at := lo + (hi-lo)*float64(k)/steps
		m := reg.Mean([]float64{1, at})
		f.X, f.Y, f.Lower, f.Upper = append(f.X, at), append(f.Y, m.Value), append(f.Lower, m.Lower), append(f.Upper, m.Upper)
	}
	return f
}

func (d *scatterData) id() string {
	switch {
	case d.Characteristic == "":
		return ""
	case d.ID == "":
		return "all-" + d.Characteristic
	}
	return d.ID + "-" + d.Characteristic
}

func (d *scatterData) about() []string { return []string{d.id(), d.ID, d.Characteristic} }

// name returns the characteristic in words.
func (d *scatterData) name(w *words.Language) string {
	return w.Characteristic(d.Characteristic)
}

func (d *scatterData) figure(p *pen) figure {
	f := figure{title: d.title(p.lang), subtitle: p.words.Say("Cumulative abnormal return (CAR) over %s against %s", window(d.CAR), d.name(p.words))}
	count := p.words.Securities
	if d.ID == "" {
		f.title, count = p.words.Say("Cumulative abnormal returns of all observations"), p.words.Observations
	} else if on := d.dates(); on != "" {
		f.subtitle = p.words.Say("Cumulative abnormal return (CAR) over %s against %s; session 0 is %s", window(d.CAR), d.name(p.words), on)
	}
	f.caption = []string{d.method(p.words, count)}
	var say string
	if x := d.Fit; x != nil {
		errors := "HC3"
		if x.Errors == stat.Clustered {
			errors = p.words.Say("clustered by event")
		}
		say = p.words.Say("Line: least squares; a unit more goes with %s of CAR (%s, %s, %s errors, %s). Shaded: 95%% interval of the line.", percent(x.Slope, 2), "t = "+decimal(x.T, 2), pValue(x.P), errors, "R² = "+decimal(x.R2, 2))
	} else {
		say = p.words.Say("No line: too few securities, or all alike.")
	}
	if d.Characteristic == "" {
		f.subtitle, say = p.words.Say("Cumulative abnormal return (CAR) over %s", window(d.CAR)), p.words.Say("No characteristic is known: the model has no beta, and no shares outstanding or figures of your own are given.")
	}
	if d.Characteristic == "beta" {
		say += " " + p.words.Say("Beta is itself an estimate, which draws the slope towards 0.")
	}
	if d.Unknown > 0 {
		say += " " + p.words.Say("Without a figure: %s.", strconv.Itoa(d.Unknown))
	}
	f.caption = append(append(f.caption, say), d.origins(p.words, d.News)...)
	if len(d.X) == 0 {
		return p.empty(f)
	}
	f.height = max(0.46*p.width, 20*p.em)
	f.body = func(c draw.Canvas) { d.draw(p, c) }
	return f
}

// mostPointNames is how many points have their names beside them.
const mostPointNames = 80

func (d *scatterData) draw(p *pen, c draw.Canvas) {
	lo, hi, _ := extent([]float64{0}, d.Y)
	if d.Fit != nil { // of the band, as much as leaves the points most of the height
		l, h, _ := extent(d.Fit.Lower, d.Fit.Upper)
		lo, hi = max(min(lo, l), lo-0.2*(hi-lo)), min(max(hi, h), hi+0.2*(hi-lo))
	}
	lo, hi = widen(lo, hi, 0.05)
	left, right, _ := extent(d.X)
	left, right = widen(left, right, 0.05)
	ys := percents(lo, hi, max(3, min(8, int((c.Max.Y-c.Min.Y)/(2.6*p.em)))))
	_, gutter := p.labels(ys, tickSize*p.em)
	f := frame{Rectangle: vg.Rectangle{Min: vg.Point{X: c.Min.X + gutter + 0.6*p.em, Y: c.Min.Y + 3*p.em}, Max: c.Max}, left: left, right: right, bottom: lo, top: hi}
	xs := numberTicks{max(3, min(10, int((f.Max.X-f.Min.X)/(5*p.em))))}.Ticks(left, right)
	for _, t := range xs {
		line(c, p.theme.Grid, p.stroke(0.7), nil, vg.Point{X: f.x(t.Value), Y: f.Min.Y}, vg.Point{X: f.x(t.Value), Y: f.Max.Y})
	}
	p.horizontals(c, f, ys, true)
	p.below(c, f, xs)
	p.write(c, p.lay(d.name(p.words), regular, labelSize*p.em, f.Max.X-f.Min.X, 1), vg.Point{X: (f.Min.X + f.Max.X) / 2, Y: c.Min.Y + 0.6*p.em}, 0.5, p.theme.Muted)
	if x := d.Fit; x != nil {
		p.band(c, p.theme.Band, len(x.X), func(k int) (a, b vg.Point, ok bool) {
			return f.at(x.X[k], x.Lower[k]), f.at(x.X[k], x.Upper[k]), finite(x.Lower[k])
		})
		for _, side := range []struct {
			y  floats
			up bool
		}{{x.Upper, true}, {x.Lower, false}} { // what leaves the axis is marked in its middle
			for _, r := range runs(len(side.y), func(k int) bool { return side.up && side.y[k] > f.top || !side.up && side.y[k] < f.bottom }) {
				p.beyond(c, f, p.theme.Muted, f.x((x.X[r[0]]+x.X[r[1]-1])/2), side.up)
			}
		}
		line(c, p.theme.Ink, p.stroke(1.4), nil, f.at(x.X[0], x.Y[0]), f.at(x.X[len(x.X)-1], x.Y[len(x.Y)-1]))
	}
	r := 0.36 * p.em
	if len(d.X) > 200 {
		r = 0.22 * p.em
	}
	points := make([]vg.Rectangle, len(d.X))
	for i := range d.X {
		at := f.at(d.X[i], d.Y[i])
		dot(c, faded(p.theme.Series[0], 0.85), at, r)
		points[i] = around(at, r, r)
	}
	if len(d.X) > mostPointNames {
		return
	}
	labels := make([]block, len(d.Names))
	for i, name := range d.Names {
		labels[i] = p.lay1(clip(name, 14), regular, tickSize*p.em)
	}
	for i, box := range beside(points, labels, 0.25*p.em, f.Rectangle) {
		if box != (vg.Rectangle{}) {
			p.write(c, labels[i], vg.Point{X: box.Min.X, Y: (box.Min.Y + box.Max.Y) / 2}, 0, p.theme.Ink)
		}
	}
}

// beside returns a place for the label of each point: to its right, else to its
// left, over or under it, within the area and over no point or other label;
// the zero rectangle where there is none.
func beside(points []vg.Rectangle, labels []block, gap vg.Length, area vg.Rectangle) []vg.Rectangle {
	taken := slices.Clone(points)
	out := make([]vg.Rectangle, len(labels))
	for i, b := range labels {
		q := points[i]
		r, at := (q.Max.X-q.Min.X)/2+gap, q.Min.Add(q.Max).Scale(0.5)
		w, h := b.width()/2, 0.48*b.size
		for _, by := range []vg.Point{{X: r + w}, {X: -r - w}, {Y: r + h}, {Y: -r - h}} {
			box := around(at.Add(by), w, h)
			if box.Min.X >= area.Min.X && box.Max.X <= area.Max.X && box.Min.Y >= area.Min.Y && box.Max.Y <= area.Max.Y && !overlapsAny(box, taken) {
				out[i] = box
				taken = append(taken, box)
				break
			}
		}
	}
	return out
}

// around returns the rectangle about at with the given half sides.
func around(at vg.Point, w, h vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: at.X - w, Y: at.Y - h}, Max: vg.Point{X: at.X + w, Y: at.Y + h}}
}

// overlapsAny reports whether r overlaps one of rs.
func overlapsAny(r vg.Rectangle, rs []vg.Rectangle) bool {
	for _, q := range rs {
		if r.Min.X < q.Max.X && q.Min.X < r.Max.X && r.Min.Y < q.Max.Y && q.Min.Y < r.Max.Y {
			return true
		}
	}
	return false
}

// pValue writes a p value: "p = 0.031", "p < 0.001".
func pValue(p float64) string {
	if p < 0.001 {
		return "p < 0.001"
	}
	return fmt.Sprintf("p = %.3f", p)
}
