package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"

	"aftershock/internal/sealed"
	"aftershock/report"
)

// The names of a run on its way into place.
const (
	stageName    = ".aftershock.new"   // in the directory: the stage where folders cannot be exchanged
	replacedName = "replaced.json"     // in that stage: the manifest that is being replaced
	beforeName   = "before"            // in that stage: the files that are being replaced
	stageSuffix  = ".aftershock"       // of a stage beside the directory, a name with a dot before
	markName     = ".aftershock.stage" // in a stage beside the directory, and in the directory that it has become
	markText     = "a run of aftershock on its way into place\n"
)

// beside is the stage beside the directory, on the same file system.
func (o *output) beside() string {
	return filepath.Join(filepath.Dir(o.real), "."+filepath.Base(o.real)+stageSuffix)
}

func (o *output) inner() string { return filepath.Join(o.dir, stageName) }

func (o *output) inStage(name string) string {
	return filepath.Join(o.staged, filepath.FromSlash(name))
}

// locate finds where the directory really is.
func (o *output) locate() error {
	real, err := filepath.EvalSymlinks(o.dir)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	o.real = real
	return err
}

// openStage makes an empty stage: beside the directory where the two can be
// exchanged, within it elsewhere. The directory itself may be a mount point, so
// that nothing beside it is on the same file system.
func (o *output) openStage() error {
	if o.exchangeable() && os.Mkdir(o.beside(), 0o755) == nil {
		o.staged = o.beside()
		if err := writeSynced(o.inStage(markName), []byte(markText)); err == nil && sameDevice(o.staged, o.dir) {
			return nil
		}
		removeAll(o.staged)
	}
	o.staged = o.inner()
	return os.Mkdir(o.staged, 0o755)
}

// exchangeable reports whether the directory may be exchanged for another: nobody
// stands in it, and nothing is known of it that the other would not have.
func (o *output) exchangeable() bool {
	if err := o.locate(); err != nil || o.swap == nil || hasAttributes(o.real) {
		return false
	}
	if info, err := os.Lstat(o.dir); err != nil || !info.IsDir() {
		return false
	}
	wd, err := os.Getwd()
	if err == nil {
		wd, err = filepath.EvalSymlinks(wd)
	}
	if err != nil {
		return false
	}
	within, err := filepath.Rel(o.real, wd)
	return err == nil && (within == ".." || strings.HasPrefix(within, ".."+string(filepath.Separator)))
}

// commit puts the stage in the place of the run before.
func (o *output) commit() error {
	if o.staged == o.inner() {
		return o.commitJournal()
	}
	err := o.adopt()
	if err == nil {
		if err = o.swap(o.staged, o.real); err == nil {
			sealed.SyncDir(filepath.Dir(o.real))
			return o.finishExchange()
		}
	}
	// It cannot be done here. The journal needs the stage within the directory.
	if err := os.Rename(o.staged, o.inner()); err != nil {
		removeAll(o.staged)
		return unwritten(err)
	}
	o.staged = o.inner()
	os.Remove(o.inStage(markName))
	return o.commitJournal()
}

// mostAdopted bounds the files of others that are linked into a stage; a
// directory with more of them is no place of results alone.
const mostAdopted = 10_000

var errNotHere = errors.New("folders cannot be exchanged here")

// adopt links what others have put into the directory into the stage, so that it
// is there before and after the exchange.
func (o *output) adopt() error {
	before, err := readManifest(o.path(manifestName))
	if err != nil {
		return err
	}
	n := 0
	var modes []string
	err = filepath.WalkDir(o.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(o.dir, path)
		if err != nil || rel == "." {
			return err
		}
		name := filepath.ToSlash(rel)
		if n++; n > mostAdopted {
			return errNotHere
		}
		to := filepath.Join(o.staged, rel)
		switch {
		case d.IsDir():
			if entries, err := os.ReadDir(path); err != nil || len(entries) > 0 {
				return err // with the first of its files
			}
			modes = append(modes, rel)
			return os.MkdirAll(to, 0o755)
		case name != lockName && d.Name() == lockName && lockedElsewhere(path):
			return errNotHere // a run is at work in a folder within
		}
		if _, err := os.Lstat(to); err == nil {
			return nil // it is ours, and is replaced
		}
		if before.holds(o.dir, name) {
			return nil // it is ours, and goes
		}
		for dir := filepath.Dir(rel); dir != "."; dir = filepath.Dir(dir) {
			if _, err := os.Lstat(filepath.Join(o.staged, dir)); err == nil {
				break
			}
			modes = append(modes, dir)
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if d.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(target, to)
		}
		return os.Link(path, to)
	})
	for _, dir := range append(modes, ".") {
		if err == nil {
			err = likeFolder(filepath.Join(o.dir, dir), filepath.Join(o.staged, dir))
		}
		sealed.SyncDir(filepath.Join(o.staged, dir))
	}
	return err
}

