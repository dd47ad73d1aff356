package sealed

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// A file that is read while it is checked ends with an error where a bit of it, or of
// its head, is another.
func TestOpen(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	if err := Write(name, "k", func(w io.Writer) error { _, err := w.Write([]byte("content")); return err }); err != nil {
		t.Fatal(err)
	}
	sum, err := Sum(name, "k")
	if err != nil {
		t.Fatal(err)
	}
	read := func(kind, sum string) (string, error) {
		f, err := Open(name, kind, sum)
		if err != nil {
			return "", err
		}
		defer f.Close()
		b, err := io.ReadAll(f)
		return string(b), err
	}
	if got, err := read("k", sum); got != "content" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := read("other", sum); !errors.Is(err, ErrSeal) {
		t.Errorf("of another kind: %v", err)
	}
	if _, err := read("k", sum[1:]+"0"); !errors.Is(err, ErrSeal) {
		t.Errorf("of another sum: %v", err)
	}
	data, _ := os.ReadFile(name)
	for k := range data {
		changed := append([]byte(nil), data...)
		changed[k] ^= 4
		if err := os.WriteFile(name, changed, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := read("k", sum); !errors.Is(err, ErrSeal) {
			t.Errorf("byte %d changed: %v", k, err)
		}
	}
	if err := os.WriteFile(name, data[:len(data)-1], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := read("k", sum); !errors.Is(err, ErrSeal) {
		t.Errorf("cut: %v", err)
	}
}
