package alertmanager

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"sigs.k8s.io/yaml"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// routed is a plan with one route to one team.
func routed(to model.Receivers) *plan.Plan {
	p := &plan.Plan{Routing: &plan.Routing{
		Owners: []string{"ml", "ops"}, GroupBy: []string{"alertname"}, Messages: model.Messages{Title: "TITLE", Text: "TEXT", SlackText: "SLACK"},
		Routes: []plan.Route{{Owner: "ml", Severity: "critical", Timing: model.Timing{GroupWait: "10s", GroupInterval: "2m", RepeatInterval: "1h", Priority: "P1"}, Receivers: to}},
		Inhibitions: []plan.Inhibition{{Name: "x", Source: []plan.LabelMatcher{{Label: "alertname", Values: []string{"A", "B.C"}}, {Label: "node"}},
			Target: []plan.LabelMatcher{{Label: "severity", Values: []string{"info"}}}, Equal: []string{"cluster"}}},
	}}
	p.Cluster.Name = "prod"
	p.Cluster.Alertmanager = model.Alertmanager{Namespace: "am", SelectorLabels: map[string]string{"for": "main"}, MatcherStrategy: "None", SecretsPath: "/secrets",
		Email: &model.MailServer{From: "from@example.com", Smarthost: "smtp:587", Username: "user", Password: &model.SecretRef{Secret: "smtp", Key: "password"}}}
	return p
}

func generate(t testing.TB, p *plan.Plan) (operator, plain string) {
	t.Helper()
	files, resources, err := Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(resources, []string{"alertmanager/teams/" + p.Routing.Routes[0].Owner + ".yaml", "alertmanager/inhibitions.yaml"}) {
		t.Errorf("kustomize applies %v", resources)
	}
	text := func(path string) string {
		return string(files[slices.IndexFunc(files, func(f artifact.File) bool { return f.Path == path })].Data)
	}
	return text(resources[0]) + text(resources[1]), text("alertmanager/plain/alertmanager.yaml")
}

// has wants lines, whatever their indentation.
func has(t *testing.T, text string, lines ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(text), " ")
	for _, l := range lines {
		if !strings.Contains(flat, l) {
			t.Errorf("no %q in:\n%s", l, text)
		}
	}
}

func TestReceivers(t *testing.T) {
	ref := model.SecretRef{Secret: "name", Key: "key"}
	for name, tt := range map[string]struct {
		to              model.Receivers
		operator, plain []string
	}{
		"slack": {model.Receivers{Slack: &model.Slack{Channel: "#ml", URL: ref}},
			[]string{"slackConfigs: - apiURL: key: key name: name channel: '#ml' sendResolved: true text: SLACK title: TITLE"},
			[]string{"slack_configs: - api_url_file: /secrets/name/key channel: '#ml' send_resolved: true text: SLACK title: TITLE"}},
		"email": {model.Receivers{Email: &model.Email{To: "ml@example.com"}},
			[]string{`emailConfigs: - authPassword: key: password name: smtp authUsername: user from: from@example.com headers: - key: Subject value: TITLE html: "" sendResolved: true smarthost: smtp:587 text: TEXT to: ml@example.com`},
			[]string{`email_configs: - auth_password_file: /secrets/smtp/password auth_username: user from: from@example.com headers: Subject: TITLE html: "" send_resolved: true smarthost: smtp:587 text: TEXT to: ml@example.com`}},
		"pagerduty": {model.Receivers{PagerDuty: &model.PagerDuty{RoutingKey: ref}},
			[]string{"pagerdutyConfigs: - description: TITLE details: - key: alerts value: TEXT routingKey: key: key name: name sendResolved: true severity: critical"},
			[]string{"pagerduty_configs: - description: TITLE details: alerts: TEXT routing_key_file: /secrets/name/key send_resolved: true severity: critical"}},
		"opsgenie": {model.Receivers{Opsgenie: &model.Opsgenie{APIKey: ref}},
			[]string{"opsgenieConfigs: - apiKey: key: key name: name description: TEXT message: TITLE priority: P1 sendResolved: true"},
			[]string{"opsgenie_configs: - api_key_file: /secrets/name/key description: TEXT message: TITLE priority: P1 send_resolved: true"}},
		"webhook": {model.Receivers{Webhook: &model.Webhook{URL: ref}},
			[]string{"webhookConfigs: - sendResolved: true urlSecret: key: key name: name"},
			[]string{"webhook_configs: - send_resolved: true url_file: /secrets/name/key"}},
		"several": {model.Receivers{Slack: &model.Slack{Channel: "#ml", URL: ref}, Webhook: &model.Webhook{URL: ref}},
			[]string{"name: aiobs-ml-critical slackConfigs:", "webhookConfigs: - sendResolved"},
			[]string{"name: aiobs-ml-critical slack_configs:", "webhook_configs: - send_resolved"}},
	} {
		t.Run(name, func(t *testing.T) {
			operator, plain := generate(t, routed(tt.to))
			has(t, operator, tt.operator...)
			has(t, plain, tt.plain...)
		})
	}
}

