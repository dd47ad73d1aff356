// Package shortest writes numbers as [strconv.AppendFloat] does with the format 'g' and
// the precision -1, the shortest decimal that reads back to the same number, in about a
// third of its time: numbers are most of what a table in a text file is.
package shortest

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
)

// Append appends v to b, as strconv.AppendFloat(b, v, 'g', -1, 64) does.
//
// It is R. Giulietti's method ("The Schubfach way to render doubles", 2020) for
// numbers of a usual size. Others are left to strconv.
func Append(b []byte, v float64) []byte {
	digits, exp, ok := decimal(math.Float64bits(v))
	if !ok {
		return strconv.AppendFloat(b, v, 'g', -1, 64)
	}
	if digits >= 1e15 {
		if out, ok := appendLong(b, math.Signbit(v), digits, exp); ok {
			return out
		}
	}
	if math.Signbit(v) {
		b = append(b, '-')
	}
	// 17 digits, zeros in front where there are fewer.
	var d [24]byte
	high := digits / 1e16
	low := digits - high*1e16
	d[0] = byte('0' + high)
	upper := low / 1e8
	eightDigits(d[1:9], upper)
	eightDigits(d[9:17], low-upper*1e8)
	first, last := 0, 17
	for d[first] == '0' {
		first++
	}
	for d[last-1] == '0' {
		last--
	}
	s := d[first:last]
	point := 17 - first + exp // where the decimal point stands in s
	switch {
	case point < -3 || point > 6:
		b = append(b, s[0])
		if len(s) > 1 {
			b = append(append(b, '.'), s[1:]...)
		}
		e := point - 1
		sign := byte('+')
		if e < 0 {
			sign, e = '-', -e
		}
		return append(b, 'e', sign, byte('0'+e/10), byte('0'+e%10)) // of two digits: see least, most
	case point <= 0:
		return append(append(b, "0.000"[:2-point]...), s...)
	case point >= len(s):
		return append(append(b, s...), "00000"[:point-len(s)]...)
	}
	return append(append(append(b, s[:point]...), '.'), s[point:]...)
}

// appendLong is Append for the numbers that most results are: of 16 or 17 digits, and
// not so small or large that they take an exponent. They are put in their places at once.
func appendLong(b []byte, negative bool, digits uint64, exp int) ([]byte, bool) {
	const most = 32 // bytes that may be written to
	n := 16
	if digits >= 1e16 {
		n = 17
	}
	point := n + exp // where the decimal point stands among the digits
	if point < -3 || point > 6 {
		return b, false
	}
	at := len(b)
	if cap(b)-at < most {
		b = append(b, make([]byte, most)...)[:at]
	}
	out := b[at : at+most]
	i := 0
	if negative {
		out[0], i = '-', 1
	}
	start := i + 1 // of the digits, before the point is put between them
	if point <= 0 {
		copy(out[i:i+5], "0.000")
		start = i + 2 - point
	}
	end := start
	if high := digits / 1e16; high > 0 {
		out[start] = byte('0' + high)
		digits -= high * 1e16
		end++
	}
	upper := digits / 1e8
	eightDigits(out[end:end+8], upper)
	eightDigits(out[end+8:end+16], digits-upper*1e8)
	end += 16
	if point > 0 {
		copy(out[i:], out[start:start+point])
		out[i+point] = '.'
	}
	for out[end-1] == '0' {
		end--
	}
	if out[end-1] == '.' { // it is whole
		return b, false
	}
	return b[:at+end], true
}

// eightDigits writes n < 10^8 to b with zeros in front: four, two and one digit at a
// time, the parts side by side in one word.
func eightDigits(b []byte, n uint64) {
	four := n / 10000
	w := four | (n-10000*four)<<32
	two := w * 10486 >> 20 & 0x0000007f_0000007f // a hundredth of each half
	w = two | (w-100*two)<<16
	one := w * 103 >> 10 & 0x000f_000f_000f_000f // a tenth of each quarter
	w = one | (w-10*one)<<8
	binary.LittleEndian.PutUint64(b, w|0x30303030_30303030)
}

// The binary exponents q of the numbers c 2^q, c of 53 bits, that are written here:
// from some 1e-29 to 1e30.
const (
	least = -148
	most  = 47
)

