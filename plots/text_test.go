package plots

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
)

var sharedSetter = sync.OnceValues(newTypesetter)

func setter(t testing.TB) *typesetter {
	t.Helper()
	ts, err := sharedSetter()
	if err != nil {
		t.Fatal(err)
	}
	return ts
}

// names returns the glyphs of a line from left to right, as the font calls
// them; Arabic forms have the names of Unicode's presentation forms.
func names(l textLine) string {
	var s []string
	for _, g := range l.glyphs {
		if n := g.face.GlyphName(g.id); n != "space" {
			s = append(s, n)
		}
	}
	return strings.Join(s, " ")
}

func TestShaping(t *testing.T) {
	ts := setter(t)
	for _, tt := range []struct{ what, text, want string }{
		// beh is U+0628 alone, FE91 at the beginning, FE92 inside, FE90 at the end.
		{"a letter alone", "ب", "uni0628"},
		{"joined, from right to left", "ببب", "uniFE90 uniFE92 uniFE91"},
		{"a letter that does not join the next", "بابا", "uniFE8E uniFE91 uniFE8E uniFE91"},
		{"lam and alef are one sign", "لا", "uniFEFB"},
		{"Latin and digits inside Arabic", "ب R1 ب 20 ب", "uni0628 two zero uni0628 R one uni0628"},
		{"Arabic inside Latin", "a بت b", "a uniFE96 uniFE91 b"},
		{"Arabic with Latin inside it, inside Latin", "a ب 3 ب b", "a uni0628 three uni0628 b"},
		{"a number that ends Arabic inside Latin", "a ب 3.5 b", "a three period five uni0628 b"},
		{"a sign turned round by its surroundings", "ب −10 ب", "uni0628 one zero minus uni0628"},
		{"a sign kept by its isolate", "ب \u2066−10\u2069 ب", "uni0628 minus one zero uni0628"},
		{"brackets mirrored", "(ب)", "parenleft uni0628 parenright"},
		{"an isolate leaves the paragraph's direction alone", "\u2068ab\u2069 ب c", "c uni0628 a b"},
		{"letters with marks", "e\u0301", "eacute"},
		{"what must not be lost", "−×→…€", "minus multiply arrowright ellipsis Euro"},
		{"control characters", "a\tb\nc\x00d", "a b c d"},
		{"nothing", " ", ""},
	} {
		b := ts.lay(tt.text, regular, 10, 0, 0)
		if len(b.lines) != 1 {
			t.Fatalf("%s: %d lines", tt.what, len(b.lines))
		}
		got := strings.Join(slices.DeleteFunc(strings.Fields(names(b.lines[0])), func(s string) bool { return s == "" }), " ")
		if got != tt.want {
			t.Errorf("%s: %q is drawn as %s, want %s", tt.what, tt.text, got, tt.want)
		}
	}
}

// A character that the font lacks leaves a box, in its place.
func TestMissingGlyph(t *testing.T) {
	ts := setter(t)
	for _, txt := range []string{"up 🚀 up", "芯片"} {
		for _, w := range []weight{regular, bold} {
			b := ts.lay(txt, w, 10, 0, 0)
			boxes := 0
			for _, g := range b.lines[0].glyphs {
				if g.id == 0 {
					boxes++
					if len(ts.outline(g.face, g.id)) == 0 {
						t.Errorf("%q: the box for a missing glyph has no outline", txt)
					}
				}
			}
			if boxes == 0 {
				t.Errorf("%q: nothing stands for the missing glyph", txt)
			}
		}
	}
}

