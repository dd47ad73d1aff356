package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"github.com/gofrs/flock"
	"golang.org/x/sync/errgroup"

	"aftershock/internal/sealed"
	"aftershock/report"
)

// A file is an output, by its name within the output directory. It is made while
// it is written.
type file struct {
	name  string
	write func(w io.Writer) error
}

// made is a file that is there.
func made(name string, data []byte) file {
	return file{name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}}
}

const (
	manifestName = "manifest.json"
	lockName     = ".aftershock.lock"
	writtenName  = "written.json" // in the stage: the manifest until all else is on the disk
)

// output is a directory that a run leaves its files in. While it is open no
// other run can write there. A directory with a manifest holds exactly the
// files that the manifest lists, all from one run, beside files of others, which
// are never touched.
//
// A run is written to a stage, another folder, and synced. Then the stage and
// the directory are exchanged, in one step, where that can be done (see
// exchange); where it cannot, the files are renamed into place by a journal.
type output struct {
	dir    string
	real   string // dir, absolute and without links
	lock   *flock.Flock
	made   []string // directories that were created for this run, outermost first
	staged string   // the folder that is the stage; "" before there is one

	rename func(from, to string) error // os.Rename, but in tests
	swap   func(a, b string) error     // exchangeFolders, but in tests
}

// openOutput makes the directory and locks it.
func openOutput(dir string) (_ *output, err error) {
	o := newOutput(dir)
	defer func() {
		if err != nil {
			o.unmake()
		}
	}()
	for d := o.dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); !errors.Is(err, fs.ErrNotExist) || d == filepath.Dir(d) {
			break
		}
		o.made = slices.Insert(o.made, 0, d)
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return nil, writable(fmt.Errorf("the output directory cannot be made: %w", err), "--out")
	}
	if err := o.hold(dir); err != nil {
		return nil, err
	}
	if err := o.recover(); err != nil {
		o.close()
		return nil, err
	}
	return o, nil
}

// hold locks the directory, which the user calls dir.
func (o *output) hold(dir string) error {
	locked, err := o.tryLock()
	switch {
	case errors.Is(err, fs.ErrPermission) && exists(o.lock.Path()):
		return fmt.Errorf("%s is of another user and cannot be read: perhaps %w %s; wait for it, choose another --out, or remove that file if no run is at work: %w", o.lock.Path(), errLocked, dir, err)
	case err != nil:
		return writable(fmt.Errorf("the output directory cannot be locked: %w", err), "--out")
	case !locked:
		return fmt.Errorf("%w %s; wait for it, or choose another --out", errLocked, dir)
	}
	return nil
}

func newOutput(dir string) *output {
	return &output{dir: filepath.Clean(dir), lock: lockOn(dir, os.O_CREATE|os.O_RDWR), rename: os.Rename, swap: exchangeFolders}
}

// lockOn is the lock of dir, whose file is opened with flags. Not to be followed blocks
// neither on a pipe nor on a link into another folder.
func lockOn(dir string, flags int) *flock.Flock {
	return flock.New(filepath.Join(dir, lockName), flock.SetFlag(flags|sealed.OpenPlain), flock.SetPermissions(0o644))
}

// errLocked is the error of a run that must wait for another.
var errLocked = errors.New("another run is writing to")

// finishInterrupted completes, or takes back, what an interrupted run has left in
// dir, for a command that reads from it. Where another run is at work, or nothing
// may be written, dir is read as it is.
func finishInterrupted(dir string) error {
	o := newOutput(dir)
	if !o.interrupted() {
		return nil
	}
	locked, err := o.tryLock()
	if err != nil || !locked {
		return nil
	}
	defer o.close()
	return o.recover()
}

