package model

import (
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

// near fails the test unless got is want to 1e-9 relative.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if got == want || math.IsNaN(got) && math.IsNaN(want) || math.Abs(got-want) <= 1e-9*math.Abs(want)+1e-300 {
		return
	}
	t.Errorf("%s: %.17g, want %.17g (relative difference %.2g)", what, got, want, math.Abs(got/want-1))
}
