package article

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"aftershock/events"
)

// Measure is how well one kind of finding agrees with the labels of a person.
type Measure struct {
	Precision float64 `json:"precision"` // the share of what was found that is right; 1 where nothing was found
	Recall    float64 `json:"recall"`    // the share of what there is that was found; 1 where there is nothing
	F1        float64 `json:"f1"`        // 2PR/(P+R)
	Right     int     `json:"right"`
	Found     int     `json:"found"`
	Labelled  int     `json:"labelled"`
}

// Scores are the measures of one language.
type Scores struct {
	Sentences int     `json:"sentences"`
	Dates     Measure `json:"dates"`
	Companies Measure `json:"companies"`
	Events    Measure `json:"events"`
}

// A Miss is a finding that is not that of the labels.
type Miss struct {
	ID, Kind string // of the sentence; date, company or event
	Text     string // what was found, or labelled
	Found    bool   // it was found and is not labelled so; else labelled and not found
}

// labelled is one line of a file of labelled sentences.
type labelled struct {
	ID        string `json:"id"`
	Lang      string `json:"lang"`
	Published string `json:"published"`
	Text      string `json:"text"`
	Dates     []struct {
		Text     string  `json:"text"`
		At       [2]int  `json:"at"`
		Start    *string `json:"start"`
		End      *string `json:"end"`
		Fiscal   *Fiscal `json:"fiscal"`
		Optional bool    `json:"optional"`
	} `json:"dates"`
	Entities []struct {
		Text     string  `json:"text"`
		At       [2]int  `json:"at"`
		Ticker   *string `json:"ticker"`
		Name     string  `json:"name"`
		Optional bool    `json:"optional"`
	} `json:"entities"`
	Event bool `json:"event"`
}

// Score reads sentences labelled by a person, one JSON object a line, and measures
// by language how well what [Read] finds agrees. A line has id, lang, published (a
// date), text, dates (each with text, at, start and end or fiscal {quarter, year},
// optional), entities (text, at, ticker, name, optional) and event; at is [start,
// end) in Unicode code points.
//
// A date is right when the spans overlap and first and last day, or the fiscal
// quarter, are equal; a company when the spans overlap and the ticker, or the name
// where it is not listed, is equal; what is optional counts neither way.
func Score(file string, in io.Reader, names *events.Names) (map[string]*Scores, []Miss, error) {
	out := map[string]*Scores{}
	var misses []Miss
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, MaxText)
	line := 0
	for lines.Scan() {
		line++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var g labelled
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			return nil, nil, events.Problem{File: file, Line: line, What: fmt.Sprintf("not a labelled sentence: %v", err)}
		}
		published, err := time.Parse(time.DateOnly, g.Published)
		if err != nil {
			return nil, nil, events.Problem{File: file, Line: line, What: fmt.Sprintf("published %q is not a date such as 2025-01-27", g.Published)}
		}
		if g.Text == "" || g.Lang == "" {
			return nil, nil, events.Problem{File: file, Line: line, What: "text and lang are needed"}
		}
		if out[g.Lang] == nil {
			out[g.Lang] = &Scores{}
		}
		misses = append(misses, out[g.Lang].add(&g, Read(g.Text, Options{Published: published, Names: names}), names)...)
	}
	if err := lines.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = events.Problem{File: file, Line: line + 1, What: "the line is too long to be a sentence"}
		}
		return nil, nil, err
	}
	if len(out) == 0 {
		return nil, nil, events.Problem{File: file, What: "no labelled sentences; write one JSON object a line"}
	}
	for _, s := range out {
		for _, m := range []*Measure{&s.Dates, &s.Companies, &s.Events} {
			m.finish()
		}
	}
	return out, misses, nil
}

func (m *Measure) finish() {
	m.Precision, m.Recall, m.F1 = 1, 1, 0
	if m.Found > 0 {
		m.Precision = float64(m.Right) / float64(m.Found)
	}
	if m.Labelled > 0 {
		m.Recall = float64(m.Right) / float64(m.Labelled)
	}
	if s := m.Precision + m.Recall; s > 0 {
		m.F1 = 2 * m.Precision * m.Recall / s
	}
}

// sameName reports whether two names are one, or spellings of one in the table.
func sameName(names *events.Names, a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	x, known := names.ByName(a)
	return known && x.Name == b
}

// span is a range of code points.
type span [2]int

func (s span) meets(o span) bool { return s[0] < o[1] && o[0] < s[1] }

func (s *Scores) add(g *labelled, a *Article, names *events.Names) (misses []Miss) {
	s.Sentences++
	points := func(from, to int) span {
		start := utf8.RuneCountInString(g.Text[:from])
		return span{start, start + utf8.RuneCountInString(g.Text[from:to])}
	}
	usedDate, usedName := make([]bool, len(g.Dates)), make([]bool, len(g.Entities))
	tells := false
	for _, t := range a.Sentences {
		tells = tells || t.Event
		for _, d := range t.Dates {
			at, hit, neither := points(t.Start+d.Start, t.Start+d.End), false, false
			for i, l := range g.Dates {
				if !at.meets(l.At) {
					continue
				}
				if l.Optional {
					neither = true
					continue
				}
				same := l.Fiscal != nil && d.Fiscal != nil && *l.Fiscal == *d.Fiscal ||
					l.Fiscal == nil && l.Start != nil && l.End != nil && !d.Open() && d.From.Format(time.DateOnly) == *l.Start && d.To.Format(time.DateOnly) == *l.End
				if same && !usedDate[i] {
					usedDate[i], hit = true, true
					break
				}
			}
			if neither && !hit {
				continue
			}
			if s.Dates.Found++; hit {
				s.Dates.Right++
			} else {
				misses = append(misses, Miss{g.ID, "date", d.Text, true})
			}
		}
		for _, m := range t.Mentions {
			at, hit, neither := points(t.Start+m.Start, t.Start+m.End), false, false
			for i, l := range g.Entities {
				if !at.meets(l.At) {
					continue
				}
				if l.Optional {
					neither = true
					continue
				}
				same := l.Ticker != nil && *l.Ticker == m.Entity.Symbol || (l.Ticker == nil || *l.Ticker == "") && m.Entity.Symbol == "" && sameName(names, l.Name, m.Entity.Name)
				if same && !usedName[i] {
					usedName[i], hit = true, true
					break
				}
			}
			if neither && !hit {
				continue
			}
			if s.Companies.Found++; hit {
				s.Companies.Right++
			} else {
				misses = append(misses, Miss{g.ID, "company", m.Text, true})
			}
		}
	}
	for i, l := range g.Dates {
		if !l.Optional {
			if s.Dates.Labelled++; !usedDate[i] {
				misses = append(misses, Miss{g.ID, "date", l.Text, false})
			}
		}
	}
	for i, l := range g.Entities {
		if !l.Optional {
			if s.Companies.Labelled++; !usedName[i] {
				misses = append(misses, Miss{g.ID, "company", l.Text, false})
			}
		}
	}
	if tells {
		s.Events.Found++
	}
	if g.Event {
		s.Events.Labelled++
	}
	if tells && g.Event {
		s.Events.Right++
	} else if tells != g.Event {
		misses = append(misses, Miss{g.ID, "event", g.Text, tells})
	}
	return misses
}
