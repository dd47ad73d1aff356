package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"aftershock/analysis"
	"aftershock/internal/parts"
)

// shard is a share of a study, such as 2/8, or that of the task that a scheduler
// has started.
type shard struct {
	index, of int
	auto      bool // index, and of where it is 0, are the scheduler's
}

// shardFlag defines --shard.
func (a *app) shardFlag(cmd *cobra.Command) {
	cmd.Flags().Var(&a.shard, "shard", "compute only share `i/n`, for aftershock merge; auto or auto/n: that of a task of Kubernetes, Slurm or Batch")
}

// String implements pflag.Value.
func (s *shard) String() string {
	switch {
	case s.auto && s.of == 0:
		return auto
	case s.auto:
		return fmt.Sprintf("%s/%d", auto, s.of)
	case s.of == 0:
		return ""
	}
	return fmt.Sprintf("%d/%d", s.index, s.of)
}

// Type implements pflag.Value.
func (s *shard) Type() string { return "i/n" }

// Set implements pflag.Value.
func (s *shard) Set(text string) error {
	wrong := fmt.Errorf("write it as 1/4 for the first share of four, or as auto or auto/4 where a scheduler numbers them")
	index, of, two := strings.Cut(text, "/")
	*s = shard{auto: index == auto}
	if s.auto && !two {
		return nil
	}
	var err error
	if s.of, err = strconv.Atoi(of); err != nil || s.of < 1 {
		return wrong
	}
	if s.auto {
		return nil
	}
	if s.index, err = strconv.Atoi(index); err != nil || s.index < 1 || s.index > s.of {
		return wrong
	}
	return nil
}

// asked reports whether a share was asked for.
func (s *shard) asked() bool { return s.auto || s.of > 0 }

// shardsName is the variable that says how many shares there are, where neither
// --shard nor the scheduler does.
const shardsName = envPrefix + "SHARDS"

// schedulers are the variables by which schedulers number the tasks of an array:
// from first on, or from what least says, in steps.
var schedulers = []struct {
	name, index, count, least, most, step string
	first                                 int
}{
	{name: "Kubernetes", index: "JOB_COMPLETION_INDEX"},
	{name: "Slurm", index: "SLURM_ARRAY_TASK_ID", count: "SLURM_ARRAY_TASK_COUNT", least: "SLURM_ARRAY_TASK_MIN", most: "SLURM_ARRAY_TASK_MAX", step: "SLURM_ARRAY_TASK_STEP", first: 1},
	{name: "Batch", index: "BATCH_TASK_INDEX", count: "BATCH_TASK_COUNT"},
	{name: "AWS Batch", index: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE"},
}

// resolve finds out which share a scheduler's task has.
func (s *shard) resolve() error {
	if !s.auto || s.index > 0 {
		return nil
	}
	refuse := func(format string, args ...any) error {
		return usageError{fmt.Errorf("--shard %s: %s", s, fmt.Sprintf(format, args...))}
	}
	found := -1
	for k, x := range schedulers {
		if os.Getenv(x.index) == "" {
			continue
		}
		if found >= 0 {
			return refuse("%s and %s are both set, and number the tasks of two schedulers; unset one, or write the share as 1/4", schedulers[found].index, x.index)
		}
		found = k
	}
	if found < 0 {
		var names []string
		for _, x := range schedulers {
			names = append(names, x.index)
		}
		return refuse("none of %s is set, by which a scheduler numbers its tasks; write the share as 1/4", strings.Join(names, ", "))
	}
	x := schedulers[found]
	number := func(name string, usual, least int) (int, error) {
		text := ""
		if name != "" {
			text = os.Getenv(name)
		}
		if text == "" {
			return usual, nil
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < least {
			return 0, refuse("%s is %q, and should be a number of %d or more", name, text, least)
		}
		return n, nil
	}
	at, err1 := number(x.index, 0, 0)
	least, err2 := number(x.least, x.first, 0)
	step, err3 := number(x.step, 1, 1)
	counted, err4 := number(x.count, 0, 1)
	said, err5 := number(shardsName, 0, 1)
	most, err6 := number(x.most, -1, 0)
	for _, err := range []error{err1, err2, err3, err4, err5, err6} { // the first is enough
		if err != nil {
			return err
		}
	}
	of, by := 0, ""
	for _, c := range []struct {
		n  int
		by string
	}{{s.of, "--shard"}, {said, shardsName}, {counted, x.count}} {
		switch {
		case c.n == 0 || c.n == of:
		case of > 0:
			return refuse("%s says that there are %d shares, and %s %d; let them agree, or write the share as 1/%d", by, of, c.by, c.n, of)
		default:
			of, by = c.n, c.by
		}
	}
	if of == 0 {
		where := "--shard auto/4, or by the variable " + shardsName
		return refuse("%s says which share this is, and not of how many; say it by %s", x.index, where)
	}
	// Tasks that are tried again make an array of their own, whose numbers say nothing of
	// how many shares there were.
	if most >= 0 && counted > 0 && (most-least)/step+1 != counted {
		return refuse("the array has %d tasks from %d to %d, not all of these; write a share that is computed again as 3/8", counted, least, most)
	}
	if counted == 1 && x.most != "" && s.of == 0 && said == 0 {
		return refuse("%s is 1, an array of one task; write a share that is computed again as 3/8, or use auto/1", x.count)
	}
	if at < least || (at-least)%step != 0 || (at-least)/step >= of {
		return refuse("%s is %d, which is none of %d shares that begin at %d%s", x.index, at, of, least, map[bool]string{true: fmt.Sprintf(" in steps of %d", step)}[step > 1])
	}
	s.index, s.of = (at-least)/step+1, of
	return nil
}

// writePart writes a part to the folder out, and says where it is.
func (a *app) writePart(ctx context.Context, out string, p parts.Part) error {
	if err := makeOut(out); err != nil {
		return err
	}
	name := parts.NameOf(out, p.Command, p.Part.Index, p.Part.Of)
	if err := refuseOther(name, parts.Kind, "--out"); err != nil {
		return err
	}
	if err := parts.Write(name, p, func(w io.Writer) io.Writer { return until(ctx, w) }); err != nil {
		return writable(fmt.Errorf("the part cannot be written: %w", err), "--out")
	}
	_, err := fmt.Fprintln(a.stdout, name)
	return err
}

func makeOut(out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return writable(fmt.Errorf("the output directory cannot be made: %w", err), "--out")
	}
	return nil
}

// ofShare are flags that say nothing of what is computed, but of a share.
var ofShare = map[string]bool{"shard": true, "out": true, "quiet": true, "fresh": true}

// saidFlags lists the flags that cmd was given, as it takes them, but for ofShare.
func saidFlags(cmd *cobra.Command) (out []string) {
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if f.Changed && !ofShare[f.Name] {
			out = append(out, "--"+f.Name+"="+f.Value.String())
		}
	})
	return out
}

