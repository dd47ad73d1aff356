package plots

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	"gonum.org/v1/plot/vg"

	"aftershock/analysis"
	"aftershock/internal/words"
)

// Album is what charts show of a result, before it is drawn.
type Album struct {
	charts []pictures
	stored bool // it was read from a file

	setter func() (*typesetter, error) // one for all that is drawn of it
}

// Collect reads from r all that the named charts (nil: those that Kept lists) show, in
// every language. Given characteristics are as Options.Characteristics.
//
// Errors: an unknown chart; ctx is done.
func Collect(ctx context.Context, r *analysis.Result, names []string, given ...analysis.Characteristic) (*Album, error) {
	if names == nil {
		names = Kept(r)
	}
	a := &Album{charts: make([]pictures, len(names)), setter: sync.OnceValues(newTypesetter)}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for k, n := range names {
		c, err := chartByName(n)
		if err != nil {
			return nil, err
		}
		g.Go(func() error {
			ds, err := c.take(ctx, input{r, given})
			if err != nil {
				return err
			}
			p := pictures{Chart: c.Name, Pictures: make([]json.RawMessage, len(ds)), known: make([]topic, len(ds))}
			for i, d := range ds {
				p.known[i] = topic{d.id(), d.about()}
				if p.Pictures[i], err = json.Marshal(d); err != nil {
					return fmt.Errorf("chart %s: %w", c.Name, err)
				}
			}
			a.charts[k] = p
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return a, nil
}

// Kept are the charts that can be drawn of r later, but one that takes long, unless the
// study has the test that it shows.
func Kept(r *analysis.Result) []string {
	return slices.DeleteFunc(chartNames(), func(n string) bool {
		return n == placeboChart && !slices.ContainsFunc(r.Study.Tests, func(t analysis.Test) bool { return t.Name() == placeboChart })
	})
}

// Joined is the charts of albums in the order of Charts.
func Joined(albums ...*Album) *Album {
	out := &Album{setter: albums[0].setter}
	for _, c := range Charts {
		for _, a := range albums {
			for _, p := range a.charts {
				if p.Chart == c.Name {
					out.charts = append(out.charts, p)
				}
			}
		}
	}
	return out
}

// topic is what a picture is about.
type topic struct {
	id    string
	about []string
}

// Data returns the album as JSON, which Redraw draws from.
func (a *Album) Data() ([]byte, error) {
	all, err := json.Marshal(a.charts)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(all)
	return json.Marshal(dataFile{dataFormat, hex.EncodeToString(sum[:]), all})
}

// read reads what Data returned.
func read(data []byte) (*Album, error) {
	var f dataFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("charts: this is no chart data of a run: %w", err)
	}
	if f.Format != dataFormat {
		return nil, fmt.Errorf("charts: the chart data has the format %q, this program reads %q; run the study again", f.Format, dataFormat)
	}
	if sum := sha256.Sum256(f.Charts); hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, errors.New("charts: the chart data is not as the run wrote it; run the study again")
	}
	a := &Album{stored: true, setter: sync.OnceValues(newTypesetter)}
	if err := json.Unmarshal(f.Charts, &a.charts); err != nil {
		return nil, fmt.Errorf("charts: the chart data cannot be read: %w", err)
	}
	return a, nil
}

// Len counts the pictures of a.
func (a *Album) Len() (n int) {
	for _, c := range a.charts {
		n += len(c.Pictures)
	}
	return n
}

// Held returns the names of the charts that data, which Data returned, can be drawn
// as. Errors: as of Redraw.
func Held(data []byte) ([]string, error) {
	a, err := read(data)
	if err != nil {
		return nil, err
	}
	return a.held(), nil
}

// held are the names of the charts of a.
func (a *Album) held() []string {
	var have []string
	for _, c := range a.charts {
		have = append(have, c.Chart)
	}
	return have
}

// Pick is a chart, and what its pictures are to be about.
type Pick struct {
	Chart string
	Only  []string // as Options.Only, beside it; nil = all
}

// Pictures are pictures of an album that are to be drawn: each when it is asked
// for, some ahead of it, so that many never lie in memory at once. It is safe for
// concurrent use.
type Pictures struct {
	List []Picture

	o      Options
	pen    *pen
	stored bool // what is drawn was read from a file
	data   []func() (drawing, error)

	mu    sync.Mutex
	begun map[int]*sketch
	busy  chan struct{} // those that draw
}

// Picture is one of Pictures.
type Picture struct {
	Chart string
	ID    string // as File.ID
	Stem  string // its name without what tells the format
}

// Name returns the name of the file of p in format f.
func (p Picture) Name(f Format) string { return p.Stem + "." + string(f) }

// sketch is a picture while it is drawn.
type sketch struct {
	done  chan struct{}
	files [][]byte // by format
	err   error
}

// newPictures returns no pictures, to be drawn as o says, which is complete.
func newPictures(t *typesetter, o Options) *Pictures {
	w, _ := words.Lookup(o.Lang)
	inch := vg.Inch / vg.Length(o.DPI)
	ps := &Pictures{o: o, begun: make(map[int]*sketch), busy: make(chan struct{}, runtime.GOMAXPROCS(0))}
	ps.pen = newPen(t, *o.Theme, w, o.Lang, vg.Length(o.Width)*inch, vg.Length(o.Height)*inch)
	ps.pen.start, ps.pen.own = o.Start, o.OwnScales
	if ps.pen.phone = o.Narrow; o.Narrow {
		ps.pen.em = ps.pen.width / narrowText
	}
	return ps
}

// Pictures returns the pictures of picks, in their order, none drawn yet.
//
// Errors: an unknown chart or one that the album does not hold, options out of
// range, no picture of an ID that o.Only or a pick names.
func (a *Album) Pictures(picks []Pick, o Options) (*Pictures, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	t, err := a.setter()
	if err != nil {
		return nil, err
	}
	ps := newPictures(t, o)
	ps.stored = a.stored
	found := make(map[string]bool)
	var known []string // what pictures are about
	for _, pick := range picks {
		kind, err := chartByName(pick.Chart)
		if err != nil {
			return nil, err
		}
		k := slices.Index(a.held(), pick.Chart)
		if k < 0 {
			return nil, a.lacks(pick.Chart)
		}
		taken := make(map[string]bool)
		for i, data := range a.charts[k].Pictures {
			var is topic
			if a.stored {
				d, err := a.read(kind, data)
				if err != nil {
					return nil, err
				}
				is = topic{d.id(), d.about()}
			} else {
				is = a.charts[k].known[i]
			}
			// Every picture takes its name, so that it has the same one
			// whichever of them are drawn.
			p := Picture{Chart: kind.Name, ID: is.id, Stem: stem(kind.Name, is.id, taken)}
			wanted, picked := o.Only == nil, pick.Only == nil
			for _, x := range is.about {
				if x != "" && !slices.Contains(known, x) {
					known = append(known, x)
				}
				if slices.Contains(o.Only, x) {
					wanted, found[x] = true, true
				}
				picked = picked || slices.Contains(pick.Only, x)
			}
			if wanted && picked {
				ps.List, ps.data = append(ps.List, p), append(ps.data, func() (drawing, error) { return a.read(kind, data) })
			}
		}
	}
	for _, id := range o.Only {
		switch {
		case found[id]:
		case len(known) == 0:
			return nil, fmt.Errorf("charts: no picture is about %q: there is none of these charts in the run", id)
		default:
			return nil, fmt.Errorf("charts: no picture is about %q; there are some about %s", id, strings.Join(some(known, 20), ", "))
		}
	}
	return ps, nil
}

// lacks is the error of a chart that the album does not hold.
func (a *Album) lacks(chart string) error {
	if chart == placeboChart {
		return fmt.Errorf("charts: the run kept no figures for %q, which take a test of that name: run the study with --tests %s or all", chart, placeboChart)
	}
	return fmt.Errorf("charts: the run kept no figures for %q, only for %s; name it when you run the study", chart, strings.Join(a.held(), ", "))
}

// read reads a picture's data.
func (a *Album) read(kind Chart, data []byte) (drawing, error) {
	d, err := kind.read(data)
	if err == nil && a.stored {
		err = bounded(reflect.ValueOf(d))
	}
	if err == nil && a.stored {
		err = d.sense()
	}
	if err != nil {
		return nil, fmt.Errorf("charts: the data of %s cannot be read: %w", kind.Name, err)
	}
	return d, nil
}

// Draw returns picture k of the list in each format of the options, in their order,
// and forgets it. Those that follow it are begun.
//
// Errors: ctx done, an output that cannot be encoded.
func (ps *Pictures) Draw(ctx context.Context, k int) ([][]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ps.Begin(ctx, k)
	ps.mu.Lock()
	s := ps.begun[k]
	ps.mu.Unlock()
	<-s.done
	ps.mu.Lock()
	delete(ps.begun, k)
	ps.mu.Unlock()
	return s.files, s.err
}

// ahead is how many pictures are begun before they are asked for, for each processor.
const ahead = 3

// Begin begins to draw picture k and those that follow it.
func (ps *Pictures) Begin(ctx context.Context, k int) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for i := k; i < min(k+1+ahead*cap(ps.busy), len(ps.List)); i++ {
		if ps.begun[i] == nil {
			s := &sketch{done: make(chan struct{})}
			ps.begun[i] = s
			go func() {
				defer close(s.done)
				ps.busy <- struct{}{}
				defer func() { <-ps.busy }()
				if s.err = ctx.Err(); s.err == nil {
					s.files, s.err = ps.paint(i)
				}
			}()
		}
	}
}

