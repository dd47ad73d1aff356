// Package liberationserifregular is a stand-in, see package liberation.
package liberationserifregular

import "codeberg.org/go-fonts/dejavu/dejavusans"

// TTF is a font.
var TTF = dejavusans.TTF
