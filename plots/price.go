package plots

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
)

// priceData is one security's closes and volumes.
type priceData struct {
	history
	Currency string
	Volume   rough // by date; nil where none is known
}

// priceMargin is how many sessions are drawn before the first event and after
// the last one.
const priceMargin = 60

func priceOf(r *analysis.Result, h history, _ []int) drawing {
	d := &priceData{history: h}
	c := r.Panel.Column(h.Security)
	if c == nil || len(h.Marks) == 0 {
		return d
	}
	d.Currency = c.Currency
	price := c.Close
	if price == nil {
		price = c.Price
	}
	from := max(0, c.Calendar.Search(h.Marks[0].At)-priceMargin-c.First)
	to := min(c.Len()-1, c.Calendar.Search(h.Marks[len(h.Marks)-1].At)+priceMargin-c.First)
	for k := from; k <= to; k++ {
		d.Dates = append(d.Dates, c.Calendar.Date(c.First+k))
		if price != nil {
			d.Y = append(d.Y, price[k])
		}
		if c.Volume != nil {
			d.Volume = append(d.Volume, c.Volume[k])
		}
	}
	return d
}

func (d *priceData) figure(p *pen) figure {
	subtitle := p.words.Say("Closing price, adjusted for splits, and volume")
	if d.Currency != "" {
		subtitle = p.words.Say("Closing price, adjusted for splits, in %s, and volume", d.Currency)
	}
	f := d.begin(p, subtitle)
	if end(d.Y) < 0 {
		return p.empty(f)
	}
	f.height = 0.4*p.width + d.wish(p)
	f.body = func(c draw.Canvas) { d.paint(p, c) }
	return f
}

func (d *priceData) paint(p *pen, c draw.Canvas) {
	lo, hi, _ := extent(d.Y)
	lo, hi = widen(lo, hi, 0.05)
	ticks := numberTicks{max(3, min(7, int((c.Max.Y-c.Min.Y)/(5*p.em))))}.Ticks(lo, hi)
	shares := []float64{1}
	var volumes []plot.Tick
	_, most, voluminous := extent(d.Volume)
	if voluminous && most > 0 {
		shares = []float64{0.76, 0.24}
		step := nice(most, 2)
		for v := step; v <= most; v += step {
			volumes = append(volumes, plot.Tick{Value: v, Label: short(v)})
		}
	}
	_, gutter := p.labels(append(volumes, ticks...), tickSize*p.em)
	d.draw(p, c, gutter+0.6*p.em, shares, func(fs []frame) {
		f := fs[0]
		f.bottom, f.top = lo, hi
		p.horizontals(c, f, ticks, true)
		p.polyline(c, p.theme.Series[0], p.stroke(1.4), len(d.Y), func(k int) (vg.Point, bool) {
			if !finite(d.Y[k]) {
				return vg.Point{}, false
			}
			return f.at(float64(k), d.Y[k]), true
		})
		if len(fs) > 1 {
			v := fs[1]
			v.bottom, v.top = 0, most
			p.horizontals(c, v, volumes, true)
			d.bars(p, c, v)
		}
	})
}

// bars draws the volumes: a bar a session, or for more sessions than can be told
// apart, the greatest of some.
func (d *priceData) bars(p *pen, c draw.Canvas, f frame) {
	each := max(1, int(math.Ceil(float64(len(d.Volume))/float64((f.Max.X-f.Min.X)/(0.12*p.em)))))
	width := (f.x(float64(each)) - f.x(0)) * 0.75
	for k := 0; k < len(d.Volume); k += each {
		group := d.Volume[k:min(k+each, len(d.Volume))]
		if _, most, ok := extent(group); ok && most > 0 {
			x := f.x(float64(k) + float64(len(group)-1)/2)
			c.SetColor(p.theme.Faint)
			c.Fill(vg.Rectangle{Min: vg.Point{X: x - width/2, Y: f.Min.Y}, Max: vg.Point{X: x + width/2, Y: f.y(most)}}.Path())
		}
	}
}

// short writes a count with a letter for its thousands: 250M.
func short(v float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "k"}} {
		if v >= u.size {
			return strconv.FormatFloat(v/u.size, 'g', 3, 64) + u.name
		}
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}
