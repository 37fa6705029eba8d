package preview_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/preview"
)

func get(t *testing.T, h http.Handler, host, target string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Host = host
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func handler(t *testing.T) http.Handler {
	t.Helper()
	h, err := fleet().Handler()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestServedAnswer(t *testing.T) {
	c := fleet().Clusters[0]
	code, body := get(t, handler(t), "127.0.0.1:4000", "/data?cluster="+c.Name()+"&scenario=healthy&dashboard=aiobs-inference&range=3600&var-team=search")
	if code != http.StatusOK {
		t.Fatalf("%d %s", code, body)
	}
	var got preview.Answer
	if err := json.Unmarshal([]byte(strings.ReplaceAll(body, "null", "0")), &got); err != nil {
		t.Fatal(err)
	}
	if got.End-got.Start != 3600 || len(got.Panels) < 10 {
		t.Errorf("%d panels over %v seconds", len(got.Panels), got.End-got.Start)
	}
	if strings.Contains(body, `"workload":"chat"`) || !strings.Contains(body, `"workload":"summarise"`) {
		t.Error("the choice of a team does not hold")
	}
}

func TestServedRefuses(t *testing.T) {
	h := handler(t)
	good := "/data?cluster=eu-west-1&scenario=healthy&dashboard=aiobs-gpu&range=3600"
	for name, c := range map[string]struct {
		host, target string
		code         int
		want         string
	}{
		"a name that leads here":    {"evil.example.com", good, http.StatusForbidden, "this machine alone"},
		"its page":                  {"evil.example.com:80", "/", http.StatusForbidden, "this machine alone"},
		"an address of the network": {"192.0.2.7:80", good, http.StatusForbidden, "this machine alone"},
		"no cluster":                {"localhost", strings.Replace(good, "eu-west-1", "mars", 1), http.StatusBadRequest, `no cluster "mars", want one of eu-west-1, us-east-1`},
		"no scenario":               {"localhost", strings.Replace(good, "healthy", "flood", 1), http.StatusBadRequest, `no scenario "flood"`},
		"no dashboard":              {"localhost", strings.Replace(good, "aiobs-gpu", "x", 1), http.StatusBadRequest, `no dashboard "x"`},
		"no range":                  {"localhost", strings.Replace(good, "3600", "week", 1), http.StatusBadRequest, `range "week" is no number`},
		"a long range":              {"localhost", strings.Replace(good, "3600", "999999999", 1), http.StatusBadRequest, "want one of"},
		"another page":              {"localhost", "/etc/passwd", http.StatusNotFound, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if code, body := get(t, h, c.host, c.target); code != c.code || !strings.Contains(body, c.want) {
				t.Errorf("%d %s, want %d %s", code, body, c.code, c.want)
			}
		})
	}
	for _, host := range []string{"localhost:80", "127.0.0.1", "[::1]:9", "127.0.0.1:80"} {
		if code, _ := get(t, h, host, "/"); code != http.StatusOK {
			t.Errorf("%s: %d", host, code)
		}
	}
}

// Choices of others are matched as texts, not as regular expressions.
func TestServedChoiceIsAText(t *testing.T) {
	code, body := get(t, handler(t), "localhost", "/data?cluster=eu-west-1&scenario=healthy&dashboard=aiobs-cost&range=3600&var-team=.%2B&var-team=%28&var-x=%22%7D")
	if code != http.StatusOK || strings.Contains(body, `"team":"search"`) || strings.Contains(body, `"error"`) {
		t.Errorf("%d %.300s", code, body)
	}
}

func TestServeListensOnLoopbackUntilItIsStopped(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	told := make(chan string, 1)
	done := make(chan error, 1)
	go func() { done <- fleet().Serve(ctx, 0, func(url string) { told <- url }) }()
	url := <-told
	if !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Errorf("it listens at %s", url)
	}
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK || !strings.Contains(string(body), "aiobs-inference") {
		t.Errorf("%d, %v", r.StatusCode, err)
	}
	_ = r.Body.Close()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
