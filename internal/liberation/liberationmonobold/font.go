// Package liberationmonobold is a stand-in, see package liberation.
package liberationmonobold

import "codeberg.org/go-fonts/dejavu/dejavusansbold"

// TTF is a font.
var TTF = dejavusansbold.TTF
