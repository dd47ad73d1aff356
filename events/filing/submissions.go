package filing

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"aftershock/events"
)

// tellLeft says which filings were left out, by form.
func tellLeft(b *events.Batch, left map[string]int) {
	if len(left) == 0 {
		return
	}
	var parts []string
	n := 0
	for _, f := range slices.Sorted(maps.Keys(left)) {
		parts = append(parts, fmt.Sprintf("%d %s", left[f], f))
		n += left[f]
	}
	b.Tell("%d filings of other forms are not taken (%s); name them with --forms", n, strings.Join(parts, ", "))
}

// readSubmissions reads the columns of a filer's submissions; of says whose they are.
func readSubmissions(s *events.Source, of, columns *events.Record) (*events.Batch, error) {
	b := s.Batch("submissions of EDGAR")
	column := func(name string) []string {
		list, _ := columns.Raw(name).([]any)
		out := make([]string, len(list))
		for i, v := range list {
			if t, ok := v.(string); ok {
				out[i] = t
			}
		}
		return out
	}
	accessions := column("accessionnumber")
	n := len(accessions)
	get := func(name string) ([]string, error) {
		c := column(name)
		if len(c) == 0 {
			return make([]string, n), nil
		}
		if len(c) != n {
			return nil, fmt.Errorf("%s: %d values of %s for %d accession numbers; the file is damaged, fetch it again", s.Name, len(c), name, n)
		}
		return c, nil
	}
	var cols [5][]string
	for i, name := range []string{"filingdate", "reportdate", "acceptancedatetime", "form", "items"} {
		var err error
		if cols[i], err = get(name); err != nil {
			return nil, err
		}
	}
	filed, reported, accepted, forms, items := cols[0], cols[1], cols[2], cols[3], cols[4]

	tickers := of.List("tickers")
	name, cik := of.Text("name"), of.Text("cik")
	if len(tickers) == 0 {
		tickers = s.Securities
	}
	tickers, apart := common(tickers)
	if len(apart) > 0 {
		b.Tell("not taken, preferred shares and the like: %s", strings.Join(apart, ", "))
	}
	if filings := events.RecordOf(of.Raw("filings")); filings != nil {
		if older, _ := filings.Raw("files").([]any); len(older) > 0 {
			b.Tell("%d further files hold the older filings", len(older))
		}
	}
	if name == "" {
		b.Tell("an older page of submissions: it names no filer; say whose it is with --security")
	}

	rows := make([]row, n)
	for i := range rows {
		rows[i] = row{form: forms[i], items: items[i], written: accepted[i]}
		rows[i].filed, _ = time.Parse(time.DateOnly, filed[i])
		rows[i].wall, _ = wallOf(accepted[i])
		rows[i].accession = accessions[i]
	}
	judge(rows, nil)
	left := map[string]int{}
	undecided := 0
	for i, r := range rows {
		if !takes(s.Forms, r.form) {
			left[r.form]++
			continue
		}
		it := item(name, r.form, accessions[i], cik, splitItems(items[i]), tickers)
		it.Stamp = r.stamp()
		if it.Stamp.Precision == events.NoTime && !r.filed.IsZero() {
			it.Stamp = events.Reading{}.Stamp(filed[i])
			it.Doubts = append(it.Doubts, "no time of acceptance; the date of filing")
		}
		it.Bound = it.Stamp.Time
		if reported[i] != "" {
			it.Note = "period of report " + reported[i]
			if st := (events.Reading{}).Stamp(reported[i]); strings.HasPrefix(r.form, "8-K") && st.Precision == events.Day && !r.filed.IsZero() {
				if days := int(r.filed.Sub(st.Time).Hours() / 24); days > 0 {
					it.Doubts = append(it.Doubts, fmt.Sprintf("the event reported is of %s, %s before the filing: it may have been known earlier", reported[i], days2(days)))
				}
			}
		}
		if r.doubtful() {
			undecided++
		}
		b.Add(it)
	}
	tellLeft(b, left)
	if undecided > 0 {
		b.Tell("%d filings fit both clocks; each says which was taken and why, and a filing header (ACCEPTANCE-DATETIME) in the same import settles it", undecided)
	}
	if len(b.Events) == 0 {
		b.Tell("no filing of the forms asked for")
	}
	return b, nil
}

func splitItems(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
}

// wallOf reads a time of acceptance as if it were in UTC, whatever its zone.
func wallOf(s string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02T15:04:05.999Z", "2006-01-02T15:04:05Z", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "20060102150405"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1900 && t.Year() < 2400 {
			return t, true
		}
	}
	return time.Time{}, false
}
