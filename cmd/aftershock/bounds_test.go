package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// What is too large, too deep or never ends is refused, at once and by what it is.
func TestBombs(t *testing.T) {
	t.Chdir(t.TempDir())
	var zeros bytes.Buffer
	z, err := gzip.NewWriterLevel(&zeros, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	for range 128 {
		if _, err := z.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	aliases := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		aliases += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 8), i)
	}
	files := map[string]string{
		"gz/NVDA.csv.gz": zeros.String(),
		"quote.csv":      "id,date,title,securities\na,2025-01-27,\"unclosed,NVDA\n" + strings.Repeat("b,2025-01-28,x,NVDA\n", 500_000),
		"title.csv":      "id,date,title,securities\na,2025-01-27," + strings.Repeat("x", 400_000) + ",NVDA\n",
		"deep.yaml":      "study: " + strings.Repeat("[", 4000) + strings.Repeat("]", 4000) + "\n",
		"aliases.yaml":   aliases,
		"stray.csv":      "symbol,name\nNVDA,a \"stray\" quote\n",
		"stray.yaml":     "securities_file: stray.csv\n",
		"scores.csv":     "security,x\nNVDA,\"1\" 2\n",
		"scores.yaml":    "regression: {file: scores.csv, characteristics: [x]}\n",
	}
	if err := errors.Join(z.Close(), os.Mkdir("gz", 0o755)); err != nil {
		t.Fatal(err)
	}
	files["gz/NVDA.csv.gz"] = zeros.String()
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	type bomb struct {
		args   string
		status int
		says   string
	}
	bombs := []bomb{
		{"event 2025-01-27 NVDA --model mean --prices gz", 1, "NVDA.csv.gz: it is compressed and holds more than"},
		{"run --events quote.csv", 1, "quote.csv:2: a quoted text that begins in this row is never closed"},
		{"run --events title.csv", 1, "title.csv:2: title has 400000 characters, and may have 5000"},
		{"run --config deep.yaml", 2, "deep.yaml:1: is nested more than 32 deep"},
		{"run --config aliases.yaml", 2, "aliases.yaml: holds more than 1000000 values"},
		{"run --config stray.yaml", 2, `stray.csv:2: bare "`},
		{"run --config scores.yaml", 2, `scores.csv:2: extraneous or missing "`},
	}
	if _, err := os.Stat("/dev/zero"); err == nil {
		if err := os.Symlink("/dev/zero", "zero.csv"); err != nil {
			t.Fatal(err)
		}
		bombs = append(bombs, bomb{"run --events zero.csv", 1, "zero.csv holds more than 256 MiB"}, bomb{"run --config /dev/zero", 2, "/dev/zero holds more than 4 MiB"})
	}
	for _, b := range bombs {
		begun := time.Now()
		status, _, problems := aftershock(t, strings.Fields(b.args)...)
		if status != b.status || !strings.Contains(problems, b.says) {
			t.Errorf("%s: status %d, %.300s", b.args, status, problems)
		}
		if took := time.Since(begun); took > 30*time.Second {
			t.Errorf("%s took %v", b.args, took)
		}
	}
}

// A file of securities takes time in proportion to its rows.
func TestManySecurities(t *testing.T) {
	seconds := func(rows int) float64 {
		var b strings.Builder
		b.WriteString("symbol,name\n")
		for i := range rows {
			fmt.Fprintf(&b, "S%d,Name %d\n", i, i)
		}
		begun := time.Now()
		if list, problems := parseSecurities("s.csv", strings.NewReader(b.String()), nil); len(list) != rows || len(problems) > 0 {
			t.Fatalf("%d securities, %v", len(list), problems)
		}
		return time.Since(begun).Seconds()
	}
	seconds(1000)
	if a, b := seconds(20_000), seconds(200_000); b > 40*a+0.5 {
		t.Errorf("20,000 rows take %.2f s, ten times as many %.2f s", a, b)
	}
}