// readOutput reads a file of the run in dir, which must be as the run left it.
func readOutput(dir, name string) ([]byte, error) {
	if err := finishInterrupted(dir); err != nil {
		return nil, err
	}
	const tries = 3 // a run may finish between the two files that are read
	for try := 1; ; try++ {
		m, err := readManifest(filepath.Join(dir, manifestName))
		if err != nil {
			return nil, mendBy(err, "run the study again")
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		data, err := readBounded(path, mostManifest)
		switch {
		case err != nil:
			return nil, err
		case !m.lists(name):
			return nil, fmt.Errorf("%s is of no run: the manifest beside it does not list it; run the study again", path)
		}
		if is, err := report.FileOf(name, bytes.NewReader(data)); err == nil && is == m.byName[name] && m.sealed {
			return data, nil
		} else if try == tries {
			return nil, fmt.Errorf("%s is not as the run wrote it, by its manifest; run the study again", path)
		}
	}
}

// tryLock locks the directory. A run that ends removes its lock file: a lock on
// a file that no longer has its name keeps nobody out, and is taken anew.
func (o *output) tryLock() (bool, error) {
	if info, err := os.Lstat(o.lock.Path()); err == nil && !info.Mode().IsRegular() {
		return false, fmt.Errorf("%s is no file; move it away, or choose another --out", o.lock.Path())
	}
	for {
		locked, err := o.lock.TryLock()
		if errors.Is(err, fs.ErrPermission) && exists(o.lock.Path()) {
			o.lock = lockOn(o.dir, os.O_RDONLY) // another user's, which can be held all the same
			locked, err = o.lock.TryLock()
		}
		if err != nil || !locked {
			return false, err
		}
		held, err := o.lock.Stat()
		if err != nil {
			return false, errors.Join(err, o.lock.Close())
		}
		if named, err := os.Stat(o.lock.Path()); err == nil && os.SameFile(held, named) {
			return true, nil
		}
		if err := o.lock.Close(); err != nil {
			return false, err
		}
		o.lock = lockOn(o.dir, os.O_CREATE|os.O_RDWR)
	}
}

// close gives the directory free, and removes it again when nothing was written.
func (o *output) close() {
	os.Remove(o.lock.Path())
	o.lock.Close()
	if runtime.GOOS == "windows" { // where a file that is open stays, that of another too
		os.Remove(o.lock.Path())
	}
	o.unmake()
}

func (o *output) unmake() {
	for _, d := range slices.Backward(o.made) {
		os.Remove(d) // does nothing to a directory with something in it
	}
}

func (o *output) path(name string) string { return filepath.Join(o.dir, filepath.FromSlash(name)) }

// write puts files, and the manifest with their descriptions, in place of those
// of the run before. Nothing is changed when it fails, or ctx is done, before
// everything is on the disk.
func (o *output) write(ctx context.Context, files []file, manifest func() (*report.Manifest, error)) error {
	if err := o.refuseForeign(append(fileNames(files), manifestName)); err != nil {
		return err
	}
	if err := o.openStage(); err != nil {
		return unwritten(err)
	}
	if err := o.stage(ctx, files, manifest); err != nil {
		removeAll(o.staged)
		return err
	}
	return o.commit()
}

func fileNames(files []file) []string { return names(files, func(f file) string { return f.name }) }

// refuseForeign protects files that no run of this program has written.
func (o *output) refuseForeign(names []string) error {
	before, err := readManifest(o.path(manifestName))
	if err != nil {
		return mendBy(err, "move it away, or choose another --out")
	}
	if err := o.refuseLinks(slices.Concat(names, before.names)); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := os.Lstat(o.path(name)); err == nil && !before.owns(o.dir, name) {
			return fmt.Errorf("%s was not written by aftershock and would be lost; move it away, or choose another --out", o.path(name))
		}
	}
	return nil
}

// refuseLinks protects what lies elsewhere: a folder of names that is a link
// leads out of the directory.
func (o *output) refuseLinks(names []string) error {
	for _, name := range names {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if info, err := os.Lstat(o.path(dir)); err == nil && !info.IsDir() {
				return fmt.Errorf("%s is not a folder of the output directory; move it away, or choose another --out", o.path(dir))
			}
		}
	}
	return nil
}

