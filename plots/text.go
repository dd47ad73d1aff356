package plots

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-fonts/dejavu/dejavusans"
	"codeberg.org/go-fonts/dejavu/dejavusansbold"
	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// weight is one of the two faces that charts use.
type weight int

const (
	regular weight = iota
	bold
	weights
)

// fonts are parsed once in a process; a parsed font is read-only. DejaVu Sans
// has Latin, Arabic, Greek, Cyrillic, the minus sign and the arrows. What it
// lacks is drawn as its box for missing glyphs, never left out.
var fonts = sync.OnceValues(func() ([weights]*font.Font, error) {
	var fs [weights]*font.Font
	for w, ttf := range [weights][]byte{regular: dejavusans.TTF, bold: dejavusansbold.TTF} {
		face, err := font.ParseTTF(bytes.NewReader(ttf))
		if err != nil {
			return fs, fmt.Errorf("the embedded font cannot be read: %w", err)
		}
		fs[w] = face.Font
	}
	return fs, nil
})

// em is the size, in 1/64 of a unit, at which text is shaped; everything
// measured in it is divided by em afterwards, so that one shaping serves all
// sizes.
const em = 1024 * 64

// glyph is one outline of the set text, its origin in ems from the line's left
// end and baseline.
type glyph struct {
	face *font.Face
	id   font.GID
	x, y float64
}

// textLine is one line of shaped text, glyphs from left to right.
type textLine struct {
	glyphs []glyph
	width  float64 // ems
}

// block is text set in lines.
type block struct {
	lines     []textLine
	size      vg.Length
	rtl       bool // the paragraph reads from right to left
	truncated bool // the end is missing and an ellipsis stands for it
}

// typesetter shapes text: letters joined, marks placed, and runs put in visual
// order by the Unicode bidirectional algorithm. It is safe for concurrent use.
type typesetter struct {
	mu       sync.Mutex
	faces    [weights]*font.Face
	ascent   float64 // ems above the baseline
	descent  float64 // ems below the baseline, positive
	shaper   shaping.HarfbuzzShaper
	segment  shaping.Segmenter
	wrapper  shaping.LineWrapper
	bidi     bidi.Paragraph
	set      map[setting]block
	outlines map[glyphKey]vg.Path

	maskMu sync.Mutex
	masks  map[maskKey]*image.Alpha
}

// setting is all that decides how text is set, but its size: width is in ems.
type setting struct {
	text   string
	weight weight
	width  float64
	lines  int
}

type glyphKey struct {
	face *font.Face
	id   font.GID
}

// mostSet bounds what a typesetter keeps of what it has set.
const mostSet = 1 << 12

func newTypesetter() (*typesetter, error) {
	fs, err := fonts()
	if err != nil {
		return nil, err
	}
	t := &typesetter{set: make(map[setting]block), outlines: make(map[glyphKey]vg.Path), masks: make(map[maskKey]*image.Alpha)}
	for w, f := range fs {
		t.faces[w] = font.NewFace(f)
	}
	ext, _ := t.faces[regular].FontHExtents()
	upem := float64(t.faces[regular].Upem())
	t.ascent, t.descent = float64(ext.Ascender)/upem, -float64(ext.Descender)/upem
	return t, nil
}

// fallback resolves a rune to the face of its weight, then to any face that
// has the rune.
type fallback []*font.Face

func (f fallback) ResolveFace(r rune) *font.Face {
	for _, face := range f {
		if _, ok := face.NominalGlyph(r); ok {
			return face
		}
	}
	return f[0]
}

