package preview

import (
	"embed"
	"html"
	"io/fs"
	"strings"
)

//go:embed web
var web embed.FS

// Policies of the page: nothing is fetched but, where it is served, answers from
// the same place.
const (
	policyStatic = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
	policyServed = policyStatic + "; connect-src 'self'"
)

// page puts the page together. The texts of others are in the model and the data,
// which hold no "<".
func page(policy string, model, data []byte) (string, error) {
	index, err := web.ReadFile("web/index.html")
	if err != nil {
		return "", err
	}
	style, err := concat("web/uplot/uPlot.min.css", "web/style.css")
	if err != nil {
		return "", err
	}
	scripts, err := fs.Glob(web, "web/*.js") // in the order of their names
	if err != nil {
		return "", err
	}
	script, err := concat(append([]string{"web/uplot/uPlot.iife.min.js"}, scripts...)...)
	if err != nil {
		return "", err
	}
	return strings.NewReplacer(
		"<!--POLICY-->", html.EscapeString(policy), "<!--STYLE-->", style, "<!--SCRIPT-->", script,
		"<!--MODEL-->", string(model), "<!--DATA-->", string(data),
	).Replace(string(index)), nil
}

func concat(files ...string) (string, error) {
	var out strings.Builder
	for _, name := range files {
		data, err := web.ReadFile(name)
		if err != nil {
			return "", err
		}
		out.Write(data)
		out.WriteByte('\n')
	}
	return out.String(), nil
}
