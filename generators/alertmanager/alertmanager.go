package alertmanager

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// Generate returns both forms, or nothing where no team has receivers.
func Generate(p *plan.Plan) ([]artifact.File, []string, error) {
	out := kube.NewOutput(p)
	if p.Routing == nil {
		return out.Done()
	}
	from := []string{"clusters." + p.Cluster.Name + ".alertmanager"}
	selected := "The Alertmanager object must select it and have spec.alertmanagerConfigMatcherStrategy.type: " + p.Cluster.Alertmanager.MatcherStrategy + "."
	for _, owner := range p.Routing.Owners {
		if !slices.ContainsFunc(p.Routing.Routes, func(r plan.Route) bool { return r.Owner == owner }) {
			continue
		}
		object, err := teamConfig(p, owner)
		if err != nil {
			out.Fail(err)
		}
		out.Object("alertmanager/teams/"+owner+".yaml", object, []string{from[0], "teams." + owner}, selected)
		from = append(from, "teams."+owner)
	}
	if len(p.Routing.Inhibitions) > 0 {
		out.Object("alertmanager/inhibitions.yaml", inhibitionConfig(p), from, selected)
	}
	out.YAML("alertmanager/plain/alertmanager.yaml", plain(p), from,
		"For an Alertmanager without the operator. Not applied by kustomize.",
		"Alerts of others end in the receiver "+unrouted+": lead them elsewhere when you merge this into a configuration that you have.")
	return out.Done()
}

// unrouted is the receiver of what no route takes; it tells nobody.
const unrouted = "aiobs-unrouted"

// receiverName is unique: the severity is one of three words, at the end.
func receiverName(r plan.Route) string { return "aiobs-" + r.Owner + "-" + r.Severity }

// matcher is a comparison of a label, in the words of Alertmanager.
type matcher struct{ label, op, value string }

func (m matcher) String() string { return m.label + m.op + strconv.Quote(m.value) }

// oneOf asks for one of the values, or for any where there is none.
func oneOf(label string, values []string) matcher {
	switch len(values) {
	case 0:
		return matcher{label, "!=", ""}
	case 1:
		return matcher{label, "=", values[0]}
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = regexp.QuoteMeta(v)
	}
	return matcher{label, "=~", strings.Join(quoted, "|")}
}

// ours is what the top of a tree takes. An Alertmanager that several clusters
// share gets the trees of each.
func ours(p *plan.Plan, owners ...string) []matcher {
	return []matcher{{plan.LabelCluster, "=", p.Cluster.Name}, oneOf(plan.LabelOwner, owners)}
}

func each(list []plan.LabelMatcher) []matcher {
	var out []matcher
	for _, m := range list {
		out = append(out, oneOf(m.Label, m.Values))
	}
	return out
}
