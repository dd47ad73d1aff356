package article

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"aftershock/internal/pattern"
)

// longest is the length in bytes from which a sentence is cut at a blank: pages
// have lists without an end.
const longest = 2000

// abbreviations are words whose point ends no sentence.
var abbreviations = pattern.NewWords(`inc corp co ltd mr mrs ms dr prof jr sr st vs jan feb mar apr jun jul aug sep sept oct nov dec no gov sen rep gen u.s u.k e.g i.e a.m p.m`)

// sentences cuts text into its sentences, each a range of bytes without the blanks
// about it. A line never goes on in the next.
func sentences(text string) [][2]int {
	var out [][2]int
	start := 0
	end := func(i int) {
		from, to := start, i
		for from < to {
			r, size := utf8.DecodeRuneInString(text[from:to])
			if !unicode.IsSpace(r) {
				break
			}
			from += size
		}
		for from < to {
			r, size := utf8.DecodeLastRuneInString(text[from:to])
			if !unicode.IsSpace(r) {
				break
			}
			to -= size
		}
		if from < to {
			out = append(out, [2]int{from, to})
		}
		start = i
	}
	for i, r := range text {
		after := i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			after = i + 1
		}
		switch r {
		case '\n', '\r', '\u2028', '\u2029':
			end(i)
		case '!', '?', '؟':
			if after == len(text) || closes(text[after:]) {
				end(after + quotes(text[after:]))
			}
		case '.', '…':
			if after < len(text) && !closes(text[after:]) || abbreviates(text[start:i]) || dotted(text[start:i], text[after:]) {
				continue
			}
			if next := strings.TrimLeft(text[after:], " \"'”’»)«“"); next != "" {
				if c, _ := utf8.DecodeRuneInString(next); unicode.IsLower(c) {
					continue
				}
			}
			end(after + quotes(text[after:]))
		case ' ':
			if i-start > longest {
				end(i)
			}
		}
	}
	end(len(text))
	return out
}

// closes reports whether what follows a point may follow the end of a sentence.
func closes(after string) bool {
	rest := after[quotes(after):]
	if rest == "" {
		return true
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsSpace(r) || len(rest) < len(after) || unicode.Is(unicode.Arabic, r) && !unicode.IsDigit(r)
}

// quotes returns the length of the closing quotation marks that s begins with.
func quotes(s string) int {
	n := 0
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !strings.ContainsRune("\"'”’»)«", r) || r == '«' && n == 0 {
			break
		}
		n += size
	}
	return n
}

// dotted reports whether a point stands between letters of a name: إف.تي.إكس.
func dotted(before, after string) bool {
	next, _ := utf8.DecodeRuneInString(after)
	if !unicode.IsLetter(next) {
		return false
	}
	n := 0
	for len(before) > 0 {
		r, size := utf8.DecodeLastRuneInString(before)
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			break
		}
		n++
		before = before[:len(before)-size]
	}
	return n <= 3
}

// abbreviates reports whether s ends with a word that its point does not end.
func abbreviates(s string) bool {
	i := strings.LastIndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '(' || r == '"' })
	word := s[i+1:]
	if i >= 0 {
		_, size := utf8.DecodeRuneInString(s[i:])
		word = s[i+size:]
	}
	if len(word) == 1 && unicode.IsUpper(rune(word[0])) {
		return true
	}
	return abbreviations.Has(strings.ToLower(word))
}

// arabicText reports whether most letters of s are Arabic.
func arabicText(s string) bool {
	arabic, latin := 0, 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Arabic, r):
			arabic++
		case unicode.IsLetter(r):
			latin++
		}
	}
	return arabic > latin
}
