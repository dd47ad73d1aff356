package analysis

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
)

// Ranks against counting, with ties, gaps, outliers and empty windows.
func TestRanks(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	k := new(ranker)
	for round := range 400 {
		x, event := make([]float64, rng.IntN(60)), make([]float64, rng.IntN(8))
		for _, s := range [][]float64{x, event} {
			for i := range s {
				switch round % 4 {
				case 0:
					s[i] = rng.NormFloat64()
				case 1:
					s[i] = float64(rng.IntN(6)) // ties
				case 2:
					s[i] = math.Exp(40 * rng.NormFloat64()) // all but a few in one bucket
				case 3:
					s[i] = 7 // no spread
				}
				if rng.IntN(10) == 0 {
					s[i] = nan
				}
			}
		}
		k.load(x, nil)
		all := present(slices.Concat(x, event))
		s := (*scratch)(nil).rankSum(len(x) + len(event))
		k.rank(event, 2, &s)
		var v float64
		if len(all) > 0 {
			v = all[rng.IntN(len(all))]
		}
		alone, sum := (*scratch)(nil).rankSum(len(x)), make([]float64, len(x))
		k.rank(nil, 1, &alone)
		own := k.insert(v, sum)
		rank := func(v float64, among []float64) (r float64) {
			for _, a := range among {
				if a < v {
					r++
				} else if a == v {
					r += 0.5
				}
			}
			return r + 0.5
		}
		for i, a := range slices.Concat(x, event) {
			var want, count float64
			if a == a {
				want, count = rank(a, all)/float64(len(all)+3), 1
			}
			if math.Abs(s.sum[i]-want) > 1e-12 || s.count[i] != count {
				t.Fatalf("round %d: rank of element %d is %v, want %v", round, i, s.sum[i], want)
			}
		}
		with := append(present(x), v)
		for i, a := range x {
			if a == a && math.Abs(alone.sum[i]+sum[i]-rank(a, with)/float64(len(with)+1)) > 1e-12 {
				t.Fatalf("round %d: rank of element %d beside %v", round, i, v)
			}
		}
		if math.Abs(own-rank(v, with)/float64(len(with)+1)) > 1e-12 {
			t.Fatalf("round %d: %v ranks %v", round, v, own)
		}
	}
}

// The tally against the ranker, row by row and in sum: gaps, rows of several
// shapes, outliers, residuals that crowd, values beyond all residuals, more
// windows than lanes and more rows than a lane counts. What has ties is left to
// the ranker, and leaves no trace.
func TestTally(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 3))
	const est, event, windows = 60, 7, 8
	fast, plain := newRanks(est, event, windows, nil), newRanks(est, event, windows, nil)
	for w := range windows {
		if w != 1 && w != 6 { // windows without a spread
			fast.general[w].sum, plain.general[w].sum = make([]float64, est), make([]float64, est)
		}
	}
	var k tally
	var oracle ranker
	k.begin(fast, est, event)
	refused := 0
	for row := range 3 * fullest {
		e, ar, sar, at := make([]float64, est), make([]float64, event), make([]float64, event), make([]float64, windows)
		scale := math.Exp(3 * rng.NormFloat64())
		for _, x := range [][]float64{e, ar, sar, at} {
			for i := range x {
				switch v := rng.NormFloat64() / scale; row % 50 {
				case 1:
					x[i] = v * math.Exp(20*rng.NormFloat64())
				case 2:
					x[i] = 1 + 1e-12*v
				case 3:
					x[i] = math.Round(30*v*scale) / scale // ties, some rows
				case 4:
					x[i] = 1e5 * v
				default:
					x[i] = v
				}
			}
		}
		if row%7 == 0 && row < fullest {
			for range rng.IntN(6) {
				e[rng.IntN(est)], ar[rng.IntN(event)], sar[rng.IntN(event)] = nan, nan, nan
			}
		}
		tied := len(present(e)) != len(distinct(e)) || len(present(slices.Concat(e, ar))) != len(distinct(slices.Concat(e, ar))) ||
			len(present(slices.Concat(e, sar))) != len(distinct(slices.Concat(e, sar)))
		for w, v := range at {
			tied = tied || plain.general[w].sum != nil && len(distinct(append(slices.Clone(e), v))) == len(distinct(e))
		}
		if added := k.add(e, ar, sar, at, scale); added == tied {
			t.Fatalf("row %d: added %v, ties %v", row, added, tied)
		} else if !added {
			refused++
			fast.add(&oracle, e, nil, ar, sar, at)
		}
		plain.add(&oracle, e, nil, ar, sar, at)
	}
	k.finish()
	if refused == 0 {
		t.Error("no row had ties")
	}
	for _, x := range [][2]*rankSum{{&fast.plain, &plain.plain}, {&fast.standardised, &plain.standardised}, {&fast.base, &plain.base}} {
		same(t, "sums", x[0].sum, x[1].sum, 1e-9) // of some 6,000
		same(t, "counts", x[0].count, x[1].count, 0)
	}
	for w := range windows {
		x, y := fast.general[w], plain.general[w]
		same(t, "window", append(slices.Clone(x.sum), x.u, x.ideal), append(slices.Clone(y.sum), y.u, y.ideal), 1e-9)
	}
}

