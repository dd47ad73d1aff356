package report

// mostUnexplained is how many securities a report tells of that moved without news.
const mostUnexplained = 20

// unexplainedLines says of each studied security its largest moves in the period of
// the study that no event of the catalogue names.
func (s *story) unexplainedLines() (lines []string, after string) {
	x := s.r.Moves
	if x == nil || s.r.MostMoves == 0 {
		return nil, ""
	}
	told, none, left := 0, []string{}, 0
	for i := range x.Securities {
		list := x.Unexplained(i)
		if len(list) == 0 {
			none = append(none, x.Securities[i].Symbol)
			continue
		}
		if told++; told > mostUnexplained {
			left++
			continue
		}
		var said []string
		for _, m := range list[:min(s.r.MostMoves, len(list))] {
			said = append(said, s.Say("%s (%s%%, abnormal %s%%, q %s)", m.Date, percent(m.Return, 1), percent(m.AR, 1), showP(m.Q)))
		}
		more := ""
		if n := len(list) - len(said); n > 0 {
			more = s.Say(" and %s more", n)
		}
		lines = append(lines, s.Isolate(x.Securities[i].Symbol)+s.Say(": %s", joinAll(s, said))+more)
	}
	if left > 0 {
		lines = append(lines, s.Say("and %s more securities; aftershock explain tells of them", left))
	}
	if lines != nil && len(none) > 0 {
		after = s.Say("None: %s.", listed(s.Language, none, 12))
	}
	return lines, after
}

func joinAll(s *story, list []string) string {
	out := ""
	for k, v := range list {
		if k > 0 {
			out += s.Comma
		}
		out += v
	}
	return out
}

// unexplained writes the moves without an event.
func (p *page) unexplained() {
	lines, after := p.unexplainedLines()
	if lines == nil {
		return
	}
	p.heading(p.unexplainedHead())
	for _, l := range lines {
		p.paragraph("  ", "    ", l)
	}
	if after != "" {
		p.paragraph("  ", "    ", after)
	}
}

// unexplainedHead says what the moves without an event are, and of which days.
func (s *story) unexplainedHead() string {
	x := s.r.Moves
	first, last := x.Spec.From, x.Spec.To
	return s.Say("Largest moves from %s to %s without an event of the catalogue", first, last)
}
