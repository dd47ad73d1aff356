package stat

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestOrderOf(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{0, 1, 2, 3, 100, 5000} {
		for kind := range 4 {
			keys := make([]uint64, n)
			for i := range keys {
				switch kind {
				case 0:
					keys[i] = r.Uint64()
				case 1:
					keys[i] = math.Float64bits(r.Float64())
				case 2:
					keys[i] = uint64(r.IntN(5)) << 62
				case 3:
					keys[i] = 7
				}
			}
			want := make([]int32, n)
			for i := range want {
				want[i] = int32(i)
			}
			slices.SortStableFunc(want, func(a, b int32) int { return cmp.Compare(keys[a], keys[b]) })
			if got := OrderOf(keys); !slices.Equal(got, want) {
				t.Errorf("%d of kind %d: %v, want %v", n, kind, got, want)
			}
		}
	}
}
