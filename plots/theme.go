package plots

import (
	"image/color"
	"math"
)

// Theme is the colours of a chart.
type Theme struct {
	Name    string
	Paper   color.NRGBA   // background
	Ink     color.NRGBA   // titles, the average, marks
	Muted   color.NRGBA   // captions, tick labels
	Faint   color.NRGBA   // lines that stand back
	Grid    color.NRGBA   // grid lines
	Band    color.NRGBA   // interval bands, translucent
	Rise    color.NRGBA   // above zero
	Fall    color.NRGBA   // below zero
	Neutral color.NRGBA   // at zero, between Fall and Rise
	Series  []color.NRGBA // lines, in the order in which they are given out
}

// Light is the theme for paper and white pages.
var Light = Theme{
	Name:    "light",
	Paper:   rgb(0xffffff),
	Ink:     rgb(0x1a1a1a),
	Muted:   rgb(0x5c5c5c),
	Faint:   rgb(0xb8b8b8),
	Grid:    rgb(0xe4e4e4),
	Band:    color.NRGBA{0x1a, 0x1a, 0x1a, 0x1e},
	Rise:    rgb(0x0067a5),
	Fall:    rgb(0xb84a00),
	Neutral: rgb(0xf5f5f5),
	// Okabe and Ito's hues and Tol's, darkened until text in them reads on
	// white (contrast of at least 4.5 to 1), in an order that keeps
	// neighbours apart for every kind of colour vision.
	Series: []color.NRGBA{rgb(0x0067a5), rgb(0xb84a00), rgb(0x00745a), rgb(0xa3487f), rgb(0x332288), rgb(0x7a6400), rgb(0x882255)},
}

// Dark is the theme for dark pages.
var Dark = Theme{
	Name:    "dark",
	Paper:   rgb(0x16181d),
	Ink:     rgb(0xf2f2f2),
	Muted:   rgb(0xa9adb5),
	Faint:   rgb(0x5a5f68),
	Grid:    rgb(0x2c3037),
	Band:    color.NRGBA{0xf2, 0xf2, 0xf2, 0x26},
	Rise:    rgb(0x56b4e9),
	Fall:    rgb(0xf08a3c),
	Neutral: rgb(0x23272e),
	Series:  []color.NRGBA{rgb(0x56b4e9), rgb(0xf08a3c), rgb(0x2fc29a), rgb(0xe08fbd), rgb(0x9d9bf0), rgb(0xe5d34a), rgb(0xf27f86)},
}

// Themes is every theme.
var Themes = []Theme{Light, Dark}

func rgb(x uint32) color.NRGBA {
	return color.NRGBA{R: uint8(x >> 16), G: uint8(x >> 8), B: uint8(x), A: 0xff}
}

// faded returns c with the given opacity, 0 to 1.
func faded(c color.NRGBA, opacity float64) color.NRGBA {
	c.A = uint8(255*opacity + 0.5)
	return c
}

// mix returns the colour that lies a share of the way from a to b, 0 to 1, in
// linear light, where equal shares look more equal than in sRGB's own numbers.
func mix(a, b color.NRGBA, share float64) color.NRGBA {
	between := func(x, y uint8) uint8 {
		v := (1-share)*linear(x) + share*linear(y)
		if v <= 0.0031308 {
			return uint8(255*12.92*v + 0.5)
		}
		return uint8(255*(1.055*math.Pow(v, 1/2.4)-0.055) + 0.5)
	}
	return color.NRGBA{between(a.R, b.R), between(a.G, b.G), between(a.B, b.B), 0xff}
}

// linear returns the light of a component of sRGB.
func linear(v uint8) float64 {
	s := float64(v) / 255
	if s <= 0.04045 {
		return s / 12.92
	}
	return math.Pow((s+0.055)/1.055, 2.4)
}

// contrast is the ratio of the lighter colour's luminance to the darker's, 1
// to 21 (WCAG 2.1).
func contrast(a, b color.NRGBA) float64 {
	luminance := func(c color.NRGBA) float64 {
		return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B) + 0.05
	}
	la, lb := luminance(a), luminance(b)
	return max(la, lb) / min(la, lb)
}
