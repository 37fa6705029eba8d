package alertmanager

import (
	"path"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// The parts of Alertmanager's configuration that we write. Its own Go types print
// no secret and bring all its notifiers along. Keys: alertmanager v0.34.2,
// docs/configuration.md. Each *_file is in Alertmanager since 0.26 or earlier.
type (
	config struct {
		Route        route           `json:"route"`
		InhibitRules []inhibitRule   `json:"inhibit_rules,omitempty"`
		Receivers    []plainReceiver `json:"receivers"`
	}
	route struct {
		Receiver       string   `json:"receiver"`
		Matchers       []string `json:"matchers,omitempty"`
		GroupBy        []string `json:"group_by,omitempty"`
		GroupWait      string   `json:"group_wait,omitempty"`
		GroupInterval  string   `json:"group_interval,omitempty"`
		RepeatInterval string   `json:"repeat_interval,omitempty"`
		Routes         []route  `json:"routes,omitempty"`
	}
	inhibitRule struct {
		SourceMatchers []string `json:"source_matchers"`
		TargetMatchers []string `json:"target_matchers"`
		Equal          []string `json:"equal"`
	}
	plainReceiver struct {
		Name      string      `json:"name"`
		Slack     []slack     `json:"slack_configs,omitempty"`
		PagerDuty []pagerDuty `json:"pagerduty_configs,omitempty"`
		Opsgenie  []opsgenie  `json:"opsgenie_configs,omitempty"`
		Webhook   []webhook   `json:"webhook_configs,omitempty"`
		Email     []email     `json:"email_configs,omitempty"`
	}
	slack struct {
		SendResolved bool   `json:"send_resolved"`
		APIURLFile   string `json:"api_url_file"`
		Channel      string `json:"channel"`
		Title        string `json:"title"`
		Text         string `json:"text"`
	}
	pagerDuty struct {
		SendResolved   bool              `json:"send_resolved"`
		RoutingKeyFile string            `json:"routing_key_file"`
		Description    string            `json:"description"`
		Severity       string            `json:"severity"`
		Details        map[string]string `json:"details"`
	}
	opsgenie struct {
		SendResolved bool   `json:"send_resolved"`
		APIKeyFile   string `json:"api_key_file"`
		Message      string `json:"message"`
		Description  string `json:"description"`
		Priority     string `json:"priority"`
	}
	webhook struct {
		SendResolved bool   `json:"send_resolved"`
		URLFile      string `json:"url_file"`
	}
	email struct {
		SendResolved     bool              `json:"send_resolved"`
		To               string            `json:"to"`
		From             string            `json:"from"`
		Smarthost        string            `json:"smarthost"`
		AuthUsername     string            `json:"auth_username,omitempty"`
		AuthPasswordFile string            `json:"auth_password_file,omitempty"`
		Headers          map[string]string `json:"headers"`
		Text             string            `json:"text"`
		HTML             string            `json:"html"`
	}
)

// detail and subject are where PagerDuty and a mail carry the message.
const (
	detail  = "alerts"
	subject = "Subject"
)

func plain(p *plan.Plan) config {
	top := route{Receiver: unrouted, Matchers: texts(ours(p, p.Routing.Owners...)), GroupBy: p.Routing.GroupBy}
	out := config{Receivers: []plainReceiver{{Name: unrouted}}}
	for _, r := range p.Routing.Routes {
		top.Routes = append(top.Routes, route{Receiver: receiverName(r), Matchers: texts([]matcher{{plan.LabelOwner, "=", r.Owner}, {plan.LabelSeverity, "=", r.Severity}}),
			GroupWait: r.Timing.GroupWait, GroupInterval: r.Timing.GroupInterval, RepeatInterval: r.Timing.RepeatInterval})
		out.Receivers = append(out.Receivers, plainReceiverOf(p, r))
	}
	out.Route = route{Receiver: unrouted, Routes: []route{top}}
	for _, i := range p.Routing.Inhibitions {
		out.InhibitRules = append(out.InhibitRules, inhibitRule{SourceMatchers: texts(each(i.Source)), TargetMatchers: texts(each(i.Target)), Equal: i.Equal})
	}
	return out
}

func plainReceiverOf(p *plan.Plan, r plan.Route) plainReceiver {
	messages, server := p.Routing.Messages, p.Cluster.Alertmanager.Email
	file := func(ref model.SecretRef) string {
		return path.Join(p.Cluster.Alertmanager.SecretsPath, ref.Secret, ref.Key)
	}
	out := plainReceiver{Name: receiverName(r)}
	if to := r.Receivers.Slack; to != nil {
		out.Slack = []slack{{true, file(to.URL), to.Channel, messages.Title, messages.SlackText}}
	}
	if to := r.Receivers.PagerDuty; to != nil {
		out.PagerDuty = []pagerDuty{{true, file(to.RoutingKey), messages.Title, r.Severity, map[string]string{detail: messages.Text}}}
	}
	if to := r.Receivers.Opsgenie; to != nil {
		out.Opsgenie = []opsgenie{{true, file(to.APIKey), messages.Title, messages.Text, r.Timing.Priority}}
	}
	if to := r.Receivers.Webhook; to != nil {
		out.Webhook = []webhook{{true, file(to.URL)}}
	}
	if to := r.Receivers.Email; to != nil && server != nil {
		mail := email{SendResolved: true, To: to.To, From: server.From, Smarthost: server.Smarthost, AuthUsername: server.Username,
			Headers: map[string]string{subject: messages.Title}, Text: messages.Text}
		if server.Password != nil {
			mail.AuthPasswordFile = file(*server.Password)
		}
		out.Email = []email{mail}
	}
	return out
}

func texts(list []matcher) []string {
	var out []string
	for _, m := range list {
		out = append(out, m.String())
	}
	return out
}
