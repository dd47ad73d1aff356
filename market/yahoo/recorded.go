package yahoo

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"aftershock/market"
)

// Recorded reads raw, an answer that [Source.SeriesRaw] gave at the instant at for
// the range from..to, as it was read then. It makes no connection.
func (s *Source) Recorded(ctx context.Context, symbol string, from, to market.Date, at time.Time, raw []byte) (*market.Series, error) {
	o := s.o
	o.Now, o.Rate, o.Retries, o.Waiting = func() time.Time { return at }, rate.Inf, -1, nil
	r, err := New(o)
	if err != nil {
		return nil, err
	}
	r.client = &http.Client{Transport: keptAnswer(raw)}
	h, _, err := r.SeriesRaw(ctx, symbol, from, to)
	return h, err
}

// keptAnswer answers every request with its bytes.
type keptAnswer []byte

// RoundTrip implements http.RoundTripper.
func (r keptAnswer) RoundTrip(q *http.Request) (*http.Response, error) {
	return &http.Response{Status: "200 OK", StatusCode: http.StatusOK, Proto: q.Proto, Header: make(http.Header), Body: io.NopCloser(bytes.NewReader(r)), ContentLength: int64(len(r)), Request: q}, nil
}
