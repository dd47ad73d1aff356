package bounded

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestReadFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, make([]byte, 100), 0o644); err != nil {
		t.Fatal(err)
	}
	if data, err := ReadFile(name, 100, ""); err != nil || len(data) != 100 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	var large *TooLarge
	if _, err := ReadFile(name, 99, ""); !errors.As(err, &large) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat("/dev/zero"); err == nil {
		if _, err := ReadFile("/dev/zero", 1<<20, "name a file"); !errors.As(err, &large) || err.Error() != "/dev/zero holds more than 1 MiB; name a file" {
			t.Errorf("of what never ends: %v", err)
		}
	}
	if _, err := ReadFile(name+"x", 99, ""); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}
