package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The command line and the text of every diagnostic are tested as a user
// meets them: testdata/script holds one script for each.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"aiobsgen": main})
}

func TestScripts(t *testing.T) {
	update := os.Getenv("UPDATE_SCRIPTS") != ""
	testscript.Run(t, testscript.Params{Dir: "testdata/script", UpdateScripts: update, RequireExplicitExec: true, RequireUniqueNames: true})
}
