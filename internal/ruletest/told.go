package ruletest

import (
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// entry is the library's part and key that a rule was written from.
func entry(r plan.Rule) (part, key string) {
	if len(r.Origins) == 0 {
		return "", ""
	}
	_, rest, _ := strings.Cut(string(r.Origins[0]), ".")
	part, key, _ = strings.Cut(rest, ".")
	return part, key
}

// told are the labels that tell the rules of one alert apart: those that are
// not on every alert.
func told(r plan.Rule) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(r.Labels)) {
		if name != "severity" && name != "cluster" && name != "owner" {
			out = append(out, name+"="+r.Labels[name])
		}
	}
	return strings.Join(out, " ")
}
