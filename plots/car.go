package plots

import (
	"cmp"
	"image/color"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
	"aftershock/analysis/stat"
)

// carData is the cumulative abnormal returns around one event. Element k of a
// slice is session window.From+k; NaN is a gap.
type carData struct {
	subject
	Series       []series
	Average      floats // nil for fewer than two securities
	Lower, Upper floats // 95% interval of the average, or of the only series; nil when there is none
	SEMethod     string // how it was found, as analysis.Result.AveragePaths says
	Market       floats // the sum of the benchmark's returns; nil where they have none in common
	MarketName   string
	Others       []other // further catalogued events
	ZeroGaps     bool    // a missing abnormal return counts as zero

	Start  tau        // the session that paths begin with where none is asked for
	Starts []carStart // averages and intervals from other starts
}

// series is one security's path.
type series struct {
	Name string
	Y    floats
	AR   floats `json:",omitempty"` // what Y adds up, where it has gaps
}

// carStart is the average from another session on, and its interval or that of the only
// series. Element k is session From+k.
type carStart struct {
	From         tau
	Average      floats `json:",omitempty"`
	Lower, Upper rough
}

// other is a catalogued event near the one that a chart is about.
type other struct {
	headline
	At tau // event time of its session 0
}

// mostStarts is how many sessions before session 0 a path can begin at with its
// interval, beside those of the whole path and of CAR windows.
const mostStarts = 30

// end returns the index of the last figure of y, or -1.
func end(y []float64) int {
	for k := len(y) - 1; k >= 0; k-- {
		if finite(y[k]) {
			return k
		}
	}
	return -1
}

// startOf is the session that a path begins with where none is asked for: the one
// before session 0, or an earlier one with which a CAR window begins, whose run-up is
// asked about.
func startOf(s *analysis.Study) int {
	from := min(-1, s.EventWindow.To)
	for _, w := range s.CARWindows {
		from = min(from, w.From)
	}
	return max(from, s.EventWindow.From)
}

func carOf(r *analysis.Result, event int, obs []int) drawing {
	e := &r.Catalog.Events[event]
	d := &carData{subject: subjectOf(r, e, obs), ZeroGaps: r.Study.MissingEvent == analysis.ZeroMissing, Start: tau(startOf(r.Study))}
	w := r.Study.EventWindow
	starts := []int{w.From}
	for from := w.From + 1; from <= min(0, w.To); from++ {
		if from >= -mostStarts || from == startOf(r.Study) {
			starts = append(starts, from)
		}
	}
	var used []int
	for _, i := range obs {
		o := r.Observation(i)
		if !o.Used() {
			continue
		}
		used = append(used, i)
		f := r.AbnormalReturns(i)
		x := series{Name: o.Security, Y: f.Path}
		if slices.ContainsFunc(f.Path, func(v float64) bool { return !finite(v) }) {
			x.AR = f.AR
		}
		d.Series = append(d.Series, x)
	}
	d.around(r, used)
	var paths [][]stat.Interval
	switch g := r.Group(analysis.ByEvent, e.ID); {
	case len(used) == 1:
		for _, from := range starts {
			paths = append(paths, r.PathFrom(used[0], from))
		}
	case len(used) > 1 && g != nil:
		if paths, d.SEMethod = r.AveragePaths(g, starts...); d.SEMethod == "cross-section" && len(used) > 200 {
			// whose members are gone through for each start and session
			paths, d.SEMethod = r.AveragePaths(g, w.From, startOf(r.Study))
			starts = []int{w.From, startOf(r.Study)}
		}
	}
	for k, path := range paths {
		s := carStart{From: tau(starts[k])}
		for _, x := range path {
			if len(used) > 1 {
				s.Average = append(s.Average, x.Value)
			}
			s.Lower, s.Upper = append(s.Lower, x.Lower), append(s.Upper, x.Upper)
		}
		if k == 0 {
			d.Average, d.Lower, d.Upper = s.Average, floats(s.Lower), floats(s.Upper)
			continue
		}
		d.Starts = append(d.Starts, s)
	}
	return d
}

