package golden

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"sigs.k8s.io/yaml"

	"github.com/aiobsgen/aiobsgen/internal/load"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// repository is where the example says that it is committed.
const repository = "https://git.example.com/fleet/blob/main/"

var (
	mdLink    = regexp.MustCompile(`\]\(([^)]*)\)`)
	mdHeading = regexp.MustCompile(`(?m)^#{1,6} (.*)$`)
	mdBlock   = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
)

// anchorsOf are those of a page as GitHub makes them of its headings, without
// those that GitLab would make otherwise: it joins hyphens.
func anchorsOf(page string) []string {
	var out []string
	for _, m := range mdHeading.FindAllStringSubmatch(mdBlock.ReplaceAllString(page, ""), -1) {
		slug := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, m[1])
		if slices.Contains(out, slug) || strings.Contains(slug, "--") {
			continue // each site numbers a second one in its own way
		}
		out = append(out, slug)
	}
	return out
}

// leadsTo reports what is wrong with a link to a file and a part of it.
func leadsTo(file, anchor string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if anchor != "" && !slices.Contains(anchorsOf(string(data)), anchor) {
		return fmt.Errorf("%s has no heading for #%s", file, anchor)
	}
	return nil
}

// committedAlerts are the alerts of a cluster's folder.
func committedAlerts(t *testing.T, cluster string) []monitoringv1.Rule {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(cluster, "rules", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no rules: %v", cluster, err)
	}
	var out []monitoringv1.Rule
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var object monitoringv1.PrometheusRule
		if err := yaml.UnmarshalStrict(data, &object); err != nil {
			t.Fatal(err)
		}
		for _, g := range object.Spec.Groups {
			out = append(out, slices.DeleteFunc(g.Rules, func(r monitoringv1.Rule) bool { return r.Alert == "" })...)
		}
	}
	return out
}

// Who is paged reaches the part of the page that speaks of the rule: every link
// of every alert, and every link of every page, leads somewhere.
func TestRunbookLinks(t *testing.T) {
	clusters, err := filepath.Glob("../out/*/runbooks")
	if err != nil || len(clusters) < 2 {
		t.Fatalf("found %d clusters: %v", len(clusters), err)
	}
	for _, dir := range append(clusters, "minimal/prod/runbooks") {
		cluster := filepath.Dir(dir)
		rules := map[string]int{}
		alerts := committedAlerts(t, cluster)
		for _, r := range alerts {
			rules[r.Alert]++
		}
		for _, r := range alerts {
			url, linked := r.Annotations["runbook_url"]
			if cluster == "minimal/prod" {
				if linked {
					t.Errorf("%s: %s leads to %s, and the spec has no address", cluster, r.Alert, url)
				}
				continue
			}
			file, anchor, _ := strings.Cut(strings.TrimPrefix(url, repository), "#")
			if want := path.Join("out", filepath.Base(cluster), "runbooks", r.Alert+".md"); file != want {
				t.Errorf("%s: %s leads to %q, want %q", cluster, r.Alert, file, want)
			}
			if (anchor != "") != (rules[r.Alert] > 1) {
				t.Errorf("%s: %s has %d rules and leads to %s", cluster, r.Alert, rules[r.Alert], url)
			}
			if err := leadsTo(filepath.Join("..", filepath.FromSlash(file)), anchor); err != nil {
				t.Errorf("%s: %s: %v", cluster, r.Alert, err)
			}
		}
		pages, err := filepath.Glob(filepath.Join(dir, "*.md"))
		if err != nil || len(pages) != len(rules)+1 {
			t.Errorf("%s has %d pages, want one for each of %d alerts and the index: %v", dir, len(pages), len(rules), err)
		}
		for _, page := range pages {
			checkLinks(t, page)
		}
	}
}

// checkLinks follows the links of a page to files beside it.
func checkLinks(t *testing.T, page string) {
	t.Helper()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mdLink.FindAllStringSubmatch(mdBlock.ReplaceAllString(string(data), ""), -1) {
		if strings.HasPrefix(m[1], "https://") {
			continue
		}
		file, anchor, _ := strings.Cut(m[1], "#")
		to := page
		if file != "" {
			to = filepath.Join(filepath.Dir(page), filepath.FromSlash(file))
		}
		if err := leadsTo(to, anchor); err != nil {
			t.Errorf("%s: %v", page, err)
		}
	}
}

