package plan

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Labels that identify who a GPU works for. The exporter reports the holder
// as exported_namespace and exported_pod, because its own pod has taken the
// plain names; relabeling puts them right.
const (
	labelNamespace = "namespace"
	labelPod       = "pod"
	labelWorkload  = "workload"
	labelTeam      = "team"
	labelModel     = "model"
)

// relabels tells from a pod whose GPU it is. The number of steps grows with
// distinct teams, models and namespaces, not with workloads: every series of
// every GPU passes through all of them at each scrape.
func relabels(workloads []Workload) []Relabel {
	type place struct{ namespace, suffix string }
	byPlace := map[place][]string{}
	var single []Relabel
	byTeam, byModel := map[string][]string{}, map[string][]string{}
	for _, w := range workloads {
		suffix, ok := strings.CutPrefix(w.PodRegex, w.Name)
		if ok && !w.AnyPod {
			p := place{w.Namespace, suffix}
			byPlace[p] = append(byPlace[p], w.Name)
		} else {
			single = append(single, Relabel{Source: []string{labelNamespace, labelPod},
				Regex: regexp.QuoteMeta(w.Namespace) + ";" + w.PodRegex, Target: labelWorkload, Replacement: w.Name})
		}
		byTeam[w.Team] = append(byTeam[w.Team], w.Name)
		if w.Model != "" {
			byModel[w.Model] = append(byModel[w.Model], w.Name)
		}
	}
	var grouped []Relabel
	for p, names := range byPlace {
		slices.Sort(names)
		grouped = append(grouped, Relabel{Source: []string{labelNamespace, labelPod},
			Regex: regexp.QuoteMeta(p.namespace) + ";(" + strings.Join(names, "|") + ")" + p.suffix, Target: labelWorkload, Replacement: "$1"})
	}
	// A later step overrules an earlier one: short names come before long
	// ones, so that llm-large-0 is not taken for a pod of llm, and those that
	// say exactly how their pods are named come last.
	slices.SortFunc(single, func(a, b Relabel) int {
		return cmp.Or(cmp.Compare(len(a.Regex), len(b.Regex)), strings.Compare(a.Regex, b.Regex))
	})
	slices.SortFunc(grouped, func(a, b Relabel) int { return strings.Compare(a.Regex, b.Regex) })
	return slices.Concat(single, grouped, steps(byTeam, labelTeam), steps(byModel, labelModel))
}

// steps sets a label from the workload's name, one step for each value.
func steps(by map[string][]string, target string) []Relabel {
	var out []Relabel
	for value, names := range by {
		slices.Sort(names)
		out = append(out, Relabel{Source: []string{labelWorkload}, Regex: strings.Join(names, "|"), Target: target,
			// "$" would be read as a reference to a group.
			Replacement: strings.ReplaceAll(value, "$", "$$")})
	}
	slices.SortFunc(out, func(a, b Relabel) int { return strings.Compare(a.Replacement, b.Replacement) })
	return out
}