// gathered is a part with its file.
type gathered struct {
	name string
	file parts.Part
}

// gather reads the parts that files and folders hold, all of one study that was
// shared by one command.
func gather(names []string) ([]gathered, error) {
	var files []string
	for _, name := range names {
		if info, err := os.Stat(name); err != nil || !info.IsDir() {
			files = append(files, name)
			continue
		}
		in, err := parts.In(name)
		if err != nil {
			return nil, err
		}
		if len(in) == 0 {
			return nil, fmt.Errorf("%s: holds no part of a study (part-1-of-4.bin); name the folder that --shard had as its --out", name)
		}
		files = append(files, in...)
	}
	var list []gathered
	by := make(map[int]string)
	for _, name := range files {
		p, err := parts.Read(name)
		if err == nil {
			if e := p.Foreign(); e != nil {
				err = fmt.Errorf("%s: %w", name, e)
			}
		}
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%s: is not there; name the parts that --shard wrote, or the folder that it had as its --out", name)
		case errors.Is(err, fs.ErrPermission):
			return nil, fmt.Errorf("%s: may not be read by this user; change its permissions, or copy it", name)
		case err != nil:
			return nil, err
		}
		if len(list) > 0 {
			switch first := &list[0]; {
			case p.Command != first.file.Command:
				return nil, fmt.Errorf("%s: is a part of %s, and %s one of %s; name the parts of one", name, commandOf(p), first.name, commandOf(first.file))
			case p.Part.Of != first.file.Part.Of:
				return nil, fmt.Errorf("%s: is share %d of %d, and %s share %d of %d; name the parts of one study, all cut alike", name, p.Part.Index, p.Part.Of, first.name, first.file.Part.Index, first.file.Part.Of)
			}
		}
		if other, twice := by[p.Part.Index]; twice {
			return nil, fmt.Errorf("%s and %s are both share %d of %d; leave one of them out", other, name, p.Part.Index, p.Part.Of)
		}
		by[p.Part.Index] = name
		list = append(list, gathered{name, p})
	}
	var missing analysis.Names
	of := list[0].file.Part.Of
	for i := 1; i <= min(of, 1<<20) && len(missing) <= of-len(list); i++ {
		if by[i] == "" {
			missing = append(missing, strconv.Itoa(i))
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("of %d shares, %s %s not among the parts; compute %s with --shard %s/%d", of, missing, map[bool]string{true: "is", false: "are"}[len(missing) == 1],
			map[bool]string{true: "it", false: "them"}[len(missing) == 1], missing[0], of)
	}
	return list, nil
}

func commandOf(p parts.Part) string {
	if p.Command == "" {
		return "run"
	}
	return p.Command
}

// ownParts returns the parts of list, which must be of the study that key tells.
func ownParts(list []gathered, key string) ([]*analysis.Part, error) {
	var out []*analysis.Part
	for _, g := range list {
		if g.file.Study != key {
			return nil, fmt.Errorf("%s: was computed with another configuration, other events or other prices; use those of the parts", g.name)
		}
		out = append(out, g.file.Part)
	}
	return out, nil
}

// mergeShared joins parts of another command than run: it is performed with the
// flags that the parts had, before those that merge has.
func (a *app) mergeShared(cmd *cobra.Command, list []gathered) error {
	of := map[string]func() *cobra.Command{"calibrate": a.calibrateCommand, "sweep": a.sweepCommand}[list[0].file.Command]
	if of == nil {
		return fmt.Errorf("%s: is a part of %s, which this program does not share", list[0].name, list[0].file.Command)
	}
	own := of()
	own.SetContext(cmd.Context())
	args := append([]string(nil), list[0].file.Flags...)
	var strange []string
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Changed {
			return
		}
		if own.Flags().Lookup(f.Name) == nil {
			strange = append(strange, "--"+f.Name)
		}
		args = append(args, "--"+f.Name+"="+f.Value.String())
	})
	if len(strange) > 0 {
		return usageError{fmt.Errorf("%s: %s is a part of %s, which has no such flag", strange[0], list[0].name, list[0].file.Command)}
	}
	if err := own.ParseFlags(args); err != nil {
		return usageError{err}
	}
	a.parts = list
	return own.RunE(own, nil)
}

var errPackShard = usageError{errors.New("--pack goes without --shard: what it writes is for every share")}
