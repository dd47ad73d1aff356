package factors

import (
	"archive/zip"
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
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
		f, err := Read("ff.csv", []byte(text), Auto)
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
	f, err := Read("mom.csv", []byte("This file was created by using the 202601 CRSP database. It contains a momentum factor.\n\nMissing data are indicated by -99.99 or -999.\n\n,Mom\n20260102,   0.42\n20260105,  -0.11\n"), Auto)
	if err != nil || f.Vintage != "CRSP 202601" {
		t.Fatalf("%+v, %v", f, err)
	}
	check(t, Mom, f.Factor(Mom), 0.42/100, -0.11/100)
	f, err = Read("5.csv", []byte("using the 202601 CRSP database\n\n,Mkt-RF,SMB,HML,RMW,CMA,RF\n20260102,1,2,3,4,5,6\n"), Auto)
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
		f, err := Read("f.csv", []byte(c.text), c.unit)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		check(t, c.name, f.Factor(MktRF), c.want...)
		if f.Unit != c.is || f.Vintage != "" {
			t.Errorf("%s: %s %q", c.name, f.Unit, f.Vintage)
		}
	}
	f, err := Read("f.csv", []byte("date;Mkt-RF;my factor;UMD\n2025-01-24;-0.0031;1;2\n"), Auto)
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
	if f, err := ReadFile(path, Auto); err != nil || len(f.Dates) != 3 {
		t.Errorf("%v, %v", f, err)
	}
	if _, err := Read("ff.zip", b.Bytes()[:50], Auto); err == nil {
		t.Error("a damaged archive was read")
	}
	if _, err := ReadFile(path+"x", Auto); err == nil {
		t.Error("a file that is not there was read")
	}
}

func TestReadErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "f.csv: no line begins with a day"},
		{"text alone", "factors\n", "f.csv: no line begins with a day"},
		{"no header", "2025-01-27,1\n", "f.csv:1: the line before the first day must name the columns"},
		{"monthly", "x\n\n,Mkt-RF\n192607,1\n", "f.csv:4: 192607 is a month: a file of daily factors is needed"},
		{"letters", "date,mkt_rf\n2025-01-27,x\n", `f.csv:2: mkt_rf "x" is not a number`},
		{"infinite", "date,mkt_rf\n2025-01-27,Inf\n", `is not a number`},
		{"cut off", "date,mkt_rf,smb\n2025-01-24,1,2\n2025-01-27,1", "f.csv:3: 1 values for 2 factors; is the line cut off?"},
		{"not ascending", "date,mkt_rf\n2025-01-27,1\n2025-01-24,1\n", "f.csv:3: 2025-01-24 does not come after 2025-01-27"},
		{"not a day", "date,mkt_rf\n2025-01-27,1\n2025-02-30,1\n", `f.csv:3: "2025-02-30" is not a day`},
		{"two tables", ",Mkt-RF\n20250127,1\n\nEqual weighted\n,Mkt-RF\n20250127,1\n", "f.csv:6: a second table begins"},
		{"one name twice", "date,mom,UMD\n2025-01-27,1,1\n", "two of one name"},
		{"unit unclear", "date,mkt_rf\n2025-01-27,0.05\n", "set the unit to percent or decimal"},
		{"nothing observed", "date,mkt_rf\n2025-01-27,\n", "set the unit"},
	} {
		_, err := Read("f.csv", []byte(c.text), Auto)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
	if _, err := Read("f.csv", []byte(three), "bp"); err == nil || !strings.Contains(err.Error(), "percent or decimal") {
		t.Errorf("a wrong unit: %v", err)
	}
}

func TestAddTo(t *testing.T) {
	f, err := Read("f.csv", []byte("date,mkt_rf,rf\n2025-01-24,-0.31,0.02\n2025-01-25,9,9\n2025-01-27,-1.62,0.02\n"), Percent)
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
		f, err := ReadFile(dir+file, Auto)
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
		table, err := Read("f.csv", data, Auto)
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