// around adds the benchmark, where all have one, and the other events of the window.
func (d *carData) around(r *analysis.Result, used []int) {
	if len(used) == 0 {
		return
	}
	common := len(d.Session0) == 1 && r.Study.Subject != analysis.Volume
	at := make(map[int]int) // event time of another event
	for _, i := range used {
		o, first := r.Observation(i), r.Observation(used[0])
		common = common && o.Benchmark == first.Benchmark
		for _, c := range r.Confounders(i) {
			if _, known := at[c.Event]; !known && c.In == "event" {
				at[c.Event] = c.Tau
			}
		}
	}
	if path := r.BenchmarkPath(used[0], r.Study.EventWindow.From); common && end(path) >= 0 {
		d.Market, d.MarketName = path, r.Observation(used[0]).Benchmark
	}
	for _, e := range slices.Sorted(maps.Keys(at)) {
		d.Others = append(d.Others, other{headlineOf(&r.Catalog.Events[e]), tau(at[e])})
	}
	slices.SortStableFunc(d.Others, func(a, b other) int { return cmp.Compare(a.At, b.At) })
}

// from returns d as it is from session start on.
func (d *carData) from(start int) *carData {
	cut := min(start, d.Window.To) - d.Window.From
	if cut <= 0 {
		return d
	}
	v := *d
	v.Window.From += cut
	v.Series = make([]series, len(d.Series))
	for i, s := range d.Series {
		v.Series[i] = series{Name: s.Name, Y: restarted(s.Y, cut)}
		if len(s.AR) > 0 {
			v.Series[i].Y = added(s.AR[cut:], d.ZeroGaps)
		}
	}
	if len(d.Market) > 0 {
		v.Market = restarted(d.Market, cut)
	}
	v.Others = slices.DeleteFunc(slices.Clone(d.Others), func(o other) bool { return int(o.At) < v.Window.From })
	v.Average, v.Lower, v.Upper = nil, nil, nil
	for _, s := range d.Starts {
		if int(s.From) == v.Window.From {
			v.Average, v.Lower, v.Upper = s.Average, floats(s.Lower), floats(s.Upper)
		}
	}
	return &v
}

// restarted is a path from its element cut on, less what it had come to before.
func restarted(y []float64, cut int) floats {
	out := make(floats, len(y)-cut)
	for k := range out {
		out[k] = y[cut+k] - y[cut-1]
	}
	return out
}

// added is the path that abnormal returns add up to; a missing one ends it, or counts
// as zero once there is one.
func added(ar []float64, zero bool) floats {
	out := make(floats, len(ar))
	sum, none := 0.0, true
	for k, v := range ar {
		switch {
		case finite(v):
			sum += v
			none = false
		case !zero:
			sum = math.NaN()
		}
		if out[k] = sum; none {
			out[k] = math.NaN()
		}
	}
	return out
}

// mostNamed is how many lines can be named one by one; of more, only the
// movers are.
const (
	mostNamed = 24
	extremes  = 6 // named of those that rose and of those that fell
)

// labelSize is the size of the names at the lines' ends, in ems.
const labelSize = 0.92

// mostOthers is how many other events a chart names.
const mostOthers = 6

func (d *carData) figure(p *pen) figure {
	whole := d
	if d = d.from(int(d.Start)); p.start != nil {
		d = whole.from(*p.start)
	}
	f := figure{title: d.title(p.lang)}
	f.subtitle = p.carSubtitle(&d.subject)
	lines := d.lines()
	if len(lines) == 0 {
		return p.nothing(f, &d.subject)
	}
	var say []string
	weighted := p.words.Weighted(d.Weights)
	switch banded := end(d.Lower) >= 0; {
	case !banded && end(whole.Lower) >= 0 && d != whole:
		say = append(say, p.words.Say("The run kept no average and no interval from this session on."))
	case banded && len(d.Series) == 1:
		say = append(say, p.words.Say("Shaded: 95% interval of the CAR (forecast error of the model)."))
	case banded && d.SEMethod == "cross-section":
		say = append(say, p.words.Say("Heavy line: %s; shaded: its 95%% interval (spread of the securities).", weighted))
	case banded && d.SEMethod == analysis.ByForecast:
		say = append(say, p.words.Say("Heavy line: %s; shaded: its 95%% interval (forecast errors of the securities).", weighted))
	case banded:
		say = append(say, p.words.Say("Heavy line: %s; shaded: its 95%% interval (forecast error of the portfolio).", weighted))
	}
	if end(d.Market) >= 0 {
		say = append(say, p.words.Say("Dashed: %s itself.", p.words.Isolate(d.MarketName)))
	}
	f.height = max(0.47*p.width, vg.Length(float64(min(len(lines), mostNamed)+2)*1.02*p.lineHeight()*labelSize)*p.em+5*p.em)
	if p.phone {
		f.height = 0.8 * p.width
	}
	if crowded(lines) {
		say = append(say, p.words.Say("Named are those that moved farthest on session 0; the others are the thin grey lines."))
	}
	if slices.ContainsFunc(lines, func(l carLine) bool { return l.last < len(l.Y)-1 }) {
		say = append(say, p.words.Say("A number in brackets is the session with which the line ends."))
	}
	if lo, hi := d.bounds(lines); cut(lo, hi, d.Lower, d.Upper) || slices.ContainsFunc(lines, func(l carLine) bool { return cut(lo, hi, l.Y) }) {
		say = append(say, p.words.Say("Arrowheads: it goes on beyond the axis."))
	}
	var missing []string
	for _, s := range d.Series {
		if end(s.Y) < 0 {
			missing = append(missing, s.Name)
		}
	}
	if p.phone { // the page around it says the rest
		f.brief = true
		f.subtitle = p.words.Say("CAR from session %s to %s", session(d.Window.From), session(d.Window.To))
		if len(d.Others) > 0 {
			say = append(say, p.words.Say("Triangles: other catalogued events."))
		}
		f.caption = []string{strings.Join(say, " ")}
		f.body = func(c draw.Canvas) { d.draw(p, c, lines) }
		return f
	}
	f.caption = d.caption(p.words, say, missing)
	if len(d.Others) > 0 {
		f.caption = slices.Insert(f.caption, len(f.caption)-1, p.words.Say("Other catalogued events: %s.", d.others(p)))
	}
	f.body = func(c draw.Canvas) { d.draw(p, c, lines) }
	return f
}

