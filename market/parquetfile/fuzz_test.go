package parquetfile

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"aftershock/market"

	"github.com/parquet-go/parquet-go"
)

// FuzzReadPanel reads bulk files: bytes that may be none, and such with figures
// that nobody expected. A panel or an error.
func FuzzReadPanel(f *testing.F) {
	type line struct {
		ID    int32    `parquet:"permno"`
		Date  int32    `parquet:"date,date"`
		Ret   *float64 `parquet:"ret,optional"`
		Price float64  `parquet:"close"`
	}
	write := func(name string, lines []line) error { return parquet.WriteFile(name, lines) }
	name := filepath.Join(f.TempDir(), "panel.parquet")
	if err := write(name, []line{{1, 20000, some(0.1), 1}, {2, 20000, nil, 2}, {1, 20001, some(-1), 3}}); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole, uint8(0))
	f.Add(whole, uint8(7))
	var rows []byte
	for i := range 4 {
		rows = binary.LittleEndian.AppendUint32(rows, uint32(i%2))
		rows = binary.LittleEndian.AppendUint32(rows, uint32(20000+i))
		rows = binary.LittleEndian.AppendUint64(rows, math.Float64bits([]float64{0.1, math.NaN(), -1, 1e300}[i]))
	}
	for options := range uint8(16) {
		f.Add(rows, 16|options)
	}
	f.Fuzz(func(t *testing.T, data []byte, options uint8) {
		if options&16 != 0 { // figures
			var lines []line
			for b := data; len(b) >= 16 && len(lines) < 1000; b = b[16:] {
				x := math.Float64frombits(binary.LittleEndian.Uint64(b[8:]))
				l := line{int32(binary.LittleEndian.Uint32(b)), int32(binary.LittleEndian.Uint32(b[4:])), &x, x}
				if options&32 != 0 && l.ID%3 == 0 {
					l.Ret = nil
				}
				lines = append(lines, l)
			}
			if err := write(name, lines); err != nil {
				return
			}
		} else if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
		o := PanelOptions{Layout: []Layout{Long, WideReturns, WidePrices, "other"}[options&3], Kind: market.Simple}
		if options&4 != 0 {
			o.Kind = market.Log
		}
		if options&8 != 0 {
			o.Columns.Price = "close"
		}
		p, err := ReadPanel(t.Context(), name, o)
		if err != nil {
			return
		}
		for _, c := range p.Columns {
			for _, r := range c.Return {
				if math.IsInf(r, 0) {
					t.Errorf("%s has a return of %v", c.Symbol, r)
				}
			}
		}
	})
}
