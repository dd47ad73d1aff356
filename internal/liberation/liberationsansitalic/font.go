// Package liberationsansitalic is a stand-in, see package liberation.
package liberationsansitalic

import "codeberg.org/go-fonts/liberation/blank"

// TTF is a font.
var TTF = blank.TTF
