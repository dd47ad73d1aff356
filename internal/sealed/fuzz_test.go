package sealed

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// FuzzSealed reads files as they lie: only what was sealed is read, and whole.
func FuzzSealed(f *testing.F) {
	dir := f.TempDir()
	name := filepath.Join(dir, "file")
	if err := Write(name, "kind 1", func(w io.Writer) error { _, err := io.WriteString(w, "content"); return err }); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(append(bytes.Clone(good), 0))
	f.Add([]byte("aftershock"))
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
		err := Read(name, "kind 1", func(r io.Reader) error {
			got, err := io.ReadAll(r)
			sum := sha256.Sum256(got)
			if err == nil && !bytes.Equal(data, append([]byte(head("kind 1", sum[:])), got...)) {
				t.Errorf("%q is read from %q", got, data)
			}
			return err
		})
		if err != nil && !errors.Is(err, ErrSeal) {
			t.Error(err)
		}
	})
}
