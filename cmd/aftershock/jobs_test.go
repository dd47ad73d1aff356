package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// docs/jobs.md: systemd takes its units, its YAML is a CronJob, and every command in
// it is one that the program takes.
func TestJobsDocument(t *testing.T) {
	data, err := os.ReadFile("../../docs/jobs.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```([a-z]+)\n(.*?)```").FindAllStringSubmatch(string(data), -1)
	dir := t.TempDir()
	var units, lines []string
	for _, b := range blocks {
		switch kind, text := b[1], b[2]; kind {
		case "ini":
			name := "aftershock.service"
			if strings.Contains(text, "[Timer]") {
				name = "aftershock.timer"
			}
			for line := range strings.Lines(text) {
				if command, ok := strings.CutPrefix(line, "ExecStart=/usr/bin/"); ok {
					lines = append(lines, command)
				}
			}
			self, err := os.Executable() // the program need not be installed
			if err != nil {
				t.Fatal(err)
			}
			units = append(units, filepath.Join(dir, name))
			if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.Replace(text, "/usr/bin/aftershock", self, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
		case "cron":
			_, command, _ := strings.Cut(text, "&& ")
			command, _, _ = strings.Cut(command, " 2>>")
			lines = append(lines, command)
		case "yaml":
			var job struct {
				APIVersion string `yaml:"apiVersion"`
				Kind       string
				Spec       struct {
					JobTemplate struct {
						Spec struct {
							PodFailurePolicy struct {
								Rules []struct {
									OnExitCodes struct{ Values []int } `yaml:"onExitCodes"`
								}
							} `yaml:"podFailurePolicy"`
							Template struct {
								Spec struct {
									RestartPolicy string `yaml:"restartPolicy"`
									Containers    []struct{ Args []string }
								}
							}
						}
					} `yaml:"jobTemplate"`
				}
			}
			if err := yaml.Unmarshal([]byte(text), &job); err != nil {
				t.Fatal(err)
			}
			of := job.Spec.JobTemplate.Spec
			if job.APIVersion != "batch/v1" || job.Kind != "CronJob" || len(of.Template.Spec.Containers) != 1 || of.Template.Spec.RestartPolicy != "Never" {
				t.Fatalf("not a CronJob with one container: %+v", job)
			}
			for _, r := range of.PodFailurePolicy.Rules {
				for _, status := range r.OnExitCodes.Values {
					if status == statusSource || status == statusLocked {
						t.Errorf("status %d is not tried again", status)
					}
				}
			}
			lines = append(lines, "aftershock "+strings.Join(of.Template.Spec.Containers[0].Args, " "))
		}
	}
	if len(units) != 2 || len(lines) != 3 {
		t.Fatalf("%d units and %d commands", len(units), len(lines))
	}
	for _, line := range lines {
		args := append(strings.Fields(line)[1:], "--help")
		if status, _, problems := aftershock(t, args...); status != statusOK {
			t.Errorf("%s: status %d, %s", line, status, problems)
		}
	}
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is not there: the units were not verified")
	}
	if out, err := exec.Command("systemd-analyze", append([]string{"verify"}, units...)...).CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "" {
		t.Errorf("systemd refuses the units: %v\n%s", err, out)
	}
}
