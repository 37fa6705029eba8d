package dashboards

import (
	"bytes"
	"fmt"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// folder holds the output of this package.
const folder = "dashboards/"

// Generate writes the dashboards of the plan the way that the cluster has chosen.
// The second result lists the files that are Kubernetes objects.
func Generate(p *plan.Plan) ([]artifact.File, []string, error) {
	way, err := wayOf(p.Cluster.Grafana)
	if err != nil {
		return nil, nil, err
	}
	out := kube.NewOutput(p)
	if way.folders != nil {
		if err := way.folders(out, p); err != nil {
			return nil, nil, err
		}
	}
	for _, d := range p.Dashboards {
		page, err := renderPage(d)
		if err == nil {
			err = checkSize(page)
		}
		if err == nil {
			err = way.page(out, p, d, page)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("library.dashboards.%s: %w", d.Name, err)
		}
	}
	return out.Done()
}

// renderPage gives the bytes of a dashboard's JSON.
func renderPage(d plan.Dashboard) ([]byte, error) {
	board, err := buildPage(d)
	if err != nil {
		return nil, err
	}
	if d.Team != "" {
		ofTeam(&board, d.Team)
	}
	page, err := artifact.JSON(board)
	if err != nil {
		return nil, err
	}
	page = relink(page, d.Own)
	if at := bytes.Index(page, []byte("${")); at >= 0 {
		return nil, fmt.Errorf("%q would be replaced by nothing in the hands of Flux: write the variable without braces",
			page[at:min(at+20, len(page))])
	}
	return page, nil
}
