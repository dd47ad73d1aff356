// Package liberationmonobolditalic is a stand-in, see package liberation.
package liberationmonobolditalic

import "codeberg.org/go-fonts/liberation/blank"

// TTF is a font.
var TTF = blank.TTF
