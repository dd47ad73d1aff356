package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"aftershock/internal/pattern"
)

// With output.keep, runs lie beside each other in the output directory, each in a
// folder named by its time, and latest leads to the last one.
const (
	latestName  = "latest"
	datedLayout = "2006-01-02T150405Z"
)

var datedName = pattern.New(`^\d{4}-\d{2}-\d{2}T\d{6}Z(-\d+)?$`)

// dated returns the folder of a run that begins now: after every other of its second.
func dated(dir string, now time.Time) string {
	stamp, most := now.UTC().Format(datedLayout), 0
	entries, _ := os.ReadDir(dir) // what cannot be read is said when it is written to
	for _, e := range entries {
		if second, n := moment(strings.TrimSuffix(strings.TrimPrefix(e.Name(), "."), stageSuffix)); second == stamp {
			most = max(most, n)
		}
	}
	if most == 0 {
		return filepath.Join(dir, stamp)
	}
	return filepath.Join(dir, fmt.Sprintf("%s-%d", stamp, most+1))
}

// moment parts the name of a folder of a run into its second and its number within,
// 1 for the first; "" and 0 for other names.
func moment(name string) (second string, n int) {
	if !datedName.MatchString(name) {
		return "", 0
	}
	const width = len(datedLayout)
	if len(name) == width {
		return name, 1
	}
	n, err := strconv.Atoi(name[width+1:])
	if err != nil || n >= math.MaxInt32 {
		return "", 0 // no run of ours has such a number
	}
	return name[:width], n
}

func byMoment(a, b string) int {
	x, n := moment(a)
	y, m := moment(b)
	return cmp.Or(cmp.Compare(x, y), cmp.Compare(n, m))
}

// datedRuns lists the folders of whole runs in dir, the oldest first.
func datedRuns(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() || !datedName.MatchString(e.Name()) {
			continue
		}
		if m, err := readManifest(filepath.Join(dir, e.Name(), manifestName)); err == nil && m.sealed {
			out = append(out, e.Name())
		}
	}
	slices.SortFunc(out, byMoment)
	return out, nil
}

// lastRun is the folder of the last run in dir: latest, or where there can be no
// links that with the last time until now.
func lastRun(dir string, now time.Time) string {
	latest := filepath.Join(dir, latestName)
	if _, err := os.Stat(filepath.Join(latest, manifestName)); err == nil {
		return latest
	}
	if runs, err := datedRuns(dir); err == nil && len(runs) > 0 {
		// Of a second there may be several, whose names are longer.
		return filepath.Join(dir, lastUntil(runs, now.UTC().Add(time.Second).Format(datedLayout))[len(runs)-1])
	}
	return latest
}

// lastUntil orders runs, which are in the order of their names, for a clock that stands
// at the name now: what is dated after it was named by a clock that went wrong, and comes
// before all others.
func lastUntil(runs []string, now string) []string {
	i, _ := slices.BinarySearchFunc(runs, now, byMoment)
	return slices.Concat(runs[i:], runs[:i])
}

// kept makes latest lead to the run in the folder called name of dir, the last one, and
// removes the runs but the last keep: of each the files that it left, and no others. Where the
// system has no links, or not for this user, warn is told, and the runs are kept
// without.
func kept(dir, name string, keep int, warn func(error)) error {
	latest := filepath.Join(dir, latestName)
	if info, err := os.Lstat(latest); err == nil && info.Mode()&fs.ModeSymlink == 0 {
		return fmt.Errorf("%s is no link of aftershock; move it away, or choose another --out", latest)
	}
	next := filepath.Join(dir, ".aftershock.latest")
	os.Remove(next) // of a run that was killed
	err := os.Symlink(name, next)
	if err == nil {
		err = os.Rename(next, latest)
	}
	if err != nil {
		os.Remove(latest) // it would lead to an older run
		warn(fmt.Errorf("%s cannot be made (%w): the last run is %s", latest, err, filepath.Join(dir, name)))
	}
	runs, err := datedRuns(dir)
	if err != nil {
		return err
	}
	runs = slices.DeleteFunc(lastUntil(runs, name), func(run string) bool { return run == name })
	for _, old := range runs[:max(0, len(runs)+1-keep)] {
		if err := removeRun(filepath.Join(dir, old)); err != nil {
			return fmt.Errorf("an old run cannot be removed: %w", err)
		}
	}
	return nil
}

// cleared completes or takes back what interrupted runs have left in dir, which no
// later run has the name of, and removes what is nothing then. Folders that another
// run is at work in stay, and so does what others have put there. The caller holds
// the lock of dir.
func cleared(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // which the run says
	}
	for _, e := range entries {
		name, staged := strings.CutSuffix(strings.TrimPrefix(e.Name(), "."), stageSuffix)
		if !e.IsDir() || !datedName.MatchString(name) {
			continue
		}
		own := filepath.Join(dir, name)
		if _, err := os.Lstat(filepath.Join(own, manifestName)); err == nil && !staged {
			continue
		}
		if os.Mkdir(own, 0o755) != nil && !isFolder(own) {
			continue
		}
		o := newOutput(own)
		if locked, err := o.tryLock(); err != nil || !locked {
			continue
		}
		_ = o.recover() // else it is tried again by the next run
		o.close()
		os.Remove(own) // does nothing while there is something in it
	}
}

// The most that is kept in the user's cache folder, the newest: records of runs in
// other directories, and calibrations of other studies or of data since replaced.
const (
	mostRecords      = 256
	mostCalibrations = 64
)

// thin removes the oldest sealed files in dir beyond most.
func thin(dir string, most int) {
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) <= most {
		return // what is kept too long does no harm
	}
	var files []fs.FileInfo
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && filepath.Ext(e.Name()) == ".sealed" {
			files = append(files, info)
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for _, old := range files[min(most, len(files)):] {
		os.Remove(filepath.Join(dir, old.Name()))
	}
}

func isFolder(name string) bool {
	info, err := os.Lstat(name)
	return err == nil && info.IsDir()
}

// removeRun removes the files of the run in dir that are as it left them, the
// manifest last, and the folders that are empty then.
func removeRun(dir string) error {
	m, err := readManifest(filepath.Join(dir, manifestName))
	if err != nil {
		return err
	}
	folders := map[string]bool{}
	for _, f := range m.files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if m.holds(dir, f.Name) {
			if err := os.Remove(path); err != nil {
				return err
			}
			folders[filepath.Dir(path)] = true
		}
	}
	for f := range folders {
		if f != dir {
			os.Remove(f) // does nothing while there is something in it
		}
	}
	if err := os.Remove(filepath.Join(dir, manifestName)); err != nil {
		return err
	}
	os.Remove(dir)
	return nil
}