// others lists the other events by the letters of their sessions.
func (d *carData) others(p *pen) string {
	var out []string
	for k, o := range d.Others[:min(len(d.Others), mostOthers)] {
		out = append(out, letter(d.Others, k)+" "+p.words.Isolate(clip(o.title(p.lang), 120))+" ("+p.words.Isolate(session(int(o.At)))+")")
	}
	if n := len(d.Others) - mostOthers; n > 0 {
		out = append(out, p.words.Say("%s more", n))
	}
	return strings.Join(out, p.words.Semi)
}

// letter names the session of event k: a for that of the first, one more for each
// further session.
func letter(events []other, k int) string {
	n := 0
	for i := 1; i <= k; i++ {
		if events[i].At != events[i-1].At {
			n++
		}
	}
	return string(rune('a' + n%26))
}

// carLine is a line to be drawn.
type carLine struct {
	series
	last int // index of its last figure
	kind lineKind
	rank int // among the named securities, from the top
}

// lineKind says how a line is to be seen.
type lineKind int

const (
	named   lineKind = iota // a security with its name at the line's end
	crowd                   // one of too many securities
	average                 // the average
	market0                 // the benchmark
)

// lines returns the lines that have a figure, from the highest end to the
// lowest, the average and the benchmark among them; none where only the benchmark has
// one.
func (d *carData) lines() []carLine {
	var lines []carLine
	for _, s := range d.Series {
		if k := end(s.Y); k >= 0 {
			lines = append(lines, carLine{series: s, last: k})
		}
	}
	if len(lines) == 0 {
		return nil
	}
	if k := end(d.Average); k >= 0 {
		lines = append(lines, carLine{series: series{Y: d.Average}, last: k, kind: average})
	}
	if k := end(d.Market); k >= 0 {
		lines = append(lines, carLine{series: series{Name: d.MarketName, Y: d.Market}, last: k, kind: market0})
	}
	slices.SortStableFunc(lines, func(a, b carLine) int {
		switch ya, yb := a.Y[a.last], b.Y[b.last]; {
		case ya > yb:
			return -1
		case ya < yb:
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return lines
}

// carLabel is a name at the end of a line.
type carLabel struct {
	line  int      // index of its line, -1 for a word about the lines that are not named
	name  block    // on the left
	value block    // on the right
	at    vg.Point // left end, vertical middle
	from  vg.Point // end of the line
}

// securities counts the lines of securities.
func securities(lines []carLine) (n int) {
	for _, l := range lines {
		if l.kind == named || l.kind == crowd {
			n++
		}
	}
	return n
}

// crowded reports whether the securities are too many to be named one by one.
func crowded(lines []carLine) bool { return securities(lines) > mostNamed }

// moved is how far a line went on session 0, or until its end where it has no figure
// then. Element k of it is session from+k.
func (l *carLine) moved(from int) float64 {
	v := l.Y[l.last]
	if k := -from; k >= 0 && k < len(l.Y) && finite(l.Y[k]) {
		if v = l.Y[k]; k > 0 && finite(l.Y[k-1]) {
			v -= l.Y[k-1]
		}
	}
	return v
}

// chooseNamed decides which securities are named where there is room for most labels:
// all, or as many as fit of those that rose and fell farthest on session 0, with
// which element -from of a line goes. Nearest to room for both are six of each.
func chooseNamed(lines []carLine, from, most int) {
	n, extra := securities(lines), 0
	extra = len(lines) - n
	var order []int // of the securities, from the one that rose farthest
	for i := range lines {
		if k := lines[i].kind; k == named || k == crowd {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(lines[b].moved(from), lines[a].moved(from)) })
	k := n
	if len(lines) > most || crowded(lines) {
		k = min(extremes, max(1, (most-extra-1)/2))
	}
	for at, i := range order {
		if lines[i].kind = crowd; at < k || at >= n-k {
			lines[i].kind = named
		}
	}
	rank := 0
	for i := range lines {
		if lines[i].kind == named {
			lines[i].rank = rank
			rank++
		}
	}
}

func (d *carData) draw(p *pen, c draw.Canvas, lines []carLine) {
	d.layout(p, c, lines).draw(c)
}

// layout names the lines and returns what draws them.
func (d *carData) layout(p *pen, c draw.Canvas, lines []carLine) *carPlotter {
	size := labelSize * p.em
	pitch := 1.02 * float64(p.lineHeight()) * float64(size)
	foot := 2.6 * p.em // of the sessions and what they are
	if len(d.Session0) == 1 && d.Window.Contains(0) {
		foot += 1.0 * p.em
	}
	if len(d.Others) > 0 {
		foot += 1.1 * p.em
	}
	chooseNamed(lines, d.Window.From, int(float64(c.Max.Y-c.Min.Y-foot)/pitch))

	var labels []carLabel
	var hidden []int
	for i, l := range lines {
		if l.kind == crowd {
			hidden = append(hidden, i)
			continue
		}
		text, w := clip(l.Name, 12), regular
		if l.kind == average {
			text, w = p.words.Say("Average"), bold
		}
		if l.last < len(l.Y)-1 {
			text += p.words.Isolate(" (" + session(d.Window.From+l.last) + ")")
		}
		labels = append(labels, carLabel{line: i, name: p.lay1(text, w, size), value: p.lay1(percent(l.Y[l.last], 1), w, size)})
	}
	if len(hidden) > 0 { // in the middle of them
		middle := hidden[len(hidden)/2]
		k := slices.IndexFunc(labels, func(l carLabel) bool { return l.line > middle })
		if k < 0 {
			k = len(labels)
		}
		labels = slices.Insert(labels, k, carLabel{line: -1 - middle, name: p.lay1(p.words.Say("%s more", len(hidden)), regular, size)})
	}
	var names, values vg.Length
	for _, l := range labels {
		names, values = max(names, l.name.width()), max(values, l.value.width())
	}
	gap, between := 2.2*p.em, 0.8*p.em // between the data and the labels, a name and its figure
	if p.phone {
		gap, between = 1.3*p.em, 0.5*p.em
	}
	column := names + between + values
	lo, hi := d.bounds(lines)
	ticks := percents(lo, hi, max(3, min(8, int((c.Max.Y-c.Min.Y)/(2.4*p.em)))))
	_, gutter := p.labels(ticks, tickSize*p.em)
	gutter += 0.5 * p.em
	f := frame{Rectangle: vg.Rectangle{Min: vg.Point{X: c.Min.X + gutter, Y: c.Min.Y + foot}, Max: vg.Point{X: c.Max.X - column - gap, Y: c.Max.Y - 0.4*p.em}},
		left: float64(d.Window.From), right: float64(d.Window.To), bottom: lo, top: hi}
	if f.left == f.right {
		f.left, f.right = f.left-1, f.right+1
	}
	return &carPlotter{p: p, d: d, f: f, ticks: ticks, lines: lines, labels: labels, gap: gap, column: column, pitch: pitch}
}

// bounds returns the range of the vertical axis, with air above and below: zero and
// the lines, but of many those that would press the others flat; and the band as far
// as it leaves the lines most of the height.
func (d *carData) bounds(lines []carLine) (lo, hi float64) {
	type reach struct{ lo, hi float64 }
	var all []reach
	for _, l := range lines {
		if a, b, ok := extent(l.Y); ok {
			all = append(all, reach{min(0, a), max(0, b)})
		}
	}
	slices.SortStableFunc(all, func(a, b reach) int { return cmp.Compare(b.hi-b.lo, a.hi-a.lo) })
	span := func(rs []reach) (lo, hi float64) {
		for _, r := range rs {
			lo, hi = min(lo, r.lo), max(hi, r.hi)
		}
		return lo, hi
	}
	lo, hi = span(all)
	for k := 1; k <= len(all)/6; k++ {
		if a, b := span(all[k:]); hi-lo > flat*(b-a) && b-a > 1e-6 {
			lo, hi = a-0.3*(b-a), b+0.3*(b-a)
			break
		}
	}
	if l, h, ok := extent(d.Lower, d.Upper); ok {
		most := 0.75 * max(hi-lo, 1e-3)
		if len(d.Series) == 1 { // the band is what it is about
			most *= 6
		}
		lo, hi = min(lo, max(l, lo-most)), max(hi, min(h, hi+most))
	}
	if hi-lo < 1e-6 {
		lo, hi = lo-0.01, hi+0.01
	}
	air := 0.04 * (hi - lo)
	return lo - air, hi + air
}

// flat is how many times the height of all others a line may take before the axis
// ends and it is cut.
const flat = 5

// sessionTicks labels at most most sessions, session 0 among them.
func (d *carData) sessionTicks(most int) []plot.Tick {
	step := max(1, int(nice(float64(d.Window.To-d.Window.From), most)))
	var ticks []plot.Tick
	for tau := d.Window.From; tau <= d.Window.To; tau++ {
		if tau%step == 0 {
			ticks = append(ticks, plot.Tick{Value: float64(tau), Label: session(tau)})
		}
	}
	return ticks
}

// carPlotter draws the data area of the chart.
type carPlotter struct {
	p      *pen
	d      *carData
	f      frame
	ticks  []plot.Tick
	lines  []carLine
	labels []carLabel
	gap    vg.Length // between the data area and the labels
	column vg.Length // width of the labels
	pitch  float64   // between labels
}

func (cp *carPlotter) draw(c draw.Canvas) {
	p, d, f := cp.p, cp.d, cp.f
	p.overTime(c, f, d.Others, p.lang)
	p.horizontals(c, f, cp.ticks, true)
	p.band(c, p.theme.Band, len(d.Lower), func(k int) (lo, hi vg.Point, ok bool) {
		x := float64(d.Window.From + k)
		return f.at(x, d.Lower[k]), f.at(x, d.Upper[k]), finite(d.Lower[k]) && finite(d.Upper[k])
	})
	p.cuts(c, f, d.Window.From, d.Lower, d.Upper)
	if d.Window.Contains(0) {
		line(c, p.theme.Muted, p.stroke(0.8), []vg.Length{p.stroke(3), p.stroke(2.5)}, vg.Point{X: f.x(0), Y: f.Min.Y}, vg.Point{X: f.x(0), Y: f.Max.Y})
	}
	cp.axis(c)
	// What must be seen is drawn last.
	for _, kind := range []lineKind{crowd, market0, named, average} {
		for i := len(cp.lines) - 1; i >= 0; i-- {
			if l := &cp.lines[i]; l.kind == kind {
				values(c, cp.name(i), d.Window.From, l.Y, func() {
					col, width, dash := cp.stroke(i)
					p.path(c, f, col, width, dash, d.Window.From, l.Y)
				})
			}
		}
	}
	cp.place(f)
	for _, l := range cp.labels {
		if l.line < 0 {
			p.write(c, l.name, l.at, 0, p.theme.Muted)
			continue
		}
		part(c, cp.name(l.line), func() { cp.label(c, l) })
	}
}

// axis labels the sessions, gives session 0 its date, and marks the other events.
func (cp *carPlotter) axis(c draw.Canvas) {
	p, d, f := cp.p, cp.d, cp.f
	y := f.Min.Y - 0.85*p.em
	size := tickSize * p.em
	marked := false
	for k, o := range d.Others {
		if k > 0 && o.At == d.Others[k-1].At {
			continue
		}
		x := f.x(float64(o.At))
		if !marked {
			y -= 1.1 * p.em
		}
		marked = true
		r := 0.32 * p.em
		c.FillPolygon(p.theme.Ink, []vg.Point{{X: x, Y: f.Min.Y - 0.1*p.em}, {X: x - r, Y: f.Min.Y - 0.75*p.em}, {X: x + r, Y: f.Min.Y - 0.75*p.em}})
		if p.phone { // where no caption tells the letters
			continue
		}
		p.write(c, p.lay1(letter(d.Others, k), bold, size), vg.Point{X: x + 0.5*p.em, Y: f.Min.Y - 0.5*p.em}, 0, p.theme.Ink)
	}
	for _, t := range d.sessionTicks(int((f.Max.X - f.Min.X) / (3.2 * p.em))) {
		b := p.lay1(t.Label, regular, size)
		x := min(max(f.x(t.Value)-b.width()/2, f.Min.X-0.5*p.em), f.Max.X+0.5*p.em-b.width())
		p.write(c, b, vg.Point{X: x, Y: y}, 0, p.theme.Muted)
	}
	if len(d.Session0) == 1 && d.Window.Contains(0) {
		y -= 1.1 * p.em
		b := p.lay1(d.Session0[0].String(), regular, size)
		p.write(c, b, vg.Point{X: min(max(f.x(0)-b.width()/2, f.Min.X), f.Max.X-b.width()), Y: y}, 0, p.theme.Muted)
	}
	p.write(c, p.lay1(p.words.Say("Sessions from session 0"), regular, labelSize*p.em), vg.Point{X: (f.Min.X + f.Max.X) / 2, Y: c.Min.Y + 0.6*p.em}, 0.5, p.theme.Muted)
}

// name is what line i is called.
func (cp *carPlotter) name(i int) string {
	if cp.lines[i].kind == average {
		return cp.p.words.Say("Average")
	}
	return cp.lines[i].Name
}

// label draws the end of a line with its name and its last figure.
func (cp *carPlotter) label(c draw.Canvas, l carLabel) {
	p := cp.p
	col, width, _ := cp.stroke(l.line)
	edge := vg.Point{X: cp.f.Max.X, Y: l.from.Y}
	thin := p.stroke(0.5)
	if l.from.X < edge.X {
		line(c, faded(col, 0.7), thin, []vg.Length{p.stroke(1), p.stroke(2)}, l.from, edge)
	}
	line(c, faded(col, 0.7), thin, nil, vg.Point{X: edge.X + 0.3*p.em, Y: edge.Y}, vg.Point{X: l.at.X - min(0.9*p.em, 0.6*cp.gap), Y: l.at.Y}, vg.Point{X: l.at.X - 0.3*p.em, Y: l.at.Y})
	dot(c, col, l.from, max(0.9*width, p.stroke(1)))
	p.write(c, l.name, l.at, 0, col)
	p.write(c, l.value, vg.Point{X: l.at.X + cp.column, Y: l.at.Y}, 1, col)
}

// place puts the labels beside the data area, in the order of the lines' ends
// and without overlap.
func (cp *carPlotter) place(f frame) {
	n := len(cp.labels)
	want := make([]float64, n) // from the bottom up
	for j := range cp.labels {
		l := &cp.labels[j]
		i := l.line
		if i < 0 {
			i = -1 - i
		}
		s := cp.lines[i]
		l.from = f.at(float64(cp.d.Window.From+s.last), s.Y[s.last])
		want[n-1-j] = float64(l.from.Y)
	}
	half := cp.pitch / 2
	for k, y := range spread(want, cp.pitch, float64(f.Min.Y)-half, float64(f.Max.Y)-half) {
		cp.labels[n-1-k].at = vg.Point{X: f.Max.X + cp.gap, Y: vg.Length(y)}
	}
}

// stroke returns how line i is drawn: the average heavy; the benchmark thin and dashed; the named securities
// by rank in the theme's colours, each time round with another dash; the
// others thin and faint.
func (cp *carPlotter) stroke(i int) (col color.NRGBA, width vg.Length, dash []vg.Length) {
	p := cp.p
	switch {
	case cp.lines[i].kind == average:
		return p.theme.Ink, p.stroke(2.6), nil
	case cp.lines[i].kind == market0:
		return p.theme.Muted, p.stroke(1), []vg.Length{p.stroke(3), p.stroke(1.5)}
	case cp.lines[i].kind == crowd:
		return p.theme.Faint, p.stroke(0.6), nil
	case len(cp.d.Series) == 1:
		return p.theme.Series[0], p.stroke(2.2), nil
	}
	rank := cp.lines[i].rank
	n := len(p.theme.Series)
	dashes := [][]vg.Length{nil, {p.stroke(5), p.stroke(2)}, {p.stroke(1.5), p.stroke(1.5)}, {p.stroke(6), p.stroke(1.5), p.stroke(1.5), p.stroke(1.5)}}
	return p.theme.Series[rank%n], p.stroke(1.3), dashes[rank/n%len(dashes)]
}
