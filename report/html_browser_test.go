package report

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// harness looks at the page in a frame as a reader does, and writes what it
// finds into its own body, one "name: value" a line.
const harness = `<!DOCTYPE html><link rel="icon" href="data:,"><title>harness</title><body><iframe id="f" src="/report.html" width="%d" height="900"></iframe><pre id="out"></pre>
<script>
const say = (name, value) => { document.getElementById("out").textContent += name + ": " + value + "\n"; };
document.getElementById("f").onload = () => {
  const d = document.getElementById("f").contentDocument, w = d.defaultView, $ = (s) => d.querySelector(s);
  const column = (t, k) => [...t.tBodies[0].rows].map((r) => r.cells[k].textContent.trim()).join(" ");
  const table = $("#events-table"), heads = [...table.tHead.rows[0].cells];
  const average = heads.findIndex((h) => h.classList.contains("n") && h !== heads[2]);
  heads[average].querySelector("button").click();
  say("descending", heads[average].getAttribute("aria-sort") + " " + column(table, average));
  heads[average].querySelector("button").click();
  say("ascending", heads[average].getAttribute("aria-sort") + " " + column(table, average));
  heads[0].querySelector("button").click();
  say("dates", heads[0].getAttribute("aria-sort") + " " + column(table, 0));
  const filter = $("#filter");
  filter.value = "holiday"; filter.dispatchEvent(new w.Event("input"));
  say("filtered", [...table.tBodies[0].rows].filter((r) => !r.hidden).length);
  filter.value = ""; filter.dispatchEvent(new w.Event("input"));
  filter.value = "beta"; filter.dispatchEvent(new w.Event("input"));
  const left = [...table.tBodies[0].rows].filter((r) => !r.hidden);
  say("by ticker", left.length > 0 && left.length < table.tBodies[0].rows.length && left.every((r) => /BETA/.test(r.dataset.find)));
  say("sections", [...d.querySelectorAll("article")].filter((a) => !a.hidden).length === left.length);
  filter.value = ""; filter.dispatchEvent(new w.Event("input"));
  const kind = $("#kind");
  if (kind) {
    kind.value = kind.options[1].value; kind.dispatchEvent(new w.Event("change"));
    say("by category", [...table.tBodies[0].rows].every((r) => r.hidden === (r.dataset.kind !== kind.value)) && $("#shown").textContent.includes("/"));
    kind.value = ""; kind.dispatchEvent(new w.Event("change"));
  }
  const chart0 = [...d.querySelectorAll("svg[data-frame]")].find((s) => s.getClientRects().length);
  const press = (key) => chart0.dispatchEvent(new w.KeyboardEvent("keydown", { key, bubbles: true }));
  press("ArrowRight"); say("at 0", $(".tip").firstChild.textContent + " " + !$(".tip").hidden + " " + chart0.querySelectorAll(".cross").length);
  press("ArrowRight"); press("ArrowDown"); say("at 1", $(".tip").firstChild.textContent + " " + (chart0.querySelectorAll("g.lit").length > 0));
  const read = /%%/.test($(".tip").textContent);
  chart0.dispatchEvent(new w.Event("blur")); say("left", read + " " + $(".tip").hidden + " " + chart0.querySelectorAll(".cross, .lit").length);
  const frame = chart0.dataset.frame.split(" ").map(Number), box = chart0.getBoundingClientRect(), unit = box.width / chart0.viewBox.baseVal.width;
  chart0.dispatchEvent(new w.PointerEvent("pointermove", { clientX: box.left + frame[2] * unit, clientY: box.top + (frame[1] + frame[3]) / 2 * unit, bubbles: true }));
  say("at end", $(".tip").firstChild.textContent + " " + [...$(".tip").querySelectorAll(".strong")].length);
  chart0.dispatchEvent(new w.Event("pointerleave"));
  const beyond = [...d.querySelectorAll("main *")].filter((e) => { const r = e.getBoundingClientRect(); return r.width > 0 && (r.right > d.documentElement.clientWidth + 1 || r.left < -1) && !e.closest("pre, svg, .ranked thead, .cards thead, .scroll"); });
  say("beyond", beyond.length + " " + beyond.slice(0, 3).map((e) => e.tagName + "." + e.className).join(" "));
  say("hidden columns", [...d.querySelectorAll(".scroll")].filter((e) => e.scrollWidth > e.clientWidth + 1).length);
  const ground = () => w.getComputedStyle(d.body).backgroundColor;
  const chart = () => w.getComputedStyle($("figure svg path")).fill;
  const theme = $("#theme");
  theme.click(); say("light", theme.value + " " + ground() + " " + chart());
  theme.click(); say("dark", theme.value + " " + ground() + " " + chart());
  theme.click(); say("system", theme.value);
  const series = $(".series button");
  const drawn = () => [...d.querySelectorAll("figure")].find((f) => f.contains(series)).querySelectorAll('g[data-series="' + series.textContent + '"]');
  series.click();
  say("series", series.getAttribute("aria-pressed") + " " + drawn().length + " " + [...drawn()].every((g) => w.getComputedStyle(g).display === "none"));
  const cell = $('td[data-tip^="standard error"]') || $("td[data-tip]");
  cell.dispatchEvent(new w.PointerEvent("pointerover", { bubbles: true }));
  say("tip", $(".tip").textContent + " " + !$(".tip").hidden);
  say("wider than the window", d.documentElement.scrollWidth > d.documentElement.clientWidth);
  say("direction", w.getComputedStyle(d.body).direction);
  say("scripts", d.scripts.length);
  say("done", "true");
};
</script>`

