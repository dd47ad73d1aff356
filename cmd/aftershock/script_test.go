package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gofrs/flock"
	"github.com/rogpeppe/go-internal/testscript"

	"aftershock/market"
	"aftershock/market/sample"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"aftershock": main})
}

// TestScripts runs the command lines of testdata/script. Each finds the prices
// of four securities of the sample in the folder prices.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Values[yahooKey{}] = new(atomic.Pointer[fakeYahoo])
			if err := os.CopyFS(e.WorkDir, os.DirFS(importFixtures)); err != nil {
				return err
			}
			return writePrices(filepath.Join(e.WorkDir, "prices"))
		},
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"replace": replace, "edit": edit, "hold": hold, "samerun": sameRun, "exits": exits,
			"yahoo": yahooCmd, "damage": damage,
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %s", cond)
		},
	})
}

func writePrices(dir string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for _, symbol := range []string{"SPY", "NVDA", "AVGO", "MU"} {
		s, err := sample.Source().Series(context.Background(), symbol, market.NoDate, market.NoDate)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		fmt.Fprintln(&b, "Date,Close,Adj Close,Volume")
		for _, r := range s.Bars {
			fmt.Fprintf(&b, "%s,%v,%v,%.0f\n", r.Date, r.Close, r.AdjClose, r.Volume)
		}
		if err := os.WriteFile(filepath.Join(dir, symbol+".csv"), b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// exits STATUS COMMAND [ARG ...] runs a command and checks its exit status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits status command [arg ...]")
	}
	status := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		status = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(status) != args[0] {
		ts.Fatalf("exit status %d, want %s", status, args[0])
	}
}

// replace OLD NEW FILE replaces every OLD; both are written as in Go strings.
func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace old new file")
	}
	var text [2]string
	for i := range text {
		var err error
		text[i], err = strconv.Unquote(`"` + args[i] + `"`)
		ts.Check(err)
	}
	old := ts.ReadFile(args[2])
	if !strings.Contains(old, text[0]) {
		ts.Fatalf("%s does not contain %q", args[2], text[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(strings.ReplaceAll(old, text[0], text[1])), 0o644))
}

// edit HOW FILE changes a price file as people's files differ: bom puts a
// byte-order mark before it, thousands multiplies its prices by a thousand and
// separates the thousands, cut takes the end of its last line away, drop DATE
// removes a row, price DATE VALUE sets both closes of a row.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: edit how file")
	}
	name := args[len(args)-1]
	text := ts.ReadFile(name)
	switch args[0] {
	case "bom":
		text = "\ufeff" + text
	case "cut":
		text = text[:len(text)-20]
	default:
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		ts.Check(err)
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		for i, row := range rows {
			switch {
			case args[0] == "thousands" && i > 0:
				for k := 1; k <= 3; k++ {
					row[k] = thousands(ts, row[k], k < 3)
				}
			case args[0] == "price" && row[0] == args[1]:
				row[1], row[2] = args[2], args[2]
			case args[0] == "drop" && row[0] == args[1]:
				continue
			}
			ts.Check(w.Write(row))
		}
		w.Flush()
		if b.String() == text {
			ts.Fatalf("edit %v changed nothing", args)
		}
		text = b.String()
	}
	ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
}

// thousands writes a number with commas, a thousand times as large if scaled.
func thousands(ts *testscript.TestScript, s string, scaled bool) string {
	v, err := strconv.ParseFloat(s, 64)
	ts.Check(err)
	if scaled {
		v *= 1000
	}
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(v, 'f', 3, 64), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if !scaled {
		return whole
	}
	return whole + "." + fraction
}

// hold DIR locks an output directory until the script ends, as a run does.
func hold(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hold dir")
	}
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	l := flock.New(filepath.Join(dir, lockName))
	ok, err := l.TryLock()
	ts.Check(err)
	if !ok {
		ts.Fatalf("%s is locked", dir)
	}
	ts.Defer(func() { l.Close() })
}

// samerun A B checks that two output directories hold the same bytes, but for
// the manifest's clock and directory.
func sameRun(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: samerun a b")
	}
	a, b := runFiles(ts, args[0]), runFiles(ts, args[1])
	differ := ""
	for name, data := range a {
		if b[name] != data {
			differ = name
		}
	}
	if len(a) != len(b) {
		differ = fmt.Sprintf("number of files, %d and %d", len(a), len(b))
	}
	if (differ != "") != neg {
		ts.Fatalf("%s and %s: difference %q", args[0], args[1], differ)
	}
}

func runFiles(ts *testscript.TestScript, dir string) map[string]string {
	root := ts.MkAbs(dir)
	out := make(map[string]string)
	ts.Check(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if d.Name() == manifestName && err == nil {
			var m map[string]any
			if err = json.Unmarshal(data, &m); err == nil {
				delete(m, "clock")
				delete(m, "seal")
				delete(m["configuration"].(map[string]any)["output"].(map[string]any), "dir")
				data, err = json.Marshal(m)
			}
		}
		name, _ := filepath.Rel(root, path)
		out[name] = string(data)
		return err
	}))
	return out
}