func TestTree(t *testing.T) {
	operator, plain := generate(t, routed(model.Receivers{Webhook: &model.Webhook{}}))
	has(t, operator, "labels: app.kubernetes.io/managed-by: aiobsgen for: main name: aiobs-team-ml namespace: am", "name: aiobs-inhibitions namespace: am",
		"inhibitRules: - equal: - cluster sourceMatch: - matchType: =~ name: alertname value: A|B\\.C - matchType: '!=' name: node value: \"\" targetMatch: - matchType: = name: severity value: info",
		"route: groupBy: - alertname matchers: - matchType: = name: cluster value: prod - matchType: = name: owner value: ml receiver: aiobs-unrouted routes:",
		"- groupInterval: 2m groupWait: 10s matchers: - matchType: = name: severity value: critical receiver: aiobs-ml-critical repeatInterval: 1h")
	has(t, plain, `- equal: - cluster source_matchers: - alertname=~"A|B\\.C" - node!="" target_matchers: - severity="info"`,
		`route: receiver: aiobs-unrouted routes: - group_by: - alertname matchers: - cluster="prod" - owner=~"ml|ops" receiver: aiobs-unrouted routes:`,
		`- group_interval: 2m group_wait: 10s matchers: - owner="ml" - severity="critical" receiver: aiobs-ml-critical repeat_interval: 1h`)
}

func TestNobodyIsTold(t *testing.T) {
	p := routed(model.Receivers{})
	p.Routing = nil
	if files, resources, err := Generate(p); len(files)+len(resources) > 0 || err != nil {
		t.Errorf("%v %v %v", files, resources, err)
	}
}

// Whatever a name or a channel is, it comes back as it was: nothing breaks out of
// the YAML. The schema lets far less pass.
func FuzzPlain(f *testing.F) {
	for _, s := range []string{"#ml", "a: b", "'\"\\", "\n- x: y", "{{ . }}", "# no", "é\u2028", "", "*a", "&b", "!c", "@d", "yes", "1e3", "~"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, name, channel string) {
		if strings.ContainsFunc(name+" "+channel, func(r rune) bool { return r == utf8.RuneError || r != '\n' && !unicode.IsPrint(r) }) {
			t.Skip("the encoder refuses what is no text")
		}
		p := routed(model.Receivers{Slack: &model.Slack{Channel: channel, URL: model.SecretRef{Secret: name, Key: channel}}, Email: &model.Email{To: channel}})
		p.Routing.Owners = []string{name, channel}
		p.Routing.Routes[0].Owner = name
		if name == channel {
			p.Routing.Owners = p.Routing.Owners[:1] // as the plan does
		}
		_, text := generate(t, p)
		var back config
		if err := yaml.UnmarshalStrict([]byte(text), &back); err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		if want := plain(p); !reflect.DeepEqual(back, want) {
			t.Errorf("%#v, want %#v", back, want)
		}
	})
}
