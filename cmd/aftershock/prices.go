package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"aftershock/internal/sealed"
	"aftershock/internal/words"
	"aftershock/market"
	"aftershock/market/csvfile"
	"aftershock/market/yahoo"
)

func (a *app) pricesCommand() *cobra.Command {
	prices := &cobra.Command{
		Use:   "prices",
		Short: "Fetch, list, check, import and export prices",
		Args:  a.noCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	prices.AddCommand(a.pricesFetchCommand(), a.pricesListCommand(), a.pricesCheckCommand(), a.pricesImportCommand(), a.pricesExportCommand())
	return prices
}

// planned reads the configuration of a prices command.
func (a *app) planned(cmd *cobra.Command, flags settingsFlags) (*config, *plan, error) {
	c, err := a.configured(cmd, flags)
	if err != nil {
		return nil, nil, err
	}
	p, err := c.plan()
	return c, p, err
}

// stored opens the source of prices of the commands that show what there is:
// of a service that is what is stored of it.
func (a *app) stored(ctx context.Context, c *config, p *plan) (*prices, error) {
	a.offline = true
	return a.open(ctx, c, p, nil)
}

// named returns symbols, or all that src has where there are none.
func named(ctx context.Context, src *prices, symbols []string) ([]string, error) {
	if len(symbols) > 0 {
		return symbols, nil
	}
	symbols, err := src.Symbols(ctx)
	if err == nil && len(symbols) == 0 {
		err = fmt.Errorf("there are no prices in %s; fetch or import some", src.Name())
	}
	return symbols, err
}

func (a *app) pricesListCommand() *cobra.Command {
	flags := make(settingsFlags)
	list := &cobra.Command{
		Use:   "list [SYMBOL ...]",
		Short: "List the securities that have prices, with their coverage",
		Long: `List what the source of prices has, of yahoo what is stored: of each security the
first and the last session, the number of sessions between them, and how many of
these have no price.`,
		Example: `  aftershock prices list
  aftershock prices list NVDA AVGO
  aftershock prices list --prices my-prices`,
		RunE: func(cmd *cobra.Command, symbols []string) error { return a.pricesList(cmd, flags, symbols) },
	}
	langFlag(list, flags)
	a.pricesFlag(list, flags)
	return list
}

func (a *app) pricesList(cmd *cobra.Command, flags settingsFlags, symbols []string) error {
	c, p, err := a.planned(cmd, flags)
	if err != nil {
		return err
	}
	src, err := a.stored(cmd.Context(), c, p)
	if err != nil {
		return err
	}
	if symbols, err = named(cmd.Context(), src, symbols); err != nil {
		return err
	}
	var need []market.Security
	for _, s := range symbols {
		need = append(need, p.security(s))
	}
	panel, errs := src.load(cmd.Context(), market.Request{
		Securities: need, Days: market.Span{From: c.Prices.From, To: c.Prices.To}, Calendar: p.calendar, Returns: p.study.Returns, Given: market.ReturnKind(c.Prices.ReturnsKind), Gaps: p.study.Gaps,
	})
	if panel == nil {
		return errors.Join(errs...)
	}
	l := words.Of(c.Output.Lang)
	err = a.table(func(t io.Writer) {
		fmt.Fprintln(t, heads(l, "SYMBOL", "NAME", "SESSIONS OF", "FIRST", "LAST", "SESSIONS", "GAPS", "ADJUSTED", "SOURCE"))
		for _, symbol := range symbols {
			col := panel.Column(symbol)
			if col == nil {
				continue
			}
			gaps, values := 0, col.Price
			if values == nil {
				values = col.Return
			}
			for _, x := range values {
				if math.IsNaN(x) {
					gaps++
				}
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\n", col.Symbol, cmp.Or(col.Name, "-"), l.Exchange(col.Calendar.Name()),
				col.Calendar.Date(col.First), col.Calendar.Date(col.Last()), col.Len(), gaps, yesOrNo(l, col.Adjusted), c.shown(col.Origin))
		}
	})
	return errors.Join(append(errs, err)...)
}

func (a *app) pricesFetchCommand() *cobra.Command {
	flags := make(settingsFlags)
	var quiet bool
	fetch := &cobra.Command{
		Use:   "fetch [SYMBOL ...]",
		Short: "Fetch prices from Yahoo Finance into the store",
		Long: `Fetch daily prices from Yahoo Finance into the store: of the securities and
benchmarks of the configured study, or those named. Only what is not stored is
asked for; where Yahoo has adjusted a history anew since, for a dividend or a
split, all of it. What Yahoo gives stays under its terms and the exchange's, for
your own use; see docs/prices.md.

Exit status 1 says that some could not be brought up to date; what is stored of
them stays.`,
		Example: `  aftershock prices fetch
  aftershock prices fetch NVDA ^GSPC 005930.KS --from 2015-01-01`,
		RunE: func(cmd *cobra.Command, symbols []string) error {
			return a.watching(cmd, flags, func() error { return a.pricesFetch(cmd, flags, symbols, quiet) })
		},
	}
	spanFlags(fetch, flags)
	langFlag(fetch, flags)
	fetch.Flags().BoolVarP(&quiet, "quiet", "q", false, "do not print the table")
	return fetch
}

func spanFlags(cmd *cobra.Command, flags settingsFlags) {
	flags.add(cmd, "from", "prices.from", "first `date`")
	flags.add(cmd, "to", "prices.to", "last `date`")
}

// errFetching is wrapped by the error of a fetch that was interrupted.
var errFetching = errors.New("interrupted while fetching")

// fetched is what became of one symbol.
type fetched struct {
	fresh      int // sessions that were not stored before
	series     *market.Series
	readjusted bool
	problems   []error
}

func (a *app) pricesFetch(cmd *cobra.Command, flags settingsFlags, symbols []string, quiet bool) error {
	c, p, err := a.planned(cmd, flags)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	from, to := c.Prices.From, c.Prices.To
	today := market.DateOf(a.now().UTC())
	if len(symbols) == 0 || from == market.NoDate {
		cat, ids, err := c.catalog()
		if err != nil {
			return err
		}
		p.study.EventIDs = ids
		if len(symbols) == 0 {
			if err := c.findNeeds(p, cat); err != nil {
				return err
			}
			symbols = names(p.needs.Securities, func(s market.Security) string { return s.Symbol })
		}
		if from == market.NoDate {
			from = p.study.Days(cat).From
		}
	}
	if to == market.NoDate {
		to = today
	}
	if from > to {
		c.bad("prices.from", "%s is after %s; there is nothing to fetch", from, to)
		return c.err()
	}
	slices.Sort(symbols)
	symbols = slices.Compact(symbols)
	y, err := c.yahoo(a.waiting)
	if err != nil {
		return err
	}
	defer y.Close()

	all := make([]fetched, len(symbols))
	bar := newProgress(a.stderr, "securities:")
	var mu sync.Mutex
	done := 0
	var g errgroup.Group
	g.SetLimit(2 * c.Prices.Yahoo.InFlight)
	for i, symbol := range symbols {
		g.Go(func() error {
			all[i] = c.fetch(ctx, y, symbol, from, to)
			mu.Lock()
			defer mu.Unlock()
			done++
			bar.step(done, len(symbols))
			return nil
		})
	}
	g.Wait() // no error stops the others
	bar.end()
	if err := ctx.Err(); err != nil {
		return errors.Join(errFetching, err)
	}
	for _, f := range all {
		if f.series != nil && len(f.series.Bars) > 0 {
			a.outcome.LastPrice = max(a.outcome.LastPrice, f.series.Bars[len(f.series.Bars)-1].Date)
		}
	}
	return a.reportFetched(words.Of(c.Output.Lang), symbols, all, quiet)
}

// fetch brings what is stored of symbol up to date.
func (c *config) fetch(ctx context.Context, y *yahoo.Source, symbol string, from, to market.Date) (f fetched) {
	st, err := c.openStore(y, func(err error) { f.problems = append(f.problems, err) })
	if err != nil {
		f.problems = append(f.problems, err)
		return f
	}
	before, _ := st.Read(symbol) // Series tells what is wrong with it
	if f.series, err = st.Series(ctx, symbol, from, to); err != nil {
		f.problems = append(f.problems, err)
		return f
	}
	if len(f.series.Bars) == 0 {
		f.problems = append(f.problems, fmt.Errorf("%w of %s from %s to %s", market.ErrNoPrices, symbol, from, to))
		return f
	}
	f.fresh = len(f.series.Bars)
	if before != nil {
		// Prices that are adjusted anew differ from their first bar on.
		stored := make(map[market.Date]float64)
		for _, b := range before.Series.Bars {
			stored[b.Date] = b.AdjClose
		}
		for _, b := range f.series.Bars {
			if old, ok := stored[b.Date]; ok {
				f.fresh--
				f.readjusted = f.readjusted || math.Abs(b.AdjClose-old) > 1e-5*old
			}
		}
	}
	return f
}

func (a *app) reportFetched(l *words.Language, symbols []string, all []fetched, quiet bool) error {
	bad, failed := 0, []error{}
	show := a.table
	if quiet {
		show = func(rows func(t io.Writer)) error { rows(io.Discard); return nil }
	}
	err := show(func(t io.Writer) {
		fmt.Fprintln(t, heads(l, "SYMBOL", "NEW", "FIRST", "LAST", "READJUSTED", "SOURCE", "PROBLEM"))
		for i, f := range all {
			first, last, origin, problem := "-", "-", "-", "-"
			if f.series != nil && len(f.series.Bars) > 0 {
				first, last = f.series.Bars[0].Date.String(), f.series.Bars[len(f.series.Bars)-1].Date.String()
				origin = f.series.Origin
			}
			if len(f.problems) > 0 {
				bad++
				problem = l.Phrase("see below")
				failed = append(failed, f.problems...)
			}
			fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", symbols[i], f.fresh, first, last, yesOrNo(l, f.readjusted), origin, problem)
		}
	})
	if bad > 0 {
		failed = append(failed, fmt.Errorf("%d of %s could not be brought up to date without trouble", bad, securitiesWord(len(symbols))))
	}
	return errors.Join(append(onceUnstored(failed), err)...)
}

func yesOrNo(l *words.Language, yes bool) string {
	if yes {
		return l.Phrase("yes")
	}
	return l.Phrase("no")
}

func securitiesWord(n int) string {
	if n == 1 {
		return "1 security"
	}
	return fmt.Sprintf("%d securities", n)
}

func (a *app) pricesImportCommand() *cobra.Command {
	flags := make(settingsFlags)
	var replace bool
	cmd := &cobra.Command{
		Use:   "import FILE|DIR ...",
		Short: "Import price files (CSV) into the store",
		Long: `Import files SYMBOL.csv, or all of a folder, into the store, where the sources
store and yahoo find them. What is stored already is kept, and is an error,
unless --replace is given.`,
		Example: `  aftershock prices import my-prices
  aftershock prices import NVDA.csv --replace`,
		Args: arguments(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, paths []string) error {
			c, p, err := a.planned(cmd, flags)
			if err != nil {
				return err
			}
			return a.pricesImport(cmd.Context(), c, p, paths, replace)
		},
	}
	langFlag(cmd, flags)
	flags.add(cmd, "dates", "prices.dates", "order of dates such as 01/02/2025: auto, dmy or mdy")
	cmd.Flags().BoolVar(&replace, "replace", false, "replace what is stored of the same symbols")
	return cmd
}

func (a *app) pricesImport(ctx context.Context, c *config, p *plan, paths []string, replace bool) error {
	st, err := c.openStore(nil, func(err error) { a.say("%v", err) })
	if err != nil {
		return err
	}
	type imported struct {
		series *market.Series
		from   string
	}
	var all []imported
	var errs []error
	known := 0
	for _, path := range paths {
		dir, symbols := path, []string(nil)
		info, err := os.Stat(path)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("no file or folder of prices: %w", err))
			continue
		case !info.IsDir() && !info.Mode().IsRegular():
			errs = append(errs, fmt.Errorf("%s is no regular file; prices are imported from files SYMBOL.csv, whose names say whose they are", path))
			continue
		case !info.IsDir() && symbolOfFile(path) == filepath.Base(path):
			errs = append(errs, fmt.Errorf("%s: it is no SYMBOL.csv or SYMBOL.csv.gz, whose name says whose prices it holds; rename it", path))
			continue
		case !info.IsDir():
			// Its folder knows how names of files stand for symbols.
			dir, symbols = filepath.Dir(path), []string{symbolOfFile(path)}
		}
		src, err := csvfile.Open(dir, c.csvOptions())
		if err == nil && symbols == nil {
			symbols, err = src.Symbols(ctx)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, symbol := range symbols {
			s, err := src.Series(ctx, symbol, market.NoDate, market.NoDate)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			old, err := st.Read(symbol)
			if err == nil && !replace && sameHistory(old.Series, s) {
				known++ // an import before this one was interrupted
				continue
			}
			if err == nil && !replace {
				errs = append(errs, fmt.Errorf("%s: stored already, from %s; give --replace to replace it", symbol, old.Series.Origin))
				continue
			}
			sec := p.security(symbol)
			s.Name, s.Exchange, s.Currency = sec.Name, sec.Exchange, sec.Currency
			if e := market.ExchangeOfSymbol(symbol); s.Exchange == "" && e != nil {
				s.Exchange, s.Currency = e.Name, cmp.Or(s.Currency, e.Currency)
			}
			all = append(all, imported{s, s.Origin})
		}
	}
	if len(errs) > 0 {
		return errors.Join(append(errs, errors.New("nothing was imported"))...)
	}
	for n, i := range all {
		i.series.Origin = c.shown(i.from)
		if err := st.Put(ctx, i.series); ctx.Err() != nil {
			return errors.Join(errImporting, ctx.Err())
		} else if err != nil {
			err = writable(err, "prices.store")
			if n > 0 {
				err = fmt.Errorf("%w; %d of %s are stored, the same command goes on", err, n, securitiesWord(len(all)))
			}
			return err
		}
	}
	if known > 0 {
		a.note("%s stored already as the files have them", securitiesWord(known))
	}
	l := words.Of(c.Output.Lang)
	return a.table(func(t io.Writer) {
		fmt.Fprintln(t, heads(l, "SYMBOL", "FIRST", "LAST", "SESSIONS", "FROM"))
		for _, i := range all {
			b := i.series.Bars
			fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\n", i.series.Symbol, b[0].Date, b[len(b)-1].Date, len(b), i.from)
		}
	})
}

