package yahoo

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"

	"aftershock/market"

	finance "github.com/piquette/finance-go"
)

// ErrTooLarge is wrapped by the error of an answer above Options.MaxBody.
var ErrTooLarge = errors.New("the answer is larger than is allowed")

// ErrRedirects is wrapped by the error of a request sent on too often.
var ErrRedirects = errors.New("redirected in circles")

// HTTPError is a refusal by the service.
type HTTPError struct {
	Status     int
	Line       string             // the first line of the answer
	URL        string             // what was asked for, without the crumb
	RetryAfter time.Duration      // how long the service asks to wait; 0 when it does not say
	Service    *finance.YfinError // the service's own words; nil when it has none
}

func (e *HTTPError) Error() string {
	line := e.Line
	if e.Service != nil {
		line = printable(e.Service.Code + ": " + e.Service.Description)
	}
	msg := fmt.Sprintf("HTTP %d %s (%s)", e.Status, http.StatusText(e.Status), line)
	switch {
	case e.unknownSymbol():
		msg += "; check the spelling (BRK-B, 005930.KS), delisted securities must come from a file"
	case e.RetryAfter > 0:
		msg += fmt.Sprintf("; the service asks to wait %s", e.RetryAfter)
	case e.Status == http.StatusTooManyRequests:
		msg += "; wait, then fetch at a lower rate"
	}
	return msg
}

// Unwrap returns market.ErrUnknownSymbol when the service says so, and the
// service's own error.
func (e *HTTPError) Unwrap() []error {
	var errs []error
	if e.unknownSymbol() {
		errs = append(errs, market.ErrUnknownSymbol)
	}
	if e.Service != nil {
		errs = append(errs, e.Service)
	}
	return errs
}

// unknownSymbol tells a symbol that the service does not know from a service
// that is no longer there, which is a 404 too.
func (e *HTTPError) unknownSymbol() bool {
	return e.Service != nil && e.Service.Code == "Not Found"
}

// beforeListing reports whether the security has no session in the range.
func (e *HTTPError) beforeListing() bool {
	return e.Service != nil && e.Status == http.StatusBadRequest && strings.HasPrefix(e.Service.Description, "Data doesn't exist")
}

func (e *HTTPError) temporary() bool {
	return e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout || e.Status >= 500
}

// RequestError is a request that got no whole answer.
type RequestError struct {
	URL string // what was asked for, without the crumb
	Err error
}

func (e *RequestError) Error() string { return fmt.Sprintf("no answer from %s: %v", e.URL, e.Err) }

// Unwrap returns the cause.
func (e *RequestError) Unwrap() error { return e.Err }

// ShapeError is an answer that is no chart of daily bars.
type ShapeError struct {
	What string // what is wrong with it
	Line string // the first line of the answer; "" where it would not help
}

func (e *ShapeError) Error() string {
	if e.Line == "" {
		return "the answer is no chart of daily bars: " + e.What
	}
	return fmt.Sprintf("the answer is no chart of daily bars: %s (%s)", e.What, e.Line)
}

// firstLine returns the first line of b that is not blank, fit for a message.
func firstLine(b []byte) string {
	for line := range strings.Lines(string(b[:min(len(b), 4096)])) {
		if line = printable(line); line != "" {
			return line
		}
	}
	return "no text"
}

// printable cuts s to the length of a message and takes out what could steer
// a terminal.
func printable(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s))
	if r := []rune(s); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return s
}
