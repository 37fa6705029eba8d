// Package grafanaop is the part of grafana-operator's API that is written.
//
// Source: github.com/grafana/grafana-operator v5.25.0, api/v1beta1. Its own module
// would bring the controller runtime, informers for all of Kubernetes and a client
// of Grafana along; docs/architecture.md has the numbers.
package grafanaop

import (
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// APIVersion of all kinds.
const APIVersion = "grafana.integreatly.org/v1beta1"

// Kinds.
const (
	FolderKind    = "GrafanaFolder"
	DashboardKind = "GrafanaDashboard"
	ManifestKind  = "GrafanaManifest"
)

// Common is what the specs of all kinds share. A selector without labels selects
// every Grafana object of the namespace; the API server refuses to change it later.
type Common struct {
	InstanceSelector *metav1.LabelSelector `json:"instanceSelector"`
}

// Folder is a folder with a uid of its own.
type Folder struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec FolderSpec `json:"spec"`
}

// FolderSpec: the uid has at most 40 of [a-zA-Z0-9_-], and cannot be changed.
type FolderSpec struct {
	Common `json:",inline"`

	UID   string `json:"uid"`
	Title string `json:"title"`
}

// Dashboard is a dashboard in the classic schema, which the operator sends to
// Grafana's old API; a v2 one is refused there.
type Dashboard struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec DashboardSpec `json:"spec"`
}

// DashboardSpec: FolderRef is the name of a GrafanaFolder beside it.
type DashboardSpec struct {
	Common `json:",inline"`

	FolderRef string `json:"folderRef"`
	JSON      string `json:"json"`
}

// Manifest is any resource of Grafana's own API.
type Manifest struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec ManifestSpec `json:"spec"`
}

// ManifestSpec holds the resource as a template.
type ManifestSpec struct {
	Common `json:",inline"`

	Template Template `json:"template"`
}

// Template is the resource. Without a namespace the operator takes that of the
// instance.
type Template struct {
	APIVersion string                `json:"apiVersion"`
	Kind       string                `json:"kind"`
	Metadata   Metadata              `json:"metadata"`
	Spec       *apiextensionsv1.JSON `json:"spec"`
}

// Metadata of a resource of Grafana.
type Metadata struct {
	Name        string            `json:"name"`
	Annotations map[string]string `json:"annotations,omitempty"`
}
