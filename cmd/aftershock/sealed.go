package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

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
		if err := sealed.Replace(filepath.Join(dir, f.name), withData(data[i])); err != nil {
			return err
		}
	}
	return sealed.Replace(filepath.Join(dir, picturesName), func(f *os.File) error { return record.Write(f) })
}
