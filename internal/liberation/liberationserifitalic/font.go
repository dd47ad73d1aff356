// Package liberationserifitalic is a stand-in, see package liberation.
package liberationserifitalic

import "codeberg.org/go-fonts/dejavu/dejavusans"

// TTF is a font.
var TTF = dejavusans.TTF
