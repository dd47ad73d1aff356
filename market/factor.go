package market

import (
	"fmt"
	"slices"
)

// factor is a named series by date, in decimals.
type factor struct {
	dates  []Date
	values []float64
	origin string
}

// FactorSpan returns the first and the last day on which a factor has a value,
// and the file that it comes from, if AddFactor was told; ok is false where there
// is no such factor.
func (p *Panel) FactorSpan(name string) (days Span, origin string, ok bool) {
	f, ok := p.factors[name]
	if !ok || len(f.dates) == 0 {
		return Span{NoDate, NoDate}, "", false
	}
	return Span{f.dates[0], f.dates[len(f.dates)-1]}, f.origin, true
}

// AddFactor adds a series that belongs to no exchange, such as a Fama-French
// factor or the risk-free rate, in decimals (0.01 = 1%). Dates must ascend.
func (p *Panel) AddFactor(name string, dates []Date, values []float64) error {
	return p.AddFactorOf("", name, dates, values)
}

// AddFactorOf is AddFactor with the file that the series comes from.
func (p *Panel) AddFactorOf(origin, name string, dates []Date, values []float64) error {
	if _, dup := p.factors[name]; dup {
		return fmt.Errorf("factor %s: added twice", name)
	}
	if len(dates) != len(values) {
		return fmt.Errorf("factor %s: %d dates and %d values", name, len(dates), len(values))
	}
	for i := 1; i < len(dates); i++ {
		if dates[i] <= dates[i-1] {
			return fmt.Errorf("factor %s: %s does not come after %s", name, dates[i], dates[i-1])
		}
	}
	if p.factors == nil {
		p.factors = make(map[string]factor)
	}
	p.factors[name] = factor{slices.Clone(dates), slices.Clone(values), origin}
	return nil
}

// FactorOn lays the factor called name on cal: values[k] belongs to session
// first+k, NaN where the factor has no value. ok is false when there is no
// such factor or none of its dates is a session.
func (p *Panel) FactorOn(name string, cal *Calendar) (first int, values []float64, ok bool) {
	f, ok := p.factors[name]
	if !ok || len(f.dates) == 0 {
		return 0, nil, false
	}
	first = cal.Search(f.dates[0])
	end := cal.Search(f.dates[len(f.dates)-1] + 1)
	if first >= end {
		return 0, nil, false
	}
	values = nans(end - first)
	ok = false
	for i, d := range f.dates {
		if k, session := cal.Index(d); session {
			values[k-first], ok = f.values[i], true
		}
	}
	return first, values, ok
}

// Factors returns the names of all factors, in ascending order.
func (p *Panel) Factors() []string {
	names := make([]string, 0, len(p.factors))
	for n := range p.factors {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
