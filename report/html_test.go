package report

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"aftershock/analysis"
	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/internal/words"
	"aftershock/plots"
)

// drawn are charts of r as a run puts them on the page.
func drawn(t testing.TB, r *analysis.Result, lang string, names ...string) []Chart {
	t.Helper()
	files, err := plots.Render(context.Background(), r, names, plots.Options{Lang: lang, Formats: []plots.Format{plots.SVG}})
	if err != nil {
		t.Fatal(err)
	}
	var out []Chart
	for _, f := range files {
		c := Chart{SVG: f.Data}
		for _, e := range r.Catalog.Events {
			if e.ID == f.ID {
				c.Event = f.ID
			}
		}
		out = append(out, c)
	}
	return out
}

// darkOf is what the colours of plots.Light are in plots.Dark.
func darkOf() map[string]string {
	colors := func(t plots.Theme) []color.NRGBA {
		return append([]color.NRGBA{t.Paper, t.Ink, t.Muted, t.Faint, t.Grid, t.Rise, t.Fall}, t.Series...)
	}
	m := make(map[string]string)
	for i, c := range colors(plots.Light) {
		d := colors(plots.Dark)[i]
		m[fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)] = fmt.Sprintf("#%02x%02x%02x", d.R, d.G, d.B)
	}
	return m
}

func htmlOf(t testing.TB, r *analysis.Result, o HTMLOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// element is an element of a page.
type element struct {
	name  string
	attrs map[string]string
	text  string // of itself and its children, on one line
}

// parsed reads a page, its style and its script cut out, and fails the test
// where its elements do not nest.
func parsed(t *testing.T, page string) []*element {
	t.Helper()
	for _, tag := range []string{"style", "script"} {
		head, rest, ok := strings.Cut(page, "<"+tag+">")
		_, tail, closed := strings.Cut(rest, "</"+tag+">")
		if !ok || !closed {
			t.Fatalf("no %s", tag)
		}
		page = head + tail
	}
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, append(slices.Clone(xml.HTMLAutoClose), "input"), xml.HTMLEntity
	var all, open []*element
	for {
		tok, err := d.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			e := &element{name: tok.Name.Local, attrs: make(map[string]string)}
			for _, a := range tok.Attr {
				if _, twice := e.attrs[a.Name.Local]; twice {
					t.Errorf("<%s> has %s twice", e.name, a.Name.Local)
				}
				e.attrs[a.Name.Local] = a.Value
			}
			all = append(all, e)
			if !slices.Contains([]string{"meta", "link", "input"}, e.name) {
				open = append(open, e)
			}
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1].name != tok.Name.Local {
				t.Fatalf("</%s> closes nothing", tok.Name.Local)
			}
			open = open[:len(open)-1]
		case xml.CharData:
			for _, e := range open {
				e.text += string(tok)
			}
		case xml.Directive:
		default:
			t.Errorf("%T on the page", tok)
		}
	}
	if len(open) > 0 {
		t.Errorf("<%s> is not closed", open[len(open)-1].name)
	}
	for _, e := range all {
		e.text = strings.Join(strings.Fields(e.text), " ")
	}
	return all
}

