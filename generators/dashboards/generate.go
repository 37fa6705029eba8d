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
		page, err := renderPage(drawing{d, p.Colors, p.MaxDataPoints})
		if err == nil {
			err = way.page(out, p, d, page)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("library.dashboards.%s: %w", d.Name, err)
		}
	}
	return out.Done()
}

// Pages are the bytes of each dashboard's JSON, in the order of the plan.
func Pages(p *plan.Plan) ([][]byte, error) {
	var out [][]byte
	for _, d := range p.Dashboards {
		page, err := renderPage(drawing{d, p.Colors, p.MaxDataPoints})
		if err != nil {
			return nil, fmt.Errorf("library.dashboards.%s: %w", d.Name, err)
		}
		out = append(out, page)
	}
	return out, nil
}

// renderPage gives the bytes of a dashboard's JSON. Flux replaces a variable in
// braces by nothing, in any text of an object, so the brace is written by its
// code: to a reader of JSON it is the same.
func renderPage(d drawing) ([]byte, error) {
	board, err := d.build()
	if err != nil {
		return nil, err
	}
	if d.Team != "" {
		ofTeam(&board, d.Team)
	}
	data, err := artifact.JSON(board)
	if err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(data, []byte("${"), []byte(`$\u007b`)), nil
}