// Links that lead nowhere are seen.
func TestLeadsToCanFail(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.md")
	page := "# A page\n\n## Rule 0.9\n\n## Twice\n\n## Twice\n\n## Two  hyphens\n\n```\n## No heading\n```\n"
	if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	for anchor, fine := range map[string]bool{
		"": true, "a-page": true, "rule-09": true, "twice": true,
		"rule-0.9": false, "twice-1": false, "two--hyphens": false, "no-heading": false, "A-page": false,
	} {
		if err := leadsTo(file, anchor); (err == nil) != fine {
			t.Errorf("#%s: %v", anchor, err)
		}
	}
	if leadsTo(file+"x", "") == nil {
		t.Error("a file that is not there is not missed")
	}
}

// Every alert of the library has a page that somebody can work with who has
// never seen it: what it says first stands alone, and two checks can be pasted.
func TestRunbooksAreComplete(t *testing.T) {
	embedded, err := load.LoadEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	books := map[string]*model.Runbook{}
	for name, a := range embedded.Library.Alerts {
		books[name] = a.Runbook
	}
	for _, slo := range embedded.Library.SLOs {
		books[slo.Alert] = slo.Runbook
	}
	for _, name := range slices.Sorted(maps.Keys(books)) {
		r := books[name]
		if r == nil {
			t.Errorf("%s has no runbook", name)
			continue
		}
		queries := 0
		for _, c := range r.Checks {
			if c.Query != "" {
				queries++
			}
		}
		if queries < 2 {
			t.Errorf("%s: %d of its checks have a query, want 2", name, queries)
		}
		if first, _, _ := strings.Cut(r.Means, ". "); len(first) > 130 {
			t.Errorf("%s: what it means begins with %d letters, which is long for the index", name, len(first))
		}
		for _, text := range append([]string{r.Means, r.Impact, r.Noise}, r.Steps...) {
			if !strings.HasSuffix(text, ".") || strings.Count(text, "`")%2 != 0 {
				t.Errorf("%s: %q is no sentence, or a tick has no pair", name, text)
			}
		}
	}
}

var (
	pasted     = regexp.MustCompile("(?m)^ +```promql\n +(.*)\n +```$")
	anySubject = regexp.MustCompile(`="<[A-Za-z]+>"`)
)

// emptyChecks ask for what a healthy cluster does not have.
var emptyChecks = regexp.MustCompile(strings.Join([]string{
	`^ALERTS\{`,              // no alert fires
	`gpu:xid_events:count5m`, // no XID was raised
	` > 0\)?$`,               // nothing is counted
	` == 0$`,                 // everything answers
	` < 0\.05$`,              // every GPU works
	` unless on `,            // no GPU has gone
	` > 0\.\d+$`,             // nothing is held back
	` >= 3$`, ` == 4$`,       // no state asks for anything
	`< device:.*_possible:max$`, // every link is as wide as it can be
	`workload=""\}`,             // who holds a GPU is known
	` offset (1d|6h|1w)\b`,      // the fleet is some hours old
	`^gpu:memory_temperature`,   // a cluster may have no GPU with a sensor at its memory
}, "|"))

// What a page tells somebody to paste can be evaluated for all subjects at once,
// and gives something where the fleet is well.
func TestChecksOfHealthyFleetAnswer(t *testing.T) {
	for cluster := range fleets {
		t.Run(cluster, func(t *testing.T) {
			s := healthyFleet(t, cluster)
			asked := 0
			for name, data := range s.fleet.files {
				if ok, _ := path.Match(cluster+"/runbooks/*.md", name); !ok {
					continue
				}
				for _, m := range pasted.FindAllStringSubmatch(string(data), -1) {
					asked++
					v, err := query(s.ruler.store, anySubject.ReplaceAllString(m[1], `=~".+"`), s.time())
					if err != nil || len(v) == 0 && !emptyChecks.MatchString(m[1]) {
						t.Errorf("%s: %s gives %v, %v", path.Base(name), m[1], v, err)
					}
				}
			}
			if asked < 50 {
				t.Errorf("the pages have %d queries", asked)
			}
		})
	}
}
