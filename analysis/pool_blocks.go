package analysis

// blockOf names the block of a row, "" where it is not known.
func (g *engine) blockOf(row int32) string {
	switch col := g.ser[row].col; g.study.Correlation {
	case SectorBlocks:
		return col.Sector
	case ExchangeBlocks:
		if col.Exchange != "" {
			return col.Exchange
		}
		return col.Calendar.Name()
	}
	return ""
}

// apart reports whether two rows are of different blocks.
func (g *engine) apart(a, b int32) bool {
	if g.study.Correlation == "" || g.study.Correlation == OneBlock {
		return false
	}
	x, y := g.blockOf(a), g.blockOf(b)
	return x != "" && y != "" && x != y
}

// oneBlock reports whether no two members are of different blocks.
func (p *pool) oneBlock() bool {
	g := p.eng
	if g.study.Correlation == "" || g.study.Correlation == OneBlock {
		return true
	}
	known := ""
	for _, r := range p.rows {
		switch b := g.blockOf(r); {
		case b == "" || b == known:
		case known == "":
			known = b
		default:
			return false
		}
	}
	return true
}