// sameHistory reports whether two histories have the same bars and actions.
func sameHistory(a, b *market.Series) bool {
	same := func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }
	return slices.Equal(a.Actions, b.Actions) && slices.EqualFunc(a.Bars, b.Bars, func(x, y market.Bar) bool {
		return x.Date == y.Date && same(x.Open, y.Open) && same(x.High, y.High) && same(x.Low, y.Low) && same(x.Close, y.Close) && same(x.AdjClose, y.AdjClose) && same(x.Volume, y.Volume)
	})
}

// symbolOfFile returns the symbol that a file SYMBOL.csv or SYMBOL.csv.gz is
// named after.
func symbolOfFile(path string) string {
	name := filepath.Base(path)
	for _, ext := range []string{".gz", ".csv"} {
		if strings.EqualFold(filepath.Ext(name), ext) {
			name = name[:len(name)-len(ext)]
		}
	}
	if s, err := url.PathUnescape(name); err == nil {
		return s
	}
	return name
}

func (a *app) pricesExportCommand() *cobra.Command {
	flags := make(settingsFlags)
	export := &cobra.Command{
		Use:   "export DIR [SYMBOL ...]",
		Short: "Write prices to CSV files",
		Long: `Write the prices of the configured source, of yahoo what is stored, to the folder
DIR: a file SYMBOL.csv for each security, in UTF-8, with dates as 2025-01-27 and
an empty field where there is no value. Import reads them back unchanged. Files
that exist are not replaced; where they hold the same, it goes on.`,
		Example: `  aftershock prices export exported --prices sample
  aftershock prices export exported NVDA --prices store`,
		Args: arguments(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return a.pricesExport(cmd, flags, args[0], args[1:]) },
	}
	a.pricesFlag(export, flags)
	spanFlags(export, flags)
	return export
}

