package stat

import (
	"encoding/csv"
	"math"
	"os"
	"testing"
)

// shared is the folder of real data beside the repository.
const shared = "../../../shared"

func needShared(t testing.TB) {
	t.Helper()
	if _, err := os.Stat(shared); err != nil {
		t.Skip("the folder of shared data does not lie beside the repository: reference values are not tested")
	}
}

// digits is the number of decimal digits on which got and want agree.
func digits(got, want float64) float64 {
	if got == want {
		return 17
	}
	return -math.Log10(math.Abs(got/want - 1))
}

func readCSV(t testing.TB, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		m := make(map[string]string)
		for i, h := range rows[0] {
			m[h] = r[i]
		}
		out = append(out, m)
	}
	return out
}

func same(t *testing.T, what string, got, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
	for i, v := range want {
		if math.IsNaN(got[i]) != math.IsNaN(v) || math.Abs(got[i]-v) > tol {
			t.Errorf("%s: element %d is %.17g, want %.17g", what, i, got[i], v)
		}
	}
}
