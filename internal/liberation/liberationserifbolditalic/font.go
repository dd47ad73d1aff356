// Package liberationserifbolditalic is a stand-in, see package liberation.
package liberationserifbolditalic

import "codeberg.org/go-fonts/dejavu/dejavusansbold"

// TTF is a font.
var TTF = dejavusansbold.TTF
