package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"aftershock/report"
)

// A sealed file is one that only this program reads again: a line that says what
// it holds, a line with the SHA-256 of the rest, the rest. Who changes a bit of it
// is found out.

// errSeal is the error of a file that is not, or no longer, as the program wrote it.
var errSeal = errors.New("it is not as aftershock wrote it")

func sealHead(kind string, sum []byte) string {
	return "aftershock " + kind + "\n" + hex.EncodeToString(sum) + "\n"
}

// writeSealed writes a sealed file of a kind, whole or not at all.
func writeSealed(name, kind string, write func(w io.Writer) error) error {
	return replaceFile(name, func(f *os.File) error {
		h := sha256.New()
		if _, err := f.WriteString(sealHead(kind, make([]byte, sha256.Size))); err != nil {
			return err
		}
		b := bufio.NewWriterSize(io.MultiWriter(f, h), 1<<18)
		if err := write(b); err != nil {
			return err
		}
		if err := b.Flush(); err != nil {
			return err
		}
		_, err := f.WriteAt([]byte(sealHead(kind, h.Sum(nil))), 0)
		return err
	})
}

// readSealed calls read with what is sealed in the file called name, once it is
// known to be as it was written. Errors: errSeal; that of opening it; that of read.
func readSealed(name, kind string, read func(r io.Reader) error) error {
	f, err := os.OpenFile(name, os.O_RDONLY|openPlain, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return errors.Join(errSeal, err)
	}
	head := make([]byte, len(sealHead(kind, make([]byte, sha256.Size))))
	if _, err := io.ReadFull(f, head); err != nil {
		return errSeal
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if !bytes.Equal(head, []byte(sealHead(kind, h.Sum(nil)))) {
		return errSeal
	}
	if _, err := f.Seek(int64(len(head)), io.SeekStart); err != nil {
		return err
	}
	return read(bufio.NewReaderSize(f, 1<<18))
}

// refuseOther refuses to replace a file that is there and is not a sealed one of
// kind.
func refuseOther(name, kind string) error {
	err := readSealed(name, kind, func(io.Reader) error { return nil })
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("%s was not written by aftershock, or has changed since, and would be lost; move it away, or choose another --out", name)
}

// replaceFile makes what write writes the content of the file called name, or
// leaves that as it was. A link of that name is replaced, not followed.
func replaceFile(name string, write func(f *os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".part*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // does nothing once it has its name
	err = write(f)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	syncDir(filepath.Dir(name))
	return nil
}

// withData writes data.
func withData(data []byte) func(*os.File) error {
	return func(f *os.File) error {
		_, err := f.Write(data)
		return err
	}
}

// picturesName is the record of the pictures that the program has drawn in a
// folder that is no run's, so that it replaces these and no others.
const picturesName = ".aftershock.pictures"

// writePictures writes files to a folder. One that is there and was not written so
// is not replaced.
func writePictures(dir string, files []file) error {
	before, err := readManifest(filepath.Join(dir, picturesName))
	if err != nil {
		before = ownership{} // it gives nothing away
	}
	record := &report.Manifest{Program: "aftershock"}
	written := make(map[string]bool)
	var data [][]byte
	for _, f := range files {
		var b bytes.Buffer
		if err := f.write(&b); err != nil {
			return err
		}
		d, _ := report.FileOf(f.name, bytes.NewReader(b.Bytes())) // memory can be read
		same := ownership{byName: map[string]report.File{f.name: d}}
		name := filepath.Join(dir, f.name)
		if _, err := os.Lstat(name); err == nil && !before.holds(dir, f.name) && !same.holds(dir, f.name) {
			return fmt.Errorf("%s was not drawn by aftershock plot, or has changed since, and would be lost; move it away, or choose another --out", name)
		}
		record.Outputs = append(record.Outputs, d)
		written[f.name] = true
		data = append(data, b.Bytes())
	}
	for _, f := range before.files {
		if !written[f.Name] && before.holds(dir, f.Name) {
			record.Outputs = append(record.Outputs, f)
		}
	}
	for i, f := range files {
		if err := replaceFile(filepath.Join(dir, f.name), withData(data[i])); err != nil {
			return err
		}
	}
	return replaceFile(filepath.Join(dir, picturesName), func(f *os.File) error { return record.Write(f) })
}
