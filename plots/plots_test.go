package plots

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/market"
)

var nan = math.NaN()

// repeat300 is a title of 300 characters.
var repeat300 = strings.Repeat("A title that goes on and on. ", 11)[:300]

var symbols = []string{"NVDA", "AMD", "AVGO", "TSM", "ASML", "INTC", "MU", "QCOM", "ARM", "MRVL", "TXN", "AMAT", "LRCX", "KLAC", "SMCI"}

const arabicTitle = "إقدام ديب سيك على إطلاق نموذج R1 مفتوح الأوزان (20 يناير 2025) وصعود تطبيقها إلى المركز الأول في متجر آبل الأمريكي قبل هبوط أسهم الرقائق"

// walks returns the data of both charts for n securities with made-up,
// repeatable paths.
func walks(n int, title string) (*carData, *arData) {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	s := subject{
		event:    &events.Event{ID: "deepseek-r1", Title: title, Titles: map[string]string{"en": title, "ar": arabicTitle}, Source: "github.com/deepseek-ai/DeepSeek-R1 commit 23807ce"},
		session0: []market.Date{market.NewDate(2025, 1, 27)}, used: n, model: "market", benchmarks: []string{"SPY"},
		estimation: analysis.Window{From: -270, To: -21}, window: analysis.Window{From: -10, To: 10}, returns: market.Simple, sources: []string{"embedded sample"},
	}
	car, ar := &carData{subject: s, method: "portfolio"}, &arData{subject: s}
	days := s.window.Len()
	car.average = make([]float64, days)
	for i := range n {
		name := fmt.Sprintf("SYM%02d", i)
		if i < len(symbols) {
			name = symbols[i]
		}
		y := make([]float64, days)
		sum := 0.0
		for k := range y {
			a := 0.012 * rng.NormFloat64()
			if k == 10 {
				a -= 0.05 + 0.04*rng.NormFloat64()
				ar.bars = append(ar.bars, bar{name, a, a - 0.05, a + 0.05, map[bool]float64{true: 0.01, false: 0.4}[math.Abs(a) > 0.05]})
			}
			sum += a
			y[k] = sum
			car.average[k] += sum / float64(n)
		}
		car.series = append(car.series, series{name, y})
	}
	for k, a := range car.average {
		half := 0.02 * math.Sqrt(float64(k+1))
		car.lower, car.upper = append(car.lower, a-half), append(car.upper, a+half)
	}
	if n == 1 {
		car.average = nil
	}
	return car, ar
}

// gapped is walks with everything missing that can be: single sessions, the
// end, a whole security, the limits of the band.
func gapped(n int, title string) *carData {
	d, _ := walks(n, title)
	for i := range d.series {
		y := d.series[i].y
		switch i % 5 {
		case 0:
			y[3], y[4], y[12] = nan, nan, nan
		case 1:
			for k := 14; k < len(y); k++ {
				y[k] = nan
			}
		case 2:
			for k := range y {
				y[k] = nan
			}
		case 3:
			y[5], y[7] = nan, nan
		}
	}
	d.lower[2], d.upper[20] = nan, math.Inf(1)
	d.excluded = []string{"SMCI (short-estimation)"}
	return d
}

func BenchmarkRender(b *testing.B) {
	many, manyAR := walks(14, "DeepSeek")
	for _, f := range Formats {
		b.Run(string(f), func(b *testing.B) {
			o, _ := Options{Formats: []Format{f}}.withDefaults()
			for b.Loop() {
				var ds []drawing
				var stems []string
				for i := range 20 {
					ds = append(ds, many, manyAR)
					stems = append(stems, fmt.Sprint(i), fmt.Sprint(i))
				}
				if _, err := render(context.Background(), ds, stems, o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
