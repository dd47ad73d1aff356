package report

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"aftershock/analysis"
)

// Processes that share a study write the rows of tables of observations that they
// have measured, and who joins them only copies these. The rows of a table without
// notes are the bytes of its CSV file; of one with notes, what the study as a
// whole says of an observation is known to who joins alone: each row is then the text
// before its last cell and what the process knows of that cell, each after its length.

// SharedTables are the names of the tables whose rows processes can share.
var SharedTables = []string{"observations", "abnormal_returns", "cars"}

// WriteRows writes the rows of the table called name, of the observations [lo, hi) of
// r, which must be measured, for JoinCSV. It returns what tells these columns from
// others.
func WriteRows(w io.Writer, r *analysis.Result, name string, lo, hi int) (columns string, err error) {
	t, err := sharedTable(r, name)
	if err != nil {
		return "", err
	}
	t.stretch(lo, hi)
	if lo >= hi {
		return string(csvHead(t)), nil
	}
	return string(csvHead(t)), writeBlocks(w, t, func(b *bytes.Buffer) func(row []Cell) error {
		var line []byte
		fields := fieldsOf(t)
		return func(row []Cell) error {
			if row == nil {
				return nil
			}
			if t.said == nil {
				b.Write(append(fields(b.AvailableBuffer(), row), '\n'))
				return nil
			}
			last := len(row) - 1
			line = append(fields(line[:0], row[:last]), ',')
			frame := binary.AppendUvarint(b.AvailableBuffer(), uint64(len(line)))
			frame = binary.AppendUvarint(append(frame, line...), uint64(len(row[last].Text)))
			b.Write(append(frame, row[last].Text...))
			return nil
		}
	})
}

// Rows are what WriteRows wrote of the observations [Lo, Hi).
type Rows struct {
	Name    string // of the file, for errors
	Lo, Hi  int
	Columns string
	Open    func() (io.ReadCloser, error)
}

// ErrRows is the error of rows that are not as WriteRows wrote them.
var ErrRows = errors.New("is not as its share wrote it; compute that share again")

// JoinCSV writes the table of r called name as WriteCSV does, of rows that others
// have written. Errors: rows of other columns; rows that do not follow each other or
// are not all; those of reading them.
func JoinCSV(w io.Writer, r *analysis.Result, name string, rows []Rows) error {
	t, err := sharedTable(r, name)
	if err != nil {
		return err
	}
	head := csvHead(t)
	at := 0
	for _, p := range rows {
		if p.Lo != at || p.Hi < p.Lo || p.Columns != string(head) {
			return fmt.Errorf("%s: %w", p.Name, ErrRows)
		}
		at = p.Hi
	}
	if at != t.units {
		return fmt.Errorf("rows of %d observations of %d: %w", at, t.units, ErrRows)
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	for _, p := range rows {
		if err := p.join(w, t); err != nil {
			return err
		}
	}
	return nil
}

func (p Rows) join(w io.Writer, t Table) (err error) {
	f, err := p.Open()
	if err != nil {
		return err
	}
	in := &watched{in: f}
	defer func() {
		if err == ErrRows || in.err != nil { // of the file, not of what is written
			err = fmt.Errorf("%s: %w", p.Name, ErrRows)
		}
		err = errors.Join(err, f.Close())
	}()
	if t.said == nil {
		_, err = io.CopyBuffer(w, in, make([]byte, 1<<18))
		return err
	}
	b := bufio.NewReaderSize(in, 1<<18)
	var line, own []byte
	for said := range t.said(p.Lo, p.Hi) {
		if line, err = frame(b, line); err == nil {
			own, err = frame(b, own)
		}
		if err != nil {
			return err
		}
		note := [2]string{said, string(own)}
		if t.ownFirst {
			note[0], note[1] = note[1], note[0]
		}
		line = append(appendField(line, join(note[:]...)), '\n')
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	if _, err := b.ReadByte(); err != io.EOF {
		return ErrRows
	}
	return nil
}

// watched keeps the error of reading.
type watched struct {
	in  io.Reader
	err error
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.in.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// mostFrame is how long a piece of a row is at most.
const mostFrame = 1 << 26

// frame reads the next piece of a row into dst.
func frame(b *bufio.Reader, dst []byte) ([]byte, error) {
	n, err := binary.ReadUvarint(b)
	if err != nil || n > mostFrame {
		return dst, ErrRows
	}
	dst = slices.Grow(dst[:0], int(n))[:n]
	if _, err := io.ReadFull(b, dst); err != nil {
		return dst, ErrRows
	}
	return dst, nil
}

func sharedTable(r *analysis.Result, name string) (t Table, err error) {
	for _, t := range Tables(r) {
		if t.Name == name && t.between != nil && slices.Contains(SharedTables, name) {
			return t, nil
		}
	}
	return t, fmt.Errorf("the rows of the table %q are not shared", name)
}