// lay sets txt, a paragraph, at size in lines no wider than width, and no more
// of them than lines; a width or a count of 0 is no limit.
func (t *typesetter) lay(txt string, w weight, size, width vg.Length, lines int) block {
	k := setting{txt, w, 0, lines}
	if width > 0 {
		k.width = float64(width / size)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	b, ok := t.set[k]
	if !ok {
		if len(t.set) >= mostSet {
			clear(t.set)
		}
		b = t.shape(k)
		t.set[k] = b
	}
	b.size = size
	return b
}

func (t *typesetter) shape(k setting) block {
	text := paragraph(k.text)
	if len(text) == 0 {
		return block{lines: make([]textLine, 1)}
	}
	base := baseDirection(text)
	levels := t.levels(text, base)
	faces := fallback{t.faces[k.weight], t.faces[regular]}
	in := shaping.Input{Text: text, RunEnd: len(text), Direction: base, Size: fixed.Int26_6(em), Language: language.NewLanguage("en")}

	var runs []shaping.Output
	for _, run := range slices.Clone(t.segment.Split(in, faces)) {
		for start := run.RunStart; start < run.RunEnd; {
			end := start + 1
			for end < run.RunEnd && levels[end] == levels[start] {
				end++
			}
			part := run
			part.RunStart, part.RunEnd = start, end
			runs = append(runs, t.shaper.Shape(part))
			start = end
		}
	}
	cfg := shaping.WrapConfig{Direction: base, TruncateAfterLines: k.lines}
	if k.lines > 0 {
		cfg = cfg.WithTruncator(&t.shaper, shaping.Input{Text: []rune("…"), RunEnd: 1, Direction: base, Face: faces[0],
			Size: fixed.Int26_6(em), Script: language.Common, Language: in.Language})
	}
	width := math.MaxInt32 / 64
	if k.width > 0 {
		width = int(k.width * em / 64)
	}
	wrapped, truncated := t.wrapper.WrapParagraph(cfg, width, text, shaping.NewSliceIterator(runs))
	b := block{rtl: base == di.DirectionRTL, truncated: truncated > 0}
	for i, l := range wrapped {
		b.lines = append(b.lines, visual(l, levels, base, truncated > 0 && i == len(wrapped)-1))
	}
	return b
}

// visual puts the runs of one line in their order on the page (rule L2 of the
// bidirectional algorithm) and places their glyphs. The last run of a cut line
// is the ellipsis, which belongs to the paragraph.
func visual(runs shaping.Line, levels []bidi.Level, base di.Direction, cut bool) textLine {
	type leveled struct {
		shaping.Output
		level bidi.Level
	}
	line := make([]leveled, len(runs))
	var highest bidi.Level
	for i, r := range runs {
		line[i].Output = r
		if cut && i == len(runs)-1 {
			if base == di.DirectionRTL {
				line[i].level = 1
			}
		} else {
			line[i].level = levels[r.Runes.Offset]
		}
		highest = max(highest, line[i].level)
	}
	for level := highest; level > 0; level-- {
		for i := 0; i < len(line); i++ {
			j := i
			for j < len(line) && line[j].level >= level {
				j++
			}
			slices.Reverse(line[i:j])
			i = max(i, j-1)
		}
	}
	var l textLine
	for _, r := range line {
		for _, g := range r.Glyphs {
			l.glyphs = append(l.glyphs, glyph{r.Face, g.GlyphID, l.width + float64(g.XOffset)/em, float64(g.YOffset) / em})
			l.width += float64(g.Advance) / em
		}
	}
	return l
}

// levels returns the embedding level of each rune.
func (t *typesetter) levels(text []rune, base di.Direction) []bidi.Level {
	dir := bidi.LeftToRight
	if base == di.DirectionRTL {
		dir = bidi.RightToLeft
	}
	levels := make([]bidi.Level, len(text))
	runs := t.bidi.Segment(text, dir)
	for i := range runs.NumRuns() {
		r := runs.Run(i)
		level := r.Level
		for k := r.Start; k < r.End; k++ {
			// The library gives runs of one direction, not of one level: a
			// number that ends right-to-left text (level 2) comes together
			// with the left-to-right text (level 0) that follows it.
			if level == 2 && dir == bidi.LeftToRight && !inNumber(text[r.Start:r.End], k-r.Start) {
				level = 0
			}
			levels[k] = level
		}
	}
	return levels
}

// inNumber reports whether text[k] is a digit or a separator between two.
func inNumber(text []rune, k int) bool {
	if unicode.IsDigit(text[k]) {
		return true
	}
	return strings.ContainsRune(".,:/", text[k]) && k > 0 && k+1 < len(text) && unicode.IsDigit(text[k-1]) && unicode.IsDigit(text[k+1])
}

// paragraph returns txt as the runes of one paragraph: control characters,
// line breaks among them, become spaces, which are then squeezed and trimmed.
func paragraph(txt string) []rune {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, txt)
	return []rune(strings.Join(strings.Fields(clean), " "))
}

