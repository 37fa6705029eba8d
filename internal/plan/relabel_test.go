package plan

import (
	"regexp"
	"strings"
	"testing"
)

// holder runs the relabeling as Prometheus does: every step whose expression
// matches the whole of its source sets the label, so the last one wins.
func holder(steps []Relabel, namespace, pod string) string {
	workload := ""
	for _, s := range steps {
		if s.Target != labelWorkload {
			continue
		}
		if m := regexp.MustCompile("^(?:" + s.Regex + ")$").FindStringSubmatch(namespace + ";" + pod); m != nil {
			workload = s.Replacement
			if workload == "$1" {
				workload = m[1]
			}
		}
	}
	return workload
}

func TestPodsGoToTheirOwnWorkload(t *testing.T) {
	random := "[bcdfghjklmnpqrstvwxz2456789]"
	deployment := "-" + random + "{5,10}-" + random + "{5}"
	of := func(name, owner, suffix string) Workload {
		return Workload{Name: name, Namespace: "ns", Team: "t", PodOwner: owner, PodRegex: owner + suffix}
	}
	jobset := "-[a-z0-9-]+-[0-9]+-[0-9]+-" + random + "{5}"
	steps := relabels([]Workload{
		of("chat", "chat", deployment), of("chat-fast", "chat-fast", deployment), of("other", "other", deployment),
		of("train", "train", jobset), of("train-big", "train-big", jobset),
		of("llm", "llm", "(-.*)?"), of("llm-large", "llm-large", "(-.*)?"), of("renamed", "its-deployment", deployment),
	})
	for pod, want := range map[string]string{
		"chat-7f8b9c6d5-x2k4z":           "chat",
		"chat-fast-7f8b9c6d5-x2k4z":      "chat-fast",
		"other-7f8b9c6d5-x2k4z":          "other",
		"train-workers-0-0-x2k4z":        "train",
		"train-big-workers-0-0-x2k4z":    "train-big",
		"llm-anything":                   "llm",
		"llm-large-anything":             "llm-large",
		"its-deployment-7f8b9c6d5-x2k4z": "renamed",
		"stranger-7f8b9c6d5-x2k4z":       "",
		"chat-fast-abcde":                "", // a Job's pod: no hash has a vowel
	} {
		if got := holder(steps, "ns", pod); got != want {
			t.Errorf("%s goes to %q, want %q", pod, got, want)
		}
		if got := holder(steps, "elsewhere", pod); got != "" {
			t.Errorf("%s of another namespace goes to %q", pod, got)
		}
	}
}

// Steps grow with namespaces and teams, not with workloads.
func TestRelabelingIsGrouped(t *testing.T) {
	var many []Workload
	for _, n := range strings.Fields("ant bee cat dog elk fox gnu hen ibis jay") {
		many = append(many, Workload{Name: n, Namespace: "ns", Team: "t", PodOwner: n, PodRegex: n + "-[0-9]+"})
	}
	if got := len(relabels(many)); got != 2 {
		t.Errorf("%d steps for ten workloads of one team in one namespace, want 2", got)
	}
}
