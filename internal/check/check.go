package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/diag"
)

// Codes of this package; docs/checks has a page for each.
const (
	codeRules   = "AIO050" // Prometheus refuses a rule
	codeObject  = "AIO051" // Kubernetes refuses an object
	codeKustom  = "AIO052" // kustomize refuses the folder
	codeTooBig  = "AIO053" // an object is too large
	codeInclude = "AIO054" // a file names what is not there

	codeDashboard = "AIO055" // a dashboard that Grafana shows wrong, or not at all
	codeDeadLink  = "AIO056" // a link of a dashboard that leads nowhere
	codeVariable  = "AIO057" // a variable of a dashboard that is missing, or of no use
	codeCosts     = "AIO058" // a dashboard that asks for too much
	codeFixedRate = "AIO059" // a rate that does not follow the zoom (warning)

	codeLink = "AIO082" // a link from what is read to what exports it is broken

	codeUnrouted   = "AIO090" // an alert that reaches nobody
	codeNamespace  = "AIO091" // the operator keeps alerts from an AlertmanagerConfig
	codeInhibition = "AIO092" // an inhibition that hides a page
)

// Codes of internal/promql/typecheck to which something is added here.
const (
	codeNotEnabled = "AIO062" // the exporter has a metric behind a setting
	codeLabel      = "AIO064" // a series does not carry a label
)

// Limits in bytes. A PrometheusRule over half a MiB is skipped by the
// operator; an object whose last-applied annotation would pass 256 KiB cannot
// be applied by a client.
const (
	maxRule   = 512 << 10
	maxObject = 250 << 10
)

// serverSideNote is on an object that says itself that no client can apply it.
const serverSideNote = "argocd.argoproj.io/sync-options"

// Output checks the files of one cluster, whose paths are below its folder.
// where finds the place of a rule that the user wrote.
func Output(cluster string, files []artifact.File, where func(rule string) diag.Pos, diags *diag.List) {
	add := func(code, file, format string, args ...any) {
		diags.Add(diag.Diagnostic{Code: code, Message: fmt.Sprintf("%s/%s: ", cluster, file) + fmt.Sprintf(format, args...)})
	}
	for _, f := range files {
		switch {
		case strings.HasSuffix(f.Path, ".rules.yaml"):
			_, errs := rulefmt.Parse(f.Data, false, model.LegacyValidation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
			for _, err := range errs {
				var pos diag.Pos
				if e := (*rulefmt.Error)(nil); errors.As(err, &e) {
					pos = where(e.RuleName)
				}
				diags.Add(diag.Diagnostic{Code: codeRules, Pos: pos, Message: fmt.Sprintf("%s/%s: Prometheus refuses it: %v", cluster, f.Path, err)})
			}
		case strings.HasSuffix(f.Path, ".json"):
			if !json.Valid(f.Data) {
				add(codeObject, f.Path, "is not JSON")
			}
		}
	}
	built := kustomize(cluster, files, add)
	seen := map[string]bool{}
	for _, o := range built {
		object(o, seen, add)
	}
}

// resource is one object as kustomize emits it.
type resource struct {
	file string
	data []byte
}

// kustomize builds the folder in memory, and returns each resource's file.
func kustomize(cluster string, files []artifact.File, add func(code, file, format string, args ...any)) []resource {
	fs := filesys.MakeFsInMemory()
	byPath := map[string][]byte{}
	for _, f := range files {
		byPath[f.Path] = f.Data
		if err := fs.WriteFile(path.Join("/", f.Path), f.Data); err != nil {
			add(codeKustom, f.Path, "%v", err)
		}
	}
	var k types.Kustomization
	if err := yaml.UnmarshalStrict(byPath["kustomization.yaml"], &k); err != nil {
		add(codeKustom, "kustomization.yaml", "%v", err)
		return nil
	}
	var out []resource
	for _, r := range k.Resources {
		data, ok := byPath[r]
		if !ok {
			add(codeInclude, "kustomization.yaml", "names %s, which is not generated", r)
			continue
		}
		out = append(out, resource{r, data})
	}
	built, err := krusty.MakeKustomizer(options()).Run(fs, "/")
	if err != nil {
		add(codeKustom, "kustomization.yaml", "kustomize build: %v", err)
		return out
	}
	if built.Size() != len(k.Resources) {
		add(codeKustom, "kustomization.yaml", "kustomize builds %d objects of %d files", built.Size(), len(k.Resources))
	}
	return out
}

// options leave the order of objects to the kustomization file, and let no
// plugin run.
func options() *krusty.Options {
	o := krusty.MakeDefaultOptions()
	o.Reorder = krusty.ReorderOptionUnspecified
	return o
}

// object checks identity, names, labels and size of one object, and decodes
// it strictly into its type.
func object(r resource, seen map[string]bool, add func(code, file, format string, args ...any)) {
	var meta struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct {
			Name        string            `json:"name"`
			Namespace   string            `json:"namespace"`
			Labels      map[string]string `json:"labels"`
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
	}
	if err := yaml.Unmarshal(r.data, &meta); err != nil {
		add(codeObject, r.file, "%v", err)
		return
	}
	id := meta.Kind + " " + meta.Metadata.Namespace + "/" + meta.Metadata.Name
	if seen[id] {
		add(codeObject, r.file, "a second %s", id)
	}
	seen[id] = true
	for _, fault := range validation.IsDNS1123Subdomain(meta.Metadata.Name) {
		add(codeObject, r.file, "name %q: %s", meta.Metadata.Name, fault)
	}
	for k, v := range meta.Metadata.Labels {
		for _, fault := range append(validation.IsQualifiedName(k), validation.IsValidLabelValue(v)...) {
			add(codeObject, r.file, "label %s: %q: %s", k, v, fault)
		}
	}
	if into := typed(meta.APIVersion, meta.Kind); into == nil {
		add(codeObject, r.file, "is a %s %s, whose type is not known", meta.APIVersion, meta.Kind)
	} else if err := yaml.UnmarshalStrict(r.data, into); err != nil {
		add(codeObject, r.file, "%v", err)
	}
	_, serverSide := meta.Metadata.Annotations[serverSideNote]
	switch {
	case meta.Kind == "PrometheusRule" && len(r.data) > maxRule:
		add(codeTooBig, r.file, "is %d bytes, the operator takes %d", len(r.data), maxRule)
	case meta.Kind != "PrometheusRule" && len(r.data) > maxObject && !serverSide:
		add(codeTooBig, r.file, "is %d bytes; a client applies at most %d", len(r.data), maxObject)
	}
}
