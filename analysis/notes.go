package analysis

func (r *Result) notes() []Note { return nil }