// paint draws picture k.
func (ps *Pictures) paint(k int) (files [][]byte, err error) {
	p := ps.List[k]
	// Lists of figures that belong together have one length in what a study
	// gives; what is read from a file need not.
	defer func() {
		if x := recover(); x != nil && ps.stored {
			err = fmt.Errorf("charts: the data of %s cannot be drawn: %v", p.Stem, x)
		} else if x != nil {
			panic(x)
		}
	}()
	d, err := ps.data[k]()
	if err != nil {
		return nil, err
	}
	pg := ps.pen.compose(d.figure(ps.pen))
	for _, f := range ps.o.Formats {
		data, err := pg.encode(f, ps.o.DPI)
		if err != nil {
			return nil, fmt.Errorf("chart %s: %w", p.Name(f), err)
		}
		files = append(files, data)
	}
	return files, nil
}

// draw draws the named charts as o says.
func (a *Album) draw(ctx context.Context, names []string, o Options) ([]File, error) {
	picks := make([]Pick, len(names))
	for i, n := range names {
		picks[i].Chart = n
	}
	ps, err := a.Pictures(picks, o)
	if err != nil {
		return nil, err
	}
	return ps.all(ctx)
}

// render draws and encodes drawings as o says, which is complete.
func render(ctx context.Context, drawings []drawing, stems []string, o Options) ([]File, error) {
	t, err := newTypesetter()
	if err != nil {
		return nil, err
	}
	ps := newPictures(t, o)
	for i, d := range drawings {
		ps.List = append(ps.List, Picture{ID: d.id(), Stem: stems[i]})
		ps.data = append(ps.data, func() (drawing, error) { return d, nil })
	}
	return ps.all(ctx)
}

// all draws all pictures.
func (ps *Pictures) all(ctx context.Context) ([]File, error) {
	var files []File
	for k, p := range ps.List {
		drawn, err := ps.Draw(ctx, k)
		if err != nil {
			return nil, err
		}
		for j, f := range ps.o.Formats {
			files = append(files, File{p.Name(f), drawn[j], p.ID})
		}
	}
	return files, nil
}
