package columnar

import (
	"bytes"
	"errors"
	"fmt"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
)

var kinds = []Column{
	{Name: "text", Kind: Text, Required: true}, {Name: "own", Kind: Text}, {Name: "number", Kind: Number}, {Name: "whole", Kind: Integer},
	{Name: "truth", Kind: Boolean}, {Name: "day", Kind: Date}, {Name: "never", Kind: Number},
}

// row is a row of them as the library takes it.
type row struct {
	Text   string   `parquet:"text,dict"`
	Own    *string  `parquet:"own,optional,dict"`
	Number *float64 `parquet:"number,optional"`
	Whole  *int64   `parquet:"whole,optional"`
	Truth  *bool    `parquet:"truth,optional"`
	Day    *int32   `parquet:"day,optional,date"`
	Never  *float64 `parquet:"never,optional"`
}

// file writes rows, size of them a group.
func file(t *testing.T, rows []row, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	f, err := Begin(&b, "row", kinds)
	if err != nil {
		t.Fatal(err)
	}
	f.Note("made", "for a test")
	g := NewGroup(kinds)
	end := func() {
		if err := errors.Join(g.End(), f.Write(g)); err != nil {
			t.Fatal(err)
		}
		g.Reset()
	}
	for k, r := range rows {
		g.Columns[0].Text(r.Text)
		if r.Own != nil {
			g.Columns[1].Text(*r.Own)
		} else {
			g.Null(1)
		}
		if r.Number != nil {
			g.Columns[2].Number(*r.Number)
		} else {
			g.Null(2)
		}
		if r.Whole != nil {
			g.Columns[3].Whole(*r.Whole)
		} else {
			g.Null(3)
		}
		if r.Truth != nil {
			v := int64(0)
			if *r.Truth {
				v = 1
			}
			g.Columns[4].Whole(v)
		} else {
			g.Null(4)
		}
		if r.Day != nil {
			g.Columns[5].Whole(int64(*r.Day))
		} else {
			g.Null(5)
		}
		g.Null(6)
		if err := g.EndRow(); err != nil {
			t.Fatal(err)
		}
		if (k+1)%size == 0 {
			end()
		}
	}
	end()
	if err := f.End(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// made makes n rows, with gaps of every length and, past the first page, texts that
// differ from row to row.
func made(n int) []row {
	rows := make([]row, n)
	for k := range rows {
		r := &rows[k]
		r.Text = fmt.Sprint("event ", k/100)
		if own := fmt.Sprint("نص ", k); k%7 != 0 {
			r.Own = &own
		}
		if v := math.Sqrt(float64(k)) - 50; k%5 != 0 || k > 2*pageRows {
			r.Number = &v
		}
		if v := int64(k) << 33; k%3 == 0 {
			r.Whole = &v
		}
		if v := k%4 == 0; k%11 != 0 {
			r.Truth = &v
		}
		if v := int32(k - 500); k < 2*pageRows {
			r.Day = &v
		}
	}
	return rows
}

// TestRoundTrip: the library reads what was written, in groups of which some shrink and
// some do not.
func TestRoundTrip(t *testing.T) {
	for _, n := range []int{0, 1, 17, pageRows, 4 * pageRows} {
		for _, size := range []int{1 << 20, pageRows + 5, 1000} {
			want := made(n)
			data := file(t, want, size)
			got, err := parquet.Read[row](bytes.NewReader(data), int64(len(data)))
			if err != nil {
				t.Fatalf("%d rows: %v", n, err)
			}
			if len(got) != n || n > 0 && !reflect.DeepEqual(want, got) {
				t.Fatalf("%d rows in groups of %d: %.2000s", n, size, cmp.Diff(want, got))
			}
		}
	}
}

// TestIndices: the library reads places in a dictionary of every width, whatever their runs.
func TestIndices(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		most := int32(1) << r.IntN(20)
		places := make([]int32, 0, 300)
		for n := r.IntN(300); len(places) < n; {
			v := r.Int32N(most)
			for range 1 + r.IntN(1+r.IntN(40)) {
				places = append(places, v)
			}
		}
		data := appendIndices(nil, places)
		got, err := new(rle.DictionaryEncoding).DecodeInt32(nil, data)
		if err != nil || len(got) < len(places) || !slices.Equal(got[:len(places)], places) {
			t.Fatalf("%d places below %d: %v, %v, want %v", len(places), most, got, err, places)
		}
	}
}

// TestFooter: the footer describes columns, notes and program as that of the library
// does.
func TestFooter(t *testing.T) {
	var theirs bytes.Buffer
	if err := parquet.NewWriter(&theirs, parquet.SchemaOf(row{}), parquet.KeyValueMetadata("made", "for a test")).Close(); err != nil {
		t.Fatal(err)
	}
	of := func(data []byte) string {
		f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		m := f.Metadata()
		return fmt.Sprintf("%d %+v %d %+v %q %d", m.Version, m.Schema, m.NumRows, m.KeyValueMetadata, m.CreatedBy, len(m.ColumnOrders))
	}
	if got, want := of(file(t, nil, 1)), of(theirs.Bytes()); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestStatistics: least and greatest value of a column, and how many are null.
func TestStatistics(t *testing.T) {
	data := file(t, made(100), 1<<20)
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"event 0 event 0 0", "نص 1 نص 99 15", "-49 -40.0501256289338 20", "0 850403524608 66", "false true 10", "-500 -401 0", "null null 100",
	} {
		m := f.Metadata().RowGroups[0].Columns[i].MetaData
		low, high := "null", "null"
		if c := f.RowGroups()[0].ColumnChunks()[i]; m.Statistics.MinValue != nil {
			low, high = c.Type().Kind().Value(m.Statistics.MinValue).String(), c.Type().Kind().Value(m.Statistics.MaxValue).String()
		}
		if got := fmt.Sprint(low, " ", high, " ", m.Statistics.NullCount); got != want {
			t.Errorf("%s: %s, want %s", kinds[i].Name, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	g := NewGroup(kinds[:1])
	gone := errors.New("gone")
	g.Check = func() error { return gone }
	g.Columns[0].Text("a")
	if err := g.EndRow(); err != nil {
		t.Fatal(err)
	}
	if err := g.End(); err != gone {
		t.Errorf("%v, want %v", err, gone)
	}
}
