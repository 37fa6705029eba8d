// Package kustomization writes the list of what is applied: kustomize knows
// no globs, and Helm values and plain rule files lie beside the objects.
package kustomization

import (
	"fmt"
	"slices"

	"sigs.k8s.io/kustomize/api/types"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// Generate lists resources, in the order in which they are applied: namespaces
// come first, since the objects in them follow.
func Generate(p *plan.Plan, resources []string) (artifact.File, error) {
	sorted := slices.Clone(resources)
	slices.Sort(sorted)
	from := []string{"clusters." + p.Cluster.Name}
	data, err := artifact.YAML(kube.Header(p, from, "Apply with: kubectl apply -k ."), types.Kustomization{
		TypeMeta:  types.TypeMeta{APIVersion: types.KustomizationVersion, Kind: types.KustomizationKind},
		Resources: sorted,
		// The default order differs between versions of kustomize.
		SortOptions: &types.SortOptions{Order: types.LegacySortOrder},
	})
	if err != nil {
		return artifact.File{}, fmt.Errorf("kustomization: %w", err)
	}
	return artifact.File{Path: "kustomization.yaml", Origins: from, Data: data}, nil
}
