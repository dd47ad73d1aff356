package plots

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"aftershock/market"
)

// floats are figures that JSON carries with seven digits, more than any page
// shows; what is not finite becomes null, and null is read as NaN.
type floats []float64

// MarshalJSON implements json.Marshaler.
func (f floats) MarshalJSON() ([]byte, error) { return marshalFigures(f, 7), nil }

// UnmarshalJSON implements json.Unmarshaler.
func (f *floats) UnmarshalJSON(b []byte) (err error) {
	*f, err = unmarshalFigures(b)
	return err
}

// rough are figures whose places are drawn but whose values are not printed:
// four digits are finer than the pixels of a page.
type rough []float64

// MarshalJSON implements json.Marshaler.
func (f rough) MarshalJSON() ([]byte, error) { return marshalFigures(f, 4), nil }

// UnmarshalJSON implements json.Unmarshaler.
func (f *rough) UnmarshalJSON(b []byte) (err error) {
	*f, err = unmarshalFigures(b)
	return err
}

func marshalFigures(f []float64, digits int) []byte {
	if f == nil {
		return []byte("null")
	}
	b := []byte{'['}
	for i, v := range f {
		if i > 0 {
			b = append(b, ',')
		}
		if finite(v) {
			b = strconv.AppendFloat(b, v, 'g', digits, 64)
		} else {
			b = append(b, "null"...)
		}
	}
	return append(b, ']')
}

func unmarshalFigures(b []byte) ([]float64, error) {
	if bytes.Equal(b, []byte("null")) {
		return nil, nil
	}
	// b is JSON, which the decoder has looked at.
	inner, opened := bytes.CutPrefix(bytes.TrimSpace(b), []byte("["))
	inner, closed := bytes.CutSuffix(inner, []byte("]"))
	if !opened || !closed {
		return nil, fmt.Errorf("%.20s is no list of numbers", b)
	}
	if inner = bytes.TrimSpace(inner); len(inner) == 0 {
		return []float64{}, nil
	}
	f := make([]float64, 0, bytes.Count(inner, []byte(","))+1)
	for r := range bytes.SplitSeq(inner, []byte(",")) {
		if r = bytes.TrimSpace(r); string(r) == "null" {
			f = append(f, math.NaN())
			continue
		}
		v, err := strconv.ParseFloat(string(r), 64)
		if err != nil {
			return nil, fmt.Errorf("%s is not a number", r)
		}
		f = append(f, v)
	}
	return f, nil
}

// days are ascending dates; JSON carries the first as its day number and the
// others as the days since the one before.
type days []market.Date

// MarshalJSON implements json.Marshaler.
func (d days) MarshalJSON() ([]byte, error) {
	steps := make([]int, len(d))
	var last market.Date
	for i, x := range d {
		steps[i], last = int(x-last), x
	}
	return json.Marshal(steps)
}

// UnmarshalJSON implements json.Unmarshaler.
func (d *days) UnmarshalJSON(b []byte) error {
	var steps []int32
	if err := json.Unmarshal(b, &steps); err != nil {
		return err
	}
	*d = make(days, len(steps))
	var last market.Date
	for i, s := range steps {
		last += market.Date(s)
		(*d)[i] = last
	}
	return nil
}
