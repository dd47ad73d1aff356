// Package parts holds the files by which processes share one study: its parts, and
// its pack, from which a process computes them that has neither its configuration
// nor its sources.
package parts

import (
	"cmp"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/internal/sealed"
	"aftershock/market"
)

// Kind names the contents of the file of a part; another version of the program may
// have another.
const Kind = "part 6"

// Part is a share of a study in a file.
type Part struct {
	Study string // tells the parts of one study from those of another
	Part  *analysis.Part

	Rows  []Rows // of tables, beside it
	Shown string // tells the words and prices apart that stand in these, and that Study leaves out

	Command string   // that shared it: "calibrate", "sweep"; "": run
	Flags   []string // it had, as it takes them

	Revision, Arch string // of the program that encoded it
}

// Name is what the file of share i of n is called.
func Name(dir string, i, n int) string { return NameOf(dir, "", i, n) }

// NameOf is Name of a share of what a command does.
func NameOf(dir, command string, i, n int) string {
	if command != "" {
		command += "-"
	}
	return filepath.Join(dir, fmt.Sprintf("%spart-%d-of-%d.bin", command, i, n))
}

// Rows says of a file beside that of a part what it holds: rows of a table, of the
// observations [Lo, Hi), as report.WriteRows wrote them.
type Rows struct {
	Table, Columns string
	Lo, Hi         int
	Sum            string // of the file
}

// RowsKind names the contents of such a file.
const RowsKind = "rows 1"

// RowsName is what the file of the rows of a table of share i of n is called.
func RowsName(dir, table string, i, n int) string {
	return filepath.Join(dir, fmt.Sprintf("part-%d-of-%d-%s.rows", i, n, table))
}

// WriteRows writes the file called name of rows, whole or not at all.
func WriteRows(name string, write func(w io.Writer) error) (sum string, err error) {
	if err = sealed.Write(name, RowsKind, write); err == nil {
		sum, err = sealed.Sum(name, RowsKind)
	}
	return sum, err
}

// OpenRows opens the file called name of rows, see sealed.Open.
func OpenRows(name string, r Rows) (io.ReadCloser, error) { return sealed.Open(name, RowsKind, r.Sum) }

// In lists the files in a folder that are called as parts are, in the order of their
// names.
func In(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	var out []string
	for _, e := range entries {
		if called(e.Name()) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out, err
}

func called(name string) bool {
	_, rest, ok := strings.Cut("-"+name, "-part-")
	if !ok {
		return false
	}
	var i, n int
	var end string
	k, _ := fmt.Sscanf(rest, "%d-of-%d%s", &i, &n, &end)
	return k == 3 && end == ".bin"
}

// Foreign says why the program cannot join a part, nil where it can: another program
// has written it, or the same on a processor that rounds in other places.
func (p *Part) Foreign() error {
	switch own := revision(); {
	case p.Revision != "" && own != "" && p.Revision != own:
		return fmt.Errorf("was computed by another version of the program (%.12s; this is of %.12s); compute it again", p.Revision, own)
	case p.Arch != runtime.GOARCH:
		return fmt.Errorf("was computed on %s, and this is %s, where the last digits of sums differ; join the parts on a machine like that", cmp.Or(p.Arch, "another processor"), runtime.GOARCH)
	}
	return nil
}

// Write writes a part, with the program and the processor that computed it, whole or
// not at all. wrap, where it is not nil, is given what is written through.
func Write(name string, p Part, wrap func(io.Writer) io.Writer) error {
	return sealed.Write(name, Kind, func(w io.Writer) error {
		if wrap != nil {
			w = wrap(w)
		}
		p.Revision, p.Arch = revision(), runtime.GOARCH
		return gob.NewEncoder(w).Encode(p)
	})
}

// Sum tells the file of a part from others by its head. Parts of the same figures,
// written by one program, have one sum.
func Sum(name string) (string, error) { return sealed.Sum(name, Kind) }

// Read reads a part. Errors: those of opening the file; that it is none.
func Read(name string) (Part, error) {
	var p Part
	err := sealed.Read(name, Kind, func(r io.Reader) error { return gob.NewDecoder(r).Decode(&p) })
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission):
		return p, err
	case errors.Is(err, sealed.ErrSeal) && otherKind(name):
		return p, fmt.Errorf("%s: is a part that another version of the program has computed; compute it again with this one", name)
	case err != nil || p.Part == nil:
		return p, fmt.Errorf("%s: is no part of a study, or of another version of the program, or has changed or was cut off since; compute it again with run --shard", name)
	}
	return p, nil
}

