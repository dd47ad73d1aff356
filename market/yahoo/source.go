// Package yahoo fetches daily prices from Yahoo Finance's chart service,
// through github.com/piquette/finance-go with a [finance.Backend] of our own.
//
// # Whose licence applies
//
// The prices are Yahoo's and the exchanges'. Yahoo offers this service for the
// reader's personal use, without a contract: it may refuse, change or end it
// on any day, and what may be stored, published or used for gain is between
// the user and Yahoo (and the exchange), under their terms. The licence of
// this program covers none of it. Keep what was fetched (package store does)
// and cite it by its date: Yahoo rewrites the whole adjusted history at every
// dividend, so that two fetches of one range differ.
//
// # What the backend does
//
// finance-go's own transport sends no browser's User-Agent, asks for no splits
// and dividends, loses status and body of a refusal, turns a null into a price
// of 0 and panics on answers of an unusual shape. The backend here sends the
// requests itself (politely: limited in rate and number, with backoff, and
// waiting as long as it is told to), proves the shape of the answer, and only
// then lets finance-go decode it.
//
// # What a bar is
//
//   - Its date is the session's, by the exchange's clock.
//   - Open, High, Low and Close are adjusted for splits; AdjClose also for
//     dividends, as Yahoo computes it.
//   - A field that Yahoo leaves null, or gives as a price of 0, is NaN. A
//     session without any price is no observation and gives no bar.
//   - Yahoo widens 32-bit prices to 64 bits: 118.42 arrives as
//     118.41999816894531. Such a number is read as the shortest decimal that
//     has the same 32 bits. No other number is rounded.
//   - The session that has not ended, or ended less than half an hour ago
//     (closing auctions, delayed feeds), gives no bar yet.
//   - Prices quoted in pence, agorot or cents (GBp, ILA, ZAc) are given in
//     pounds, shekels or rand, so that the currency is one of ISO 4217.
package yahoo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
	_ "time/tzdata" // the exchanges' clocks, on machines that have none

	"aftershock/internal/pattern"
	"aftershock/market"

	finance "github.com/piquette/finance-go"
	"github.com/piquette/finance-go/chart"
	"github.com/piquette/finance-go/datetime"
	"golang.org/x/time/rate"
)

// Options says how a Source behaves towards the service. A field's zero value
// stands for the default given beside it.
type Options struct {
	Base        string              // where charts and crumbs are asked for; https://query2.finance.yahoo.com
	CookieURL   string              // the page that sets the session's cookie; https://fc.yahoo.com
	UserAgent   string              // that of a browser: the service refuses others
	Rate        rate.Limit          // requests a second; 2
	Burst       int                 // requests that may follow at once after a rest; 4
	MaxInFlight int                 // requests under way at a time; 4
	Retries     int                 // tries after the first; 4, and none if negative
	Backoff     time.Duration       // before the first retry, doubled before each later one, less up to half by chance; 500 ms
	MaxWait     time.Duration       // the longest wait that the service may ask for; 2 minutes
	MaxBody     int64               // bytes of an answer; 32 MiB
	Timeout     time.Duration       // of one try, from connecting to the last byte; 30 s
	Now         func() time.Time    // time.Now
	Waiting     func(time.Duration) // told, by several goroutines at once, before a wait of seconds; may be nil
}

const defaultUserAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"

// Source is the chart service as a source of prices. It is safe for concurrent
// use; limits and session are shared by all its callers.
type Source struct {
	o       Options
	client  *http.Client
	limit   *rate.Limiter
	flights chan struct{}
	held    atomic.Int64 // no request before this instant, in nanoseconds since 1970

	session chan struct{} // held while a crumb is fetched
	crumb   atomic.Pointer[string]

	sleep func(context.Context, time.Duration) error

	host string        // of Options.Base
	user *url.Userinfo // for that host; it stands in no message
}

var _ market.Source = (*Source)(nil)

// errInsecure is the error of an answer that sends from https on to http.
var errInsecure = errors.New("it redirects from https to http, which is not followed")

// withoutUser takes name and password out of a valid address.
func withoutUser(address string) (*url.URL, *url.Userinfo) {
	u, err := url.Parse(address)
	if err != nil {
		return &url.URL{}, nil // checked before
	}
	user := u.User
	u.User = nil
	return u, user
}