// stage writes files to the stage, and sees to it that they are on the disk
// before the manifest has its name.
func (o *output) stage(ctx context.Context, files []file, manifest func() (*report.Manifest, error)) (err error) {
	var syncs errgroup.Group
	syncs.SetLimit(64) // files that wait for the disk
	defer func() {
		if e := syncs.Wait(); err == nil && e != nil {
			err = unwritten(e)
		}
		if err == nil {
			err = o.seal(ctx, files)
		}
	}()
	var outputs []report.File
	for _, f := range files {
		d, err := o.stageFile(ctx, f, f.name, &syncs)
		if err != nil {
			return err
		}
		outputs = append(outputs, d)
	}
	m, err := manifest()
	if err != nil {
		return err
	}
	m.Outputs = append(m.Outputs, outputs...)
	_, err = o.stageFile(ctx, file{manifestName, m.Write}, writtenName, &syncs)
	return err
}

// seal gives the manifest its name, once files are on the disk.
func (o *output) seal(ctx context.Context, files []file) error {
	for dir := range folders(fileNames(files)) {
		sealed.SyncDir(o.inStage(dir))
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.Rename(o.inStage(writtenName), o.inStage(manifestName)); err != nil {
		return unwritten(err)
	}
	sealed.SyncDir(o.staged)
	return nil
}

func unwritten(err error) error {
	return writable(fmt.Errorf("the results cannot be written: %w", err), "--out")
}

// writable says with the error of a disk that is full, or of a folder that may not be
// written to, how to mend it; other is what names another folder.
func writable(err error, other string) error {
	switch {
	case diskFull(err):
		return fmt.Errorf("%w; free space on that disk, or choose another %s", err, other)
	case errors.Is(err, fs.ErrPermission) || readOnly(err):
		return fmt.Errorf("%w; it may not be written to: change that, or choose another %s", err, other)
	}
	return err
}

// stageFile writes f to the stage as the file called name and describes it. That
// it is on the disk is for syncs.
func (o *output) stageFile(ctx context.Context, f file, name string, syncs *errgroup.Group) (report.File, error) {
	if err := os.MkdirAll(filepath.Dir(o.inStage(name)), 0o755); err != nil {
		return report.File{}, unwritten(err)
	}
	out, err := os.OpenFile(o.inStage(name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return report.File{}, unwritten(err)
	}
	s := &stagedFile{f: out, hash: sha256.New()}
	b := bufio.NewWriterSize(s, 1<<18)
	if err = f.write(until(ctx, b)); err == nil {
		err = b.Flush()
	}
	syncs.Go(func() error {
		s.syncs.Wait()
		return errors.Join(out.Sync(), out.Close())
	})
	switch {
	case s.err != nil:
		return report.File{}, unwritten(s.err)
	case err != nil:
		return report.File{}, fmt.Errorf("%s cannot be made: %w", f.name, err)
	}
	return report.File{Name: f.name, Bytes: s.bytes, SHA256: hex.EncodeToString(s.hash.Sum(nil))}, nil
}

// stagedFile is a file while it is written.
type stagedFile struct {
	f     *os.File
	hash  hash.Hash
	bytes int64
	err   error // of the disk
	syncs sync.WaitGroup
}

// Write implements io.Writer. A long file goes to the disk while it is written.
func (s *stagedFile) Write(p []byte) (int, error) {
	const often = 1 << 26 // bytes
	s.hash.Write(p)
	n, err := s.f.Write(p)
	before := s.bytes
	s.bytes += int64(n)
	if s.bytes/often > before/often {
		s.syncs.Go(func() { _ = s.f.Sync() }) // the last one tells of errors
	}
	if err != nil {
		s.err = err
	}
	return n, err
}

func writeSynced(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// folders returns the folders that the files called names lie in.
func folders(names []string) map[string]bool {
	dirs := make(map[string]bool)
	for _, name := range names {
		dirs[path.Dir(name)] = true
	}
	return dirs
}
