package factors

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"aftershock/market"
)

const three = `This file was created using the 202604 CRSP database.
The Tbill return is the simple daily rate that, over the number of trading days
in the month, compounds to 1-month TBill rate from Ibbotson and Associates Inc.

,Mkt-RF,SMB,HML,RF
20260428,    0.10,   -0.25,   -0.27,    0.016
20260429,   -1.20,   0.17, -99.99,    0.016
20260430,    0.63,  -999,   -0.05,    0.016

Copyright 2026 Eugene F. Fama and Kenneth R. French
`

func check(t *testing.T, what string, got []float64, want ...float64) {
	t.Helper()
	if !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) < 1e-16 || math.IsNaN(a) && math.IsNaN(b) }) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestReadFrench(t *testing.T) {
	for name, text := range map[string]string{"unix": three, "windows": "\ufeff" + strings.ReplaceAll(three, "\n", "\r\n")} {
		f, err := Read("ff.csv", []byte(text), Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if f.Vintage != "CRSP 202604" || f.Unit != Percent || f.Origin != "ff.csv" || !slices.Equal(f.Names, []string{MktRF, SMB, HML, RF}) {
			t.Errorf("%s: %+v", name, f)
		}
		if len(f.Dates) != 3 || f.Dates[2].String() != "2026-04-30" {
			t.Errorf("%s: dates %v", name, f.Dates)
		}
		check(t, MktRF, f.Factor(MktRF), 0.10/100, -1.20/100, 0.63/100)
		check(t, SMB, f.Factor(SMB), -0.25/100, 0.17/100, math.NaN())
		check(t, HML, f.Factor(HML), -0.27/100, math.NaN(), -0.05/100)
		if f.Factor("rmw") != nil {
			t.Error("a factor that is not there was found")
		}
	}
}

func TestReadMomentumAndFive(t *testing.T) {
	f, err := Read("mom.csv", []byte("This file was created by using the 202601 CRSP database. It contains a momentum factor.\n\nMissing data are indicated by -99.99 or -999.\n\n,Mom\n20260102,   0.42\n20260105,  -0.11\n"), Options{})
	if err != nil || f.Vintage != "CRSP 202601" {
		t.Fatalf("%+v, %v", f, err)
	}
	check(t, Mom, f.Factor(Mom), 0.42/100, -0.11/100)
	f, err = Read("5.csv", []byte("using the 202601 CRSP database\n\n,Mkt-RF,SMB,HML,RMW,CMA,RF\n20260102,1,2,3,4,5,6\n"), Options{})
	if err != nil || !slices.Equal(f.Names, []string{MktRF, SMB, HML, RMW, CMA, RF}) {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestReadTidy(t *testing.T) {
	for _, c := range []struct {
		name, text string
		unit       Unit
		want       []float64
		is         Unit
	}{
		{"per cent by size", "date,mkt_rf,UMD\n2025-01-24,-0.31,0.1\n2025-01-27,-1.62,\n", Auto, []float64{-0.31 / 100, -1.62 / 100}, Percent},
		{"decimals by size", "date;Mkt-RF;my factor\n2025-01-24;-0.0031;1\n2025-01-27;-0.0162;NaN\n", Auto, []float64{-0.0031, -0.0162}, Decimal},
		{"decimals stated", "date,mkt_rf\n2025-01-24,0.05\n2025-01-27,0.05\n", Decimal, []float64{0.05, 0.05}, Decimal},
		{"per cent stated", "date\tmktrf\n2025-01-24\t0.05\n2025-01-27\t0.05", Percent, []float64{0.05 / 100, 0.05 / 100}, Percent},
	} {
		f, err := Read("f.csv", []byte(c.text), Options{Unit: c.unit})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		check(t, c.name, f.Factor(MktRF), c.want...)
		if f.Unit != c.is || f.Vintage != "" {
			t.Errorf("%s: %s %q", c.name, f.Unit, f.Vintage)
		}
	}
	f, err := Read("f.csv", []byte("date;Mkt-RF;my factor;UMD\n2025-01-24;-0.0031;1;0.002\n"), Options{})
	if err != nil || !slices.Equal(f.Names, []string{MktRF, "my_factor", Mom}) {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestReadZip(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("F-F_Research_Data_Factors_daily.csv")
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(three))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ff.zip")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := ReadFile(path, Options{}); err != nil || len(f.Dates) != 3 {
		t.Errorf("%v, %v", f, err)
	}
	if _, err := Read("ff.zip", b.Bytes()[:50], Options{}); err == nil {
		t.Error("a damaged archive was read")
	}
	if _, err := ReadFile(path+"x", Options{}); err == nil {
		t.Error("a file that is not there was read")
	}
}

func TestReadErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "f.csv: it is empty"},
		{"text alone", "factors\n", "f.csv: no line begins with a day"},
		{"no header", "2025-01-27,1\n", "f.csv:1: the line before the first day must name the columns"},
		{"monthly", "x\n\n,Mkt-RF\n192607,1\n", "f.csv:4: 192607 is a month: a file of daily factors is needed"},
		{"letters", "date,mkt_rf\n2025-01-27,x\n", `f.csv:2: mkt_rf "x" is not a number`},
		{"infinite", "date,mkt_rf\n2025-01-27,Inf\n", `is not a number`},
		{"cut off", "date,mkt_rf,smb\n2025-01-24,1,2\n2025-01-27,1", "f.csv:3: 1 values for 2 factors; is the line cut off?"},
		{"a day twice", "date,mkt_rf\n2025-01-27,1\n2025-01-24,1\n2025-01-27,2\n", "f.csv:4: 2025-01-27 stands twice, first on line 2, with other figures; keep one"},
		{"basis points", "date,mkt_rf\n2025-01-24,60\n2025-01-27,-40\n2025-01-28,80\n", "f.csv: the factor mkt_rf moves by 60% on half of the days: it is in basis points"},
		{"a slip", "date,smb\n2025-01-24,0.005\n2025-01-27,-0.004\n2025-01-28,0.4\n2025-01-29,0.003\n2025-01-30,0.006\n2025-01-31,0.004\n", "f.csv:4: the factor smb is +40.0% on 2025-01-28, where 0.5% is usual: correct it, or leave it empty"},
		{"not a day", "date,mkt_rf\n2025-01-27,1\n2025-02-30,1\n", `f.csv:3: "2025-02-30" is not a day`},
		{"two tables", ",Mkt-RF\n20250127,1\n\nEqual weighted\n,Mkt-RF\n20250127,1\n", "f.csv:6: a second table begins"},
		{"one name twice", "date,mom,UMD\n2025-01-27,1,1\n", "two of one name"},
		{"unit unclear", "date,mkt_rf\n2025-01-27,0.05\n", "set the unit to percent or decimal"},
		{"nothing observed", "date,mkt_rf\n2025-01-27,\n", "set the unit"},
	} {
		_, err := Read("f.csv", []byte(c.text), Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
	if _, err := Read("f.csv", []byte(three), Options{Unit: "bp"}); err == nil || !strings.Contains(err.Error(), "percent or decimal") {
		t.Errorf("a wrong unit: %v", err)
	}
}

func TestAddTo(t *testing.T) {
	f, err := Read("f.csv", []byte("date,mkt_rf,rf\n2025-01-24,-0.31,0.02\n2025-01-25,9,9\n2025-01-27,-1.62,0.02\n"), Options{Unit: Percent})
	if err != nil {
		t.Fatal(err)
	}
	p := market.NewPanel(market.Simple, market.Skip)
	if err := f.AddTo(p); err != nil {
		t.Fatal(err)
	}
	first, values, ok := p.FactorOn(MktRF, market.NYSE())
	if !ok || market.NYSE().Date(first).String() != "2025-01-24" {
		t.Errorf("%d %v", first, ok)
	}
	check(t, "on NYSE", values, -0.31/100, -1.62/100)
	if err := f.AddTo(p); err == nil || !strings.HasPrefix(err.Error(), "f.csv: factor mkt_rf") {
		t.Errorf("added twice: %v", err)
	}
}

// TestSharedFactors: every session of New York has its factors.
func TestSharedFactors(t *testing.T) {
	const dir = "../../../shared/data/factors/"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the shared factors are not beside this checkout")
	}
	for file, names := range map[string][]string{"ff3_daily.csv": {MktRF, SMB, HML, RF}, "ff5_mom_daily.csv": {MktRF, SMB, HML, RMW, CMA, RF, Mom}} {
		f, err := ReadFile(dir+file, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(f.Names, names) || f.Unit != Percent {
			t.Errorf("%s: %v in %s", file, f.Names, f.Unit)
		}
		cal := market.NYSE()
		at := cal.Search(f.Dates[0])
		for i, d := range f.Dates {
			if cal.Date(at+i) != d {
				t.Fatalf("%s: %s, New York's session is %s", file, d, cal.Date(at+i))
			}
		}
		if i, _ := slices.BinarySearch(f.Dates, market.NewDate(2000, 1, 4)); f.Factor(HML)[i] == 0 || f.Factor(RF)[i] != 0.02/100 {
			t.Errorf("%s: 2000-01-04 has hml %v, rf %v", file, f.Factor(HML)[i], f.Factor(RF)[i])
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(three))
	f.Add([]byte("date;mkt_rf\n2025-01-27;0.5\n"))
	f.Add([]byte("\"\",\"Mom\"\n\"20250127\",\"-999\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := Read("f.csv", data, Options{})
		if err != nil {
			return
		}
		for i, v := range table.Values {
			if len(v) != len(table.Dates) || table.Names[i] == "" {
				t.Fatalf("%d values of %q on %d days", len(v), table.Names[i], len(table.Dates))
			}
		}
		if err := table.AddTo(market.NewPanel(market.Simple, market.Skip)); err != nil {
			t.Fatal(err)
		}
	})
}

// rows writes n days of factors in the columns of head, from a table of numbers
// that move as daily factors do, with no memory from day to day, times scale; rf is written as it is.
func rows(head string, n int, scale float64, rf string) string {
	var b strings.Builder
	b.WriteString(head + "\n")
	names := strings.Split(head, ",")
	for i := range n {
		b.WriteString(market.NewDate(2024, 1, 1+i).String())
		for k, name := range names[1:] {
			if name == "RF" {
				b.WriteString("," + rf)
				continue
			}
			fmt.Fprintf(&b, ",%.6f", scale*math.Sin(float64(5*i+3*k+1)))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// The unit is that of the factors, whichever column comes first, and the
// risk-free rate is judged by itself.
func TestUnits(t *testing.T) {
	for _, c := range []struct {
		name, text string
		o          Options
		unit       Unit
		rate       Rate
		rf         float64
	}{
		{"RF first, per cent", rows("date,RF,Mkt-RF,SMB", 40, 0.8, "0.022"), Options{}, Percent, DailyPercent, 0.00022},
		{"RF first, decimals", rows("date,RF,Mkt-RF,SMB", 40, 0.008, "0.00022"), Options{}, Decimal, DailyDecimal, 0.00022},
		{"a yield in per cent beside per cent", rows("date,Mkt-RF,RF", 40, 0.8, "5.25"), Options{}, Percent, PercentAYear, 0.0525 / 252},
		{"a yield in per cent beside decimals", rows("date,Mkt-RF,RF", 40, 0.008, "4.5"), Options{}, Decimal, PercentAYear, 0.045 / 252},
		{"a yield alone", rows("date,RF", 40, 1, "5.25"), Options{}, Percent, PercentAYear, 0.0525 / 252},
		{"a decimal of a session alone", rows("date,RF", 40, 1, "0.0002"), Options{}, Decimal, DailyDecimal, 0.0002},
		{"said to be a yield in decimals", rows("date,RF", 40, 1, "0.0525"), Options{RiskFree: DecimalAYear}, Decimal, DecimalAYear, 0.0525 / 252},
		{"said to be per cent of a session", rows("date,RF", 40, 1, "0.022"), Options{RiskFree: DailyPercent}, Percent, DailyPercent, 0.00022},
		{"none on every day", rows("date,Mkt-RF,RF", 40, 0.8, "0.000"), Options{}, Percent, DailyDecimal, 0},
		{"a factor of another size beside those known", rows("date,liquidity,Mkt-RF,RF", 40, 0.008, "0.0001"), Options{}, Decimal, DailyDecimal, 0.0001},
	} {
		got, err := Read("f.csv", []byte(c.text), c.o)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got.Unit != c.unit || got.RiskFree != c.rate || math.Abs(got.Factor(RF)[0]-c.rf) > 1e-12 {
			t.Errorf("%s: unit %s, rate %s, rf %v; want %s, %s, %v", c.name, got.Unit, got.RiskFree, got.Factor(RF)[0], c.unit, c.rate, c.rf)
		}
		if f := got.Factor(MktRF); f != nil && math.Abs(median(f)-0.0057) > 0.002 {
			t.Errorf("%s: the market moves by %v", c.name, median(f))
		}
	}
	mixed := rows("date,Mkt-RF,SMB", 40, 0.8, "")
	lines := strings.Split(strings.TrimSpace(mixed), "\n")
	for i, l := range lines[1:] {
		f := strings.Split(l, ",")
		f[2] = strconv.FormatFloat(0.006*math.Cos(float64(i)), 'f', 6, 64)
		lines[i+1] = strings.Join(f, ",")
	}
	var summed strings.Builder
	summed.WriteString("date,Mkt-RF,SMB\n")
	for i := range 60 {
		fmt.Fprintf(&summed, "%s,%.6f,%.6f\n", market.NewDate(2024, 1, 1+i), 0.05*math.Sin(float64(i)/15), 0.006*math.Cos(float64(5*i)))
	}
	for name, c := range map[string]struct{ text, want string }{
		"a factor that is cumulated":     {summed.String(), "the factor mkt_rf hangs together from day to day: it is cumulated, or a level"},
		"two units":                      {strings.Join(lines, "\n"), "the factor mkt_rf is per cent by its size, and smb decimals"},
		"a rate that may be either":      {rows("date,RF", 40, 1, "0.022"), "the values of the risk-free rate (rf) are about 0.022, which may be a rate of a session or a yield a year"},
		"a rate between, beside factors": {rows("date,Mkt-RF,RF", 40, 0.008, "0.02"), "factors.risk_free"},
	} {
		if _, err := Read("f.csv", []byte(c.text), Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
	// A file of its own is that of the factors beside it.
	dir := t.TempDir()
	for name, text := range map[string]string{"rf.csv": rows("date,RF", 40, 1, "0.022"), "ff.csv": rows("date,Mkt-RF,SMB", 40, 0.8, "")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tables, err := ReadFiles([]string{filepath.Join(dir, "rf.csv"), filepath.Join(dir, "ff.csv")}, Options{})
	if err != nil || tables[0].RiskFree != DailyPercent || math.Abs(tables[0].Factor(RF)[3]-0.00022) > 1e-12 {
		t.Errorf("two files: %+v, %v", tables, err)
	}
}

// Forms of dates and numbers are those that prices are read in.
func TestOtherForms(t *testing.T) {
	for name, text := range map[string]string{
		"times":            "date,Mkt-RF,RF\n2024-08-01 00:00:00,-0.5,0.02\n2024-08-02 00:00:00,1.25,0.02\n",
		"American":         "date,Mkt-RF,RF\n8/1/2024,-0.5,0.02\n8/2/2024,1.25,0.02\n8/13/2024,.,.\n",
		"German":           "Datum;Mkt-RF;RF\n01.08.2024;-0,5;0,02\n02.08.2024;1,25;0,02\n",
		"compact, German":  "date;Mkt-RF;RF\n20240801;-0,5;0,02\n20240802;1,25;0,02\n",
		"tabs":             "date\tMkt-RF\tRF\n01-Aug-2024\t-0.5\t0.02\n02-Aug-2024\t1.25\t0.02\n",
		"SAS":              "date,Mkt-RF,RF\n01AUG2024,-0.5,0.02\n02AUG2024,1.25,0.02\n05AUG2024,.,.B\n",
		"a spreadsheet":    "Date,Mkt-RF,RF\n45505,-0.5,0.02\n45506,1.25,0.02\n",
		"a data frame":     ",date,Mkt-RF,RF\n0,2024-08-01,-0.5,0.02\n1,2024-08-02,1.25,0.02\n",
		"per cent signs":   "date,Mkt-RF,RF\n2024-08-01,-0.5%,0.02%\n2024-08-02,1.25%,0.02%\n",
		"marks of missing": "date,Mkt-RF,RF\n2024-08-01,-0.5,0.02\n2024-08-02,1.25,0.02\n2024-08-05,-99.99,-999\n",
	} {
		got, err := Read("f.csv", []byte(text), Options{Unit: Percent})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Dates[0] != market.NewDate(2024, 8, 1) || got.Dates[1] != market.NewDate(2024, 8, 2) || got.Factor(MktRF)[0] != -0.005 || got.Factor(MktRF)[1] != 0.0125 || got.Factor(RF)[0] != 0.0002 {
			t.Errorf("%s: %+v", name, got)
		}
		if len(got.Dates) > 2 && !math.IsNaN(got.Factor(MktRF)[2]) {
			t.Errorf("%s: %v is no observation", name, got.Factor(MktRF)[2])
		}
	}
}

// TestMoreForms reads one table of factors as others write it.
func TestMoreForms(t *testing.T) {
	for name, text := range map[string]string{
		"blanks, as in the library's texts": "This file was created using the 202411 CRSP database.\n\n            Mkt-RF     SMB      RF\n20241115    -1.28    -0.10   0.018\n20241118     0.40     0.05   0.018\n\nCopyright\n",
		"descending":                        "date,Mkt-RF,SMB,RF\n2024-11-18,0.0040,0.0005,0.00018\n2024-11-15,-0.0128,-0.0010,0.00018\n",
		"a row twice":                       "date,Mkt-RF,SMB,RF\n2024-11-15,-0.0128,-0.0010,0.00018\n2024-11-15,-0.0128,-0.0010,0.00018\n2024-11-18,0.0040,0.0005,0.00018\n",
		"three columns of the date":         "year,month,day,Mkt-RF,SMB,R_F\n2024,11,15,-1.28,-0.10,0.018\n2024,11,18,0.40,0.05,0.018\n",
		"rows numbered by R":                "\"date\" \"Mkt.RF\" \"SMB\" \"RF\"\n\"1\" 2024-11-15 -0.0128 -0.0010 0.00018\n\"2\" 2024-11-18 0.0040 0.0005 0.00018\n",
	} {
		f, err := Read("f.csv", []byte(text), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		m, rf := f.Factor(MktRF), f.Factor(RF)
		if len(f.Dates) != 2 || f.Dates[0].String() != "2024-11-15" || len(m) != 2 || math.Abs(m[0]+0.0128) > 1e-12 || math.Abs(rf[1]-0.00018) > 1e-12 || math.Abs(f.Factor(SMB)[1]-0.0005) > 1e-12 {
			t.Errorf("%s: %+v", name, f)
		}
	}
}
