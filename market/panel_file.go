package market

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"time"
)

// A storedCalendar is a Calendar with names that gob can see.
type storedCalendar struct {
	Name, Zone string
	Sessions   []Session
	Usual      []storedClose
	Opens      int
	Week       []storedWeek
	Learns     bool
	Rules      Years
	Special    []SpecialDay
}

type storedClose struct {
	From   Date
	Minute int
	On     map[time.Weekday]int
}

type storedWeek struct {
	From Date
	Days Weekdays
}

// MarshalBinary implements encoding.BinaryMarshaler.
//
// Errors: a zone that goes by no name of the time zone database.
func (c *Calendar) MarshalBinary() ([]byte, error) {
	if _, err := time.LoadLocation(c.zone.String()); err != nil || c.zone == time.Local {
		return nil, fmt.Errorf("calendar %s: its zone %s has no name that another machine knows", c.name, c.zone)
	}
	s := storedCalendar{Name: c.name, Zone: c.zone.String(), Sessions: c.sessions, Opens: c.opens, Learns: c.learns, Rules: c.rules, Special: c.special}
	for _, u := range c.usual {
		s.Usual = append(s.Usual, storedClose{u.from, u.minute, u.on})
	}
	for _, w := range c.week {
		s.Week = append(s.Week, storedWeek{w.from, w.days})
	}
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(s)
	return b.Bytes(), err
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (c *Calendar) UnmarshalBinary(data []byte) error {
	var s storedCalendar
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&s); err != nil {
		return err
	}
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return fmt.Errorf("calendar %s: %w", s.Name, err)
	}
	var usual []usualClose
	for _, u := range s.Usual {
		usual = append(usual, usualClose{u.From, u.Minute, u.On})
	}
	out, err := newCalendar(s.Name, zone, usual, s.Sessions)
	if err != nil {
		return err
	}
	if len(usual) == 0 {
		return fmt.Errorf("calendar %s has no usual close", s.Name)
	}
	for _, w := range s.Week {
		out.week = append(out.week, usualWeek{w.From, w.Days})
	}
	out.opens, out.learns, out.rules, out.special = s.Opens, s.Learns, s.Rules, s.Special
	*c = *out
	return nil
}

// A storedPanel is a Panel without its columns of numbers, which follow it.
type storedPanel struct {
	Kind      ReturnKind
	Gaps      Gaps
	Given     ReturnKind
	Issues    []Issue
	Refused   map[string]string
	Calendars []*Calendar
	Columns   []storedColumn
	Factors   []storedFactor
}

type storedColumn struct {
	Column   Column // without slices of sessions
	Calendar int    // index into Calendars
	Len      int
	Spans    bool
	Has      []bool // of Column.figures: not nil
}

type storedFactor struct {
	Name, Origin string
	Dates        []Date
	Values       []float64
}

// figures lists the slices of c with a number for each session.
func (c *Column) figures() []*[]float64 {
	return []*[]float64{&c.Return, &c.Price, &c.Close, &c.Open, &c.Volume, &c.Issued}
}

// plain returns args of types that gob knows, which print as they do.
func plain(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		switch v := reflect.ValueOf(a); {
		case a == nil:
			out[i] = ""
		case v.Type() == reflect.TypeFor[float64](), v.Type() == reflect.TypeFor[int](), v.Type() == reflect.TypeFor[string]():
			out[i] = a
		default:
			out[i] = fmt.Sprint(a)
		}
	}
	return out
}

