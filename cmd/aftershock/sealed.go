package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"aftershock/internal/sealed"
	"aftershock/report"
)

// refuseOther refuses to replace a file that is there and is not a sealed one of
// kind; flag is the one that names another.
func refuseOther(name, kind, flag string) error {
	err := sealed.Read(name, kind, func(io.Reader) error { return nil })
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("%s was not written by aftershock, or has changed since, and would be lost; move it away, or choose another %s", name, flag)
}

// withData writes data.
func withData(data []byte) func(*os.File) error {
	return func(f *os.File) error {
		_, err := f.Write(data)
		return err
	}
}

// The names that plot has in a folder of pictures.
const (
	picturesName  = ".aftershock.pictures"     // the record of what was drawn there: it is replaced, and nothing else
	newPicturesIn = ".aftershock.pictures.new" // the folder of those that are on their way
)

// writePictures writes files to a folder. One that is there and was not written so
// is not replaced. All are on the disk, and on record beside those that they replace,
// before the first has its name: where it ends early, the next takes over.
func writePictures(dir string, files []file) error {
	o := newOutput(dir) // for its lock
	if err := o.hold(dir); err != nil {
		return err
	}
	defer o.close()
	before, unknown := readManifest(filepath.Join(dir, picturesName))
	stage := filepath.Join(dir, newPicturesIn)
	switch info, err := os.Lstat(stage); {
	case errors.Is(err, fs.ErrNotExist):
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s is no folder; move it away, or choose another --out", stage)
	default:
		if err := removeAll(stage); err != nil {
			return err
		}
	}
	outputs := make([]report.File, len(files))
	replaced := make(map[string]bool)
	for i, f := range files {
		var b bytes.Buffer
		if err := f.write(&b); err != nil {
			return err
		}
		outputs[i], _ = report.FileOf(f.name, &b) // memory can be read
		replaced[f.name] = true
		switch name := filepath.Join(dir, f.name); {
		case !exists(name) || drawn(dir, f.name, append(before.files, outputs[i])):
		case unknown != nil:
			return fmt.Errorf("whether %s may be replaced is not known, for %w; move it away, or choose another --out", name, unknown)
		default:
			return fmt.Errorf("%s was not drawn by aftershock plot, or has changed since, and would be lost; move it away, or choose another --out", name)
		}
	}
	var others, theirs []report.File // that are there, of other names and of these
	for _, f := range before.files {
		switch {
		case !drawn(dir, f.Name, []report.File{f}):
		case replaced[f.Name]:
			theirs = append(theirs, f)
		default:
			others = append(others, f)
		}
	}
	if err := os.Mkdir(stage, 0o755); err != nil {
		return writable(err, "--out")
	}
	defer removeAll(stage) // of what failed
	put := func(name string, write func(w io.Writer) error) error {
		return writable(sealed.Replace(filepath.Join(stage, name), func(f *os.File) error { return write(f) }), "--out")
	}
	record := func(files ...report.File) func(w io.Writer) error {
		return (&report.Manifest{Program: "aftershock", Outputs: files}).Write
	}
	for _, f := range files {
		if err := put(f.name, f.write); err != nil {
			return err
		}
	}
	const both = picturesName + ".both"
	if err := errors.Join(put(both, record(slices.Concat(others, theirs, outputs)...)), put(picturesName, record(slices.Concat(others, outputs)...))); err != nil {
		return err
	}
	steps := [][2]string{{both, picturesName}}
	for _, f := range files {
		steps = append(steps, [2]string{f.name, f.name})
	}
	for _, s := range append(steps, [2]string{picturesName, picturesName}) {
		if err := os.Rename(filepath.Join(stage, s[0]), filepath.Join(dir, s[1])); err != nil {
			return writable(err, "--out")
		}
	}
	sealed.SyncDir(dir)
	return nil
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// drawn reports whether the file called name in dir is one of files, of which several
// may have that name.
func drawn(dir, name string, files []report.File) bool {
	return slices.ContainsFunc(files, func(f report.File) bool {
		return f.Name == name && ownership{byName: map[string]report.File{name: f}}.holds(dir, name)
	})
}
