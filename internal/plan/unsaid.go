package plan

// Unsaid are identity labels that no series of an exporter has, since the spec
// says nothing to put there: a GPU that no workload holds has no team, a training
// job need not name a model. Queries group by them all the same, so that they
// need not differ from cluster to cluster.
func (p *Plan) Unsaid(exporter string) []string {
	said := map[string]bool{}
	for _, w := range p.Workloads {
		if exporter == GPUExporter || w.Exporter == exporter {
			said[labelTeam], said[labelWorkload] = true, true
			said[labelModel] = said[labelModel] || w.Model != ""
		}
	}
	var out []string
	for _, l := range []string{labelTeam, labelWorkload, labelModel} {
		if !said[l] {
			out = append(out, l)
		}
	}
	return out
}