// Encode writes p so that DecodePanel reads it again, every bit of its numbers as
// it is; values in issues and findings that are no string, int or float64 become
// the strings that they print as. Another version of the program may not read it.
//
// Errors: those of w and of Calendar.MarshalBinary.
func (p *Panel) Encode(w io.Writer) error {
	s := storedPanel{Kind: p.Kind, Gaps: p.Gaps, Given: p.Given, Calendars: p.Calendars(), Refused: make(map[string]string)}
	for _, is := range p.Issues {
		is.Args = plain(is.Args)
		s.Issues = append(s.Issues, is)
	}
	for symbol, err := range p.Refused {
		s.Refused[symbol] = err.Error()
	}
	for _, name := range p.Factors() {
		f := p.factors[name]
		s.Factors = append(s.Factors, storedFactor{name, f.origin, f.dates, f.values})
	}
	for _, c := range p.Columns {
		known := *c
		at := storedColumn{Calendar: slices.Index(s.Calendars, c.Calendar), Len: c.Len(), Spans: c.Span != nil}
		for _, f := range known.figures() {
			at.Has = append(at.Has, *f != nil)
			*f = nil
		}
		known.Calendar, known.Span, known.Findings = nil, nil, slices.Clone(c.Findings)
		for i := range known.Findings {
			known.Findings[i].Args = plain(known.Findings[i].Args)
		}
		at.Column = known
		s.Columns = append(s.Columns, at)
	}
	if err := gob.NewEncoder(w).Encode(s); err != nil {
		return err
	}
	b := bufio.NewWriterSize(w, 1<<16)
	for _, c := range p.Columns {
		for _, f := range c.figures() {
			var eight [8]byte
			for _, v := range *f {
				binary.LittleEndian.PutUint64(eight[:], math.Float64bits(v))
				b.Write(eight[:]) // Flush has the error
			}
		}
		for _, n := range c.Span {
			var four [4]byte
			binary.LittleEndian.PutUint32(four[:], uint32(n))
			b.Write(four[:])
		}
	}
	return b.Flush()
}

// DecodePanel reads a panel that Panel.Encode has written. What follows it in r
// may be read too, if r is no io.ByteReader.
//
// Errors: those of r, and of what is no panel.
func DecodePanel(r io.Reader) (*Panel, error) {
	if _, ok := r.(io.ByteReader); !ok {
		r = bufio.NewReaderSize(r, 1<<16)
	}
	var s storedPanel
	if err := gob.NewDecoder(r).Decode(&s); err != nil {
		return nil, err
	}
	p := NewPanel(s.Kind, s.Gaps)
	p.Given, p.Issues = s.Given, s.Issues
	for symbol, why := range s.Refused {
		if p.Refused == nil {
			p.Refused = make(map[string]error, len(s.Refused))
		}
		p.Refused[symbol] = errors.New(why)
	}
	for _, f := range s.Factors {
		if err := p.AddFactorOf(f.Origin, f.Name, f.Dates, f.Values); err != nil {
			return nil, err
		}
	}
	buf := make([]byte, 1<<16)
	for i := range s.Columns {
		at := &s.Columns[i]
		c := &at.Column
		if at.Calendar < 0 || at.Calendar >= len(s.Calendars) || s.Calendars[at.Calendar] == nil || at.Len < 0 || at.Len > s.Calendars[at.Calendar].Len() || len(at.Has) != len(c.figures()) {
			return nil, fmt.Errorf("%s: its sessions do not lie on its calendar", c.Symbol)
		}
		c.Calendar = s.Calendars[at.Calendar]
		for k, f := range c.figures() {
			if !at.Has[k] {
				continue
			}
			*f = make([]float64, at.Len)
			for rest := *f; len(rest) > 0; {
				n := min(len(rest), len(buf)/8)
				if _, err := io.ReadFull(r, buf[:8*n]); err != nil {
					return nil, err
				}
				for k := range n {
					rest[k] = math.Float64frombits(binary.LittleEndian.Uint64(buf[8*k:]))
				}
				rest = rest[n:]
			}
		}
		if at.Spans {
			c.Span = make([]int32, at.Len)
			for rest := c.Span; len(rest) > 0; {
				n := min(len(rest), len(buf)/4)
				if _, err := io.ReadFull(r, buf[:4*n]); err != nil {
					return nil, err
				}
				for k := range n {
					rest[k] = int32(binary.LittleEndian.Uint32(buf[4*k:]))
				}
				rest = rest[n:]
			}
		}
		if err := p.AddColumn(c); err != nil {
			return nil, err
		}
	}
	return p, nil
}