// New returns a Source that behaves as o says. It fails when an address in o
// is none.
func New(o Options) (*Source, error) {
	set(&o.Base, "https://query2.finance.yahoo.com")
	set(&o.CookieURL, "https://fc.yahoo.com")
	set(&o.UserAgent, defaultUserAgent)
	set(&o.Rate, 2)
	set(&o.Burst, 4)
	set(&o.MaxInFlight, 4)
	set(&o.Retries, 4)
	set(&o.Backoff, 500*time.Millisecond)
	set(&o.MaxWait, 2*time.Minute)
	set(&o.MaxBody, 32<<20)
	set(&o.Timeout, 30*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Base = strings.TrimRight(o.Base, "/")
	for _, a := range []string{o.Base, o.CookieURL} {
		if u, err := url.Parse(a); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, errors.New("yahoo: that is no http or https address")
		}
	}
	base, user := withoutUser(o.Base)
	o.Base = base.String()
	cookies, _ := withoutUser(o.CookieURL)
	o.CookieURL = cookies.String()
	if o.Rate < 0 || o.Burst < 0 || o.MaxInFlight < 0 || o.Backoff < 0 || o.MaxWait < 0 || o.MaxBody < 0 || o.Timeout < 0 {
		return nil, errors.New("yahoo: a rate, number, size or time in the options is negative")
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = o.MaxInFlight
	return &Source{
		o:    o,
		host: base.Host, user: user,
		client: &http.Client{Transport: transport, Jar: jar, CheckRedirect: func(to *http.Request, via []*http.Request) error {
			if len(via) > 5 {
				return ErrRedirects
			}
			if via[0].URL.Scheme == "https" && to.URL.Scheme != "https" {
				return errInsecure
			}
			return nil
		}},
		limit:   rate.NewLimiter(o.Rate, o.Burst),
		flights: make(chan struct{}, o.MaxInFlight),
		session: make(chan struct{}, 1),
		sleep:   sleep,
	}, nil
}

func set[T comparable](p *T, v T) {
	var zero T
	if *p == zero {
		*p = v
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Close closes the connections that are kept for later requests.
func (s *Source) Close() { s.client.CloseIdleConnections() }

// Name returns "Yahoo Finance".
func (s *Source) Name() string { return "Yahoo Finance" }

// Symbols returns nil: the service cannot be listed.
func (s *Source) Symbols(context.Context) ([]string, error) { return nil, nil }

// Series fetches the history of symbol, by Yahoo's spelling (^GSPC, BRK-B,
// 005930.KS). A range without sessions, or before the listing, gives a series
// without bars.
//
// Errors: one that wraps market.ErrUnknownSymbol; *HTTPError for another
// refusal; *ShapeError for an answer that is no chart of daily bars;
// *RequestError when no answer came; the context's.
func (s *Source) Series(ctx context.Context, symbol string, from, to market.Date) (*market.Series, error) {
	out, _, err := s.SeriesRaw(ctx, symbol, from, to)
	return out, err
}

// symbolPattern is what Yahoo's symbols are made of; M&M.NS and EURUSD=X are some.
var symbolPattern = pattern.New(`^[A-Za-z0-9^][A-Za-z0-9.^=&_-]{0,31}$`)

// SeriesRaw is Series that also returns the answer as it came.
func (s *Source) SeriesRaw(ctx context.Context, symbol string, from, to market.Date) (*market.Series, []byte, error) {
	if !symbolPattern.MatchString(symbol) {
		return nil, nil, fmt.Errorf("yahoo: %q cannot be a symbol of this service: %w", symbol, market.ErrUnknownSymbol)
	}
	if from == market.NoDate {
		from = market.NewDate(1900, 1, 1) // before anything that the service has
	}
	if to == market.NoDate {
		to = market.DateOf(s.o.Now().UTC()) + 1
	}
	if from > to {
		return nil, nil, fmt.Errorf("yahoo: %s: the range from %s to %s ends before it begins", symbol, from, to)
	}
	// The clock is read before the request: an answer on its way while the
	// session ends is not complete. The range is a day wider on both sides
	// than it is by UTC, for exchanges far from Greenwich, and its end is
	// exclusive.
	c := &call{source: s, now: s.o.Now(), start: from.Time().AddDate(0, 0, -1)}
	end := to.Time().AddDate(0, 0, 2)
	it := chart.Client{B: c}.Get(&chart.Params{
		Params:   finance.Params{Context: &ctx},
		Symbol:   url.PathEscape(symbol),
		Start:    datetime.New(&c.start),
		End:      datetime.New(&end),
		Interval: datetime.OneDay,
	})
	out, err := c.series(it, symbol, from, to)
	if err != nil {
		return nil, nil, fmt.Errorf("yahoo: %s: %w", symbol, err)
	}
	return out, c.raw, nil
}