// likeFolder gives a folder the mode and, where that is allowed, the owner of another.
func likeFolder(from, to string) error {
	info, err := os.Lstat(from)
	if err != nil {
		return err
	}
	if err := giveTo(info, to); err != nil {
		return err
	}
	const kept = fs.ModePerm | fs.ModeSetgid | fs.ModeSetuid | fs.ModeSticky
	return os.Chmod(to, info.Mode()&kept)
}

// lockedElsewhere reports whether another process holds the lock file called name.
func lockedElsewhere(name string) bool {
	l := flock.New(name, flock.SetFlag(os.O_RDONLY|sealed.OpenPlain)) // it may be another user's
	defer l.Close()
	locked, err := l.TryLock()
	return err != nil || !locked
}

// finishExchange clears what was exchanged away: the files of the run before go,
// what others have put there meanwhile comes over.
func (o *output) finishExchange() error {
	old := o.beside()
	before, err := readManifest(filepath.Join(old, manifestName))
	if err != nil {
		return fmt.Errorf("%s is what the last run has replaced, and cannot be cleared: %w", old, err)
	}
	for _, f := range before.files { // the manifest stays until they are gone
		name := filepath.Join(old, filepath.FromSlash(f.Name))
		if info, err := os.Lstat(name); err == nil && info.Mode().IsRegular() { // else somebody has put it there
			os.Remove(name) // what is left goes with the folder
		}
	}
	err = filepath.WalkDir(old, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(old, path)
		if err != nil || rel == lockName || before.lists(filepath.ToSlash(rel)) && d.Type().IsRegular() {
			return err
		}
		to := filepath.Join(o.real, rel)
		if _, err := os.Lstat(to); err == nil {
			return nil // a link to the same file
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.Rename(path, to)
	})
	if err == nil {
		err = removeAll(old)
	}
	if err != nil {
		return fmt.Errorf("the results are complete, and what they have replaced cannot be removed: %w", err)
	}
	return os.Remove(filepath.Join(o.real, markName))
}

// removeAll removes a folder of ours, and what is in folders that may not be
// written to. The mark of a stage goes last: who is interrupted leaves what can be
// known.
func removeAll(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if e.Name() != markName {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	if err == nil {
		err = os.RemoveAll(dir)
	}
	if err == nil {
		return nil
	}
	var all []string
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, _ error) error {
		if d != nil && d.IsDir() {
			_ = os.Chmod(path, 0o700) // the second attempt tells
		}
		all = append(all, path)
		return nil
	})
	// One by one: what RemoveAll asks of the system not every file system can do.
	for _, path := range slices.Backward(all) {
		_ = os.Remove(path)
	}
	return os.RemoveAll(dir)
}

// marked reports whether dir is, or was, a stage beside a directory.
func marked(dir string) bool {
	info, err := os.Lstat(filepath.Join(dir, markName))
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(markText)) {
		return false
	}
	text, err := os.ReadFile(filepath.Join(dir, markName))
	return err == nil && bytes.Equal(text, []byte(markText))
}

// interrupted reports whether a run has left something unfinished.
func (o *output) interrupted() bool {
	if o.locate() != nil {
		return false
	}
	_, err := os.Lstat(o.inner())
	return err == nil || marked(o.real) || marked(o.beside())
}

