package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"

	"aftershock/analysis"
	"aftershock/internal/parts"
	"aftershock/internal/pattern"
)

// registered tells Beam the types of what workers do, which they are found by: before
// it starts, and in a worker's process too.
func registered() {
	register.DoFn3x1[context.Context, int, func(int, string), error](&measure{})
	register.DoFn3x1[int, func(*string) bool, func(int), error](&once{})
	register.DoFn1x0[int](&end{})
	register.Emitter2[int, string]()
	register.Emitter1[int]()
	register.Iter1[string]()
}

// packName is what the pack is called in the folder of a job.
const packName = "study.pack"

// A job is a study whose shares are to be computed.
type job struct {
	Dir     string // of the parts, as workers know it
	Pack    string // file of the pack, as workers know it
	Sum     string // of the pack
	Shares  int
	Workers int // processes of workers; 0: those that the runner has
}

// part is the file of share i.
func (j job) part(i int) string {
	if remote(j.Dir) {
		return join(j.Dir, filepath.Base(parts.Name("", i, j.Shares)))
	}
	return parts.Name(j.Dir, i, j.Shares)
}

// compute computes the shares, and leaves a file of each in j.Dir.
func (j job) compute(ctx context.Context) error {
	p, s := beam.NewPipelineWithRoot()
	j.pipeline(s, &measure{j})
	if j.Workers > 0 {
		return j.onProcesses(ctx, p)
	}
	return beamx.Run(ctx, p)
}

// pipeline is: the numbers of the shares, dealt out; each measured by do, which leaves
// its file and says its sum; these sums, of one share together, however often a bundle
// was tried; its number. For several processes of workers there are as many stages that
// measure, each of its own shares.
func (j job) pipeline(s beam.Scope, do any) {
	var sums []beam.PCollection
	stages := min(max(1, j.Workers), j.Shares)
	for k := range stages {
		var numbers []int
		for i := k + 1; i <= j.Shares; i += stages {
			numbers = append(numbers, i)
		}
		own := s.Scope(stageName(k))
		sums = append(sums, beam.ParDo(own, do, beam.Reshuffle(own, beam.CreateList(own, numbers))))
	}
	all := sums[0]
	if stages > 1 {
		all = beam.Flatten(s, sums...)
	}
	kept := beam.ParDo(s.Scope("Once"), &once{}, beam.GroupByKey(s, all))
	beam.ParDo0(s.Scope("End"), &end{}, beam.Reshuffle(s, kept))
}

// stageName is what the stage k that measures is called.
func stageName(k int) string { return fmt.Sprint("Measure", k+1) }

// end takes the numbers of the shares whose files are there. Prism asks without rest
// whether a stage that gives nothing has ended: were Once such a stage, it would take
// the processors from the shares that are being computed.
type end struct{}

// ProcessElement does nothing.
func (*end) ProcessElement(int) {}

// measure computes shares of a study.
type measure struct{ Job job }

// ProcessElement computes share i, writes its file, whole or not at all, and emits the
// sum of what stands in it. What an attempt before has written is replaced. The figures
// of a share are tens of megabytes: they go to the file and not through the runner, which
// would hold those of all shares.
func (f *measure) ProcessElement(ctx context.Context, i int, emit func(int, string)) error {
	sum, err := f.Job.measure(ctx, i)
	if err != nil {
		return told(err)
	}
	emit(i, sum)
	return nil
}

func (j job) measure(ctx context.Context, i int) (sum string, err error) {
	s, err := open(ctx, j.Pack, j.Sum)
	if err != nil {
		return "", err
	}
	s.mu.Lock() // a share takes all processors by itself
	defer s.mu.Unlock()
	part, err := s.worker.Part(ctx, i, j.Shares, nil)
	if err != nil {
		return "", err
	}
	name := j.part(i)
	here := name
	if remote(name) {
		dir, err := os.MkdirTemp("", "aftershock-beam-")
		if err != nil {
			return "", err
		}
		defer os.RemoveAll(dir)
		here = filepath.Join(dir, "part")
	}
	if err := parts.Write(here, parts.Part{Study: s.key, Part: part}, nil); err != nil {
		return "", err
	}
	if sum, err = parts.Sum(here); err == nil && here != name {
		err = upload(ctx, here, name)
	}
	return sum, err
}