// An outlier that leaves all others in one bucket is no case for a tally.
func TestTallyCrowd(t *testing.T) {
	const est = 250
	e := make([]float64, est)
	for i := range e {
		e[i] = 1e-6 * math.Sin(float64(i))
	}
	e[7] = 1
	out := newRanks(est, 1, 0, nil)
	var k tally
	k.begin(out, est, 1)
	if k.add(e, []float64{2}, []float64{2}, nil, math.Sqrt(est)) {
		t.Error("249 residuals were sorted within one bucket")
	}
	if k.finish(); !slices.Equal(out.plain.count, make([]float64, est+1)) {
		t.Error("what was refused left a trace")
	}
}

// distinct are the different numbers of x.
func distinct(x []float64) []float64 {
	x = present(x)
	slices.Sort(x)
	return slices.Compact(x)
}

// The ranks of one observation for all rank tests and one or five windows, with
// its residuals and standardised returns.
func BenchmarkRanks(b *testing.B) {
	p := benchPanel(b, 500, 2700)
	c := benchCatalog(p, 1000)
	for name, windows := range map[string][]Window{"1 window": {{-10, 10}}, "5 windows": DefaultStudy().CARWindows} {
		b.Run(name, func(b *testing.B) {
			s := DefaultStudy()
			s.Benchmark, s.Groups, s.CARWindows = "INDEX", nil, windows
			r := mustRun(b, s, c, p)
			rows := make([]int32, 500)
			for i := range rows {
				rows[i] = int32(i)
			}
			mem := new(scratch)
			b.ReportAllocs()
			for b.Loop() {
				mem.reset()
				p := newPool(r.eng, rows)
				p.scratch = mem
				p.ranked()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(rows)), "ns/obs")
		})
	}
}

// The rank tests by their definitions, word for word, on data with gaps: in
// the estimation windows, so that M differs, and in the event window outside
// and, counted as zero, inside the CAR window.
func TestRankDefinitions(t *testing.T) {
	for _, name := range []string{"market", "garch"} {
		s := simulate(t, 6, 500, 17)
		rng := rand.New(rand.NewPCG(5, 5))
		for _, c := range s.panel.Columns[1:] {
			for k := range 298 {
				if rng.IntN(12) == 0 {
					c.Return[k] = nan
				}
			}
		}
		s.panel.Column("S1").Return[303] = nan
		s.panel.Column("S2").Return[301] = nan
		st := s.study()
		st.EventWindow, st.CARWindows, st.MissingEvent = Window{-1, 4}, []Window{{0, 0}, {0, 2}}, ZeroMissing
		st.EstimationWindow, st.Tests = Window{-150, -2}, []Test{RankTest{}, RankStandardized{}, GRankT{}, GRankZ{}}
		st.Model, _ = model.ByName(name)
		r := s.run(t, st, s.event(300, names(6)...))
		g := r.eng
		p := newPool(g, []int32{0, 1, 2, 3, 4, 5})
		const n = 6
		est, l := st.EstimationWindow.Len(), g.length
		ar, sar := make([][]float64, n), make([][]float64, n)
		for i := range n {
			e, sigma, k := p.residuals(i), g.sigmas(i), 0
			f := r.AbnormalReturns(i)
			ar[i] = slices.Concat(e, f.AR)
			sar[i] = slices.Clone(ar[i])
			for j, v := range e {
				if v == v {
					if sigma != nil {
						sar[i][j] = v / sigma[k]
					} else {
						sar[i][j] = v / math.Sqrt(g.s2[i])
					}
					k++
				}
			}
			copy(sar[i][est:], f.SAR)
		}
		scaled := make([][]float64, n)
		for i := range n {
			scaled[i] = slices.Clone(sar[i])
			for j := est; j < est+l; j++ {
				var col []float64
				for h := range n {
					col = append(col, sar[h][j])
				}
				scaled[i][j] /= stat.Deviation(present(col))
			}
		}
		rank := func(v float64, among []float64) float64 {
			k := 0.5
			for _, a := range among {
				if a < v {
					k++
				} else if a == v {
					k += 0.5
				}
			}
			return k
		}
		// The mean over the observations that have one, and their number.
		session := func(x [][]float64, j int, of func(i int) float64) (m, count float64) {
			for i := range x {
				if v := x[i][j]; v == v {
					m += of(i)
					count++
				}
			}
			return m / count, count
		}
		corrado := func(x [][]float64, w Window) float64 {
			var ss, in, sessions float64
			for j := range est + l {
				m, count := session(x, j, func(i int) float64 { return rank(x[i][j], x[i]) / float64(1+len(present(x[i]))) })
				if count == 0 {
					continue
				}
				ss += (m - 0.5) * (m - 0.5) * count / n
				sessions++
				if w.Contains(j - est + st.EventWindow.From) {
					in += m - 0.5
				}
			}
			return math.Sqrt(float64(w.Len())) * in / float64(w.Len()) / math.Sqrt(ss/sessions)
		}
		for w, win := range st.CARWindows {
			c := newCrossSection(p, w)
			one := make([][]float64, n)
			for i := range n {
				one[i] = append(slices.Clone(sar[i][:est]), c.SCAR[i]/stat.Deviation(c.SCAR))
			}
			u := func(i, j int) float64 { return rank(one[i][j], one[i])/float64(1+len(present(one[i]))) - 0.5 }
			var ss, big, spread float64
			for j := range est + 1 {
				if m, count := session(one, j, func(i int) float64 { return u(i, j) }); count > 0 {
					ss += count / n * m * m
					big++
				}
			}
			for i := range n {
				m := float64(len(present(one[i])))
				spread += (m - 1) / (12 * (m + 1))
			}
			u0, _ := session(one, est, func(i int) float64 { return u(i, est) })
			z := u0 / math.Sqrt(ss/big)
			for test, want := range map[string]float64{
				"rank": corrado(ar, win), "rank-standardized": corrado(scaled, win),
				"grank-t": z * math.Sqrt((big-2)/(big-1-z*z)), "grank-z": u0 * n / math.Sqrt(spread),
			} {
				got := r.Groups[0].Windows[w].Test(test)
				if got == nil || math.Abs(got.Stat-want) > 1e-9 {
					t.Errorf("%s %s %s: %+v, want %v", name, win, test, got, want)
				}
			}
		}
	}
}