// TestHTML holds the page to its grammar, whatever titles and names hold: it
// has only elements and attributes that are ours, every link leads
// somewhere, no name is given twice, every table has a caption and heads.
func TestHTML(t *testing.T) {
	elements := strings.Fields("html head meta title link body a svg defs path g use div nav details summary ol ul li time bdi main header h1 h2 h3 button p dl dt dd section input table caption thead tbody tfoot tr th td i article figure pre code footer select option span")
	attributes := strings.Fields("lang dir charset http-equiv content name rel href class id aria-hidden aria-label aria-labelledby aria-sort open datetime type value hidden placeholder role tabindex scope data-tip data-find data-kind data-to data-frame data-x data-y data-at download data-auto data-light data-dark data-series viewBox d fill fill-opacity stroke stroke-opacity stroke-width stroke-dasharray stroke-dashoffset transform x y")
	for _, lang := range words.Languages() {
		o := HTMLOptions{Lang: lang, Charts: drawn(t, nasty(), lang, "car", "caar"), Dark: darkOf()}
		page := htmlOf(t, nasty(), o)
		all := parsed(t, page)
		ids := make(map[string]bool)
		for _, e := range all {
			if id := e.attrs["id"]; id != "" {
				if ids[id] {
					t.Errorf("%s: two elements are called %s", lang, id)
				}
				ids[id] = true
			}
		}
		charts := 0
		for _, e := range all {
			if !slices.Contains(elements, e.name) {
				t.Errorf("%s: an element <%s>", lang, e.name)
			}
			for a, v := range e.attrs {
				if !slices.Contains(attributes, a) {
					t.Errorf("%s: <%s> has an attribute %s=%q", lang, e.name, a, v)
				}
				to := ""
				switch a {
				case "href":
					var inside bool
					if to, inside = strings.CutPrefix(v, "#"); !inside {
						to = ""
						if v != "data:," && !(e.name == "a" && e.attrs["download"] != "" && (strings.HasPrefix(v, "data:text/csv;charset=utf-8,") || strings.HasPrefix(v, "charts/"))) {
							t.Errorf("%s: <%s> leads to %q", lang, e.name, v)
						}
					}
				case "aria-labelledby":
					to = v
				}
				if to != "" && !ids[to] {
					t.Errorf("%s: <%s %s> leads nowhere: %q", lang, e.name, a, to)
				}
			}
			if name, ok := e.attrs["data-series"]; ok && name == "" {
				t.Errorf("%s: a line without a name", lang)
			}
			switch e.name {
			case "th":
				if e.attrs["scope"] == "" {
					t.Errorf("%s: a head without a scope: %s", lang, e.text)
				}
			case "caption":
				if e.text == "" {
					t.Errorf("%s: a table without a caption", lang)
				}
			case "svg":
				if e.attrs["role"] == "img" {
					charts++
					if e.attrs["aria-label"] == "" {
						t.Errorf("%s: a chart without a name", lang)
					}
				}
			}
		}
		if charts != len(o.Charts) {
			t.Errorf("%s: %d charts, want %d", lang, charts, len(o.Charts))
		}
		if n := strings.Count(page, "<script"); n != 1 || strings.Contains(all[0].text, "NaN") || strings.Contains(page, "ZgotmplZ") {
			t.Errorf("%s: %d scripts, or a figure or an attribute that is none", lang, n)
		}
		if again := htmlOf(t, nasty(), o); again != page {
			t.Errorf("%s: two writings differ", lang)
		}
	}
}

// TestHTMLTitles: a title is what it was, and nothing else.
func TestHTMLTitles(t *testing.T) {
	for lang, titles := range map[string][]string{
		"en": {tagged, formula, "Nobody knows it 🚀", strings.TrimSpace(strings.Repeat("A title without end ", 15)), "Red [31malert [0m and a second line"},
		"ar": {mixed, tagged},
	} {
		heads := make(map[string]int)
		root := map[string]string{}
		for _, e := range parsed(t, htmlOf(t, nasty(), HTMLOptions{Lang: lang, Charts: drawn(t, nasty(), lang, "car")})) {
			if e.name == "h3" {
				heads[e.text]++
			}
			if e.name == "html" {
				root = e.attrs
			}
		}
		for _, title := range titles {
			if heads[title] != 1 {
				t.Errorf("%s: %d events are called %q", lang, heads[title], title)
			}
		}
		if want := map[string]string{"en": "ltr", "ar": "rtl"}[lang]; root["dir"] != want || root["lang"] != lang {
			t.Errorf("%s: the page runs %v", lang, root)
		}
	}
}

