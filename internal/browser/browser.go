// Package browser opens a page of ours in a Chromium that is installed, without a
// window: to make a picture of it, or to read what its scripts made of it.
package browser

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// names under which Chromium is installed.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"}

// ErrNone says that no browser was found.
var ErrNone = errors.New("no Chromium is installed: none of " + strings.Join(names, ", ") + " is in the PATH")

// wait is how long a page may take to draw itself.
const wait = 2 * time.Minute

// Browser is a Chromium.
type Browser struct{ path string }

// Find looks for a Chromium in the PATH.
func Find() (*Browser, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return &Browser{path}, nil
		}
	}
	return nil, ErrNone
}

// File is the address of a page on disk with its state.
func File(path, state string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(absolute), Fragment: state}).String(), nil
}

// run starts the browser for one page, with a profile of its own that is gone
// afterwards. The budget is the time of the page, which goes on as fast as it
// draws.
func (b *Browser) run(ctx context.Context, address string, args ...string) (stdout, stderr string, err error) {
	profile, err := os.MkdirTemp("", "aiobsgen-browser-")
	if err != nil {
		return "", "", err
	}
	defer func() { _ = os.RemoveAll(profile) }()
	args = append([]string{
		"--headless", "--user-data-dir=" + profile, "--no-first-run", "--disable-extensions", "--disable-gpu", "--hide-scrollbars",
		"--disable-background-networking", "--disable-dev-shm-usage", "--enable-logging=stderr", "--virtual-time-budget=60000",
	}, args...)
	if os.Geteuid() == 0 {
		// Chromium does not start as root within its sandbox. The page is ours, and
		// fetches nothing.
		args = append(args, "--no-sandbox")
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.path, append(args, address)...)
	var out, log strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		return "", "", fmt.Errorf("%s: %w: %s", filepath.Base(b.path), err, lastLine(log.String()))
	}
	return out.String(), log.String(), nil
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// DOM is the page as HTML after its scripts have run, and what they wrote to the
// console.
func (b *Browser) DOM(ctx context.Context, address string, width int) (dom string, console []string, err error) {
	dom, log, err := b.run(ctx, address, "--dump-dom", fmt.Sprintf("--window-size=%d,1200", width))
	for _, line := range strings.Split(log, "\n") {
		if _, said, ok := strings.Cut(line, ":CONSOLE"); ok {
			console = append(console, said)
		}
	}
	return dom, console, err
}

// height of a page, which it says of itself.
var height = regexp.MustCompile(`<html[^>]* data-height="([0-9]+)"`)

// Picture writes a picture of a page that is so wide, of the whole of it or of the
// first so many pixels.
func (b *Browser) Picture(ctx context.Context, address, file string, width, most int) error {
	high := most
	if most == 0 {
		dom, _, err := b.DOM(ctx, address, width)
		if err != nil {
			return err
		}
		m := height.FindStringSubmatch(dom)
		if m == nil {
			return errors.New("the page does not say how high it is")
		}
		high, _ = strconv.Atoi(m[1])
	}
	_, _, err := b.run(ctx, address, "--screenshot="+file, fmt.Sprintf("--window-size=%d,%d", width, high))
	if err == nil {
		_, err = os.Stat(file)
	}
	return err
}
