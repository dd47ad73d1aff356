// Package bounded reads files whole that may be anything, such as a device that
// never ends, and no more of them than is bearable.
package bounded

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
)

// TooLarge is the error of a file that holds more than can be read.
type TooLarge struct {
	Name string
	Most int64  // bytes
	Hint string // what to do; may be empty
}

// Error implements error.
func (e *TooLarge) Error() string {
	s := fmt.Sprintf("%s holds more than %s", e.Name, Size(e.Most))
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Size writes a number of bytes.
func Size(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}

// ReadFile returns what the file called name holds, *TooLarge where that is more
// than most bytes. hint says what can be done then.
func ReadFile(name string, most int64, hint string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a folder", name)
	}
	var data []byte
	if info.Mode().IsRegular() {
		if info.Size() > most {
			return nil, &TooLarge{name, most, hint}
		}
		data = make([]byte, info.Size()+1) // one more, to see the end; memory that nobody has written to yet
		n, err := io.ReadFull(f, data)
		if data = data[:n]; err == io.EOF || err == io.ErrUnexpectedEOF {
			return data, nil
		}
		if err != nil {
			return nil, err
		}
	}
	room := bytes.NewBuffer(data) // of a device, or a file that grows
	if _, err := room.ReadFrom(io.LimitReader(f, most+1-int64(len(data)))); err != nil {
		return nil, err
	}
	if int64(room.Len()) > most {
		return nil, &TooLarge{name, most, hint}
	}
	return room.Bytes(), nil
}

// Unpack returns data, the contents of the file called name, unpacked where they are
// gzip, *TooLarge where that is more than most bytes.
func Unpack(name string, data []byte, most int64, hint string) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var room bytes.Buffer
	_, err = room.ReadFrom(io.LimitReader(z, most+1))
	switch {
	case int64(room.Len()) > most:
		return nil, &TooLarge{name, most, hint}
	case err != nil:
		return nil, fmt.Errorf("%s: it is gzip that breaks off, or is damaged: %w", name, err)
	}
	return room.Bytes(), nil
}

// ReadRegular is ReadFile for what a program has written itself: a name that has
// come to lead to a device or a pipe, which may never end or never begin, is refused.
func ReadRegular(name string, most int64, hint string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is %w", name, ErrIrregular)
	}
	return ReadFile(name, most, hint)
}

// ErrIrregular is the error of a name that leads to no regular file.
var ErrIrregular = errors.New("no regular file")
