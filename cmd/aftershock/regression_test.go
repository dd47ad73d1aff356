package main

import (
	"math"
	"strings"
	"testing"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/market"
)

func TestCharacteristicsFile(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "c.csv: has no line with the names of columns, such as security,employees"},
		{"keys", "employees\n3\n", "c.csv:1: there is neither a column event_id nor a column security"},
		{"names", "security,x,x,beta,\n", "c.csv:1: column 3 is called \"x\"; give each a name of its own\nc.csv:1: beta is known without the file; call the column something else\nc.csv:1: column 5 is called \"\"; give each a name of its own"},
		{"numbers", "security,x\nA,many\nB,NaN\nC,1e999\nA,2\n", "c.csv:2: x \"many\" is not a number; leave it empty where it is not known\nc.csv:3: x \"NaN\" is not a number; leave it empty where it is not known\nc.csv:4: x \"1e999\" is not a number; leave it empty where it is not known\nc.csv:5: A is there twice"},
		{"twice", "event_id,security,x\ne,A,1\ne,A,2\n", "c.csv:3: e A is there twice"},
		{"quotes", "security,x\nA,\"1\" or 2\nB,3\n", "c.csv:2: extraneous or missing \" in quoted-field; put a text with quotes into quotes, and double those within it"},
		{"ragged", "security,x\nA\n", "c.csv:2: wrong number of fields"},
	} {
		_, problems := parseCharacteristics("c.csv", strings.NewReader(tt.text))
		var got []string
		for _, p := range problems {
			got = append(got, p.Error())
		}
		if strings.Join(got, "\n") != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	day := market.NewDate(2024, 5, 2).Time()
	about := func(id string, symbols ...string) events.Event {
		e := events.Event{ID: id, DateOnly: true, Time: day}
		for _, s := range symbols {
			e.Targets = append(e.Targets, events.Target{Symbol: s})
		}
		return e
	}
	study := analysis.DefaultStudy()
	study.Benchmark = "M"
	r, err := study.Run(t.Context(), &events.Catalog{Events: []events.Event{about("e", "A"), about("f", "A", "B")}}, market.NewPanel(study.Returns, study.Gaps), nil)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]float64{
		"security,x\nA,1\n":                         {1, 1, math.NaN()},
		"\ufeffevent_id, x\nf,2\ne,\n":              {math.NaN(), 2, 2},
		"event_id,y,security,x\nf,9,B,3\ne,9,A,4\n": {4, math.NaN(), 3},
	} {
		c, problems := parseCharacteristics("c.csv", strings.NewReader(text))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		got := c.of(r, "x")
		for i, v := range want {
			if got.Value[i] != v && !(math.IsNaN(v) && math.IsNaN(got.Value[i])) {
				t.Errorf("%q: %v, want %v", text, got.Value, want)
				break
			}
		}
	}
}