// powers holds by k, from leastPower on, the least whole g of 128 bits, its highest bit
// set, with
//
//	g >= 10^-k 2^r
//
// for a whole r; TestPowers computes them.
var powers = [...][2]uint64{
	{0xb35dbf821ae4f38b, 0xdda2802c8a800000}, {0x8f7e32ce7bea5c6f, 0xe4820023a2000000}, {0xe596b7b0c643c719, 0x6d9ccd05d0000000},
	{0xb7abc627050305ad, 0xf14a3d9e40000000}, {0x92efd1b8d0cf37be, 0x5aa1cae500000000}, {0xeb194f8e1ae525fd, 0x5dcfab0800000000},
	{0xbc143fa4e250eb31, 0x17d955a000000000}, {0x96769950b50d88f4, 0x1314448000000000}, {0xf0bdc21abb48db20, 0x1e86d40000000000},
	{0xc097ce7bc90715b3, 0x4b9f100000000000}, {0x9a130b963a6c115c, 0x3c7f400000000000}, {0xf684df56c3e01bc6, 0xc732000000000000},
	{0xc5371912364ce305, 0x6c28000000000000}, {0x9dc5ada82b70b59d, 0xf020000000000000}, {0xfc6f7c4045812296, 0x4d00000000000000},
	{0xc9f2c9cd04674ede, 0xa400000000000000}, {0xa18f07d736b90be5, 0x5000000000000000}, {0x813f3978f8940984, 0x4000000000000000},
	{0xcecb8f27f4200f3a, 0x0000000000000000}, {0xa56fa5b99019a5c8, 0x0000000000000000}, {0x84595161401484a0, 0x0000000000000000},
	{0xd3c21bcecceda100, 0x0000000000000000}, {0xa968163f0a57b400, 0x0000000000000000}, {0x878678326eac9000, 0x0000000000000000},
	{0xd8d726b7177a8000, 0x0000000000000000}, {0xad78ebc5ac620000, 0x0000000000000000}, {0x8ac7230489e80000, 0x0000000000000000},
	{0xde0b6b3a76400000, 0x0000000000000000}, {0xb1a2bc2ec5000000, 0x0000000000000000}, {0x8e1bc9bf04000000, 0x0000000000000000},
	{0xe35fa931a0000000, 0x0000000000000000}, {0xb5e620f480000000, 0x0000000000000000}, {0x9184e72a00000000, 0x0000000000000000},
	{0xe8d4a51000000000, 0x0000000000000000}, {0xba43b74000000000, 0x0000000000000000}, {0x9502f90000000000, 0x0000000000000000},
	{0xee6b280000000000, 0x0000000000000000}, {0xbebc200000000000, 0x0000000000000000}, {0x9896800000000000, 0x0000000000000000},
	{0xf424000000000000, 0x0000000000000000}, {0xc350000000000000, 0x0000000000000000}, {0x9c40000000000000, 0x0000000000000000},
	{0xfa00000000000000, 0x0000000000000000}, {0xc800000000000000, 0x0000000000000000}, {0xa000000000000000, 0x0000000000000000},
	{0x8000000000000000, 0x0000000000000000}, {0xcccccccccccccccc, 0xcccccccccccccccd}, {0xa3d70a3d70a3d70a, 0x3d70a3d70a3d70a4},
	{0x83126e978d4fdf3b, 0x645a1cac083126ea}, {0xd1b71758e219652b, 0xd3c36113404ea4a9}, {0xa7c5ac471b478423, 0x0fcf80dc33721d54},
	{0x8637bd05af6c69b5, 0xa63f9a49c2c1b110}, {0xd6bf94d5e57a42bc, 0x3d32907604691b4d}, {0xabcc77118461cefc, 0xfdc20d2b36ba7c3e},
	{0x89705f4136b4a597, 0x31680a88f8953031}, {0xdbe6fecebdedd5be, 0xb573440e5a884d1c}, {0xafebff0bcb24aafe, 0xf78f69a51539d749},
	{0x8cbccc096f5088cb, 0xf93f87b7442e45d4}, {0xe12e13424bb40e13, 0x2865a5f206b06fba}, {0xb424dc35095cd80f, 0x538484c19ef38c95},
}

const leastPower = -45 // log10 of 2^least

// decimal returns the shortest whole number and power of ten
//
//	digits 10^exp
//
// that reads back to the number of these bits, its sign left out, the one next to it where
// there are several. digits has at most 17 digits, and may end in zeros. ok is false
// for numbers that are not written here.
func decimal(b uint64) (digits uint64, exp int, ok bool) {
	const fraction = 1<<52 - 1
	biased := int(b >> 52 & 0x7ff)
	q := biased - 1075
	if biased == 0 || q < least || q > most {
		return 0, 0, false
	}
	c := b&fraction | 1<<52
	// Decimals from low to high read back to c 2^q; all times 4. Its neighbour below
	// is nearer where it has another exponent. Halves are rounded to the even c.
	odd := c & 1
	low, k := 4*c-2, (q*1262611)>>22 // floor(log10(2^q))
	if b&fraction == 0 {
		low, k = 4*c-1, (q*1262611-524031)>>22 // floor(log10(3/4 2^q))
	}
	h := uint(q+(-k*1741647)>>19+1) & 7 // from c 2^q to the scale of g
	g := &powers[k-leastPower]
	lower, value, upper := scaled(g, low<<h)+odd, scaled(g, 4*c<<h), scaled(g, (4*c+2)<<h)-odd
	s := value / 4
	if s >= 10 {
		tens := s / 10
		below, above := lower <= 40*tens, 40*tens+40 <= upper
		if below != above {
			if above {
				tens++
			}
			return tens, k + 1, true
		}
	}
	below, above := lower <= 4*s, 4*s+4 <= upper
	switch middle := 4*s + 2; {
	case below != above:
		if above {
			s++
		}
	case value > middle || value == middle && s&1 == 1:
		s++
	}
	return s, k, true
}

// scaled returns g c / 2^128, rounded to the odd neighbour where it is not whole.
func scaled(g *[2]uint64, c uint64) uint64 {
	x, _ := bits.Mul64(g[1], c)
	high, low := bits.Mul64(g[0], c)
	low, carry := bits.Add64(low, x, 0)
	high += carry
	if low > 1 {
		high |= 1
	}
	return high
}
