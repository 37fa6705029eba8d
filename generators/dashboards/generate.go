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

// Generate writes each dashboard of the plan as JSON and as a ConfigMap. The
// second result lists the files that are Kubernetes objects.
func Generate(p *plan.Plan) ([]artifact.File, []string, error) {
	out := kube.NewOutput(p)
	for _, d := range p.Dashboards {
		origin := "library.dashboards." + d.Name
		page, err := renderPage(d)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", origin, err)
		}
		object := configMap(p, d, page)
		if err := checkSize(object); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", origin, err)
		}
		path := folder + d.UID
		out.Raw(path+".json", page, []string{origin})
		out.Object(path+".yaml", object, []string{origin})
	}
	return out.Done()
}

// renderPage gives the bytes of a dashboard's JSON.
func renderPage(d plan.Dashboard) ([]byte, error) {
	board, err := buildPage(d)
	if err != nil {
		return nil, err
	}
	page, err := artifact.JSON(board)
	if err != nil {
		return nil, err
	}
	if at := bytes.Index(page, []byte("${")); at >= 0 {
		return nil, fmt.Errorf("%q would be replaced by nothing in the hands of Flux: write the variable without braces",
			page[at:min(at+20, len(page))])
	}
	return page, nil
}
