# Every target needs Go alone; what they need else is fetched as Go modules.
.PHONY: build test golden lint bench fleet pictures promtool clean

# build makes bin/aiobsgen.
build:
	go build -o bin/aiobsgen ./cmd/aiobsgen

# fleet compiles the main example into the committed out/.
fleet:
	go run ./cmd/aiobsgen build examples/fleet -o out

test:
	go test ./...

# golden rewrites what is made from other files: the compiled catalogue and
# library, out/, golden/, the pages of docs/checks and the tables of
# docs/alerts.md. Read the diff before you commit it.
golden:
	go test ./internal/load -run Compiled -update
	go run ./cmd/aiobsgen build examples/fleet -o out
	go test ./golden -update

lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'run gofmt -w'; exit 1; }
	go vet ./...
	go mod tidy -diff
	go tool -modfile=tools/go.mod cue fmt --check ./schema/... ./profiles ./examples/...

# pictures takes those of the README anew; it needs a Chromium.
pictures:
	go test ./internal/preview -run Pictures -update

# promtool checks the committed rules once more, and runs their tests. The compiler
# has asked the same libraries already; this builds the whole program, which takes
# minutes at first, and so do the tests.
promtool:
	go tool -modfile=tools/go.mod promtool check rules out/*/rules/plain/*.yaml
	go tool -modfile=tools/go.mod promtool test rules out/*/rules/tests/*.yaml

bench:
	go test -run '^$$' -bench . -benchmem ./internal/...

clean:
	rm -rf bin
