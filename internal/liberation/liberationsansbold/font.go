// Package liberationsansbold is a stand-in, see package liberation.
package liberationsansbold

import "codeberg.org/go-fonts/dejavu/dejavusansbold"

// TTF is a font.
var TTF = dejavusansbold.TTF
