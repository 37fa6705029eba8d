// Package kustomization writes the list of what is applied: kustomize knows
// no globs, and Helm values and plain rule files lie beside the objects.
package kustomization

import (
	"slices"

	"sigs.k8s.io/kustomize/api/types"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// Generate lists resources. Order does not matter in the file: kustomize sorts
// namespaces before what is in them.
func Generate(p *plan.Plan, resources []string) ([]artifact.File, error) {
	sorted := slices.Clone(resources)
	slices.Sort(sorted)
	out := kube.NewOutput(p)
	out.YAML("kustomization.yaml", types.Kustomization{
		TypeMeta:  types.TypeMeta{APIVersion: types.KustomizationVersion, Kind: types.KustomizationKind},
		Resources: sorted,
		// The default order differs between versions of kustomize.
		SortOptions: &types.SortOptions{Order: types.LegacySortOrder},
	}, []string{"clusters." + p.Cluster.Name}, "Apply with: kubectl apply -k .")
	files, _, err := out.Done()
	return files, err
}
