package check

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// linkedLabel is a label of what was clicked: ${__field.labels.node}, or with
// ["node"].
var linkedLabel = regexp.MustCompile(`\$\{__field\.labels(?:\.(\w+)|\["(\w+)"\])(?::\w+)?\}`)

// linkedField is a field of the row that was clicked.
var linkedField = regexp.MustCompile(`\$\{__data\.fields(?:\.([^:}\["]+)|\["([^"]*)"\])(?::\w+)?\}`)

// inLink matches a variable in a link.
var inLink = regexp.MustCompile(`\$\{([^:}\[]+)[^}]*\}|\$(\w+)`)

// builtIn are variables that each link has.
var builtIn = []string{"__url_time_range", "__all_variables", "__from", "__to", "__value.raw", "__value.text", "__value.numeric", "__value.time",
	"__series.name", "__field.name", "__field.displayName"}

// lead checks that the links of a dashboard lead to dashboards of the same
// build, and set variables that they have, from what is there.
func (q *queries) lead(b *page, byUID map[string]*page) {
	for _, l := range b.Links {
		say := func(format string, args ...any) {
			q.add(codeDeadLink, b.file, "link %q: "+format, append([]any{l.Title}, args...)...)
		}
		if l.Type != "dashboards" {
			follow(l.URL, b, fields{}, byUID, say)
		} else if !slices.ContainsFunc(slices.Collect(maps.Values(byUID)), func(to *page) bool { return hasAll(to.Tags, l.Tags) }) {
			say("no dashboard has the tags %s", strings.Join(l.Tags, ", "))
		}
	}
	for _, s := range b.shown {
		f := fieldsOf(s.panel)
		for _, l := range s.links() {
			follow(l.URL, b, f, byUID, func(format string, args ...any) {
				q.fault(s, codeDeadLink, "", s.link(l), "", "link %q: "+format, append([]any{l.Title}, args...)...)
			})
		}
	}
}

// link is the path of a link of the panel.
func (s shown) link(l dataLink) []string {
	for i, from := range s.from.Panel.Links {
		if from.Title == l.Title {
			return []string{"links", strconv.Itoa(i)}
		}
	}
	return []string{"links"}
}

func hasAll(have, want []string) bool {
	return !slices.ContainsFunc(want, func(s string) bool { return !slices.Contains(have, s) })
}

// follow checks one address, and says what is wrong with it.
func follow(address string, from *page, f fields, byUID map[string]*page, say func(format string, args ...any)) {
	for _, m := range inLink.FindAllStringSubmatch(address, -1) {
		name := m[1] + m[2]
		if !slices.Contains(builtIn, name) && !from.has(name) && !linkedLabel.MatchString(m[0]) && !linkedField.MatchString(m[0]) {
			say("%s is no variable of the dashboard", m[0])
		}
	}
	for _, m := range linkedField.FindAllStringSubmatch(address, -1) {
		if name := m[1] + m[2]; !f.has(name) {
			say("the panel has no field %q", name)
		}
	}
	path, query, _ := strings.Cut(address, "?")
	uid, inside := strings.CutPrefix(path, "/d/")
	if !inside {
		if u, err := url.Parse(path); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			say("%q is neither /d/ and a uid nor an address", path)
		}
		return
	}
	uid, _, _ = strings.Cut(uid, "/") // a title may follow
	to := byUID[uid]
	if to == nil {
		say("no dashboard has the uid %q", uid)
		return
	}
	for _, part := range strings.Split(query, "&") {
		name, _, _ := strings.Cut(part, "=")
		if set, ok := strings.CutPrefix(name, "var-"); ok && !to.has(set) {
			say("%s has no variable %s", to.Title, set)
		}
		if kept, ok := strings.CutPrefix(part, "${"); ok && strings.HasSuffix(kept, ":queryparam}") && !to.has(strings.TrimSuffix(kept, ":queryparam}")) {
			say("%s has no variable %s", to.Title, strings.TrimSuffix(kept, ":queryparam}"))
		}
	}
}

// has reports whether a dashboard declares a variable.
func (b *page) has(variable string) bool {
	for _, v := range b.Templating.List {
		if v.Name == variable {
			return true
		}
	}
	return false
}
