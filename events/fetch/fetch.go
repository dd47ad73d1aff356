// Package fetch gets feeds and files over HTTP as a polite guest: one request at a time
// and a pause between two to one host, a User-Agent that says whom to write to, nothing
// fetched again that has not changed (ETag, Last-Modified), and bounds on size, time,
// redirects and tries.
package fetch

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"aftershock/internal/bounded"
)

// Client fetches. Its fields are read when the first request is made.
type Client struct {
	Version string // of the program, for the User-Agent
	Contact string // an address to write to; "": none is given
	Rate    float64
	Timeout time.Duration // of one try, to the end of its body
	Most    int64         // bytes of a body, when it is unpacked
	Tries   int           // of what may be over soon: 429, 5xx, a broken connection
	Cache   string        // folder of answers with their ETags; "": none are kept
	HTTP    *http.Client  // nil: one of its own
	// Pause waits between tries; nil: by the clock. Tests replace it.
	Pause func(ctx context.Context, d time.Duration) error

	mu    sync.Mutex
	hosts map[string]*rate.Limiter
}

// Page is what an address gave.
type Page struct {
	Data     []byte
	Charset  string // of the Content-Type, "" where it has none
	Fresh    bool   // false: not changed since it was fetched last
	Address  string // where the redirects ended
	Redirect bool
}

// longest is the longest pause that an answer can ask for.
const longest = time.Minute

// redirects is how many are followed.
const redirects = 5

// errPermanent marks what another try would not mend.
var errPermanent = errors.New("")

// ErrUnreachable is the error of a server that does not answer, or asks to wait.
var ErrUnreachable = errors.New("the server cannot be reached")

type unreachable struct{ error }

func (unreachable) Is(target error) bool { return target == ErrUnreachable }
func (e unreachable) Unwrap() error      { return e.error }

// kept is the record beside a kept answer.
type kept struct {
	Address      string `json:"address"`
	Final        string `json:"final"`
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	Charset      string `json:"charset,omitempty"`
	SHA256       string `json:"sha256"`
}

// Get fetches address. An answer that is larger than Most, not 200, or cut off, is an
// error that names the address and the cause.
func (c *Client) Get(ctx context.Context, address string) (*Page, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: not an address: %w", address, err)
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, fmt.Errorf("%s: only http:// and https:// addresses are fetched", address)
	case u.User != nil:
		return nil, fmt.Errorf("%s: an address must hold no name and password", u.Redacted())
	}
	if h := u.Hostname(); c.Contact == "" && (h == "sec.gov" || strings.HasSuffix(h, ".sec.gov")) {
		return nil, fmt.Errorf("%s: the SEC asks programs to say whom to write to; give an address with --contact or import.contact", address)
	}
	old, body := c.read(address)
	var last error
	for try := range max(1, c.Tries) {
		if err := c.limiter(u.Host).Wait(ctx); err != nil {
			return nil, err
		}
		page, again, err := c.once(ctx, u, old, body)
		if err == nil {
			return page, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		last = err
		if errors.Is(err, errPermanent) {
			break
		}
		if try+1 < c.Tries {
			if again == 0 {
				again = time.Second << try
			}
			if again > longest {
				return nil, fmt.Errorf("%s: %w; it asks to wait %s, try again then", address, unreachable{err}, again)
			}
			if err := c.pause(ctx, again); err != nil {
				return nil, err
			}
		}
	}
	if errors.Is(last, errPermanent) {
		return nil, fmt.Errorf("%s: %w", address, last)
	}
	return nil, unreachable{fmt.Errorf("%s: %w", address, last)}
}

