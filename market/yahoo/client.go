package yahoo

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	finance "github.com/piquette/finance-go"
)

// ask gets a page of the service. When the service wants a session, ask opens
// one and asks once more.
func (s *Source) ask(ctx context.Context, u string) ([]byte, error) {
	crumb := s.crumb.Load()
	body, err := s.get(ctx, u, crumb)
	var refused *HTTPError
	if !errors.As(err, &refused) || refused.Status != http.StatusUnauthorized {
		return body, err
	}
	if crumb, err = s.renew(ctx, crumb); err != nil {
		return nil, fmt.Errorf("%w; no new session: %w", refused, err)
	}
	return s.get(ctx, u, crumb)
}

// renew replaces the crumb old, unless another caller has done so already.
func (s *Source) renew(ctx context.Context, old *string) (*string, error) {
	select {
	case s.session <- struct{}{}:
		defer func() { <-s.session }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if now := s.crumb.Load(); now != old {
		return now, nil
	}
	// The page sets its cookie whatever its status; only silence is fatal.
	var status *HTTPError
	if _, err := s.get(ctx, s.o.CookieURL, nil); err != nil && !errors.As(err, &status) {
		return nil, err
	}
	body, err := s.get(ctx, s.o.Base+"/v1/test/getcrumb", nil)
	if err != nil {
		return nil, err
	}
	// A refusal can come with status 200; a crumb is one short word.
	crumb := strings.TrimSpace(string(body))
	if crumb == "" || len(crumb) > 64 || strings.ContainsAny(crumb, " \t\r\n<{") {
		return nil, &ShapeError{What: "a crumb was asked for", Line: firstLine(body)}
	}
	s.crumb.Store(&crumb)
	return &crumb, nil
}

// get tries until there is an answer that another try would not change.
func (s *Source) get(ctx context.Context, u string, crumb *string) ([]byte, error) {
	for try := 0; ; try++ {
		body, err := s.once(ctx, u, crumb)
		if err == nil {
			return body, nil
		}
		if ctx.Err() != nil {
			return nil, &RequestError{u, ctx.Err()}
		}
		wait, again := s.wait(err, try)
		if !again {
			return nil, err
		}
		const worthATelling = 5 * time.Second
		if s.o.Waiting != nil && wait >= worthATelling {
			s.o.Waiting(wait)
		}
		if err := s.sleep(ctx, wait); err != nil {
			return nil, &RequestError{u, err}
		}
	}
}

// wait returns how long to wait after err before the next try, and whether
// there should be one.
func (s *Source) wait(err error, try int) (time.Duration, bool) {
	if try >= s.o.Retries || errors.Is(err, ErrTooLarge) || errors.Is(err, ErrRedirects) {
		return 0, false
	}
	d := min(s.o.Backoff<<min(try, 16), s.o.MaxWait)
	d -= time.Duration(rand.Float64() * float64(d) / 2)
	var refused *HTTPError
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &refused):
		if !refused.temporary() || refused.RetryAfter > s.o.MaxWait {
			return 0, false
		}
		d = max(d, refused.RetryAfter)
		if refused.Status == http.StatusTooManyRequests {
			s.hold(d)
		}
	case errors.As(err, &name) && name.IsNotFound, errors.As(err, &certificate):
		return 0, false
	}
	return d, true
}

// hold keeps every caller from asking for d.
func (s *Source) hold(d time.Duration) {
	until := s.o.Now().Add(d).UnixNano()
	for {
		old := s.held.Load()
		if old >= until || s.held.CompareAndSwap(old, until) {
			return
		}
	}
}

// once asks for u a single time, when it is allowed to. The crumb goes into
// the address that is asked for, but into no error.
func (s *Source) once(ctx context.Context, u string, crumb *string) ([]byte, error) {
	select {
	case s.flights <- struct{}{}:
		defer func() { <-s.flights }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if d := time.Unix(0, s.held.Load()).Sub(s.o.Now()); d > 0 {
		if err := s.sleep(ctx, d); err != nil {
			return nil, err
		}
	}
	if err := s.limit.Wait(ctx); err != nil {
		return nil, &RequestError{u, err}
	}
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	full := u
	if crumb != nil {
		full += "&crumb=" + url.QueryEscape(*crumb)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, full, nil)
	if err != nil {
		return nil, &RequestError{u, cause(err)}
	}
	if s.user != nil && req.URL.Host == s.host {
		password, _ := s.user.Password()
		req.SetBasicAuth(s.user.Username(), password)
	}
	req.Header.Set("User-Agent", s.o.UserAgent)
	req.Header.Set("Accept", "application/json, text/plain, */*")
	req.Header.Set("Accept-Language", "en-US,en;q=0.9")
	res, err := s.client.Do(req)
	if err != nil {
		return nil, &RequestError{u, cause(err)}
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		// What cannot be read of a refusal is not worth an error of its own.
		body, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10))
		return nil, refusal(res, body, u, s.o.Now())
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, s.o.MaxBody+1))
	if err != nil {
		return nil, &RequestError{u, err}
	}
	if int64(len(body)) > s.o.MaxBody {
		return nil, &RequestError{u, fmt.Errorf("%w: above %d bytes", ErrTooLarge, s.o.MaxBody)}
	}
	return body, nil
}

// cause strips err of net/http's repetition of the address, which has the
// crumb in it.
func cause(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

func refusal(res *http.Response, body []byte, u string, now time.Time) *HTTPError {
	return &HTTPError{
		Status:     res.StatusCode,
		Line:       firstLine(body),
		URL:        u,
		RetryAfter: retryAfter(res.Header.Get("Retry-After"), now),
		Service:    serviceError(body),
	}
}

// serviceError returns what the service says went wrong, or nil. Refusals of
// charts and of sessions differ in the name of the outer field.
func serviceError(body []byte) *finance.YfinError {
	type outer struct{ Error *finance.YfinError }
	var a struct{ Chart, Finance outer }
	if json.Unmarshal(body, &a) != nil {
		return nil
	}
	if a.Chart.Error != nil {
		return a.Chart.Error
	}
	return a.Finance.Error
}

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(h string, now time.Time) time.Duration {
	if n, err := strconv.ParseInt(h, 10, 64); err == nil {
		return time.Duration(min(max(n, 0), math.MaxInt64/int64(time.Second))) * time.Second
	}
	if t, err := http.ParseTime(h); err == nil {
		return max(t.Sub(now), 0)
	}
	return 0
}
