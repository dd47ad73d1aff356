// Package blank holds a font of one box, for every character: what is drawn with it
// by mistake is seen at once.
package blank

import _ "embed"

// TTF is the font, made for this program.
//
//go:embed blank.ttf
var TTF []byte