// otherKind reports whether a file says that it is a part of another kind.
func otherKind(name string) bool {
	f, err := os.OpenFile(name, os.O_RDONLY|sealed.OpenPlain, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 32)
	n, _ := io.ReadFull(f, head)
	line, _, _ := strings.Cut(string(head[:n]), "\n")
	return strings.HasPrefix(line, "aftershock part ") && line != "aftershock "+Kind
}

// PackKind names the contents of the file of a pack.
const PackKind = "pack 1"

// Pack is all that the parts of a study are computed from: what is studied, the
// events and the prices, as they were read, mended and laid on sessions.
type Pack struct {
	Key     string // of its parts, see Part.Study
	Study   *analysis.Study
	Catalog *events.Catalog
	Panel   *market.Panel
	Placebo bool // of workers, see analysis.Worker
}

// storedPack is a Pack without its panel, which follows it.
type storedPack struct {
	Key      string
	Revision string         // of the program; "": not known
	Study    analysis.Study // without what is named
	Model    string
	Options  model.Options
	Tests    []string
	Catalog  events.Catalog
	Placebo  bool
}

// revision is that of the source of the program, "" where it was built without it.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}

// WritePack writes a pack, whole or not at all.
//
// Errors: those of writing; a model or a test that is none of the program's.
func WritePack(name string, p *Pack, wrap func(io.Writer) io.Writer) error {
	s := storedPack{Key: p.Key, Revision: revision(), Study: *p.Study, Model: p.Study.Model.Name(), Options: model.OptionsOf(p.Study.Model), Catalog: *p.Catalog, Placebo: p.Placebo}
	if m, err := model.New(s.Model, s.Options); err != nil || !reflect.DeepEqual(m, p.Study.Model) {
		return fmt.Errorf("the model %s is none of the program's, so that another process cannot have it", s.Model)
	}
	for _, t := range p.Study.Tests {
		if own, ok := analysis.TestByName(t.Name()); !ok || !reflect.DeepEqual(own, t) {
			return fmt.Errorf("the test %s is none of the program's, so that another process cannot have it", t.Name())
		}
		s.Tests = append(s.Tests, t.Name())
	}
	s.Study.Model, s.Study.Tests = nil, nil
	return sealed.Write(name, PackKind, func(w io.Writer) error {
		if wrap != nil {
			w = wrap(w)
		}
		if err := gob.NewEncoder(w).Encode(s); err != nil {
			return err
		}
		return p.Panel.Encode(w)
	})
}

// PackSum tells a pack from others by the head of its file.
func PackSum(name string) (string, error) {
	sum, err := sealed.Sum(name, PackKind)
	if errors.Is(err, sealed.ErrSeal) {
		return "", noPack(name)
	}
	return sum, err
}

func noPack(name string) error {
	return fmt.Errorf("%s: is no pack of a study, or of another version of the program, or has changed or was cut off since; make it again with run --pack", name)
}

// ReadPack reads a pack. Errors: those of opening the file; that it is none; that
// it is of another program than this.
func ReadPack(name string) (*Pack, error) {
	p := new(Pack)
	var s storedPack
	err := sealed.Read(name, PackKind, func(r io.Reader) (err error) {
		if err = gob.NewDecoder(r).Decode(&s); err == nil {
			p.Panel, err = market.DecodePanel(r)
		}
		return err
	})
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission):
		return nil, err
	case err != nil:
		return nil, noPack(name)
	case s.Revision != "" && revision() != "" && s.Revision != revision():
		return nil, fmt.Errorf("%s: was packed by another version of the program (%.12s; this is of %.12s); build both from one commit", name, s.Revision, revision())
	}
	if s.Study.Model, err = model.New(s.Model, s.Options); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, t := range s.Tests {
		test, ok := analysis.TestByName(t)
		if !ok {
			return nil, fmt.Errorf("%s: this program has no test %s; build both from one commit", name, t)
		}
		s.Study.Tests = append(s.Study.Tests, test)
	}
	s.Study.Tests = slices.Clip(s.Study.Tests)
	p.Key, p.Study, p.Catalog, p.Placebo = s.Key, &s.Study, &s.Catalog, s.Placebo
	return p, nil
}