// baseDirection is the direction of the first strong letter outside isolates
// (rules P2 and P3), left to right where there is none.
func baseDirection(text []rune) di.Direction {
	isolates := 0
	for _, r := range text {
		switch {
		case r == '\u200e' && isolates == 0:
			return di.DirectionLTR
		case r == '\u200f' && isolates == 0:
			return di.DirectionRTL
		case r >= '\u2066' && r <= '\u2068':
			isolates++
		case r == '\u2069':
			isolates = max(0, isolates-1)
		case isolates == 0 && unicode.IsLetter(r):
			switch language.LookupScript(r) {
			case language.Arabic, language.Hebrew, language.Syriac, language.Thaana, language.Nko, language.Adlam, language.Mandaic, language.Samaritan:
				return di.DirectionRTL
			}
			return di.DirectionLTR
		}
	}
	return di.DirectionLTR
}

// lineHeight is the distance between baselines, in ems.
func (t *typesetter) lineHeight() float64 { return t.ascent + t.descent }

// width returns the width of the longest line of b.
func (b block) width() vg.Length {
	var w float64
	for _, l := range b.lines {
		w = max(w, l.width)
	}
	return vg.Length(w) * b.size
}

// height returns the height that b takes.
func (t *typesetter) height(b block) vg.Length {
	return vg.Length(len(b.lines)) * vg.Length(t.lineHeight()) * b.size
}

// outline returns the contours of a glyph at a size of 1.
func (t *typesetter) outline(face *font.Face, id font.GID) vg.Path {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := glyphKey{face, id}
	if p, ok := t.outlines[k]; ok {
		return p
	}
	var p vg.Path
	if o, ok := face.GlyphDataOutline(id); ok {
		upem := vg.Length(face.Upem())
		at := func(q opentype.SegmentPoint) vg.Point {
			return vg.Point{X: vg.Length(q.X) / upem, Y: vg.Length(q.Y) / upem}
		}
		for _, s := range o.Segments {
			switch s.Op {
			case opentype.SegmentOpMoveTo:
				if len(p) > 0 {
					p.Close()
				}
				p.Move(at(s.Args[0]))
			case opentype.SegmentOpLineTo:
				p.Line(at(s.Args[0]))
			case opentype.SegmentOpQuadTo:
				p.QuadTo(at(s.Args[0]), at(s.Args[1]))
			case opentype.SegmentOpCubeTo:
				p.CubeTo(at(s.Args[0]), at(s.Args[1]), at(s.Args[2]))
			}
		}
		if len(p) > 0 {
			p.Close()
		}
	}
	t.outlines[k] = p
	return p
}

// glyphCanvas is a canvas that keeps a glyph once and refers to it.
type glyphCanvas interface {
	fillGlyphs(t *typesetter, l textLine, at vg.Point, size vg.Length)
}

// drawLine draws l in the canvas's colour with its left end and baseline at at.
func (t *typesetter) drawLine(c vg.Canvas, l textLine, at vg.Point, size vg.Length) {
	if g, ok := innermost(c).(glyphCanvas); ok {
		g.fillGlyphs(t, l, at, size)
		return
	}
	t.fillOutlines(c, l, at, size)
}

// innermost returns the canvas inside gonum/plot's bounded ones.
func innermost(c vg.Canvas) vg.Canvas {
	for {
		switch d := c.(type) {
		case draw.Canvas:
			c = d.Canvas
		case *draw.Canvas:
			c = d.Canvas
		case tame:
			c = d.CanvasSizer
		default:
			return c
		}
	}
}

// appendScaled appends p, scaled and then moved, to dst.
func appendScaled(dst, p vg.Path, scale, dx, dy vg.Length) vg.Path {
	controls := 0
	for i := range p {
		controls += len(p[i].Control)
	}
	pts := make([]vg.Point, 0, controls)
	move := func(q vg.Point) vg.Point { return vg.Point{X: q.X*scale + dx, Y: q.Y*scale + dy} }
	dst = slices.Grow(dst, len(p))
	for _, c := range p {
		c.Pos = move(c.Pos)
		from := len(pts)
		for _, q := range c.Control {
			pts = append(pts, move(q))
		}
		c.Control = pts[from:len(pts):len(pts)]
		dst = append(dst, c)
	}
	return dst
}
