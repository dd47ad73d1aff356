package plots

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// reseal returns charts as data that Redraw takes for a run's own.
func reseal(charts []byte) []byte {
	sum := sha256.Sum256(charts)
	data, err := json.Marshal(dataFile{dataFormat, hex.EncodeToString(sum[:]), charts})
	if err != nil {
		return nil // charts is no JSON
	}
	return data
}

// FuzzRedraw draws from data that a run has not written and that is sealed all
// the same: an error or pictures, never a panic, and not for ever.
func FuzzRedraw(f *testing.F) {
	data, err := Data(f.Context(), study(f), nil)
	if err != nil {
		f.Fatal(err)
	}
	var d dataFile
	if err := json.Unmarshal(data, &d); err != nil {
		f.Fatal(err)
	}
	var held []pictures
	if err := json.Unmarshal(d.Charts, &held); err != nil {
		f.Fatal(err)
	}
	for _, c := range held {
		c.Pictures = c.Pictures[:min(1, len(c.Pictures))]
		one, err := json.Marshal([]pictures{c})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(one)
	}
	f.Fuzz(func(t *testing.T, charts []byte) {
		if len(charts) > 1<<16 {
			return
		}
		data := reseal(charts)
		var held []pictures
		if data == nil || json.Unmarshal(charts, &held) != nil {
			return
		}
		for _, c := range held {
			begun := time.Now()
			files, err := Redraw(t.Context(), data, []string{c.Chart}, Options{Width: 300, DPI: 72, Formats: []Format{SVG}})
			if caught(err) {
				t.Error(err)
			}
			for _, f := range files {
				if err := wellFormed(f.Data); err != nil {
					t.Errorf("%s: %v", f.Name, err)
				}
			}
			if took := time.Since(begun); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
		}
	})
}

// caught reports whether err is a panic that was caught: figures that were not
// looked at before they were drawn.
func caught(err error) bool { return err != nil && strings.Contains(err.Error(), "cannot be drawn") }

// wellFormed reports why data is no XML.
func wellFormed(data []byte) error {
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// tamper changes a value of decoded JSON.
func tamper(rng *rand.Rand, v any) any {
	switch v := v.(type) {
	case []any:
		if len(v) == 0 {
			return v
		}
		i := rng.IntN(len(v))
		switch rng.IntN(6) {
		case 0:
			return v[:i]
		case 1:
			return append(v[:len(v):len(v)], v[i])
		case 2:
			v[i] = nil
			return v
		}
		v[i] = tamper(rng, v[i])
	case map[string]any:
		n := rng.IntN(max(1, len(v)))
		for k := range v {
			if n--; n < 0 {
				v[k] = tamper(rng, v[k])
				break
			}
		}
	case float64:
		return []float64{0, -1, 1 << 53, -1 << 53, 1e300, 1e-300, v + 1, -v, 1e9, 1e99, v * 1000}[rng.IntN(11)]
	case string:
		return []string{"", "NaN", "Inf", v + v, "x", "\x00\x1b[31m\u202e\ufffe", strings.Repeat("word ", 2000), strings.Repeat("W", 1<<20)}[rng.IntN(8)]
	case bool:
		return !v
	default:
		return []any{0.0, "", []any{}, []any{1.0, nil}, []any{-0.5, -0.5, 0.5}, map[string]any{}}[rng.IntN(6)]
	}
	return v
}

// Charts from data that somebody has changed and sealed anew.
func TestRedrawOfTamperedData(t *testing.T) {
	data, err := Data(t.Context(), study(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	var d dataFile
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	tries := 150
	if n, err := strconv.Atoi(os.Getenv("TAMPER")); err == nil {
		tries = n
	}
	refused, drawn := 0, 0
	for try := range tries {
		rng := rand.New(rand.NewPCG(1, uint64(try)))
		var held []map[string]any
		if err := json.Unmarshal(d.Charts, &held); err != nil {
			t.Fatal(err)
		}
		c := held[try%len(held)]
		name := c["chart"].(string)
		pictures := c["pictures"].([]any)
		if len(pictures) == 0 {
			continue
		}
		pictures = pictures[:1]
		for range 1 + rng.IntN(3) {
			pictures[0] = tamper(rng, pictures[0])
		}
		charts, err := json.Marshal([]any{map[string]any{"chart": name, "pictures": pictures}})
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		_, err = Redraw(t.Context(), reseal(charts), []string{name}, Options{Width: 300, DPI: 72, Formats: []Format{PNG}})
		switch {
		case caught(err):
			t.Errorf("try %d: %v", try, err)
		case err != nil && strings.Contains(err.Error(), "\n"):
			t.Errorf("try %d: %q is not one line", try, err)
		case err != nil:
			refused++
		default:
			drawn++
		}
		if took := time.Since(begun); took > 30*time.Second {
			t.Errorf("try %d of %s took %v", try, name, took)
		}
	}
	if refused == 0 || drawn == 0 {
		t.Errorf("%d of %d refused, %d drawn", refused, tries, drawn)
	}
}
