package preview

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Handler serves the page and its answers.
func (p *Preview) Handler() (http.Handler, error) {
	m, err := p.model(false, func(string) bool { return true })
	if err != nil {
		return nil, err
	}
	index, err := page("'self'", m, nil)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Security-Policy", "frame-ancestors 'none'") // which a page cannot say of itself
		_, _ = w.Write([]byte(index))                                       // who has gone does not read an error
	})
	mux.HandleFunc("GET /data", func(w http.ResponseWriter, r *http.Request) {
		answer, err := p.answer(r.URL.Query())
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer)
	})
	return loopback(mux), nil
}

// loopback refuses what another site's page asks under a name of its own that it
// made lead here.
func loopback(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if ip := net.ParseIP(strings.Trim(host, "[]")); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "the preview answers on this machine alone", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (p *Preview) answer(q url.Values) (*Answer, error) {
	c, err := p.Cluster(q.Get("cluster"))
	if err != nil {
		return nil, err
	}
	length, err := strconv.Atoi(q.Get("range"))
	if err != nil {
		return nil, fmt.Errorf("range %q is no number of seconds", q.Get("range"))
	}
	choice := Choice{}
	for key, values := range q {
		if name, ok := strings.CutPrefix(key, "var-"); ok {
			choice[name] = values
		}
	}
	return c.Answer(q.Get("scenario"), q.Get("dashboard"), length, choice)
}

// Serve answers on a port of the loopback address until the context ends; port 0
// is any that is free. It tells where, once it listens.
func (p *Preview) Serve(ctx context.Context, port int, tell func(url string)) error {
	h, err := p.Handler()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	tell("http://" + listener.Addr().String() + "/")
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		stopped <- server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