// The ranks of a large group are those of its blocks together, on any number
// of processors.
func TestRankBlocks(t *testing.T) {
	p := benchPanel(t, 100, 900)
	st := DefaultStudy()
	st.Benchmark, st.Tests, st.Groups = "INDEX", nil, nil
	r := mustRun(t, st, benchCatalog(p, 5000), p)
	rows := make([]int32, len(r.eng.s0))
	for i := range rows {
		rows[i] = int32(i)
	}
	work := func(procs int) *ranks {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		return newPool(r.eng, rows).ranked()
	}
	one, eight := work(1), work(8)
	if len(rows) < 4500 || !slices.Equal(one.standardised.sum, eight.standardised.sum) || one.general[2].z != eight.general[2].z {
		t.Errorf("%d rows: 1 and 8 processors rank differently", len(rows))
	}
	// Row by row, each sorted.
	job := &ranking{}
	about := newPool(r.eng, rows).firstStandardised()
	var d deviations
	d.make(len(about), nil)
	newPool(r.eng, rows).addStandardised(&d, rows, about)
	job.spread = d.spread()
	whole := newRanks(st.EstimationWindow.Len(), st.EventWindow.Len(), len(st.CARWindows), nil)
	for w := range whole.general {
		whole.general[w].sum = make([]float64, st.EstimationWindow.Len())
	}
	k, residuals := new(ranker), make([]float64, st.EstimationWindow.Len())
	l := r.eng.length
	for i := range rows {
		r.eng.residuals(i, residuals)
		sigma := math.Sqrt(r.eng.s2[i])
		event, values := make([]float64, l), make([]float64, len(st.CARWindows))
		for t, x := range r.eng.standardisable(rows[i], make([]float64, l), make([]float64, l))[0].value {
			event[t] = sigma * x / math.Sqrt(r.eng.variance(i, t)) / job.spread[t]
		}
		for w, x := range r.eng.standardisable(rows[i], make([]float64, l), make([]float64, l))[1].value {
			values[w] = sigma * (x / math.Sqrt(r.eng.carVar[i*len(values)+w]) / job.spread[l+w])
		}
		whole.add(k, residuals, nil, r.eng.abnormals(i, 0, make([]float64, l)), event, values)
	}
	for w := range whole.general {
		gen := &whole.general[w]
		gen.finish(len(rows), &whole.base)
		same(t, "window", []float64{one.general[w].u, one.general[w].z, one.general[w].ideal}, []float64{gen.u, gen.z, gen.ideal}, 1e-12)
	}
	same(t, "standardised sums", one.standardised.sum, whole.standardised.sum, 1e-9)
	same(t, "base sums", one.base.sum, whole.base.sum, 1e-9)
	same(t, "sums", one.plain.sum, whole.plain.sum, 1e-9)
	same(t, "counts", one.plain.count, whole.plain.count, 0)
}