func (a *app) pricesExport(cmd *cobra.Command, flags settingsFlags, dir string, symbols []string) error {
	c, p, err := a.planned(cmd, flags)
	if err != nil {
		return err
	}
	src, err := a.stored(cmd.Context(), c, p)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	if symbols, err = named(ctx, src, symbols); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return writable(fmt.Errorf("the folder cannot be made: %w", err), "folder")
	}
	var errs []error
	made := 0
	for _, symbol := range symbols {
		s, err := src.Series(ctx, symbol, c.Prices.From, c.Prices.To)
		if err == nil {
			err = exportSeries(filepath.Join(dir, url.PathEscape(symbol)+".csv"), s)
		}
		if err != nil {
			errs = append(errs, err)
		} else {
			made++
		}
		if diskFull(err) || ctx.Err() != nil { // and so would the others end
			break
		}
	}
	if len(errs) > 0 && made > 0 {
		errs = append(errs, fmt.Errorf("%d of %s are written; the same command goes on", made, securitiesWord(len(symbols))))
	}
	return errors.Join(errs...)
}

// exportSeries writes s to a file that must not exist, or be as it would be, from an
// export before this one that did not come to its end.
func exportSeries(name string, s *market.Series) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write([]string{"Date", "Open", "High", "Low", "Close", "Adj Close", "Volume", "Dividends", "Stock Splits"}) // no error: Flush has them
	text := func(x, none float64) string {
		if math.IsNaN(x) || x == none {
			return ""
		}
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	next := 0
	for _, r := range s.Bars {
		var dividend, split float64
		for ; next < len(s.Actions) && s.Actions[next].Date <= r.Date; next++ { // of a day without a bar: at the next
			dividend += s.Actions[next].Dividend
			split = max(split, 1) * cmp.Or(s.Actions[next].Split, 1)
		}
		if split == 1 {
			split = 0
		}
		nan := math.NaN()
		w.Write([]string{r.Date.String(), text(r.Open, nan), text(r.High, nan), text(r.Low, nan), text(r.Close, nan),
			text(r.AdjClose, nan), text(r.Volume, nan), text(dividend, 0), text(split, 0)})
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	if info, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		if err == nil && info.Size() == int64(b.Len()) {
			if is, err := readBounded(name, info.Size()); err == nil && bytes.Equal(is, b.Bytes()) {
				return nil
			}
		}
		return fmt.Errorf("%s exists, and holds something else; move it away, or choose another folder", name)
	}
	return writable(sealed.Replace(name, withData(b.Bytes())), "folder")
}
