package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// The kinds of a message on stderr.
const (
	asInfo    = "info"
	asWarning = "warning"
	asError   = "error"
)

// The forms of --log.
const (
	textLog = "text"
	jsonLog = "json"
)

// say writes a message to stderr, its first word the program's name on each line.
func (a *app) say(format string, args ...any) { a.tell(asWarning, fmt.Sprintf(format, args...)) }

// tell writes a message of a kind to stderr: a line each of its lines, or a JSON
// object each.
func (a *app) tell(kind, text string, more ...any) {
	for line := range strings.Lines(text) {
		line = printable(strings.TrimSuffix(line, "\n"), longestMessage)
		if a.log != jsonLog {
			fmt.Fprintf(a.stderr, "aftershock: %s\n", line)
			continue
		}
		object := append([]any{"time", a.now().UTC().Format(time.RFC3339), "level", kind, "message", line}, more...)
		fmt.Fprintln(a.stderr, jsonObject(object))
	}
}

// jsonObject writes names and values, in their order, as a JSON object.
func jsonObject(pairs []any) string {
	var b strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		name, err1 := json.Marshal(pairs[i])
		value, err2 := json.Marshal(pairs[i+1])
		if err1 != nil || err2 != nil {
			continue // no value of ours
		}
		b.WriteString([]string{"{", ","}[min(i, 1)])
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	return b.String() + "}"
}

// note writes what is good to know, where a person reads it, or a log.
func (a *app) note(format string, args ...any) {
	if a.log == jsonLog || isTerminal(a.stderr) && !a.silent {
		a.tell(asInfo, fmt.Sprintf(format, args...))
	}
}

// longestMessage is the most characters of a line of stderr: names in it may be of
// any length.
const longestMessage = 2000

// printable returns text fit for a terminal and a log: what steers one, or turns the
// direction of writing, is written as an escape, but for what sets words apart and
// ends in text; and what is longer than most
// characters is cut.
func printable(text string, most int) string {
	isolates := strings.ContainsRune(text, '\u2066') && balanced(text)
	plain := func(r rune) bool {
		if r == '\u2066' || r == '\u2069' {
			return isolates
		}
		// U+200E and U+200F only mark a direction, U+200C and U+200D join letters.
		return r == '\t' || r == '\u200c' || r == '\u200d' || r == '\u200e' || r == '\u200f' || unicode.IsPrint(r) || unicode.Is(unicode.Zs, r)
	}
	if len(text) <= most && strings.IndexFunc(text, func(r rune) bool { return !plain(r) || r == unicode.ReplacementChar }) < 0 {
		return text
	}
	var b strings.Builder
	n := 0
	for i, r := range text {
		if n++; n > most {
			fmt.Fprintf(&b, "… (%d bytes more)", len(text)-i)
			break
		}
		if plain(r) && r != unicode.ReplacementChar {
			b.WriteRune(r)
		} else {
			quoted := strconv.QuoteToASCII(string(r))
			if r == unicode.ReplacementChar && text[i] != 0xef {
				quoted = fmt.Sprintf(`"\x%02x"`, text[i])
			}
			b.WriteString(quoted[1 : len(quoted)-1])
		}
	}
	return b.String()
}

// cells takes the rows of a table and makes their cells fit for a terminal.
type cells struct{ rows [][]string }

// Write implements io.Writer. Rows end in line feeds, cells in tabs; a call has whole
// rows.
func (c *cells) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		row := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		for i, cell := range row {
			row[i] = printable(cell, longestMessage)
		}
		c.rows = append(c.rows, row)
	}
	return len(p), nil
}

// balanced reports whether what s isolates from the text around it, as words of
// another direction, ends in it.
func balanced(s string) bool {
	open := 0
	for _, r := range s {
		switch r {
		case '\u2066':
			open++
		case '\u2069':
			if open--; open < 0 {
				return false
			}
		}
	}
	return open == 0
}
