// Package liberationsansregular is a stand-in, see package liberation.
package liberationsansregular

import "codeberg.org/go-fonts/liberation/blank"

// TTF is a font.
var TTF = blank.TTF
