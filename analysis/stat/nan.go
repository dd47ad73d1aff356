package stat

import "math"

var nan = math.NaN()
