package report

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"aftershock/analysis"
)

// Rows that were written by processes that know nothing of the whole are joined to the
// file that one writes.
func TestSharedRows(t *testing.T) {
	r := nasty()
	n := r.N()
	alone := *r
	alone.Groups, alone.Notes = nil, nil
	for _, name := range SharedTables {
		var want bytes.Buffer
		for _, table := range Tables(r) {
			if table.Name == name {
				if err := WriteCSV(&want, table); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, cuts := range [][]int{{0, n}, {0, 0, 1, n / 2, n - 1, n, n}} {
			got, err := joined(t, r, &alone, name, cuts, nil)
			if err != nil || got != want.String() {
				t.Errorf("%s, cut at %v: %v\n%s\nwant\n%s", name, cuts, err, got, want.String())
			}
		}
		// What lacks something, or is of something else, is refused.
		if _, err := joined(t, r, &alone, name, []int{0, n / 2}, nil); !errors.Is(err, ErrRows) {
			t.Errorf("%s of half of the observations: %v", name, err)
		}
		if _, err := joined(t, r, &alone, name, []int{0, n / 2, n}, func(p []Rows) { slices.Reverse(p) }); !errors.Is(err, ErrRows) {
			t.Errorf("%s in the wrong order: %v", name, err)
		}
		if _, err := joined(t, r, &alone, name, []int{0, n}, func(p []Rows) { p[0].Columns += " " }); !errors.Is(err, ErrRows) {
			t.Errorf("%s of other columns: %v", name, err)
		}
		if name == "abnormal_returns" {
			continue // whose bytes are taken as they are
		}
		for _, change := range []func(s string) string{
			func(s string) string { return s[:len(s)-1] }, func(s string) string { return s + "x" }, func(s string) string { return "\xff\xff\xff\xff\xff\xff" + s },
		} {
			_, err := joined(t, r, &alone, name, []int{0, n}, func(p []Rows) {
				in, _ := p[0].Open()
				s, _ := io.ReadAll(in)
				p[0].Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(change(string(s)))), nil }
			})
			if !errors.Is(err, ErrRows) || !strings.HasPrefix(err.Error(), "file 0: ") {
				t.Errorf("%s, changed: %v", name, err)
			}
		}
	}
	if _, err := WriteRows(io.Discard, r, "tests", 0, n); err == nil {
		t.Error("the rows of tests can be shared")
	}
}

func joined(t *testing.T, r, alone *analysis.Result, name string, cuts []int, change func([]Rows)) (string, error) {
	t.Helper()
	var rows []Rows
	for k := range len(cuts) - 1 {
		var b bytes.Buffer
		columns, err := WriteRows(&b, alone, name, cuts[k], cuts[k+1])
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, Rows{"file " + string(rune('0'+k)), cuts[k], cuts[k+1], columns, func() (io.ReadCloser, error) { return io.NopCloser(&b), nil }})
	}
	if change != nil {
		change(rows)
	}
	var b bytes.Buffer
	err := JoinCSV(&b, r, name, rows)
	return b.String(), err
}
