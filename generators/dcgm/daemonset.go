package dcgm

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// selector is what pods are found by. It has no version in it: a selector
// cannot change, so a version would forbid upgrades in place.
var selector = map[string]string{nameLabel: nameValue, "app.kubernetes.io/instance": name}

func daemonSet(p *plan.Plan, csv string) appsv1.DaemonSet {
	d := p.Cluster.DCGM
	tenth := intstr.FromString("10%")
	token := false
	pod := corev1.PodSpec{
		ServiceAccountName:           name,
		AutomountServiceAccountToken: &token,
		NodeSelector:                 d.NodeSelector,
		Tolerations:                  tolerations(d),
		PriorityClassName:            "system-node-critical",
		Containers:                   []corev1.Container{container(p)},
		Volumes: []corev1.Volume{
			{Name: "counters", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
				LocalObjectReference: corev1.LocalObjectReference{Name: name},
				Items:                []corev1.KeyToPath{{Key: p.DCGM.ConfigKey, Path: path.Base(p.DCGM.ConfigPath)}}}}},
			{Name: "pod-resources", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{
				Path: path.Join(d.KubeletPath, "pod-resources")}}},
		},
	}
	if d.RuntimeClass != "" {
		pod.RuntimeClassName = &d.RuntimeClass
	}
	template := metav1.ObjectMeta{Labels: maps.Clone(selector),
		// The exporter reads its list at the start: a new list rolls the pods.
		Annotations: map[string]string{"aiobsgen.dev/counters-sha256": hash(csv)}}
	return appsv1.DaemonSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSet"},
		ObjectMeta: kube.Meta(p, name, d.Namespace, selector),
		Spec: appsv1.DaemonSetSpec{
			Selector: &metav1.LabelSelector{MatchLabels: selector},
			UpdateStrategy: appsv1.DaemonSetUpdateStrategy{Type: appsv1.RollingUpdateDaemonSetStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDaemonSet{MaxUnavailable: &tenth}},
			Template: corev1.PodTemplateSpec{ObjectMeta: template, Spec: pod},
		},
	}
}

func container(p *plan.Plan) corev1.Container {
	d := p.Cluster.DCGM
	memory, cpu := resource.MustParse(d.Resources.Memory), resource.MustParse(d.Resources.CPU)
	interval, _ := model.Seconds(d.Interval)
	healthy := corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/health", Port: intstr.FromString(portName)}}
	return corev1.Container{
		Name:  "dcgm-exporter",
		Image: d.Image + ":" + p.DCGM.ImageTags[p.Cluster.DCGMVersion],
		Env: []corev1.EnvVar{
			{Name: "DCGM_EXPORTER_COLLECTORS", Value: p.DCGM.ConfigPath},
			{Name: "DCGM_EXPORTER_INTERVAL", Value: strconv.Itoa(int(interval * 1000))},
			{Name: "DCGM_EXPORTER_KUBERNETES", Value: "true"},
			{Name: "DCGM_EXPORTER_LISTEN", Value: fmt.Sprintf(":%d", p.DCGM.Port)},
			// Images built before Go 1.25 start a thread for each of the host's
			// cores, and grow until they are killed.
			{Name: "GOMAXPROCS", Value: "2"},
			{Name: "GOMEMLIMIT", Value: strconv.FormatInt(memory.Value()*3/4, 10)},
			// Without it the exporter takes its pod's name for the host's.
			{Name: "NODE_NAME", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "spec.nodeName"}}},
		},
		Ports: []corev1.ContainerPort{{Name: portName, ContainerPort: int32(p.DCGM.Port), Protocol: corev1.ProtocolTCP}},
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceCPU: cpu, corev1.ResourceMemory: memory},
			Limits:   corev1.ResourceList{corev1.ResourceMemory: memory},
		},
		SecurityContext: security(d),
		// Eight GPUs take long to open, and a loaded node answers slowly.
		LivenessProbe:  &corev1.Probe{ProbeHandler: healthy, InitialDelaySeconds: 45, TimeoutSeconds: 5, PeriodSeconds: 15, FailureThreshold: 4},
		ReadinessProbe: &corev1.Probe{ProbeHandler: healthy, InitialDelaySeconds: 15, TimeoutSeconds: 5, PeriodSeconds: 15},
		VolumeMounts: []corev1.VolumeMount{
			{Name: "counters", MountPath: path.Dir(p.DCGM.ConfigPath), ReadOnly: true},
			{Name: "pod-resources", MountPath: "/var/lib/kubelet/pod-resources", ReadOnly: true},
		},
	}
}

// security is the least that works: root, because the kubelet's socket is
// root's, with the one capability that profiling needs.
func security(d model.DCGM) *corev1.SecurityContext {
	root, yes, no := int64(0), true, false
	if d.Privileged {
		return &corev1.SecurityContext{Privileged: &yes, RunAsUser: &root}
	}
	c := &corev1.SecurityContext{
		RunAsUser:                &root,
		AllowPrivilegeEscalation: &no,
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
	}
	if d.Profiling {
		c.Capabilities.Add = []corev1.Capability{"SYS_ADMIN"}
	}
	return c
}

func tolerations(d model.DCGM) []corev1.Toleration {
	var out []corev1.Toleration
	for _, k := range slices.Sorted(maps.Keys(d.Tolerations)) {
		t := d.Tolerations[k]
		out = append(out, corev1.Toleration{Key: t.Key, Operator: corev1.TolerationOperator(t.Operator), Value: t.Value, Effect: corev1.TaintEffect(t.Effect)})
	}
	return out
}
