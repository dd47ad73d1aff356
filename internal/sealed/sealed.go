// Package sealed writes files that only this program reads again: a line that says
// what one holds, a line with the SHA-256 of the rest, the rest. Who changes a bit
// of it is found out.
package sealed

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
)

// ErrSeal is the error of a file that is not, or no longer, as the program wrote it.
var ErrSeal = errors.New("it is not as aftershock wrote it")

func head(kind string, sum []byte) string {
	return "aftershock " + kind + "\n" + hex.EncodeToString(sum) + "\n"
}

// Write writes a sealed file of a kind, whole or not at all.
func Write(name, kind string, write func(w io.Writer) error) error {
	return Replace(name, func(f *os.File) error {
		h := sha256.New()
		if _, err := f.WriteString(head(kind, make([]byte, sha256.Size))); err != nil {
			return err
		}
		b := bufio.NewWriterSize(io.MultiWriter(f, h), 1<<18)
		if err := write(b); err != nil {
			return err
		}
		if err := b.Flush(); err != nil {
			return err
		}
		_, err := f.WriteAt([]byte(head(kind, h.Sum(nil))), 0)
		return err
	})
}

// Read calls read with what is sealed in the file called name, once it is known to
// be as it was written. Errors: ErrSeal; that of opening it; that of read.
func Read(name, kind string, read func(r io.Reader) error) error {
	f, err := os.OpenFile(name, os.O_RDONLY|OpenPlain, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return errors.Join(ErrSeal, err)
	}
	is := make([]byte, len(head(kind, make([]byte, sha256.Size))))
	if _, err := io.ReadFull(f, is); err != nil {
		return ErrSeal
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if !bytes.Equal(is, []byte(head(kind, h.Sum(nil)))) {
		return ErrSeal
	}
	if _, err := f.Seek(int64(len(is)), io.SeekStart); err != nil {
		return err
	}
	return read(bufio.NewReaderSize(f, 1<<18))
}

// Open opens the file called name of a kind, whose head must have that sum. What is read
// of it ends with ErrSeal in place of io.EOF where it is not as it was written. Errors:
// ErrSeal; that of opening it.
func Open(name, kind, sum string) (io.ReadCloser, error) {
	if is, err := Sum(name, kind); err != nil || is != sum {
		return nil, cmp.Or(err, ErrSeal)
	}
	f, err := os.OpenFile(name, os.O_RDONLY|OpenPlain, 0)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(int64(len(head(kind, make([]byte, sha256.Size)))), io.SeekStart); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &opened{f, sha256.New(), sum}, nil
}

type opened struct {
	*os.File
	is  hash.Hash
	sum string
}

// Read implements io.Reader.
func (o *opened) Read(p []byte) (int, error) {
	n, err := o.File.Read(p)
	o.is.Write(p[:n])
	if err == io.EOF && hex.EncodeToString(o.is.Sum(nil)) != o.sum {
		err = ErrSeal
	}
	return n, err
}

// Replace makes what write writes the content of the file called name, or leaves
// that as it was. A link of that name is replaced, not followed. What a process that was
// killed has left of it goes with the next.
func Replace(name string, write func(f *os.File) error) error {
	f, err := temporary(name)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if !holds {
		err = errors.Join(err, f.Close())
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	if holds { // its name was nobody else's until now
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return err
	}
	SyncDir(filepath.Dir(name))
	return nil
}

// temporary makes the file that is to become the one called name: of a name that the next
// writer knows, unless another process is writing there.
func temporary(name string) (*os.File, error) {
	dir, base := filepath.Split(name)
	own := filepath.Join(dir, "."+base+".part")
	if holds {
		if old, err := os.OpenFile(own, os.O_RDONLY|OpenPlain, 0); err == nil {
			if isHeldAs(old, own) {
				os.Remove(own)
			}
			old.Close()
		}
		if f, err := os.OpenFile(own, os.O_CREATE|os.O_EXCL|os.O_WRONLY|OpenPlain, 0o600); err == nil {
			if isHeldAs(f, own) {
				return f, nil
			}
			f.Close() // somebody has taken it for one that was left
		}
	}
	return os.CreateTemp(filepath.Dir(name), "."+base+".part*")
}

// isHeldAs locks f and reports whether that succeeds, and f is a file that has that name still.
func isHeldAs(f *os.File, name string) bool {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || !hold(f) {
		return false
	}
	named, err := os.Lstat(name)
	return err == nil && os.SameFile(info, named)
}

// SyncDir makes the names in a directory last. File systems that cannot do it do it
// by themselves.
func SyncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}

// Sum returns the SHA-256, in hexadecimal digits, that the head of a sealed file of
// a kind has. Whether the file is as it was written, Read finds out.
func Sum(name, kind string) (string, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|OpenPlain, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := make([]byte, sha256.Size)
	is := make([]byte, len(head(kind, sum)))
	if _, err := io.ReadFull(f, is); err != nil {
		return "", ErrSeal
	}
	fields := bytes.Split(is, []byte("\n"))
	if len(fields) != 3 || len(fields[1]) != 2*sha256.Size {
		return "", ErrSeal
	}
	if _, err := hex.Decode(sum, fields[1]); err != nil || string(is) != head(kind, sum) {
		return "", ErrSeal
	}
	return string(fields[1]), nil
}
