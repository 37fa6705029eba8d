package alertmanager

import (
	"encoding/json"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// teamConfig are the routes of one team. The operator puts the routes of each
// object below the root of its Alertmanager, behind a matcher of its own
// (internal/check). A team has an object to itself, since one Secret that is
// missing makes the operator skip the object that names it.
func teamConfig(p *plan.Plan, owner string) (monitoringv1alpha1.AlertmanagerConfig, error) {
	spec := monitoringv1alpha1.AlertmanagerConfigSpec{
		Route:     &monitoringv1alpha1.Route{Receiver: unrouted, GroupBy: p.Routing.GroupBy, Matchers: objects(ours(p, owner))},
		Receivers: []monitoringv1alpha1.Receiver{{Name: unrouted}},
	}
	for _, r := range p.Routing.Routes {
		if r.Owner != owner {
			continue
		}
		child, err := json.Marshal(monitoringv1alpha1.Route{
			Receiver: receiverName(r), Matchers: objects([]matcher{{plan.LabelSeverity, "=", r.Severity}}),
			GroupWait: duration(r.Timing.GroupWait), GroupInterval: duration(r.Timing.GroupInterval), RepeatInterval: duration(r.Timing.RepeatInterval),
		})
		if err != nil {
			return monitoringv1alpha1.AlertmanagerConfig{}, err
		}
		spec.Route.Routes = append(spec.Route.Routes, apiextensionsv1.JSON{Raw: child})
		spec.Receivers = append(spec.Receivers, receiver(p.Routing.Messages, p.Cluster.Alertmanager.Email, r))
	}
	return object(p, "aiobs-team-"+owner, spec), nil
}

// inhibitionConfig holds the inhibitions of all teams, and no route.
func inhibitionConfig(p *plan.Plan) monitoringv1alpha1.AlertmanagerConfig {
	var spec monitoringv1alpha1.AlertmanagerConfigSpec
	for _, i := range p.Routing.Inhibitions {
		spec.InhibitRules = append(spec.InhibitRules, monitoringv1alpha1.InhibitRule{
			SourceMatch: objects(each(i.Source)), TargetMatch: objects(each(i.Target)), Equal: i.Equal})
	}
	return object(p, "aiobs-inhibitions", spec)
}

func object(p *plan.Plan, name string, spec monitoringv1alpha1.AlertmanagerConfigSpec) monitoringv1alpha1.AlertmanagerConfig {
	am := p.Cluster.Alertmanager
	return monitoringv1alpha1.AlertmanagerConfig{
		TypeMeta:   metav1.TypeMeta{APIVersion: monitoringv1alpha1.SchemeGroupVersion.String(), Kind: monitoringv1alpha1.AlertmanagerConfigKind},
		ObjectMeta: kube.Meta(p, name, am.Namespace, am.SelectorLabels),
		Spec:       spec,
	}
}

// receiver holds all ways in which one owner is told of one severity.
func receiver(messages model.Messages, server *model.MailServer, r plan.Route) monitoringv1alpha1.Receiver {
	out := monitoringv1alpha1.Receiver{Name: receiverName(r)}
	title, text, yes := &messages.Title, &messages.Text, true
	if to := r.Receivers.Slack; to != nil {
		out.SlackConfigs = []monitoringv1alpha1.SlackConfig{{SendResolved: &yes, APIURL: secret(&to.URL), Channel: &to.Channel, Title: title, Text: &messages.SlackText}}
	}
	if to := r.Receivers.PagerDuty; to != nil {
		out.PagerDutyConfigs = []monitoringv1alpha1.PagerDutyConfig{{SendResolved: &yes, RoutingKey: secret(&to.RoutingKey),
			Description: title, Severity: &r.Severity, Details: []monitoringv1alpha1.KeyValue{{Key: detail, Value: messages.Text}}}}
	}
	if to := r.Receivers.Opsgenie; to != nil {
		out.OpsGenieConfigs = []monitoringv1alpha1.OpsGenieConfig{{SendResolved: &yes, APIKey: secret(&to.APIKey),
			Message: title, Description: text, Priority: &r.Timing.Priority}}
	}
	if to := r.Receivers.Webhook; to != nil {
		out.WebhookConfigs = []monitoringv1alpha1.WebhookConfig{{SendResolved: &yes, URLSecret: secret(&to.URL)}}
	}
	if to := r.Receivers.Email; to != nil && server != nil {
		var noHTML string // Alertmanager's own page would be sent beside our text
		mail := monitoringv1alpha1.EmailConfig{SendResolved: &yes, To: &to.To, From: &server.From, Smarthost: &server.Smarthost,
			AuthPassword: secret(server.Password), Headers: []monitoringv1alpha1.KeyValue{{Key: subject, Value: messages.Title}}, Text: text, HTML: &noHTML}
		if server.Username != "" {
			mail.AuthUsername = &server.Username
		}
		out.EmailConfigs = []monitoringv1alpha1.EmailConfig{mail}
	}
	return out
}

func secret(ref *model.SecretRef) *corev1.SecretKeySelector {
	if ref == nil {
		return nil
	}
	return &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: ref.Secret}, Key: ref.Key}
}

// objects are matchers as v1alpha1 and v1beta1 both take them: with a matchType.
func objects(list []matcher) []monitoringv1alpha1.Matcher {
	var out []monitoringv1alpha1.Matcher
	for _, m := range list {
		out = append(out, monitoringv1alpha1.Matcher{Name: m.label, Value: m.value, MatchType: monitoringv1alpha1.MatchType(m.op)})
	}
	return out
}

func duration(text string) *monitoringv1.NonEmptyDuration {
	d := monitoringv1.NonEmptyDuration(text)
	return &d
}
