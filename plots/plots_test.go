package plots

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"aftershock/analysis"
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
		headline: headline{"deepseek-r1", map[string]string{"": title, "en": title, "ar": arabicTitle}}, News: "github.com/deepseek-ai/DeepSeek-R1 commit 23807ce",
		Session0: days{market.NewDate(2025, 1, 27)},
		facts: facts{
			Used: n, Model: "market", Benchmarks: []string{"SPY"}, Weights: analysis.EqualWeights, Returns: market.Simple, Sources: []string{"embedded sample"},
			Estimation: analysis.Window{From: -270, To: -21}, Window: analysis.Window{From: -10, To: 10},
		},
	}
	car, ar := &carData{subject: s, SEMethod: "portfolio", Start: -10}, &arData{subject: s}
	sessions := s.Window.Len()
	car.Average = make([]float64, sessions)
	for i := range n {
		name := fmt.Sprintf("SYM%02d", i)
		if i < len(symbols) {
			name = symbols[i]
		}
		y := make([]float64, sessions)
		sum := 0.0
		for k := range y {
			a := 0.012 * rng.NormFloat64()
			if k == 10 {
				a -= 0.05 + 0.04*rng.NormFloat64()
				ar.add(bar{name, a, a - 0.05, a + 0.05, map[bool]float64{true: 0.01, false: 0.4}[math.Abs(a) > 0.05]})
			}
			sum += a
			y[k] = sum
			car.Average[k] += sum / float64(n)
		}
		car.Series = append(car.Series, series{Name: name, Y: y})
	}
	for k, a := range car.Average {
		half := 0.02 * math.Sqrt(float64(k+1))
		car.Lower, car.Upper = append(car.Lower, a-half), append(car.Upper, a+half)
	}
	if n == 1 {
		car.Average = nil
	}
	return car, ar
}

