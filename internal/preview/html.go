package preview

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed web/index.html web/style.css web/*.js web/uplot/uPlot.iife.min.js web/uplot/uPlot.min.css
var web embed.FS

// page puts the page together. The texts of others are in the model and the data,
// which are JSON and base64 and hold no "<". The policy lets run what is here, and
// nothing be fetched but, where the page is served, answers from the same place.
func page(connect string, model, data []byte) (string, error) {
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
	policy := fmt.Sprintf("default-src 'none'; script-src '%s'; style-src '%s'; img-src data:; connect-src %s; base-uri 'none'; form-action 'none'",
		hash(script), hash(style), connect)
	return strings.NewReplacer(
		"<!--POLICY-->", policy, "<!--STYLE-->", style, "<!--SCRIPT-->", script,
		"<!--MODEL-->", string(model), "<!--DATA-->", string(data),
	).Replace(string(index)), nil
}

// hash names a script or style in a policy.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
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
