// Package liberationserifbold is a stand-in, see package liberation.
package liberationserifbold

import "codeberg.org/go-fonts/dejavu/dejavusansbold"

// TTF is a font.
var TTF = dejavusansbold.TTF
