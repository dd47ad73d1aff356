// Package liberationmonobolditalic is a stand-in, see package liberation.
package liberationmonobolditalic

import "codeberg.org/go-fonts/dejavu/dejavusansbold"

// TTF is a font.
var TTF = dejavusansbold.TTF