// recover completes or removes what an interrupted run has left.
func (o *output) recover() error {
	if err := o.locate(); err != nil {
		return err
	}
	if info, err := os.Lstat(o.beside()); err == nil && info.IsDir() {
		entries, err := os.ReadDir(o.beside())
		switch {
		case err != nil:
		case marked(o.beside()):
			if err := removeAll(o.beside()); err != nil {
				return err
			}
		case marked(o.real):
			if err := o.finishExchange(); err != nil {
				return err
			}
		case len(entries) == 0 || len(entries) == 1 && entries[0].Name() == markName: // before its mark was written
			if err := removeAll(o.beside()); err != nil {
				return err
			}
		}
	}
	if marked(o.real) {
		os.Remove(o.path(markName))
	}
	if info, err := os.Lstat(o.inner()); err != nil || !info.IsDir() {
		return nil
	}
	o.staged = o.inner()
	if m, err := readManifest(o.inStage(manifestName)); err == nil && m.sealed && o.journalIsWhole(m) {
		err := o.commitJournal()
		if err == nil || o.undone() {
			return nil
		}
		return err
	}
	_, err1 := os.Lstat(o.inStage(manifestName))
	_, err2 := os.Lstat(o.path(manifestName))
	if err1 == nil || err2 != nil { // else all was done, or nothing begun
		if err := o.takeBack(); err != nil {
			return err
		}
	}
	return removeAll(o.staged)
}

// undone reports whether a journal has been taken back to its end.
func (o *output) undone() bool {
	_, err := os.Lstat(o.inner())
	return errors.Is(err, fs.ErrNotExist)
}

// journalIsWhole reports whether every file of m is in the stage or in place, as
// m describes it, and what it replaces is of the run before.
func (o *output) journalIsWhole(m ownership) bool {
	before, err := readManifest(o.inStage(replacedName))
	if err != nil {
		return false
	}
	if len(before.names) == 0 {
		if before, err = readManifest(o.path(manifestName)); err != nil {
			return false
		}
	}
	for _, f := range m.files {
		if m.holds(o.staged, f.Name) {
			if _, err := os.Lstat(o.path(f.Name)); err == nil && !before.owns(o.dir, f.Name) {
				return false
			}
		} else if !m.holds(o.dir, f.Name) {
			return false
		}
	}
	return true
}

// commitJournal renames the staged files into place, and those that they replace
// into the stage. Each step can have been done already by a run that was
// interrupted. Where a step fails all are taken back.
func (o *output) commitJournal() error {
	err := o.forward()
	if err == nil {
		return removeAll(o.staged)
	}
	if e := o.takeBack(); e != nil {
		return errors.Join(unwritten(err), e)
	}
	return errors.Join(unwritten(err), removeAll(o.staged))
}

func (o *output) forward() error {
	m, err := readManifest(o.inStage(manifestName))
	if err != nil {
		return err
	}
	if len(m.names) == 0 {
		return nil // all is done but the removal of the stage
	}
	if err := o.move(o.path(manifestName), o.inStage(replacedName)); err != nil {
		return err
	}
	before, err := readManifest(o.inStage(replacedName))
	if err != nil {
		return err
	}
	if err := o.refuseLinks(slices.Concat(before.names, m.names)); err != nil {
		return err
	}
	for _, f := range m.files {
		if _, err := os.Lstat(o.inStage(f.Name)); errors.Is(err, fs.ErrNotExist) {
			continue // it is in place
		}
		if err := o.setAside(f.Name); err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(o.path(f.Name)), 0o755); err != nil {
			return err
		}
		if err := o.move(o.inStage(f.Name), o.path(f.Name)); err != nil {
			return err
		}
	}
	for dir := range folders(m.names) {
		sealed.SyncDir(o.path(dir))
	}
	for _, f := range before.files {
		if !m.lists(f.Name) && before.holds(o.dir, f.Name) {
			if err := o.setAside(f.Name); err != nil {
				return err
			}
			if dir := filepath.Dir(o.path(f.Name)); dir != o.dir {
				os.Remove(dir) // does nothing while there is something in it
			}
		}
	}
	if err := o.move(o.inStage(manifestName), o.path(manifestName)); err != nil {
		return err
	}
	sealed.SyncDir(o.dir)
	return nil
}

