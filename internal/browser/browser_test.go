package browser

import (
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFindSaysWhatItLooksFor(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := Find(); !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "chromium") {
		t.Errorf("error %v", err)
	}
}

func TestFileAddress(t *testing.T) {
	got, err := File("/tmp/a b.html", "cluster=x&theme=dark")
	if err != nil || got != "file:///tmp/a%20b.html#cluster=x&theme=dark" {
		t.Errorf("%s, %v", got, err)
	}
}

func TestPageIsRead(t *testing.T) {
	b, err := Find()
	if errors.Is(err, ErrNone) && os.Getenv("AIOBSGEN_CHROMIUM") != "required" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	page := filepath.Join(dir, "page.html")
	const text = `<!doctype html><html><body><script>
		document.documentElement.dataset.height = "321";
		setTimeout(() => { document.body.append("later " + location.hash); console.error("a fault"); }, 3000);
	</script></body></html>`
	if err := os.WriteFile(page, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	address, err := File(page, "x=1")
	if err != nil {
		t.Fatal(err)
	}
	dom, console, err := b.DOM(t.Context(), address, 800)
	if err != nil || !strings.Contains(dom, "later #x=1") {
		t.Errorf("%v: %s", err, dom)
	}
	if len(console) != 1 || !strings.Contains(console[0], "a fault") {
		t.Errorf("console %q", console)
	}
	picture := filepath.Join(dir, "page.png")
	if err := b.Picture(t.Context(), address, picture, 640, 0); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(picture)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if c, err := png.DecodeConfig(f); err != nil || c.Width != 640 || c.Height != 321 {
		t.Errorf("%d by %d, %v", c.Width, c.Height, err)
	}
}
