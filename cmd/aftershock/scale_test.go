package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.yaml.in/yaml/v3"
)

// fenced returns the blocks of code in a language that a document shows.
func fenced(t *testing.T, file, language string) (out []string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(string(data), "```"+language+"\n")[1:] {
		code, _, _ := strings.Cut(part, "```")
		out = append(out, code)
	}
	return out
}

// kubernetesJob is what a manifest says, field by field as docs/scale.md has it: one
// that is misspelt is an error.
type kubernetesJob struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   struct{ Name string }
	Spec       struct {
		CompletionMode       string `yaml:"completionMode"`
		Completions          int
		Parallelism          int
		BackoffLimit         int `yaml:"backoffLimit"`
		BackoffLimitPerIndex int `yaml:"backoffLimitPerIndex"`
		Template             struct {
			Spec struct {
				RestartPolicy string `yaml:"restartPolicy"`
				Containers    []struct {
					Name, Image string
					Args        []string
					Resources   struct{ Requests map[string]string }
					Mounts      []struct {
						Name string
						Path string `yaml:"mountPath"`
					} `yaml:"volumeMounts"`
				}
				Volumes []struct {
					Name  string
					Claim struct {
						Name string `yaml:"claimName"`
					} `yaml:"persistentVolumeClaim"`
				}
			}
		}
	}
}

// The arrays that docs/scale.md shows, run as a scheduler runs them, leave what one
// run leaves.
func TestArrays(t *testing.T) {
	const doc = "../../docs/scale.md"
	var script strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&script, format+"\n", args...) }
	say("exec aftershock run --config study.yaml --quiet --out whole")

	scripts := fenced(t, doc, "sh")
	if len(scripts) != 2 {
		t.Fatalf("%d scripts", len(scripts))
	}
	var tasks int
	for line := range strings.Lines(scripts[0]) {
		if n, _ := fmt.Sscanf(line, "#SBATCH --array=1-%d", &tasks); n == 1 {
			break
		}
	}
	if tasks < 2 {
		t.Fatalf("the array has %d tasks", tasks)
	}
	say("env SLURM_ARRAY_TASK_COUNT=%d SLURM_ARRAY_TASK_MIN=1", tasks)
	for k := range tasks {
		say("env SLURM_ARRAY_TASK_ID=%d\nexec sh array.sh", k+1)
	}
	say("env SLURM_ARRAY_TASK_ID=\nexec sh merge.sh\nsamerun whole results\nenv SLURM_ARRAY_TASK_COUNT=\nrm parts results")

	manifests := fenced(t, doc, "yaml")
	if len(manifests) != 1 {
		t.Fatalf("%d manifests", len(manifests))
	}
	d := yaml.NewDecoder(bytes.NewReader([]byte(manifests[0])))
	d.KnownFields(true)
	for k := range 2 {
		var j kubernetesJob
		if err := d.Decode(&j); err != nil {
			t.Fatal(err)
		}
		pod := j.Spec.Template.Spec
		if j.APIVersion != "batch/v1" || j.Kind != "Job" || pod.RestartPolicy != "Never" || len(pod.Containers) != 1 || len(pod.Volumes) != 1 ||
			pod.Containers[0].Mounts[0].Name != pod.Volumes[0].Name || pod.Containers[0].Mounts[0].Path != "/study" {
			t.Errorf("%+v", j)
		}
		args := strings.ReplaceAll(strings.Join(pod.Containers[0].Args, " "), "/study/", "")
		if k == 0 {
			if j.Spec.CompletionMode != "Indexed" || j.Spec.Completions < 2 {
				t.Errorf("%+v", j.Spec)
			}
			for i := range j.Spec.Completions {
				say("env JOB_COMPLETION_INDEX=%d\nexec aftershock %s", i, args)
			}
			continue
		}
		say("env JOB_COMPLETION_INDEX=\nexec aftershock %s\nsamerun whole results", args)
	}
	say("-- array.sh --\n%s\n-- merge.sh --\n%s", scripts[0], scripts[1])
	const study = "study: {tests: [t, kp-bmp, rank]}\nevents: {ids: [deepseek-selloff, stargate]}\noutput: {charts: []}"
	say("-- study.yaml --\n%s", study)

	name := filepath.Join(t.TempDir(), "arrays.txtar")
	if err := os.WriteFile(name, []byte(script.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Files: []string{name}, Cmds: map[string]func(*testscript.TestScript, bool, []string){"samerun": sameRun}})
}
