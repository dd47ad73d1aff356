package events

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func read1(name, in string) string {
	c, err := Read(name, strings.NewReader(in))
	if err != nil {
		return err.Error()
	}
	e := c.Events[0]
	return fmt.Sprint(e.Time.Format(time.RFC3339), " ", e.Precision, " ", e.DateOnly, " ", e.AfterClose)
}

func TestSelect(t *testing.T) {
	c, err := Read("a.yaml", strings.NewReader(`
- {id: v3, time: 2024-12-26T11:01:57Z, category: model, tags: [deepseek, open]}
- {id: r1, time: 2025-01-20 23:30, zone: America/New_York, category: model, tags: [deepseek]}
- {id: results, time: 2025-02-26, category: earnings}
- {id: other, time: 2025-02-26}
`))
	if err != nil {
		t.Fatal(err)
	}
	day := func(s string) time.Time { return at(s + "T00:00:00Z") }
	for _, tt := range []struct {
		f    Filter
		want string
	}{
		{Filter{}, "v3 r1 results other"},
		{Filter{IDs: []string{"results", "v3"}}, "v3 results"},
		{Filter{Categories: []string{"model"}}, "v3 r1"},
		{Filter{Categories: []string{"model", "earnings"}, Tags: []string{"open", "deepseek"}}, "v3 r1"},
		{Filter{Categories: []string{"earnings"}, Tags: []string{"open"}}, ""},
		// By New York's calendar, although it was the 21st in UTC.
		{Filter{From: day("2025-01-20"), To: day("2025-01-20")}, "r1"},
		{Filter{From: day("2025-01-21")}, "results other"},
		{Filter{To: day("2025-01-19")}, "v3"},
		{Filter{IDs: []string{"resluts"}}, `a.yaml: no event "resluts" (did you mean results?)`},
		{Filter{IDs: []string{"xyzzy"}}, `a.yaml: no event "xyzzy"`},
		{Filter{Categories: []string{"modell"}}, `a.yaml: no category "modell" (did you mean model?)`},
		{Filter{Tags: []string{"deepsek"}}, `a.yaml: no tag "deepsek" (did you mean deepseek?)`},
		{Filter{From: day("2025-01-21"), To: day("2025-01-20")}, "from 2025-01-21 is after to 2025-01-20; exchange them"},
	} {
		got := ""
		if out, err := c.Select(tt.f); err != nil {
			got = err.Error()
		} else {
			for _, e := range out.Events {
				got += " " + e.ID
			}
		}
		if strings.TrimSpace(got) != tt.want {
			t.Errorf("%+v: got %s, want %s", tt.f, got, tt.want)
		}
	}
	if got := c.Categories(); !slices.Equal(got, []string{"earnings", "model"}) {
		t.Errorf("categories %q", got)
	}
	if got := c.Tags(); !slices.Equal(got, []string{"deepseek", "open"}) {
		t.Errorf("tags %q", got)
	}
}

func TestTitleIn(t *testing.T) {
	e := Event{Title: "x", Titles: map[string]string{"ar": "س", "zh-hant": "字"}}
	if e.TitleIn("ar") != "س" || e.TitleIn("zh-Hant") != "字" || e.TitleIn("fr") != "x" {
		t.Error("a title in the wrong language")
	}
}

func TestNearest(t *testing.T) {
	known := []string{"deepseek-r1", "deepseek-v3", "stargate", "r1", "ar", "t"}
	for word, want := range map[string]string{
		"deepseek-r2": "deepseek-r1", "depseek-v3": "deepseek-v3", "stragate": "stargate", "STARGATE": "stargate", "r2": "r1", "fr": "", "x": "", "nvidia": "", "": "", strings.Repeat("a", 1e6): "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("%.20q: %q, want %q", word, got, want)
		}
	}
}
