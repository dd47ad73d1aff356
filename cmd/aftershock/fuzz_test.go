package main

import (
	"bytes"
	"encoding/gob"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/internal/parts"
	"aftershock/internal/sealed"
	"aftershock/market"
	"aftershock/market/sample"
	"aftershock/report"
)

// FuzzSecurities reads files of securities: securities or problems.
func FuzzSecurities(f *testing.F) {
	for _, text := range []string{"symbol,shares\nNVDA,24.49B\n", "\ufeffSymbol, Name\nA,\"x\ny\"\n", "symbol,name\nA,b \"c\" d\n", "symbol\n\"A", "symbol,shares_date\nA,2025-13-01\n", "symbol,symbol\nA,B\n", "\n\n", "symbol,exchange\nA,NYSE\nA,Moon\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, problems := parseSecurities("s.csv", strings.NewReader(text), market.Exchanges)
		if len(list) == 0 && len(problems) == 0 && strings.Count(text, "\n") > 3 && strings.HasPrefix(text, "symbol\nA\n") {
			t.Error("rows are dropped without a word")
		}
		if len(problems) > mostProblems+1 {
			t.Errorf("%d problems are told", len(problems))
		}
		for _, s := range list {
			if s.Symbol == "" || s.Shares < 0 || math.IsInf(s.Shares, 0) || math.IsNaN(s.Shares) {
				t.Errorf("%+v is a security", s)
			}
		}
	})
}

// FuzzCharacteristics reads files of characteristics: numbers or problems.
func FuzzCharacteristics(f *testing.F) {
	for _, text := range []string{"security,x\nA,1\n", "event_id,security,x\ne,A,NaN\n", "security,x\nA,\"1\" 2\n", "security,x,x\n", "event_id\n", "security,x\nA\n", "security,x\n\"A,1\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, problems := parseCharacteristics("c.csv", strings.NewReader(text))
		if len(problems) > 0 || c == nil {
			return
		}
		for key, values := range c.values {
			if len(values) != len(c.names) {
				t.Errorf("%v has %d of %d", key, len(values), len(c.names))
			}
			for _, v := range values {
				if math.IsInf(v, 0) {
					t.Errorf("%v has %v", key, v)
				}
			}
		}
	})
}

// FuzzManifest reads manifests that no run has written, of a folder with files of
// others: these stay.
func FuzzManifest(f *testing.F) {
	for _, text := range []string{"{}", `{"program":"aftershock"}`, `{"program":"aftershock","outputs":[{"name":"../x"}]}`,
		`{"program":"aftershock","outputs":[{"name":"mine.txt","bytes":4,"sha256":"00"},{"name":"manifest.json"},{"name":""},{"name":"a/../mine.txt"}],"seal":""}`} {
		f.Add([]byte(text))
		var m report.Manifest
		if m.Program = "aftershock"; strings.Contains(text, "mine") {
			m.Outputs = []report.File{{Name: "mine.txt", Bytes: 4}, {Name: "a.csv"}}
		}
		var b bytes.Buffer
		if err := m.Write(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, "mine.txt"), []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, manifestName), data, 0o644); err != nil {
			t.Fatal(err)
		}
		m, err := readManifest(filepath.Join(dir, manifestName))
		if err != nil {
			return
		}
		for _, name := range m.names {
			if !filepath.IsLocal(filepath.FromSlash(name)) {
				t.Errorf("it lists %q", name)
			}
		}
		if m.owns(dir, "mine.txt") && !m.sealed {
			t.Error("it gives a file of others away")
		}
		if err := removeRun(dir); err == nil {
			if mine, err := os.ReadFile(filepath.Join(dir, "mine.txt")); err != nil || string(mine) != "mine" {
				t.Errorf("the file of others is %q, %v", mine, err)
			}
		}
	})
}

// FuzzPart joins parts that are sealed and that no run has written: a result or an
// error.
func FuzzPart(f *testing.F) {
	var once sync.Once
	var study *analysis.Study
	var catalog *events.Catalog
	var panel *market.Panel
	var part *analysis.Part
	prepare := func() {
		var err error
		if catalog, err = events.Shipped(); err != nil {
			f.Fatal(err)
		}
		study = analysis.DefaultStudy()
		study.EventIDs = []string{"deepseek-selloff"}
		study.Tests = analysis.DefaultTests()[:1]
		study.Model = model.Huber{} // whose fits stand in the part
		needs, err := study.Needs(catalog)
		if err != nil {
			f.Fatal(err)
		}
		panel, _ = market.Load(f.Context(), sample.Source(), market.Request{Securities: needs.Securities})
		if part, err = study.RunPart(f.Context(), catalog, panel, 1, 1, nil); err != nil {
			f.Fatal(err)
		}
	}
	once.Do(prepare)
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(parts.Part{Study: "study", Part: part}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes(), int16(0), 0.0, uint8(0), uint16(0))
	for i := range uint8(8) {
		f.Add([]byte(nil), int16(-1), math.Inf(1), i, uint16(3))
		f.Add([]byte(nil), int16(32767), math.NaN(), i, uint16(1000))
	}
	f.Fuzz(func(t *testing.T, data []byte, k int16, x float64, field uint8, at uint16) {
		s := parts.Part{}
		if len(data) > 0 {
			name := filepath.Join(t.TempDir(), "part")
			if err := sealed.Write(name, parts.Kind, func(w io.Writer) error { _, err := w.Write(data); return err }); err != nil {
				t.Fatal(err)
			}
			var err error
			if s, err = parts.Read(name); err != nil {
				return
			}
		} else {
			own := *part
			own.M, own.K = append([]int32(nil), part.M...), append([]int16(nil), part.K...)
			own.Figures = append([][]float64(nil), part.Figures...)
			switch i := int(at); field % 8 {
			case 0:
				own.M[i%len(own.M)] = int32(k) * 70_000
			case 1:
				own.K[i%len(own.K)] = k
			case 2:
				own.Index = int(k)
			case 3:
				own.Of = int(k)
			case 4:
				own.Rows = int(k)
			case 5:
				own.Excluded = []analysis.PartExclusion{{Row: int(k)}}
			case 6:
				own.Figures = own.Figures[:i%(len(own.Figures)+1)]
			default:
				j := i % len(own.Figures)
				own.Figures[j] = append([]float64(nil), own.Figures[j]...)
				if len(own.Figures[j]) > 0 {
					own.Figures[j][i%len(own.Figures[j])] = x
				}
			}
			s.Part = &own
		}
		r, err := study.Merge(t.Context(), catalog, panel, []*analysis.Part{s.Part})
		if err == nil {
			_ = report.Text(io.Discard, r, report.TextOptions{})
		}
	})
}
