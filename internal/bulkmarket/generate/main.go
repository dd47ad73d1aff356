// Generate draws a large market and a catalogue of its news, as measurements take
// them (docs/scale.md, docs/performance.md): a panel of returns in Parquet, the
// catalogue in CSV, and the configuration of their study.
//
//	go run ./internal/bulkmarket/generate -out market -securities 20000 -observations 1000000 -catalog news
//
// The same numbers give the same bytes.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"aftershock/internal/bulkmarket"
)

func main() {
	var names []string
	for _, c := range bulkmarket.Catalogs {
		names = append(names, c.Name)
	}
	out := flag.String("out", "market", "`folder` to write to; a panel that is there stays")
	securities := flag.Int("securities", 20_000, "`number` of securities, with 3,000 sessions each on average")
	observations := flag.Int("observations", 1_000_000, "`number` of observations")
	catalog := flag.String("catalog", names[0], "`kind` of catalogue: "+strings.Join(names, " or "))
	flag.Parse()
	fail := func(status int, err any) {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(status)
	}
	if flag.NArg() > 0 {
		fail(2, fmt.Sprintf("%q is no flag", flag.Arg(0)))
	}
	for _, c := range bulkmarket.Catalogs {
		if c.Name != *catalog {
			continue
		}
		if err := os.MkdirAll(*out, 0o755); err != nil {
			fail(1, err)
		}
		if err := bulkmarket.Write(*out, c, *securities, *observations); err != nil {
			fail(1, err)
		}
		fmt.Println(filepath.Join(*out, c.Name+".yaml"))
		return
	}
	fail(2, fmt.Sprintf("-catalog: %q is none; use %s", *catalog, strings.Join(names, " or ")))
}
