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
// every GPU passes through all of them at each scrape. Names that begin with
// another's name have a step of their own after it, so that chat-large-0 is
// not taken for a pod of chat: a later step overrules an earlier one.
func relabels(workloads []Workload) []Relabel {
	type place struct{ namespace, suffix string }
	byPlace := map[place][]string{}
	var single []Workload
	byTeam, byModel := map[string][]string{}, map[string][]string{}
	for _, w := range workloads {
		suffix, ownName := strings.CutPrefix(w.PodRegex, w.Name)
		if ownName && !slices.ContainsFunc(workloads, func(o Workload) bool { return related(w, o) }) {
			p := place{w.Namespace, suffix}
			byPlace[p] = append(byPlace[p], w.Name)
		} else {
			single = append(single, w)
		}
		byTeam[w.Team] = append(byTeam[w.Team], w.Name)
		if w.Model != "" {
			byModel[w.Model] = append(byModel[w.Model], w.Name)
		}
	}
	var out []Relabel
	for p, names := range byPlace {
		slices.Sort(names)
		out = append(out, podStep(p.namespace, "("+strings.Join(names, "|")+")"+p.suffix, "$1"))
	}
	slices.SortFunc(out, func(a, b Relabel) int { return strings.Compare(a.Regex, b.Regex) })
	slices.SortFunc(single, func(a, b Workload) int {
		return cmp.Or(cmp.Compare(len(a.PodOwner), len(b.PodOwner)), strings.Compare(a.Name, b.Name))
	})
	for _, w := range single {
		out = append(out, podStep(w.Namespace, w.PodRegex, w.Name))
	}
	return slices.Concat(out, steps(byTeam, labelTeam), steps(byModel, labelModel))
}

// related reports whether one workload's pods may be named like another's.
func related(a, b Workload) bool {
	return a.Name != b.Name && a.Namespace == b.Namespace &&
		(strings.HasPrefix(a.PodOwner, b.PodOwner) || strings.HasPrefix(b.PodOwner, a.PodOwner))
}

func podStep(namespace, regex, workload string) Relabel {
	return Relabel{Source: []string{labelNamespace, labelPod}, Regex: regexp.QuoteMeta(namespace) + ";" + regex,
		Target: labelWorkload, Replacement: workload}
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
