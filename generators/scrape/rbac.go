package scrape

import (
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// reader is the name of the Role and its binding in each namespace.
const reader = "aiobs-prometheus"

// access lets Prometheus list targets in the namespaces that we scrape. Some
// installations give it Roles in a few namespaces only, and a target that may
// not be listed is no error anywhere: there is just none.
func access(p *plan.Plan, out *kube.Output) {
	account := p.Cluster.Prometheus.ServiceAccount
	if account == nil {
		return
	}
	namespaces := []string{p.Cluster.DCGM.Namespace}
	for _, w := range p.Workloads {
		namespaces = append(namespaces, w.Namespace)
	}
	slices.Sort(namespaces)
	from := []string{"clusters." + p.Cluster.Name + ".prometheus.serviceAccount"}
	for _, ns := range slices.Compact(namespaces) {
		out.Object("scrape/access/"+ns+"-role.yaml", role(p, ns), from, "What Prometheus must see to find targets in "+ns+".")
		out.Object("scrape/access/"+ns+"-rolebinding.yaml", binding(p, ns, account.Name, account.Namespace), from)
	}
}

func role(p *plan.Plan, namespace string) rbacv1.Role {
	read := []string{"get", "list", "watch"}
	return rbacv1.Role{
		TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "Role"},
		ObjectMeta: kube.Meta(p, reader, namespace, nil),
		Rules: []rbacv1.PolicyRule{
			{APIGroups: []string{""}, Resources: []string{"services", "endpoints", "pods"}, Verbs: read},
			{APIGroups: []string{"discovery.k8s.io"}, Resources: []string{"endpointslices"}, Verbs: read},
		},
	}
}

func binding(p *plan.Plan, namespace, account, accountNamespace string) rbacv1.RoleBinding {
	return rbacv1.RoleBinding{
		TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "RoleBinding"},
		ObjectMeta: kube.Meta(p, reader, namespace, nil),
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: reader},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: account, Namespace: accountNamespace}},
	}
}