// TestBrowser opens the page of the nasty study in headless Chromium: it must
// load nothing, write nothing to the console, sort its tables, switch its theme,
// hide a line, fit a telephone, and run no script of a title.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	chromium := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && chromium == "" {
			chromium = path
		}
	}
	if chromium == "" {
		t.Skip("no chromium: the page is not looked at in a browser")
	}
	for _, c := range []struct {
		lang      string
		width     int
		direction string
	}{{"en", 1280, "ltr"}, {"ar", 390, "rtl"}} {
		t.Run(c.lang, func(t *testing.T) {
			t.Parallel()
			page := htmlOf(t, nasty(), HTMLOptions{Lang: c.lang, Charts: drawn(t, nasty(), c.lang, "car"), Dark: darkOf()})
			var mu sync.Mutex
			var asked []string
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				asked = append(asked, r.URL.Path)
				mu.Unlock()
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				if r.URL.Path == "/report.html" {
					fmt.Fprint(w, page)
				} else {
					fmt.Fprintf(w, harness, c.width)
				}
			}))
			defer srv.Close()
			dom, console := browse(t, chromium, srv.URL+"/harness", "--dump-dom", "--virtual-time-budget=5000")
			_, out, _ := strings.Cut(dom, `<pre id="out">`)
			out, _, _ = strings.Cut(out, "</pre>")
			found := make(map[string]string)
			for _, line := range strings.Split(html.UnescapeString(out), "\n") {
				name, value, _ := strings.Cut(line, ": ")
				found[name] = value
			}
			for name, want := range map[string]string{
				"descending": "descending +3.74 +2.12 +1.09 +0.35 -0.91 -5.96 – –",
				"ascending":  "ascending -5.96 -0.91 +0.35 +1.09 +2.12 +3.74 – –",
				"light":      "light rgb(255, 255, 255) rgb(255, 255, 255)",
				"dark":       "dark rgb(22, 24, 29) rgb(22, 24, 29)",
				"system":     "auto",
				"series":     "false 2 true",
				"direction":  c.direction,

				"by ticker": "true", "sections": "true", "by category": "true",
				"at 0": "0 true 1", "at 1": "+1 true", "left": "true true 0", "at end": "+10 2", "beyond": "0 ", "hidden columns": "0",
				"scripts": "1",
				"done":    "true",

				"wider than the window": "false",
			} {
				if found[name] != want {
					t.Errorf("%s: %q, want %q", name, found[name], want)
				}
			}
			if dates := strings.Fields(found["dates"]); len(dates) < 3 || dates[0] != "ascending" || dates[1] > dates[2] {
				t.Errorf("dates: %v", dates)
			}
			if c.lang == "en" && (found["filtered"] != "1" || !strings.HasPrefix(found["tip"], "standard error ") || !strings.HasSuffix(found["tip"], " true")) {
				t.Errorf("filtered %q, tip %q", found["filtered"], found["tip"])
			}
			if console != "" {
				t.Errorf("console: %s", console)
			}
			for _, path := range asked {
				if path != "/harness" && path != "/report.html" {
					t.Errorf("the page asks for %s", path)
				}
			}
		})
	}
	t.Run("screenshot", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		page := filepath.Join(dir, "report.html")
		if err := os.WriteFile(page, []byte(htmlOf(t, nasty(), HTMLOptions{Charts: drawn(t, nasty(), "en", "car"), Dark: darkOf()})), 0o644); err != nil {
			t.Fatal(err)
		}
		shot := filepath.Join(dir, "shot.png")
		_, console := browse(t, chromium, "file://"+page, "--screenshot="+shot, "--window-size=390,900")
		if info, err := os.Stat(shot); err != nil || info.Size() < 10_000 || console != "" {
			t.Errorf("%v, %v; console: %s", info, err, console)
		}
	})
}

var consoleLine = regexp.MustCompile(`(?m)^.*:CONSOLE.*$`)

// browse opens a page without a window and returns what Chromium prints and
// what the page wrote to its console.
func browse(t *testing.T, chromium, url string, args ...string) (stdout, console string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	args = append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--enable-logging=stderr", "--user-data-dir=" + t.TempDir()}, append(args, url)...)
	cmd := exec.CommandContext(ctx, chromium, args...)
	cmd.WaitDelay = 5 * time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", chromium, err, errs.String())
	}
	return out.String(), strings.Join(consoleLine.FindAllString(errs.String(), -1), "\n")
}