// gapped is walks with everything missing that can be: single sessions, the
// end, a whole security, the limits of the band.
func gapped(n int, title string) *carData {
	d, _ := walks(n, title)
	for i := range d.Series {
		y := d.Series[i].Y
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
	d.Lower[2], d.Upper[20] = nan, math.Inf(1)
	d.Excluded, d.Out = []string{"SMCI (short-estimation)"}, 1
	return d
}

// The shipped study, thrice: every chart gives the same bytes from the result,
// from the result again and from the data that a run keeps.
func TestRenderShippedStudy(t *testing.T) {
	r := study(t)
	names := chartNames()
	o := Options{Formats: Formats, Width: 400, DPI: 72}
	o.Only = []string{"deepseek-r1", "AMD", "all"}
	files, err := Render(t.Context(), r, names, o)
	if err != nil {
		t.Fatal(err)
	}
	drawn := make(map[string]int)
	for _, f := range files {
		name, _, _ := strings.Cut(strings.TrimSuffix(f.Name, path.Ext(f.Name)), "-")
		drawn[name]++
		if len(f.Data) < 1000 {
			t.Errorf("%s has %d bytes", f.Name, len(f.Data))
		}
	}
	for _, n := range names {
		want := 1
		if n == "contrast" { // none is asked for
			want = 0
		}
		if n == "residuals" { // those of the event, and those of the security at the other events
			want = 0
			for i := range r.N() {
				if x := r.Observation(i); x.Used() && (x.EventID == "deepseek-r1" || x.Security == "AMD") {
					want++
				}
			}
		}
		if drawn[n] != want*len(Formats) {
			t.Errorf("chart %s: %d files, want %d", n, drawn[n], want*len(Formats))
		}
	}
	data, err := Data(t.Context(), r, names)
	if err != nil {
		t.Fatal(err)
	}
	for what, draw := range map[string]func() ([]File, error){
		"again":     func() ([]File, error) { return Render(t.Context(), r, names, o) },
		"from data": func() ([]File, error) { return Redraw(t.Context(), data, names, o) },
	} {
		second, err := draw()
		if err != nil {
			t.Fatal(err)
		}
		if len(second) != len(files) {
			t.Fatalf("%s: %d files, want %d", what, len(second), len(files))
		}
		for i, f := range files {
			if f.Name != second[i].Name || !bytes.Equal(f.Data, second[i].Data) {
				t.Errorf("%s, drawn %s, differs", f.Name, what)
			}
		}
	}
}

// zeros returns the pictures of a chart of r by their IDs.
func take(t testing.TB, r *analysis.Result, chart string) map[string]drawing {
	t.Helper()
	c, err := chartByName(chart)
	if err != nil {
		t.Fatal(err)
	}
	ds, err := c.take(t.Context(), input{Result: r})
	if err != nil {
		t.Fatal(err)
	}
	m := make(map[string]drawing)
	for _, d := range ds {
		m[d.id()] = d
	}
	return m
}

// The charts show the result's figures as they are.
func TestTakeFromResult(t *testing.T) {
	r := study(t)
	car, ar := take(t, r, "car")["deepseek-selloff"].(*carData), take(t, r, "ar")["deepseek-selloff"].(*arData)
	g := r.Group(analysis.ByEvent, "deepseek-selloff")
	bars := ar.all()
	if g == nil || len(g.Members) != len(car.Series) || len(bars) != len(car.Series) {
		t.Fatalf("the group has %d members, the charts %d lines and %d bars", len(g.Members), len(car.Series), len(bars))
	}
	for k, i := range g.Members {
		f, s := r.AbnormalReturns(i), car.Series[k]
		if s.Name != r.Observation(i).Security || !slices.Equal(s.Y, f.Path) {
			t.Errorf("line %d is %s %v, want %s %v", k, s.Name, s.Y, r.Observation(i).Security, f.Path)
		}
		b := bars[k]
		if b.ar != f.AR[10] || b.p != r.SessionTest(i, 0).P {
			t.Errorf("%s: the bar is %v (p %v), the result's %v (p %v)", b.name, b.ar, b.p, f.AR[10], r.SessionTest(i, 0).P)
		}
		if excludes := b.lower > 0 || b.upper < 0; excludes != b.significant() {
			t.Errorf("%s: the interval [%v, %v] and p = %v disagree on 0", b.name, b.lower, b.upper, b.p)
		}
	}
	for k, a := range g.Averages {
		if car.Average[k] != a.CAAR || car.Lower[k] != a.Lower || car.Upper[k] != a.Upper {
			t.Errorf("tau %d: the average is drawn as %v [%v, %v]", a.Tau, car.Average[k], car.Lower[k], car.Upper[k])
		}
	}
	nvda := bars[slices.IndexFunc(bars, func(b bar) bool { return b.name == "NVDA" })]
	if got := percent(nvda.ar, 1); got != "−13.4%" {
		t.Errorf("Nvidia's bar on 2025-01-27 says %s, want −13.4%%", got)
	}
}

func TestBadOptions(t *testing.T) {
	r := study(t)
	for _, tt := range []struct {
		names []string
		o     Options
		want  string
	}{
		{[]string{"cra"}, Options{}, `unknown chart "cra"`},
		{nil, Options{Width: 10}, "width of 10 pixels"},
		{nil, Options{Height: -5}, "height of -5 pixels"},
		{nil, Options{DPI: 9999}, "9999 dots per inch"},
		{nil, Options{Lang: "fr"}, `language "fr"`},
		{nil, Options{Formats: []Format{"gif"}}, `format "gif"`},
		{nil, Options{Only: []string{"deepsek"}}, `no picture is about "deepsek"`},
	} {
		_, err := Render(t.Context(), r, tt.names, tt.o)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v %+v: error %v, want one line with %q", tt.names, tt.o, err, tt.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Render(ctx, r, nil, Options{}); err != context.Canceled {
		t.Errorf("a cancelled rendering returns %v", err)
	}
}

func TestFileNames(t *testing.T) {
	taken := map[string]bool{}
	safe := regexp.MustCompile(`^car[A-Za-z0-9._-]*$`)
	seen := map[string]bool{}
	for _, id := range []string{"deepseek-r1", "DeepSeek-R1", "../../etc/passwd", "a/b", "a\\b", "a b", "إقدام", "🚀", "CON", "x.", "", strings.Repeat("x", 300), strings.Repeat("x", 301)} {
		s := stem("car", id, taken)
		if !safe.MatchString(s) || len(s) > 100 {
			t.Errorf("%q gives the file name %q", id, s)
		}
		if seen[strings.ToLower(s)] {
			t.Errorf("%q gives %q, which is taken", id, s)
		}
		seen[strings.ToLower(s)] = true
	}
	if !seen["car-deepseek-r1"] || !seen["car"] {
		t.Errorf("plain IDs are changed: %v", seen)
	}
}

// Titles come from news: nothing in them becomes markup.
func TestSVG(t *testing.T) {
	for _, title := range []string{"<script>alert(1)</script>", `"&'<>]]>`, "=HYPERLINK(\"x\")", arabicTitle, "🚀", "bad \xff\x00 bytes", repeat300} {
		d, _ := walks(3, title)
		o, err := Options{Formats: []Format{SVG}}.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		files, err := render(t.Context(), []drawing{d}, []string{"x"}, o)
		if err != nil {
			t.Fatal(err)
		}
		var said string
		elements := map[string]int{}
		ids := map[string]bool{}
		dec := xml.NewDecoder(bytes.NewReader(files[0].Data))
		inTitle := false
		for {
			tok, err := dec.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%q: not well-formed: %v", title, err)
			}
			switch tok := tok.(type) {
			case xml.StartElement:
				elements[tok.Name.Local]++
				inTitle = tok.Name.Local == "title"
				for _, a := range tok.Attr {
					switch {
					case a.Name.Local == "id":
						ids[a.Value] = true
					case tok.Name.Local == "use" && a.Name.Local == "href" && !ids[strings.TrimPrefix(a.Value, "#")]:
						t.Errorf("%q: a glyph refers to %s, which is not there", title, a.Value)
					}
				}
			case xml.CharData:
				if inTitle {
					said += string(tok)
				}
			case xml.EndElement:
				inTitle = false
			}
		}
		for e := range elements {
			if !slices.Contains([]string{"svg", "title", "desc", "metadata", "defs", "g", "path", "use"}, e) {
				t.Errorf("%q: a %s element", title, e)
			}
		}
		if want := strings.ToValidUTF8(strings.ReplaceAll(title, "\x00", "\ufffd"), "\ufffd"); said != want {
			t.Errorf("the title says %q, want %q", said, want)
		}
	}
}