// TestHTMLSays: the page has the sentences of the text, the methods and what it
// takes to repeat the study.
func TestHTMLSays(t *testing.T) {
	m := NewManifest(shipped())
	m.Program, m.Version, m.Clock = "aftershock", "v1.2.3", time.Date(2031, 7, 8, 0, 0, 0, 0, time.UTC)
	m.Configuration = map[string]any{"study": map[string]any{"name": "</pre><script>alert(2)</script>"}}
	m.Inputs = []File{{Name: "config.yaml", Bytes: 12, SHA256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}}
	page := htmlOf(t, shipped(), HTMLOptions{Manifest: m})
	body := ""
	for _, e := range parsed(t, page) {
		if e.name == "body" {
			body = strings.ReplaceAll(e.text, nbsp, " ")
		}
	}
	for _, want := range []string{
		"Nvidia fell 17.0%; the market explains 3.6 points of it; the remaining -13.4% is 5.2 times its usual daily error (p < 0.001) and more extreme than all 250 sessions of the estimation window.",
		"Kolari and Pynnönen (2010)", "aftershock v1.2.3", "ba7816bf8f01cfea", `"name": "\u003c/pre\u003e`, "deepseek-selloff, market; N = 12", "us-bis-2023-10-17", "short-estimation",
		"Chip shares sink on DeepSeek",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "2031") {
		t.Error("the page holds the clock")
	}
	one := htmlOf(t, shipped(), HTMLOptions{Events: []string{"janus-pro"}})
	if strings.Contains(one, "Chip shares sink on DeepSeek, Nvidia falls 17% and loses $589bn of value</bdi></h3>") || strings.Contains(one, `id="groups"`) {
		t.Error("a page about one event is about others too")
	}
}

// TestHTMLSections: what only some studies have has a section of its own, which
// the contents lead to.
func TestHTMLSections(t *testing.T) {
	r := *nasty()
	r.Regression = &analysis.Regression{Names: []string{"<b>size</b>"},
		Regression: &stat.Regression{N: 9, Coef: []float64{0.25}, SE: []float64{0.125}, T: []float64{2}, P: []float64{0.0456}}}
	with := htmlOf(t, &r, HTMLOptions{Calibration: &analysis.Calibration{Groups: []analysis.CalibratedGroup{{
		Groups: []string{"event labor-day"}, Draws: 300,
		Tests: []analysis.CalibratedTest{{Test: "patell", Draws: 300, Size: []analysis.Rate{{Level: 0.05, Share: 0.21}}, Verdict: analysis.TooOften}},
	}}}})
	without := htmlOf(t, made(t, 0, 0.1), HTMLOptions{})
	for id, want := range map[string]string{"families": "together:", "explained": "&lt;b&gt;size&lt;/b&gt;", "calibration": "patell" + nbsp + "21.0%"} {
		_, section, ok := strings.Cut(with, `<section id="`+id+`"`)
		section, _, _ = strings.Cut(section, "</section>")
		if !ok || !strings.Contains(section, want) || !strings.Contains(with, `href="#`+id+`"`) {
			t.Errorf("%s: no %q in %q", id, want, section)
		}
		if strings.Contains(without, `"`+id+`"`) || strings.Contains(without, `href="#`+id+`"`) {
			t.Errorf("%s where there is nothing to say", id)
		}
	}
}

