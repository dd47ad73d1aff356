package main

import (
	"fmt"
	"io"
	"os"

	"aftershock/internal/sealed"
)

// readBounded reads a file of ours, which must be a file and no more than most
// bytes long.
func readBounded(name string, most int64) ([]byte, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|sealed.OpenPlain, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file", name)
	case info.Size() > most:
		return nil, fmt.Errorf("%s has %d bytes, and what aftershock writes there has no more than %d", name, info.Size(), most)
	}
	return io.ReadAll(io.LimitReader(f, most))
}
