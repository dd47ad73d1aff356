// Package liberationsansbolditalic is a stand-in, see package liberation.
package liberationsansbolditalic

import "codeberg.org/go-fonts/dejavu/dejavusansbold"

// TTF is a font.
var TTF = dejavusansbold.TTF
