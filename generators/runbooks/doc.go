// Package runbooks writes a page of Markdown for each alert: what it means, what
// to look at with queries that are ready to paste, what to do, and the rules
// behind it. README.md lists the pages by concern.
//
// The pages are no Kubernetes objects: they are read where the output is
// committed, and settings.runbooks of the spec makes the alerts lead there.
package runbooks
