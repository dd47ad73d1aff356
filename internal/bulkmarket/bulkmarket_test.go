package bulkmarket

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The same numbers give the same bytes, others give others; a panel that is there
// stays.
func TestWrite(t *testing.T) {
	write := func(dir string, c Catalog, securities, n int) map[string][]byte {
		t.Helper()
		if err := Write(dir, c, securities, n); err != nil {
			t.Fatal(err)
		}
		out := make(map[string][]byte)
		for _, name := range []string{"panel.parquet", c.Name + ".csv", c.Name + ".yaml"} {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil || len(data) == 0 {
				t.Fatal(err)
			}
			out[name] = data
		}
		return out
	}
	for _, c := range Catalogs {
		a, b := write(t.TempDir(), c, 4, 30), write(t.TempDir(), c, 4, 30)
		for name, data := range a {
			if !bytes.Equal(data, b[name]) {
				t.Errorf("%s: %s is another when it is drawn again", c.Name, name)
			}
		}
		dir := t.TempDir()
		more := write(dir, c, 5, 31)
		if bytes.Equal(a["panel.parquet"], more["panel.parquet"]) || bytes.Equal(a[c.Name+".csv"], more[c.Name+".csv"]) {
			t.Errorf("%s: another market is the same", c.Name)
		}
		if again := write(dir, c, 4, 30); !bytes.Equal(again["panel.parquet"], more["panel.parquet"]) {
			t.Errorf("%s: the panel that was there did not stay", c.Name)
		}
	}
	if Write(t.TempDir(), Catalogs[0], 0, 1) == nil || Write(t.TempDir(), Catalogs[0], 1, 0) == nil {
		t.Error("a market of nothing is drawn")
	}
}