func TestPNG(t *testing.T) {
	d, _ := walks(14, "size")
	for _, o := range []Options{{Width: 400, DPI: 96}, {Width: 1200, Height: 800}, {Width: 2400, Height: 1350, DPI: 300, Theme: &Dark}} {
		o.Formats = []Format{PNG}
		o, err := o.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		files, err := render(t.Context(), []drawing{d}, []string{"x"}, o)
		if err != nil {
			t.Fatal(err)
		}
		data := files[0].Data
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if b := img.Bounds(); b.Dx() != o.Width || o.Height > 0 && b.Dy() != o.Height {
			t.Errorf("%d x %d pixels, want %d x %d", b.Dx(), b.Dy(), o.Width, o.Height)
		}
		at := bytes.Index(data, []byte("pHYs")) + 4
		if per := float64(binary.BigEndian.Uint32(data[at:])) * 0.0254; math.Round(per) != float64(o.DPI) {
			t.Errorf("the file says %.1f pixels an inch, want %d", per, o.DPI)
		}
		if c := color.NRGBAModel.Convert(img.At(0, 0)); c != o.Theme.Paper {
			t.Errorf("the corner is %v, want the theme's paper", c)
		}
	}
}

// A translucent colour of a PDF is written down as it is, not faded twice.
func TestPDFColor(t *testing.T) {
	d, _ := walks(3, "colour")
	theme := Dark
	theme.Band = color.NRGBA{0xcc, 0x66, 0x33, 0x26}
	o, _ := Options{Formats: []Format{PDF}, Theme: &theme}.withDefaults()
	files, err := render(t.Context(), []drawing{d}, []string{"x"}, o)
	if err != nil {
		t.Fatal(err)
	}
	var text []byte
	for _, part := range bytes.Split(files[0].Data, []byte("stream\n")) {
		if r, err := zlib.NewReader(bytes.NewReader(part)); err == nil {
			plain, _ := io.ReadAll(r)
			text = append(text, plain...)
		}
	}
	if want := "0.800 0.400 0.200 rg"; !bytes.Contains(text, []byte(want)) {
		t.Errorf("the band's colour, %s, is not in the file", want)
	}
}

// The palette keeps the colours of areas exactly and blends at edges closely.
func TestIndexed(t *testing.T) {
	flat := append(slices.Clone(Light.Series), Light.Ink, Light.Grid)
	img := image.NewRGBA(image.Rect(0, 0, 512, 4*len(flat)))
	for i, c := range flat {
		for y := 4 * i; y < 4*i+4; y++ {
			for x := range 512 {
				k := 0 // of 255 parts paper, all shades once, then the colour itself
				if x < 256 {
					k = x
				}
				mix := func(v uint8) uint8 { return uint8((int(v)*(255-k) + 255*k) / 255) }
				img.SetRGBA(x, y, color.RGBA{mix(c.R), mix(c.G), mix(c.B), 0xff})
			}
		}
	}
	out := indexed(img)
	for y := range img.Rect.Dy() {
		for x := range 512 {
			want, got := img.RGBAAt(x, y), color.RGBAModel.Convert(out.At(x, y)).(color.RGBA)
			far := 0
			for _, d := range []int{int(want.R) - int(got.R), int(want.G) - int(got.G), int(want.B) - int(got.B)} {
				far = max(far, d, -d)
			}
			if x >= 256 && far > 0 || far > 16 {
				t.Fatalf("(%d, %d): %v becomes %v", x, y, want, got)
			}
		}
	}
}

// BenchmarkRun draws PNG charts of all kinds from the data that a run keeps;
// 200 of them are to take less than five seconds on two processors.
func BenchmarkRun(b *testing.B) {
	r := simulated(b, 12, false)
	data, err := Data(b.Context(), r, chartNames())
	if err != nil {
		b.Fatal(err)
	}
	o := Options{Formats: []Format{PNG}}
	charts := 0
	for b.Loop() {
		files, err := Redraw(b.Context(), data, chartNames(), o)
		if err != nil {
			b.Fatal(err)
		}
		charts += len(files)
	}
	b.ReportMetric(200*b.Elapsed().Seconds()/float64(charts), "s/200charts")
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