// once holds the attempts at a share to one sum.
type once struct{}

// ProcessElement emits i. A runner that has a share computed twice has the same figures
// twice, whichever of the files is there now. Were they others, it would have given the
// share to processors that round in other places.
func (*once) ProcessElement(i int, found func(*string) bool, emit func(int)) error {
	var first, sum string
	if !found(&first) {
		return told(fmt.Errorf("nothing was found of share %d", i))
	}
	for found(&sum) {
		if sum != first {
			return told(fmt.Errorf("two workers found different figures of share %d: have all workers one kind of processor?", i))
		}
	}
	emit(i)
	return nil
}

// study is a study that a worker has opened.
type study struct {
	once   sync.Once
	err    error
	key    string
	mu     sync.Mutex // one share at a time
	worker *analysis.Worker
}

// studies are those that this process has opened, by file and sum: prices are read
// once, however many bundles there are.
var studies = struct {
	sync.Mutex
	open map[[2]string]*study
	read int // packs
}{open: make(map[[2]string]*study)}

// forget gives the memory of all studies back.
func forget() {
	studies.Lock()
	clear(studies.open)
	studies.Unlock()
	debug.FreeOSMemory()
}

// open returns the study of a pack. One that cannot be opened is tried again when
// it is asked for again.
func open(ctx context.Context, pack, sum string) (*study, error) {
	key := [2]string{pack, sum}
	studies.Lock()
	s := studies.open[key]
	if s == nil {
		s = new(study)
		studies.open[key] = s
	}
	studies.Unlock()
	s.once.Do(func() {
		if s.err = s.load(ctx, pack, sum); s.err != nil {
			studies.Lock()
			delete(studies.open, key)
			studies.Unlock()
		}
	})
	return s, s.err
}

// load reads the pack that has that sum.
func (s *study) load(ctx context.Context, pack, sum string) error {
	here := pack
	if remote(pack) {
		dir, err := os.MkdirTemp("", "aftershock-beam-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		here = filepath.Join(dir, packName)
		if err := download(ctx, pack, here); err != nil {
			return err
		}
	}
	is, err := parts.PackSum(here)
	if err != nil {
		return fmt.Errorf("a worker cannot open the pack: %w; --dir must be a folder that all workers reach by that name", err)
	}
	if is != sum {
		return fmt.Errorf("%s is not the pack that this job was started with: another job has the same --dir", pack)
	}
	p, err := parts.ReadPack(here)
	if err != nil {
		return fmt.Errorf("a worker cannot open the pack: %w", err)
	}
	studies.Lock()
	studies.read++
	studies.Unlock()
	s.key = p.Key
	if s.worker, err = p.Study.NewWorker(p.Catalog, p.Panel); err == nil {
		s.worker.Placebo = p.Placebo
	}
	return err
}

// remote reports whether a name is of a file system that Beam knows by a scheme.
func remote(name string) bool { return strings.Contains(name, "://") }

// join adds a name to a folder.
func join(dir, name string) string {
	if remote(dir) {
		return strings.TrimRight(dir, "/") + "/" + name
	}
	return filepath.Join(dir, name)
}

// upload copies a file of this machine to a file system of Beam's.
func upload(ctx context.Context, from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	files, err := filesystem.New(ctx, to)
	if err != nil {
		return err
	}
	defer files.Close()
	out, err := files.OpenWrite(ctx, to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// download copies a file of a file system of Beam's to this machine.
func download(ctx context.Context, from, to string) error {
	files, err := filesystem.New(ctx, from)
	if err != nil {
		return err
	}
	defer files.Close()
	in, err := files.OpenRead(ctx, from)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// What a worker says of an error stands between these marks, in the long tale that
// a runner tells of it.
const tellFrom, tellTo = "[aftershock: ", " :aftershock]"

var marked = pattern.New(`(?s)\[aftershock: (.*?) :aftershock\]`)

// told marks the error of a worker.
func told(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(tellFrom + err.Error() + tellTo)
}

// cause returns what a worker said, where that is the cause of err.
func cause(err error) error {
	if m := marked.FindStringSubmatch(err.Error()); m != nil {
		return errors.New(m[1])
	}
	return err
}