func TestWrapping(t *testing.T) {
	ts := setter(t)
	const size, width = 10, 200
	long := strings.TrimSpace(strings.Repeat("price reaction ", 20)) // 299 characters
	for _, txt := range []string{long, arabicTitle, strings.Repeat("x", 300)} {
		b := ts.lay(txt, bold, size, width, 0)
		if len(b.lines) < 2 {
			t.Errorf("%.20s...: not wrapped", txt)
		}
		if b.width() > width+0.01 {
			t.Errorf("%.20s...: a line is %v wide, want at most %v", txt, b.width(), width)
		}
		whole, wrapped := 0, 0
		for _, l := range ts.lay(txt, bold, size, 0, 0).lines {
			whole += len(strings.Fields(names(l)))
		}
		for _, l := range b.lines {
			wrapped += len(strings.Fields(names(l)))
		}
		if whole != wrapped || b.truncated {
			t.Errorf("%.20s...: %d glyphs on one line, %d when wrapped", txt, whole, wrapped)
		}
		cut := ts.lay(txt, bold, size, width, 2)
		if len(cut.lines) != 2 || !cut.truncated || cut.width() > width+0.01 {
			t.Errorf("%.20s...: cut to %d lines, truncated %v", txt, len(cut.lines), cut.truncated)
		}
		last := strings.Fields(names(cut.lines[1]))
		if at := last[len(last)-1]; !cut.rtl && at != "ellipsis" {
			t.Errorf("%.20s...: the cut line ends with %s", txt, at)
		}
		if cut.rtl && last[0] != "ellipsis" {
			t.Errorf("%.20s...: the cut line ends with %s on the left", txt, last[0])
		}
	}
	// Wherever the cut falls, inside a number too, the ellipsis stands at the left.
	for w := vg.Length(30); w < 150; w += 2 {
		b := ts.lay("ب (2025) ab ب", regular, size, w, 1)
		if g := strings.Fields(names(b.lines[0])); b.truncated && g[0] != "ellipsis" {
			t.Errorf("%v points wide: cut to %v", w, g)
		}
	}
	if b := ts.lay(arabicTitle, bold, size, width, 0); !b.rtl || !strings.HasPrefix(names(b.lines[len(b.lines)-1]), "uni") {
		t.Error("the last line of an Arabic title is not set from right to left")
	}
}

// What the handler draws lies in the box that gonum/plot reserves for it.
func TestHandlerBox(t *testing.T) {
	h := handler{setter(t)}
	for _, txt := range []string{"0", "jÂgpq", "0\n2025-01-27", "إقدام", "a\nb\nc"} {
		for _, x := range []text.XAlignment{text.XLeft, text.XCenter, text.XRight} {
			for _, y := range []text.YAlignment{text.YTop, text.YCenter, text.YBottom} {
				for _, turn := range []float64{0, 1.5707963267948966, 0.5} {
					sty := text.Style{XAlign: x, YAlign: y, Handler: h, Rotation: turn}
					sty.Font.Size = 10
					var c recorder.Canvas
					c.KeepCaller = false
					at := vg.Point{X: 100, Y: 100}
					h.Draw(draw.NewCanvas(&c, 200, 200), txt, sty, at)
					box := sty.Rectangle(txt).Add(at)
					ink := inkOf(t, &c)
					const slack = 0.8 // side bearings reach a little past the advance
					if ink.Min.X < box.Min.X-slack || ink.Min.Y < box.Min.Y-slack || ink.Max.X > box.Max.X+slack || ink.Max.Y > box.Max.Y+slack {
						t.Errorf("%q aligned %v %v, turned %v: ink %v outside box %v", txt, x, y, turn, ink, box)
					}
				}
			}
		}
	}
}

func TestConcurrentSetting(t *testing.T) {
	ts := setter(t)
	want := names(ts.lay(arabicTitle, regular, 10, 0, 0).lines[0])
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 20 {
				b := ts.lay(arabicTitle+fmt.Sprint(k%5), regular, 10, 0, 0)
				for _, g := range b.lines[0].glyphs {
					ts.outline(g.face, g.id)
				}
				if got := names(ts.lay(arabicTitle, regular, vg.Length(i+1), 0, 0).lines[0]); got != want {
					t.Errorf("set as %s", got)
				}
			}
		})
	}
	wg.Wait()
}
