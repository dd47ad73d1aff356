// Package plots draws the charts of a finished study. A chart is a function
// of *analysis.Result: it reads figures and computes no statistic. Each kind of
// chart stands in one file and in the table Charts. It is drawn in two steps:
// what it needs is taken from the result into a plain struct, and that struct
// is laid out and drawn by gonum/plot on a page of any size. Between the two
// the figures pass through JSON, so that a finished run can be drawn again
// (Data, Redraw) to the same bytes.
//
// Text goes through a shaping typesetter, so that titles in Arabic come out
// joined and from right to left, and it is drawn as outlines, so that a chart
// looks the same on every machine. The same result and options give the same
// bytes.
package plots

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"aftershock/analysis"
	"aftershock/internal/words"
)

// Format is a file format, named as its file extension.
type Format string

// The formats.
const (
	PNG Format = "png"
	SVG Format = "svg"
	PDF Format = "pdf"
)

// Formats is every format.
var Formats = []Format{PNG, SVG, PDF}

// Options says how charts are drawn. The zero value of a field is its default.
type Options struct {
	Width   int      // pixels; default 1200
	Height  int      // pixels; 0 = what the chart needs, and never less than its words need
	DPI     int      // pixels an inch, which sets the size of an SVG or PDF page; default 144
	Lang    string   // BCP 47 language of titles and words, en or ar; default en
	Theme   *Theme   // default Light
	Formats []Format // default PNG and SVG
	Narrow  bool     // for a page of a phone: 390 pixels at 96 an inch, with larger words
	// Start is the event time that paths of the chart car begin at, the event window's
	// start where it lies before that; nil: the session before session 0, or an earlier
	// one with which a CAR window of the study begins.
	Start     *int
	OwnScales bool     // each of the chart panels has its own scale
	Only      []string // events, securities, groupings or characteristics: pictures about any of them; nil = all
	// Characteristics are drawn by the chart scatter beside those of
	// analysis.Result.Characteristics. Redraw has those that Data was given.
	Characteristics []analysis.Characteristic
}

// The page of a phone.
const (
	narrowWidth = 390
	narrowDPI   = 96
)

// The limits of Options.
const (
	minPixels, maxPixels = 200, 20000
	minDPI, maxDPI       = 36, 1200
)

// withDefaults completes o and checks it.
func (o Options) withDefaults() (Options, error) {
	if o.Narrow {
		o.Width, o.DPI = cmp.Or(o.Width, narrowWidth), narrowDPI
	}
	if o.Width == 0 {
		o.Width = 1200
	}
	if o.DPI == 0 {
		o.DPI = 144
	}
	if o.Lang == "" {
		o.Lang = "en"
	}
	if o.Theme == nil {
		o.Theme = &Light
	}
	if len(o.Formats) == 0 {
		o.Formats = []Format{PNG, SVG}
	}
	switch {
	case o.Width < minPixels || o.Width > maxPixels:
		return o, fmt.Errorf("charts: a width of %d pixels is outside %d..%d", o.Width, minPixels, maxPixels)
	case o.Height != 0 && (o.Height < minPixels || o.Height > maxPixels):
		return o, fmt.Errorf("charts: a height of %d pixels is outside %d..%d; 0 lets each chart choose", o.Height, minPixels, maxPixels)
	case o.DPI < minDPI || o.DPI > maxDPI:
		return o, fmt.Errorf("charts: %d dots per inch are outside %d..%d", o.DPI, minDPI, maxDPI)
	}
	if _, ok := words.Lookup(o.Lang); !ok {
		return o, fmt.Errorf("charts: no words in language %q; take en or ar", o.Lang)
	}
	for _, f := range o.Formats {
		if !slices.Contains(Formats, f) {
			return o, fmt.Errorf("charts: unknown format %q; the formats are png, svg and pdf", f)
		}
	}
	return o, nil
}

// Validate reports what is wrong with o, as Render would.
func (o Options) Validate() error {
	_, err := o.withDefaults()
	return err
}

// File is a rendered chart.
type File struct {
	Name string // such as car-deepseek-r1.png, safe on every file system
	Data []byte
	ID   string // of the picture, as in Options.Only: of an event, a security, ...; "" for a chart of one picture
}

// Render draws the named charts (nil: those that are drawn by default) of r in
// every format of o. The files come in the order of names, then pictures
// (events as in the catalogue), then formats. An event of which nothing could
// be measured has a chart that says so.
//
// Errors: an unknown chart, options out of range, no picture of an ID that
// o.Only names, ctx done, an output that cannot be encoded.
func Render(ctx context.Context, r *analysis.Result, names []string, o Options) ([]File, error) {
	if _, err := o.withDefaults(); err != nil {
		return nil, err
	}
	if names == nil {
		names = Defaults()
	}
	a, err := Collect(ctx, r, names, o.Characteristics...)
	if err != nil {
		return nil, err
	}
	return a.draw(ctx, names, o)
}

// stem returns the file name, without its extension, of a chart's picture: the
// chart's name and the id with every character outside A-Z a-z 0-9 . _ - replaced.
// Where that changes the id, or the name is too long or already taken (on a
// file system that ignores case), part of a hash of the id is added.
func stem(chart, id string, taken map[string]bool) string {
	const longest = 80
	name := chart
	if id != "" {
		safe := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r) {
				return r
			}
			return '-'
		}, id)
		name += "-" + safe[:min(len(safe), longest)]
	}
	if name != chart+"-"+id && id != "" || taken[strings.ToLower(name)] {
		sum := sha256.Sum256([]byte(id))
		name += "-" + hex.EncodeToString(sum[:4])
	}
	taken[strings.ToLower(name)] = true
	return name
}

// encode draws the page in the format f.
func (pg *page) encode(f Format, dpi int) ([]byte, error) {
	switch f {
	case PNG:
		return encodePNG(pg, dpi)
	case PDF:
		return encodePDF(pg)
	}
	c := newSVG(pg.size.X, pg.size.Y, pg.fig.title, pg.fig.subtitle)
	pg.paint(c)
	pg.draw(c)
	var out bytes.Buffer
	_, err := c.WriteTo(&out)
	return out.Bytes(), err
}