// setAside moves a file that is being replaced into the stage.
func (o *output) setAside(name string) error {
	to := o.inStage(beforeName + "/" + name)
	if _, err := os.Lstat(to); err == nil {
		return nil // what has its name now is not what was replaced
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return o.move(o.path(name), to)
}

// takeBack puts the files of the run before in place again. The new ones return
// to the stage.
func (o *output) takeBack() error {
	before := filepath.Join(o.staged, beforeName)
	m, _ := readManifest(o.inStage(manifestName)) // of a whole journal
	for _, f := range m.files {
		if _, err := os.Lstat(o.inStage(f.Name)); err == nil || !m.holds(o.dir, f.Name) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(o.inStage(f.Name)), 0o755); err != nil {
			return err
		}
		if err := o.move(o.path(f.Name), o.inStage(f.Name)); err != nil {
			return err
		}
		if dir := filepath.Dir(o.path(f.Name)); dir != o.dir {
			os.Remove(dir) // does nothing while there is something in it
		}
	}
	err := filepath.WalkDir(before, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(before, path)
		if err != nil {
			return err
		}
		to := filepath.Join(o.dir, rel)
		if _, err := os.Lstat(to); err == nil {
			return nil // what has the name now is neither of the runs', and stays
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return o.move(path, to)
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Lstat(o.path(manifestName)); errors.Is(err, fs.ErrNotExist) {
		return o.move(o.inStage(replacedName), o.path(manifestName))
	}
	return nil
}

// move renames a file that may have been renamed before.
func (o *output) move(from, to string) error {
	if err := o.rename(from, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// ownership is what a manifest says of the files beside it.
type ownership struct {
	names  []string // the manifest among them; none where there is no manifest
	files  []report.File
	byName map[string]report.File // the manifest among them
	sealed bool                   // the manifest is as a run wrote it
}

// readManifest returns what the manifest called name says; nothing where there is
// none.
func readManifest(name string) (ownership, error) {
	m, sealed, err := manifestOf(name)
	if errors.Is(err, fs.ErrNotExist) {
		return ownership{}, nil
	}
	if err != nil {
		return ownership{}, err
	}
	o := ownership{names: []string{manifestName}, files: m.Outputs, byName: map[string]report.File{manifestName: {}}, sealed: sealed}
	for _, f := range m.Outputs {
		if !filepath.IsLocal(filepath.FromSlash(f.Name)) || f.Name == manifestName {
			return ownership{}, fmt.Errorf("%s lists %q, which is outside its directory", name, f.Name)
		}
		o.names = append(o.names, f.Name)
		o.byName[f.Name] = f
	}
	return o, nil
}

// mendBy says with the error of a manifest how to mend it, where the manifest itself is
// at fault, and not that it cannot be read.
func mendBy(err error, mend string) error {
	var system *fs.PathError
	if errors.As(err, &system) {
		return err
	}
	return fmt.Errorf("%w; %s", err, mend)
}

// manifestOf reads the manifest called name.
func manifestOf(name string) (m *report.Manifest, sealed bool, err error) {
	data, err := readBounded(name, mostManifest)
	if err != nil {
		return nil, false, err
	}
	if m, sealed, err = report.ReadManifest(data); err != nil {
		return nil, false, fmt.Errorf("%s is not a manifest of aftershock", name)
	}
	return m, sealed, nil
}

const mostManifest = 1 << 28 // bytes: of a million securities

// lists reports whether the manifest names a file, or is it.
func (o ownership) lists(name string) bool {
	_, ok := o.byName[name]
	return ok
}

// owns reports whether the file called name in dir is one that a run wrote, and
// may be replaced: its manifest is as the run left it, or the file is. A folder, a link
// or a pipe of that name is somebody else's.
func (o ownership) owns(dir, name string) bool {
	if info, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name))); err == nil && !info.Mode().IsRegular() {
		return false
	}
	return o.lists(name) && (o.sealed || name == manifestName || o.holds(dir, name))
}

// holds reports whether the file called name in dir is the one that the manifest
// describes.
func (o ownership) holds(dir, name string) bool {
	want, ok := o.byName[name]
	path := filepath.Join(dir, filepath.FromSlash(name))
	info, err := os.Lstat(path)
	if !ok || err != nil || !info.Mode().IsRegular() || info.Size() != want.Bytes {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	is, err := report.FileOf(name, f)
	return err == nil && is == want
}

// manifestFiles returns the names of the files of the run whose manifest is the
// file name, the manifest among them; none where there is no such file.
func manifestFiles(name string) ([]string, error) {
	o, err := readManifest(name)
	return o.names, err
}
