package main

import (
	"bytes"
	"compress/flate"
	"io"
	"os"
	"testing"

	"aftershock/market/sample"
)

// TestSampleIsWhatTheGeneratorWrites compares what is compressed, for
// compressors of other versions of Go may write other bytes.
func TestSampleIsWhatTheGeneratorWrites(t *testing.T) {
	const dir = "../../../../shared/data/prices"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the shared prices are not beside this checkout")
	}
	a, err := generate(dir)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := generate(dir); err != nil || !bytes.Equal(a, b) {
		t.Errorf("two runs write different bytes, %v", err)
	}
	committed, err := os.ReadFile("../sample.bin")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(plain(t, a), plain(t, committed)) {
		t.Error("sample.bin is not what the generator writes")
	}
}

func plain(t *testing.T, b []byte) []byte {
	b, ok := bytes.CutPrefix(b, []byte(sample.Format))
	if !ok {
		t.Fatal("wrong first bytes")
	}
	b, err := io.ReadAll(flate.NewReader(bytes.NewReader(b)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
