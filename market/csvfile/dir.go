package csvfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"aftershock/internal/bounded"
	"aftershock/market"
)

// Dir is a directory of price files, one a security, named SYMBOL.csv or
// SYMBOL.csv.gz. It implements market.Source and is safe for concurrent use.
//
// A symbol that no file is named after exactly is looked for without regard to
// case, then in another spelling (see SameTicker). A name that a file system does not take may be escaped as in a URL:
// %5EGSPC.csv.
type Dir struct {
	path  string
	opt   Options
	files map[string]string // file by symbol
	other map[string]string // files of another kind, by the name without its end
}

// Open lists the price files of a directory.
func Open(path string, opt Options) (*Dir, error) {
	if opt.Order != AutoOrder && opt.Order != MonthFirst && opt.Order != DayFirst {
		return nil, fmt.Errorf("order of dates %q: it must be %s, %s or empty", opt.Order, MonthFirst, DayFirst)
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is no folder of price files", path)
	}
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("no directory %s of price files", path)
	case err != nil:
		return nil, fmt.Errorf("price files: %w", err)
	}
	d := &Dir{path: path, opt: opt, files: make(map[string]string), other: make(map[string]string)}
	for _, e := range entries {
		name := e.Name()
		base := strings.TrimSuffix(strings.ToLower(name), ".gz")
		if stem, ok := strings.CutSuffix(base, ".csv"); ok && stem != "" && !e.IsDir() && !strings.HasPrefix(name, ".") {
			symbol := name[:len(stem)]
			if u, err := url.PathUnescape(symbol); err == nil {
				symbol = u
			}
			if other, dup := d.files[symbol]; dup {
				return nil, fmt.Errorf("%s: %s and %s are both prices of %s; keep one", path, other, name, symbol)
			}
			d.files[symbol] = name
		} else if i := strings.IndexByte(name, '.'); i > 0 && !e.IsDir() {
			d.other[strings.ToUpper(name[:strings.LastIndexByte(name, '.')])] = name
		}
	}
	if len(d.files) == 0 {
		for _, e := range entries {
			if !e.IsDir() {
				return nil, fmt.Errorf("%s: no file is named SYMBOL.csv; the first is named %s", path, e.Name())
			}
		}
		return nil, fmt.Errorf("%s: no file is named SYMBOL.csv", path)
	}
	return d, nil
}

// Name returns the directory's path.
func (d *Dir) Name() string { return d.path }

// Symbols lists the securities that have a file, in ascending order.
func (d *Dir) Symbols(context.Context) ([]string, error) { return d.symbols(), nil }

func (d *Dir) symbols() []string {
	out := make([]string, 0, len(d.files))
	for s := range d.files {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

// Series reads the file of symbol. NoDate leaves an end of the span open.
func (d *Dir) Series(ctx context.Context, symbol string, from, to market.Date) (*market.Series, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	name, err := d.file(symbol)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(d.path, name)
	data, err := bounded.ReadFile(file, largestSeries, "a file of a folder holds one security")
	if err != nil {
		return nil, fmt.Errorf("prices of %s: %w", symbol, err)
	}
	s, err := Read(file, symbol, data, d.opt)
	if err != nil {
		return nil, err
	}
	return s.Between(from, to), nil
}

var _ market.Columnar = (*Dir)(nil)

// History returns what Series does, as columns, where nothing in the file needs care.
func (d *Dir) History(ctx context.Context, symbol string, from, to market.Date) (*market.History, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	name, err := d.file(symbol)
	if err != nil {
		return nil, nil // Series says it
	}
	file := filepath.Join(d.path, name)
	data, err := bounded.ReadFile(file, largestSeries, "")
	if err != nil {
		return nil, nil
	}
	if h := readPlain(file, symbol, data, d.opt); h != nil {
		return within(h, from, to), nil
	}
	return nil, nil
}

// file returns the name of the file of symbol.
func (d *Dir) file(symbol string) (string, error) {
	if name, ok := d.files[symbol]; ok {
		return name, nil
	}
	var found []string
	for s := range d.files {
		if strings.EqualFold(s, symbol) {
			found = append(found, d.files[s])
		}
	}
	if len(found) == 0 {
		for s := range d.files {
			if SameTicker(s, symbol) {
				found = append(found, d.files[s])
			}
		}
	}
	switch len(found) {
	case 0:
		err := market.UnknownSymbol(symbol, d.path, d.symbols())
		if other, ok := d.other[strings.ToUpper(symbol)]; ok {
			err = fmt.Errorf("%w: %s is there, and files are read that end in .csv", err, other)
		}
		return "", err
	case 1:
		return found[0], nil
	}
	slices.Sort(found)
	return "", fmt.Errorf("%s: %s may mean %s; rename one", d.path, symbol, strings.Join(found, " or "))
}
