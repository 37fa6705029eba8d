package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/semver"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/promql/typecheck"
)

// Options say what runs where the files are used.
type Options struct {
	// Exporters are NAME=VERSION, as often as they run.
	Exporters []string
	// Interval between scrapes.
	Interval time.Duration
	Strict   bool
}

// World is what the files may read: of each exporter the newest version that the
// catalogue knows, unless the options, or what runs by a spec, say another.
func World(x *catalog.Index, running map[string][]catalog.Running, o Options) (*typecheck.World, error) {
	w := &typecheck.World{Catalog: x, Running: map[string][]catalog.Running{}, Interval: o.Interval, Strict: o.Strict}
	for name, e := range x.Exporters {
		w.Running[name] = []catalog.Running{{Version: e.Latest, Assumed: true}}
	}
	maps.Copy(w.Running, running)
	said := map[string][]catalog.Running{}
	for _, text := range o.Exporters {
		name, version, ok := strings.Cut(text, "=")
		if _, known := x.Exporters[name]; !known {
			return nil, fmt.Errorf("--exporter %s: there is no exporter %q, %s", text, name, diag.DidYouMean(name, slices.Collect(maps.Keys(x.Exporters))))
		}
		if !ok || !semver.IsValid("v"+version) {
			return nil, fmt.Errorf("--exporter %s: want NAME=VERSION, such as vllm=0.30 or dcgm=4.8.2", text)
		}
		if since := x.Exporters[name].Since; !catalog.AtLeast(version, since) {
			return nil, fmt.Errorf("--exporter %s: the metrics of %s are known from %s on", text, x.Exporters[name].Title, since)
		}
		said[name] = append(said[name], catalog.Running{Version: version})
	}
	maps.Copy(w.Running, said)
	return w, nil
}
