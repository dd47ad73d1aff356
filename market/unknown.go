package market

import "fmt"

// UnknownSymbolError is the error of a source that does not have a symbol. It is
// an ErrUnknownSymbol.
type UnknownSymbolError struct {
	Symbol string
	Source string   // its name
	Have   []string // the symbols that it has, for who looks for a misspelling
}

// UnknownSymbol returns the error of a source that has other symbols than symbol.
func UnknownSymbol(symbol, source string, have []string) error {
	return &UnknownSymbolError{symbol, source, have}
}

// Error implements error.
func (e *UnknownSymbolError) Error() string {
	return fmt.Sprintf("%s %s in %s", ErrUnknownSymbol.Error(), e.Symbol, e.Source)
}

// Unwrap returns ErrUnknownSymbol.
func (e *UnknownSymbolError) Unwrap() error { return ErrUnknownSymbol }