func (c *Client) pause(ctx context.Context, d time.Duration) error {
	if c.Pause != nil {
		return c.Pause(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Client) limiter(host string) *rate.Limiter {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hosts == nil {
		c.hosts = map[string]*rate.Limiter{}
	}
	l := c.hosts[host]
	if l == nil {
		l = rate.NewLimiter(rate.Limit(cmp.Or(c.Rate, 1)), 1)
		c.hosts[host] = l
	}
	return l
}

// permanent is an error that another try would not mend.
type permanent struct{ error }

func (p permanent) Is(target error) bool { return target == errPermanent }
func (p permanent) Unwrap() error        { return p.error }

// once makes one try. again is how long the server asks to wait, 0 where it does not.
func (c *Client) once(ctx context.Context, u *url.URL, old kept, body []byte) (p *Page, again time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.Timeout, 30*time.Second))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, 0, permanent{err}
	}
	agent := "aftershock/" + cmp.Or(strings.Fields(c.Version + " dev")[0], "dev")
	if c.Contact != "" {
		agent += " (" + strings.Map(func(r rune) rune {
			if r < ' ' || r > '~' || r == '(' || r == ')' {
				return -1
			}
			return r
		}, c.Contact) + ")"
	}
	req.Header.Set("User-Agent", agent)
	req.Header.Set("Accept", "application/rss+xml, application/atom+xml, application/feed+json, application/json, text/calendar, text/csv, application/xml, text/xml, text/html, text/plain, */*;q=0.5")
	if body != nil {
		if old.ETag != "" {
			req.Header.Set("If-None-Match", old.ETag)
		}
		if old.LastModified != "" {
			req.Header.Set("If-Modified-Since", old.LastModified)
		}
	}
	client := http.Client{Transport: http.DefaultTransport}
	if c.HTTP != nil {
		client = *c.HTTP
	}
	client.CheckRedirect = func(to *http.Request, via []*http.Request) error {
		switch {
		case len(via) > redirects:
			return permanent{fmt.Errorf("more than %d redirects", redirects)}
		case to.URL.Scheme != "http" && to.URL.Scheme != "https":
			return permanent{fmt.Errorf("it redirects to %s, which is not fetched", to.URL.Redacted())}
		case via[0].URL.Scheme == "https" && to.URL.Scheme != "https":
			return permanent{fmt.Errorf("it redirects from https to %s, which is not followed", to.URL.Redacted())}
		case to.URL.Host != via[len(via)-1].URL.Host:
			to.Header.Del("If-None-Match")
		}
		return nil
	}
	answer, err := client.Do(req)
	if err != nil {
		var e *url.Error
		if errors.As(err, &e) {
			err = e.Err
		}
		if errors.Is(err, context.DeadlineExceeded) {
			err = permanent{fmt.Errorf("no answer within %s", cmp.Or(c.Timeout, 30*time.Second))}
		}
		return nil, 0, err
	}
	defer answer.Body.Close()
	final := answer.Request.URL.String()
	switch {
	case answer.StatusCode == http.StatusNotModified && body != nil:
		return &Page{Data: body, Charset: old.Charset, Address: cmp.Or(old.Final, final)}, 0, nil
	case answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500:
		return nil, retryAfter(answer.Header.Get("Retry-After")), fmt.Errorf("the server answers %s", answer.Status)
	case answer.StatusCode != http.StatusOK:
		hint := ""
		switch answer.StatusCode {
		case http.StatusForbidden:
			hint = "; it may want a contact (--contact), or no programs at all"
		case http.StatusUnauthorized, http.StatusPaymentRequired:
			hint = "; it wants a key: fetch it with your own and import the file"
		case http.StatusNotFound, http.StatusGone:
			hint = "; the address may have changed"
		}
		return nil, 0, permanent{fmt.Errorf("the server answers %s%s", answer.Status, hint)}
	}
	most := cmp.Or(c.Most, mostBytes)
	if answer.ContentLength > most {
		return nil, 0, permanent{fmt.Errorf("it has %d bytes, more than the %d that are read", answer.ContentLength, most)}
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, most+1))
	switch {
	case int64(len(data)) > most:
		return nil, 0, permanent{fmt.Errorf("it has more than the %d bytes that are read", most)}
	case errors.Is(err, context.DeadlineExceeded):
		return nil, 0, permanent{fmt.Errorf("its body did not end within %s", cmp.Or(c.Timeout, 30*time.Second))}
	case err != nil:
		return nil, 0, fmt.Errorf("its body broke off after %d bytes: %w", len(data), err)
	case len(data) == 0:
		return nil, 0, permanent{errors.New("the answer is empty")}
	}
	charset := ""
	if _, params, err := mime.ParseMediaType(answer.Header.Get("Content-Type")); err == nil {
		charset = params["charset"]
	}
	c.keep(kept{Address: u.String(), Final: final, ETag: answer.Header.Get("ETag"), LastModified: answer.Header.Get("Last-Modified"), Charset: charset}, data)
	return &Page{Data: data, Charset: charset, Fresh: true, Address: final, Redirect: final != u.String()}, 0, nil
}

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && n >= 0 {
		return time.Duration(min(n, 86400)) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(0, time.Until(t))
	}
	return 0
}

// file is the path of what is kept of address, without its ending.
func (c *Client) file(address string) string {
	sum := sha256.Sum256([]byte(address))
	return filepath.Join(c.Cache, hex.EncodeToString(sum[:16]))
}

// mostBytes is Client.Most where it is 0.
const mostBytes = 50 << 20

// read returns what is kept of address; nil where nothing is, or it is damaged.
func (c *Client) read(address string) (k kept, body []byte) {
	if c.Cache == "" {
		return kept{}, nil
	}
	record, err := bounded.ReadRegular(c.file(address)+".json", 1<<20, "")
	if err != nil || json.Unmarshal(record, &k) != nil || k.Address != address {
		return kept{}, nil
	}
	body, err = bounded.ReadRegular(c.file(address)+".body", cmp.Or(c.Most, mostBytes), "")
	if sum := sha256.Sum256(body); err != nil || hex.EncodeToString(sum[:]) != k.SHA256 {
		return kept{}, nil
	}
	return k, body
}

// keep stores an answer that can be asked for again. That it cannot be stored costs no more
// than another transfer.
func (c *Client) keep(k kept, data []byte) {
	if c.Cache == "" || k.ETag == "" && k.LastModified == "" {
		return
	}
	sum := sha256.Sum256(data)
	k.SHA256 = hex.EncodeToString(sum[:])
	record, err := json.Marshal(k)
	if err != nil || os.MkdirAll(c.Cache, 0o755) != nil {
		return
	}
	for name, b := range map[string][]byte{".body": data, ".json": record} {
		tmp, err := os.CreateTemp(c.Cache, "tmp")
		if err != nil {
			return
		}
		_, err = tmp.Write(b)
		if err = errors.Join(err, tmp.Close()); err == nil {
			err = os.Rename(tmp.Name(), c.file(k.Address)+name)
		}
		if err != nil {
			os.Remove(tmp.Name())
			return
		}
	}
}
