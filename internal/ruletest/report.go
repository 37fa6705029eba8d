package ruletest

import (
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Report is what the cases of one cluster gave.
type Report struct {
	Cluster string
	// Rules that alert, and those that no case proves.
	Rules     int
	Uncovered []Uncovered
	Results   []Result
	// Loud are alerts that are not silent on a healthy or an idle fleet.
	Loud []Loud
	// Looked reports whether silence was looked at.
	Looked bool
}

// Report plays the cases whose "Alert/case" the expression finds; nil is all
// of them, with the silence of the whole fleet.
func (s *Suite) Report(match *regexp.Regexp) (Report, error) {
	out := Report{Cluster: s.plan.Cluster.Name, Rules: s.Rules(), Uncovered: s.Uncovered}
	var chosen []Case
	for _, c := range s.Cases {
		if match == nil || match.MatchString(c.Alert+"/"+c.Name) {
			chosen = append(chosen, c)
		}
	}
	out.Results = s.Run(chosen)
	if match != nil {
		return out, nil
	}
	var err error
	out.Looked = true
	out.Loud, err = s.Silence()
	return out, err
}

// Failed counts cases and silences that failed.
func (r Report) Failed() int {
	n := len(r.Loud)
	for _, one := range r.Results {
		if len(one.Failures) > 0 {
			n++
		}
	}
	return n
}

// Write prints a line for each case, and below it what is wrong.
func (r Report) Write(w io.Writer) {
	if len(r.Results) == 0 && !r.Looked {
		return // nothing here was chosen
	}
	fmt.Fprintf(w, "%s\n", r.Cluster)
	for _, one := range r.Results {
		name := strings.TrimSpace(one.Alert + " " + one.Labels)
		if len(one.Failures) > 0 {
			fmt.Fprintf(w, "  FAIL  %s: %s\n", name, one.Name)
			for _, f := range one.Failures {
				fmt.Fprintf(w, "          %s\n", f)
			}
			continue
		}
		within := "at most " + human(one.Within)
		if one.Earliest > 0 {
			within = human(one.Earliest) + " to " + human(one.Within)
		}
		fmt.Fprintf(w, "  ok    %s: %s: fires after %s (%s), clears after %s\n", name, one.Name, human(one.Detected), within, human(one.Cleared))
	}
	for _, l := range r.Loud {
		fmt.Fprintf(w, "  FAIL  %s: %s\n", strings.TrimSpace(l.Alert+" "+l.Labels), l.reason())
	}
	if r.Looked && len(r.Loud) == 0 {
		fmt.Fprintf(w, "  ok    all %d rules are silent on the healthy fleet and on the idle one\n", r.Rules)
	}
}

func (l Loud) reason() string {
	if l.Idle {
		return "it is not silent on an idle fleet: it holds for " + l.Series
	}
	return "it is not silent on a healthy fleet: it holds for " + l.Series
}

// WriteJUnit writes reports in the form that CI systems show.
func WriteJUnit(w io.Writer, reports []Report) error {
	type failure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
	type testcase struct {
		Class   string   `xml:"classname,attr"`
		Name    string   `xml:"name,attr"`
		Failure *failure `xml:"failure,omitempty"`
	}
	type testsuite struct {
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Cases    []testcase `xml:"testcase"`
	}
	var all struct {
		XMLName xml.Name    `xml:"testsuites"`
		Suites  []testsuite `xml:"testsuite"`
	}
	for _, r := range reports {
		s := testsuite{Name: r.Cluster}
		add := func(alert, name string, failures []string) {
			c := testcase{Class: r.Cluster + "." + alert, Name: name}
			if len(failures) > 0 {
				c.Failure = &failure{failures[0], strings.Join(failures, "\n")}
				s.Failures++
			}
			s.Tests++
			s.Cases = append(s.Cases, c)
		}
		for _, one := range r.Results {
			add(one.Alert, strings.TrimSpace(one.Name+" "+one.Labels), one.Failures)
		}
		for _, l := range r.Loud {
			add(l.Alert, strings.TrimSpace("silent "+l.Labels), []string{l.reason()})
		}
		if r.Looked && len(r.Loud) == 0 {
			add("all", "silent", nil)
		}
		all.Suites = append(all.Suites, s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
