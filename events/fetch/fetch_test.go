package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A server that misbehaves in every way that a guest must bear.
func TestMisbehavingServer(t *testing.T) {
	var asked atomic.Int64
	var agent atomic.Value
	agent.Store("")
	mux := http.NewServeMux()
	handle := func(path string, f func(w http.ResponseWriter, r *http.Request, n int64)) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			agent.Store(r.UserAgent())
			f(w, r, asked.Add(1))
		})
	}
	handle("/good", func(w http.ResponseWriter, r *http.Request, _ int64) {
		w.Header().Set("Content-Type", "application/rss+xml; charset=windows-1256")
		fmt.Fprint(w, "<rss/>")
	})
	handle("/busy", func(w http.ResponseWriter, r *http.Request, n int64) {
		if n < 3 {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		fmt.Fprint(w, "at last")
	})
	handle("/hours", func(w http.ResponseWriter, r *http.Request, _ int64) {
		w.Header().Set("Retry-After", "7200")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	handle("/broken", func(w http.ResponseWriter, r *http.Request, _ int64) { w.WriteHeader(http.StatusBadGateway) })
	handle("/gone", func(w http.ResponseWriter, r *http.Request, _ int64) { w.WriteHeader(http.StatusGone) })
	handle("/forbidden", func(w http.ResponseWriter, r *http.Request, _ int64) { w.WriteHeader(http.StatusForbidden) })
	handle("/empty", func(w http.ResponseWriter, r *http.Request, _ int64) {})
	handle("/large", func(w http.ResponseWriter, r *http.Request, _ int64) {
		w.Header().Set("Content-Length", "999999999")
		fmt.Fprint(w, "x")
	})
	handle("/endless", func(w http.ResponseWriter, r *http.Request, _ int64) {
		for range 1000 {
			if _, err := w.Write(bytes.Repeat([]byte("x"), 1000)); err != nil {
				return
			}
		}
	})
	handle("/bomb", func(w http.ResponseWriter, r *http.Request, _ int64) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		z.Write(make([]byte, 10<<20))
		z.Close()
	})
	handle("/cut", func(w http.ResponseWriter, r *http.Request, _ int64) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, "half")
	})
	handle("/slow", func(w http.ResponseWriter, r *http.Request, _ int64) {
		for range 100 {
			fmt.Fprint(w, "x")
			w.(http.Flusher).Flush()
			select {
			case <-r.Context().Done():
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
	handle("/loop", func(w http.ResponseWriter, r *http.Request, _ int64) {
		http.Redirect(w, r, "/loop", http.StatusFound)
	})
	handle("/file", func(w http.ResponseWriter, r *http.Request, _ int64) {
		w.Header().Set("Location", "file:///etc/passwd")
		w.WriteHeader(http.StatusFound)
	})
	handle("/moved", func(w http.ResponseWriter, r *http.Request, _ int64) {
		http.Redirect(w, r, "/good", http.StatusMovedPermanently)
	})
	handle("/reset", func(w http.ResponseWriter, r *http.Request, _ int64) { panic(http.ErrAbortHandler) })
	server := httptest.NewServer(mux)
	defer server.Close()

	for _, c := range []struct {
		path, want, err string
		asked           int64
	}{
		{"/good", "<rss/>", "", 1},
		{"/moved", "<rss/>", "", 2},
		{"/busy", "at last", "", 3},
		{"/hours", "", "asks to wait 2h0m0s", 1},
		{"/broken", "", "502 Bad Gateway", 3},
		{"/gone", "", "410 Gone; the address may have changed", 1},
		{"/forbidden", "", "403 Forbidden; it may want a contact", 1},
		{"/empty", "", "the answer is empty", 1},
		{"/large", "", "999999999 bytes, more than the 100000", 1},
		{"/endless", "", "more than the 100000 bytes", 1},
		{"/bomb", "", "more than the 100000 bytes", 1},
		{"/cut", "", "broke off after 4 bytes", 3},
		{"/slow", "", "did not end within", 1},
		{"/loop", "", "more than 5 redirects", 6},
		{"/file", "", "redirects to file:///etc/passwd", 1},
		{"/reset", "", "EOF", 3},
	} {
		t.Run(c.path[1:], func(t *testing.T) {
			asked.Store(0)
			var paused time.Duration
			client := &Client{Version: "v1", Contact: "me@example.org", Rate: 10000, Timeout: time.Minute, Most: 100000, Tries: 3,
				Pause: func(_ context.Context, d time.Duration) error { paused += d; return nil }}
			if c.path == "/slow" {
				client.Timeout = 200 * time.Millisecond // of a body that takes 5 seconds
			}
			p, err := client.Get(t.Context(), server.URL+c.path)
			if c.err == "" && (err != nil || string(p.Data) != c.want) || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err) || !strings.HasPrefix(err.Error(), server.URL)) {
				t.Fatalf("%v, %v; want %q, %q", p, err, c.want, c.err)
			}
			if n := asked.Load(); n != c.asked && c.path != "/loop" && c.path != "/reset" /* the transport itself tries a broken connection anew */ {
				t.Errorf("asked %d times, want %d", n, c.asked)
			}
			if a := agent.Load(); a != "aftershock/v1 (me@example.org)" {
				t.Errorf("as %q", a)
			}
			if c.path == "/busy" && paused != 14*time.Second {
				t.Errorf("paused %s", paused)
			}
			if c.path == "/good" && (p.Charset != "windows-1256" || !p.Fresh) {
				t.Errorf("%+v", p)
			}
			if c.path == "/moved" && (!p.Redirect || p.Address != server.URL+"/good") {
				t.Errorf("%+v", p)
			}
		})
	}
}

func TestNothingIsFetchedTwice(t *testing.T) {
	var whole, asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("ETag", `"7"`)
		if r.Header.Get("If-None-Match") == `"7"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		whole.Add(1)
		fmt.Fprint(w, "news")
	}))
	defer server.Close()
	dir := t.TempDir()
	for i := range 3 {
		c := &Client{Rate: 1000, Cache: dir}
		p, err := c.Get(t.Context(), server.URL)
		if err != nil || string(p.Data) != "news" || p.Fresh != (i == 0) {
			t.Fatalf("%d: %+v, %v", i, p, err)
		}
	}
	if whole.Load() != 1 || asked.Load() != 3 {
		t.Errorf("%d of %d answers were whole", whole.Load(), asked.Load())
	}
}

func TestPauseBetweenRequests(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "x") }))
	defer server.Close()
	c := &Client{Rate: 20}
	begun := time.Now()
	for range 4 {
		if _, err := c.Get(t.Context(), server.URL); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begun); took < 149*time.Millisecond {
		t.Errorf("4 requests at 20 a second took %s", took)
	}
}

func TestRefusedAddresses(t *testing.T) {
	c := &Client{}
	for address, want := range map[string]string{
		"ftp://example.org/x":      "only http:// and https://",
		"file:///etc/passwd":       "only http:// and https://",
		"https://a:b@example.org/": "no name and password",
		"https://www.sec.gov/x":    "whom to write to",
		"http://[::1":              "not an address",
	} {
		if _, err := c.Get(t.Context(), address); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "a:b@") {
			t.Errorf("%s: %v", address, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Get(ctx, "http://127.0.0.1:1/"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
