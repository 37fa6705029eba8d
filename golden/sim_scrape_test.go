package golden

import (
	"path"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	read "github.com/aiobsgen/aiobsgen/internal/monitors"
)

// dcgmMonitor is the key of the GPU exporter's monitor; the others go by the
// name of their workload.
const dcgmMonitor = ""

// monitors reads those of a cluster.
func monitors(t *testing.T, files map[string][]byte, cluster string) map[string]*read.Monitor {
	t.Helper()
	var own []artifact.File
	for name, data := range files {
		if strings.HasPrefix(name, cluster+"/") {
			own = append(own, artifact.File{Path: name, Data: data})
		}
	}
	found, err := read.Read(own)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*read.Monitor{}
	for name, m := range found {
		key := strings.TrimSuffix(path.Base(name), ".yaml")
		if path.Base(path.Dir(name)) == "dcgm" {
			key = dcgmMonitor
		}
		out[key] = m
	}
	if out[dcgmMonitor] == nil || len(out) < 2 {
		t.Fatalf("cluster %s has the monitors %v", cluster, out)
	}
	return out
}

// discoveredPod is a pod behind a port as the operator's configuration hands
// it to our relabelings.
func discoveredPod(namespace, pod, container, node, address string) labels.Labels {
	return labels.FromStrings(
		"namespace", namespace, "pod", pod, "container", container, "job", namespace+"/"+container,
		"service", container, "endpoint", "metrics", "instance", address,
		"__address__", address, "__meta_kubernetes_pod_node_name", node)
}