func TestHTMLErrors(t *testing.T) {
	for want, o := range map[string]HTMLOptions{
		`no event "nope"`:                  {Events: []string{"nope"}},
		"no SVG with a view box":           {Charts: []Chart{{SVG: []byte("<p>")}}},
		"an element that is not known":     {Charts: []Chart{{SVG: []byte("<svg viewBox=\"0 0 1 1\">\n<script>alert(1)</script>\n</svg>")}}},
		"an element that is not known: <p": {Charts: []Chart{{SVG: []byte("<svg viewBox=\"0 0 1 1\">\n<path d=\"M0 0\"/><script>1</script>\n</svg>")}}},
		"more than glyphs":                 {Charts: []Chart{{SVG: []byte("<svg viewBox=\"0 0 1 1\">\n<g fill=\"red\"><a/></g>\n</svg>")}}},
	} {
		if err := HTML(io.Discard, nasty(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if err := HTML(full{}, nasty(), HTMLOptions{}); !errors.Is(err, errFull) {
		t.Errorf("failed write: %v", err)
	}
}

// TestHTMLSize: 1 MB for the shipped study, with the charts that a run draws.
func TestHTMLSize(t *testing.T) {
	charts := drawn(t, shipped(), "en")
	apart := 0
	for _, c := range charts {
		apart += len(c.SVG)
	}
	if n := len(htmlOf(t, shipped(), HTMLOptions{Charts: charts, Dark: darkOf()})); n > 1<<20 {
		t.Errorf("%d bytes with %d charts of %d bytes", n, len(charts), apart)
	}
}

// TestHTMLMany: 20 MB for 500 events of twelve securities, each event amid many
// others and with a chart.
func TestHTMLMany(t *testing.T) {
	if testing.Short() {
		t.Skip("500 events take their time")
	}
	cat := &events.Catalog{Origin: "many"}
	var charts []Chart
	few := drawn(t, shipped(), "en", "car")
	for k := range 500 {
		e := events.Event{ID: fmt.Sprintf("event-%d", k), Title: fmt.Sprintf("What happened to chips on day %d of the story", k), DateOnly: true, Time: time.Date(2024, 11, 1+k*7%211, 0, 0, 0, 0, time.UTC)}
		for _, symbol := range strings.Fields("NVDA AVGO AMD TSM ASML INTC MU QCOM ARM MRVL TXN AMAT") {
			e.Targets = append(e.Targets, events.Target{Symbol: symbol})
		}
		cat.Events = append(cat.Events, e)
		for range 2 { // the second is not shown
			charts = append(charts, Chart{Event: e.ID, SVG: few[k%len(few)].SVG})
		}
	}
	r, err := analysis.DefaultStudy().Run(context.Background(), cat, shipped().Panel, nil)
	if err != nil {
		t.Fatal(err)
	}
	page := htmlOf(t, r, HTMLOptions{Charts: charts, Dark: darkOf()})
	if n := strings.Count(page, `role="img"`); len(page) > 20<<20 || n != 500 || !strings.Contains(page, "Of more than 100 events each has one chart here.") {
		t.Errorf("%d bytes with %d charts", len(page), n)
	}
	t.Logf("%d bytes", len(page))
}

// TestGlyphSheet: what two charts share stands once, and a chart with a colour
// that the dark page does not know keeps its own paper.
func TestGlyphSheet(t *testing.T) {
	svg := func(id, color string) []byte {
		return []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="9pt" viewBox="0 0 9 4.5" role="img">` + "\n<title>A &lt; B</title>\n<desc>C</desc>\n<defs>\n<path id=\"" + id + "\" d=\"M0 0Z\"/>\n</defs>\n" +
			`<g fill="` + color + `" transform="matrix(1 0 0 1 2 3)"><use xlink:href="#` + id + `" x="0"/></g>` + "\n</svg>\n")
	}
	var s glyphSheet
	a, err := s.add(svg("g1-7", "#000000"), map[string]string{"#000000": "#ffffff"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.add(svg("g2-9", "#123456"), map[string]string{"#000000": "#ffffff"})
	if err != nil {
		t.Fatal(err)
	}
	if want := "<path id=\"g0\" d=\"m0 0z\"/>\n<g id=\"g1\"><use href=\"#g0\"/></g>\n"; s.defs.String() != want {
		t.Errorf("sheet %q, want %q", s.defs.String(), want)
	}
	if a.Name != "A < B. C" || a.ViewBox != "0 0 9 4.5" || a.Body != "<use href=\"#g1\" fill=\"#000000\" transform=\"matrix(1 0 0 1 2 3)\"/>\n" || a.Own || !b.Own {
		t.Errorf("%+v, %+v", a, b)
	}
}

// TestContrast: text reads on its ground by WCAG 2.2 (4.5 to 1) in both themes.
func TestRelative(t *testing.T) {
	for d, want := range map[string]string{
		"M40.6 210.21L63 225.31L85.4 215.8": "m40.6 210.2l22.4 15.1 22.4-9.5",
		"M0 379.21L600 379.21L600 0L0 0Z":   "m0 379.2l600 0 0-379.2-600 0z",
		"M1 1L2 2ZL3 3":                     "m1 1l1 1zl2 2",
		"M0.04 0.06C1 1 2 2 3 0Q-1 -1 0 0":  "m0 .1c1 .9 2 1.9 3-.1q-4-1-3 0",
		"M1 1M2 2":                          "m1 1m1 1",
		"":                                  "",
	} {
		if got, ok := relative(d); !ok || got != want {
			t.Errorf("%q: %q, want %q", d, got, want)
		}
	}
	for _, d := range []string{"A1 1", "M1", "M1 x", "m1 1"} {
		if got, ok := relative(d); ok {
			t.Errorf("%q: %q", d, got)
		}
	}
}

// TestTenths: a number is rounded as its float is, halves away from zero.
func TestTenths(t *testing.T) {
	check := func(d string) {
		f, err := strconv.ParseFloat(d, 64)
		if got, rest, ok := tenths(d + " 7"); got != int(math.Round(10*f)) || rest != "7" || ok != (err == nil) {
			t.Fatalf("%s: %d, %q, %v", d, got, rest, ok)
		}
	}
	for v := -130000; v <= 130000; v++ {
		check(strconv.FormatFloat(float64(v)/100, 'f', -1, 64))
		check(strconv.FormatFloat(float64(v)/100, 'f', 2, 64))
	}
	for _, d := range []string{"-0", "0.05", ".5", "-.25", "5.", "999999.95", "1234567.85", "0.149", "1.2345", "1-2", "--1", "", "-", "1.2.3", "0.1.", "12345678901"} {
		check(d)
	}
}

// TestUsesOf: a line of text is glyphs and nothing else, and each of its words stands
// in the sheet, unless it is the only one.
func TestUsesOf(t *testing.T) {
	own := map[string]string{"a": "ga", "b": "gb"}
	const a0, b5, b9, b99 = `<use xlink:href="#a" x="0"/>`, `<use xlink:href="#b" x="500"/>`, `<use xlink:href="#b" x="900" y="-3"/>`, `<use xlink:href="#b" x="9900"/>`
	for _, x := range []struct{ line, want, defs string }{
		{"", "", ""},
		{a0, `<use href="#ga"/>`, ""},
		{b5, `<use href="#gb" x="500"/>`, ""},
		{a0 + b5 + b9, `<use href="#ga"/><use href="#gb" x="500"/><use href="#gb" x="900" y="-3"/>`, ""},
		{a0 + b99, `<use href="#ga"/><use href="#gb" x="9900"/>`, ""},
		{b99 + a0 + b5, `<use href="#gb" x="9900"/><use href="#g0"/>`, "<g id=\"g0\"><use href=\"#ga\"/><use href=\"#gb\" x=\"500\"/></g>\n"},
		{b5 + b9 + b99, `<use href="#g0" x="500"/><use href="#gb" x="9900"/>`, "<g id=\"g0\"><use href=\"#gb\"/><use href=\"#gb\" x=\"400\" y=\"-3\"/></g>\n"},
	} {
		var s glyphSheet
		uses, ok := usesOf(x.line)
		if got := s.words(uses, own); !ok && x.line != "" || got != x.want || s.defs.String() != x.defs {
			t.Errorf("%s: %v, %s with %s, want %s with %s", x.line, ok, got, s.defs.String(), x.want, x.defs)
		}
	}
	for _, line := range []string{"x", `<use xlink:href="#a"/>`, `<use xlink:href="#a" x="1"`, `<use xlink:href="#a" x="1" onload="x"/>`, `<use xlink:href="#" x="1"/>`, `<use xlink:href="#a" y="1" x="1"/>`,
		`<use xlink:href="#a" x="1.5"/>`, `<use xlink:href="#a" x="+1"/>`, `<use xlink:href="#a" x="1" y="2" z="3"/>`, `<use xlink:href="#a" x="1" y=""/>`, a0 + " ", `<use xlink:href="#a"b" x="1"/>`} {
		if uses, ok := usesOf(line); ok {
			t.Errorf("%s: %v", line, uses)
		}
	}
}

func TestContrast(t *testing.T) {
	luminance := func(hex string) float64 {
		var sum float64
		for k, weight := range []float64{0.2126, 0.7152, 0.0722} {
			v, err := strconv.ParseUint(hex[1+2*k:3+2*k], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			x := float64(v) / 255
			if x <= 0.04045 {
				x /= 12.92
			} else {
				x = math.Pow((x+0.055)/1.055, 2.4)
			}
			sum += weight * x
		}
		return sum
	}
	colors := make(map[string][]string)
	for _, m := range regexp.MustCompile(`--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)`).FindAllStringSubmatch(htmlStyle, -1) {
		colors[m[1]] = m[2:]
	}
	for _, pair := range []string{"ink paper", "muted paper", "link paper", "rise paper", "fall paper", "ink soft", "muted soft", "link soft", "ink warn"} {
		text, ground, _ := strings.Cut(pair, " ")
		for theme := range 2 {
			a, b := luminance(colors[text][theme]), luminance(colors[ground][theme])
			if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
				t.Errorf("%s on %s, theme %d: %.2f to 1", text, ground, theme, ratio)
			}
		}
	}
}
