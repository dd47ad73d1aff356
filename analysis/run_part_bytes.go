package analysis

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"reflect"
)

// The bytes of a part are its fields in their order: numbers as they lie in memory,
// to the bit (a NaN and a negative zero too), strings, lists and pointers after
// their length. Two parts of the same numbers are the same bytes.

// sentenceValues are the kinds of values that a Sentence holds, see there.
var sentenceValues = []reflect.Type{
	reflect.TypeFor[int](), reflect.TypeFor[float64](), reflect.TypeFor[string](), reflect.TypeFor[Sentence](), reflect.TypeFor[Names](), reflect.TypeFor[EventTitle](),
}

// MarshalBinary implements encoding.BinaryMarshaler. Its error is of a sentence that
// holds a value of a kind that [Sentence] does not name.
func (p *Part) MarshalBinary() ([]byte, error) {
	var w packer
	err := w.put(reflect.ValueOf(p).Elem())
	return w.b, err
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler. It reads what
// MarshalBinary wrote, and errs for anything else.
func (p *Part) UnmarshalBinary(data []byte) error {
	*p = Part{}
	r := unpacker{b: data}
	if err := r.get(reflect.ValueOf(p).Elem()); err != nil {
		return err
	}
	if len(r.b) > 0 {
		return errUnpacked
	}
	return nil
}

// deepest is how far sentences stand in sentences at most.
const deepest = 16

var errUnpacked = errors.New("that is no part of a study")

type packer struct{ b []byte }

func (w *packer) number(n uint64) { w.b = binary.AppendUvarint(w.b, n) }

func (w *packer) put(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Bool:
		n := uint64(0)
		if v.Bool() {
			n = 1
		}
		w.number(n)
	case reflect.Int, reflect.Int16, reflect.Int32:
		w.b = binary.AppendVarint(w.b, v.Int())
	case reflect.Uint64:
		w.b = binary.LittleEndian.AppendUint64(w.b, v.Uint())
	case reflect.Float64:
		w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(v.Float()))
	case reflect.String:
		w.number(uint64(v.Len()))
		w.b = append(w.b, v.String()...)
	case reflect.Slice:
		if v.IsNil() {
			w.number(0)
			return nil
		}
		w.number(1 + uint64(v.Len()))
		if f, ok := v.Interface().([]float64); ok {
			for _, x := range f {
				w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(x))
			}
			return nil
		}
		for i := range v.Len() {
			if err := w.put(v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if err := w.put(v.Field(i)); err != nil {
				return err
			}
		}
	case reflect.Pointer:
		if v.IsNil() {
			w.number(0)
			return nil
		}
		w.number(1)
		return w.put(v.Elem())
	case reflect.Interface:
		for k, t := range sentenceValues {
			if !v.IsNil() && v.Elem().Type() == t {
				w.number(uint64(k))
				return w.put(v.Elem())
			}
		}
		return fmt.Errorf("a sentence holds a %v, which a part cannot store", v.Elem())
	default:
		return fmt.Errorf("a part cannot store a %v", v.Type())
	}
	return nil
}

type unpacker struct {
	b     []byte
	depth int // of sentences in sentences
}

func (r *unpacker) number() (uint64, error) {
	n, k := binary.Uvarint(r.b)
	if k <= 0 {
		return 0, errUnpacked
	}
	r.b = r.b[k:]
	return n, nil
}

// length is a number of things of which each takes at least size bytes.
func (r *unpacker) length(size int) (int, error) {
	n, err := r.number()
	if err != nil || n > uint64(len(r.b)/size) {
		return 0, errUnpacked
	}
	return int(n), nil
}

func (r *unpacker) word() (uint64, error) {
	if len(r.b) < 8 {
		return 0, errUnpacked
	}
	n := binary.LittleEndian.Uint64(r.b)
	r.b = r.b[8:]
	return n, nil
}

func (r *unpacker) get(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Bool:
		n, err := r.number()
		v.SetBool(n == 1)
		return err
	case reflect.Int, reflect.Int16, reflect.Int32:
		n, k := binary.Varint(r.b)
		if k <= 0 || v.OverflowInt(n) {
			return errUnpacked
		}
		r.b = r.b[k:]
		v.SetInt(n)
	case reflect.Uint64:
		n, err := r.word()
		v.SetUint(n)
		return err
	case reflect.Float64:
		n, err := r.word()
		v.SetFloat(math.Float64frombits(n))
		return err
	case reflect.String:
		n, err := r.length(1)
		if err != nil {
			return err
		}
		v.SetString(string(r.b[:n]))
		r.b = r.b[n:]
	case reflect.Slice:
		n, err := r.number()
		if err != nil || n == 0 {
			return err
		}
		if n--; n > uint64(len(r.b)) { // nothing takes less than a byte
			return errUnpacked
		}
		if v.Type().Elem().Kind() == reflect.Float64 {
			if n > uint64(len(r.b)/8) {
				return errUnpacked
			}
			f := make([]float64, n)
			for i := range f {
				f[i] = math.Float64frombits(binary.LittleEndian.Uint64(r.b[8*i:]))
			}
			r.b = r.b[8*n:]
			v.Set(reflect.ValueOf(f))
			return nil
		}
		// No more at once than the bytes can hold: what lies may be anything.
		v.Set(reflect.MakeSlice(v.Type(), 0, int(min(n, uint64(len(r.b))/8+1))))
		zero := reflect.Zero(v.Type().Elem())
		for i := range int(n) {
			v.Set(reflect.Append(v, zero))
			if err := r.get(v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if err := r.get(v.Field(i)); err != nil {
				return err
			}
		}
	case reflect.Pointer:
		n, err := r.number()
		if err != nil || n == 0 {
			return err
		}
		v.Set(reflect.New(v.Type().Elem()))
		return r.get(v.Elem())
	case reflect.Interface:
		n, err := r.number()
		if r.depth++; err != nil || n >= uint64(len(sentenceValues)) || r.depth > deepest {
			return errUnpacked
		}
		defer func() { r.depth-- }()
		x := reflect.New(sentenceValues[n]).Elem()
		if err := r.get(x); err != nil {
			return err
		}
		v.Set(x)
	default:
		return errUnpacked
	}
	return nil
}
