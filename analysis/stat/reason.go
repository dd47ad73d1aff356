package stat

import "fmt"

// Reason is why a kernel has no result, with its figures: an error whose form
// can be said in other languages.
type Reason struct {
	Format string // as package fmt has it
	Args   []any
}

// Error implements error.
func (r *Reason) Error() string { return fmt.Sprintf(r.Format, r.Args...) }

func because(format string, args ...any) error { return &Reason{format, args} }
