package article

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"aftershock/events"
)

const ownPage = `<!doctype html><html lang="ar"><head><title>نتائج إنفيديا - موقع الأخبار</title><meta charset="windows-1256"><script>var nvda = "Nvidia fell on Monday";</script></head>
<body><nav><a href="/">الرئيسية</a> <a href="/x">أسهم</a></nav><article><h1>نتائج إنفيديا</h1>
<p>أعلنت إنفيديا نتائج الربع الثالث من سنتها المالية يوم الأربعاء 19 تشرين الثاني 2025 بعد إغلاق السوق، وقالت إن إيراداتها بلغت 57 مليار دولار، بزيادة قدرها 62 في المئة على أساس سنوي، متجاوزة توقعات المحللين.</p>
<p>وارتفع سهم الشركة في اليوم التالي ثم تراجع، وسط مخاوف المستثمرين من تقييمات شركات الذكاء الاصطناعي، ومن حجم الإنفاق على مراكز البيانات في السنوات المقبلة.</p></article>
<aside>اقرأ أيضا: أخبار الطقس</aside><footer>جميع الحقوق محفوظة</footer></body></html>`

func TestReadPage(t *testing.T) {
	data, err := charmap.Windows1256.NewEncoder().String(ownPage)
	if err != nil {
		t.Fatal(err)
	}
	text, told := events.UTF8([]byte(data), "")
	if len(told) != 0 || !IsPage(text) {
		t.Fatalf("told %q", told)
	}
	p, err := ReadPage(text, "")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(p.Title, "نتائج إنفيديا") || strings.Contains(p.Text, "الطقس") || strings.Contains(p.Text, "الرئيسية") || strings.Contains(p.Text, "var nvda") || len(p.Told) != 0 {
		t.Errorf("title %q, told %q, text\n%s", p.Title, p.Told, p.Text)
	}
	names, _ := shipped(t)
	a := Read(p.Text, Options{Published: day(t, "2025-11-20"), Names: names})
	var s *Sentence
	for i := range a.Sentences {
		if strings.HasPrefix(a.Sentences[i].Text, "أعلنت") {
			s = &a.Sentences[i]
		}
	}
	if s == nil || !s.Event || found(s.Dates) != "الربع الثالث من سنتها المالية={3 0} | يوم الأربعاء 19 تشرين الثاني 2025=2025-11-19 AMC" || named(s.Mentions) != "إنفيديا=NVDA" {
		t.Errorf("%+v", a.Sentences)
	}
}

// TestRecordedPages: pages of newspapers give their article and not their frames.
func TestRecordedPages(t *testing.T) {
	for name, want := range map[string][2]string{
		"en-reuters.html":                 {"raised interest rates on Wednesday", "Trending"},
		"en-money-cnn.html":               {"Heads up, travelers", "Most Popular"},
		"en-cnbc.html":                    {"moving away from coal", "Sign up for free newsletters"},
		"ar-albayan-hijri.html":           {"ثمّن أحمد ساير داودزي", "الأكثر قراءة"},
		"ar-assabah-maghreb-month.html":   {"خالد عبد الكريم ماسا", "اقرأ المزيد"},
		"ar-akhbarelyom-arabic-meta.html": {"نعيمة عاكف", "الأكثر قراءة"},
	} {
		data, err := os.ReadFile(filepath.Join(recorded, "articles", name))
		if err != nil {
			t.Skipf("no recorded pages beside the project: %v", err)
		}
		text, _ := events.UTF8(data, "")
		p, err := ReadPage(text, "https://example.org/"+name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.Contains(p.Text, want[0]) || strings.Contains(p.Text, want[1]) || len(p.Told) > 0 || p.Title == "" {
			t.Errorf("%s: title %q, told %q, %d bytes\n%s", name, p.Title, p.Told, len(p.Text), p.Text)
		}
	}
}

// TestHostilePages: an error or all the text, in bounded time.
func TestHostilePages(t *testing.T) {
	story := "<p>Nvidia fell 17% on 27 January 2025, and the market with it.</p>"
	for name, c := range map[string]struct {
		page string
		told bool
	}{
		"deep":        {"<html><body>" + strings.Repeat("<div>", 200_000) + story, true},
		"very deep":   {"<html><body>" + strings.Repeat("<div>\n", 1_000_000) + story, true},
		"deep tables": {"<html><body>" + strings.Repeat("<table><tr><td>", 50_000) + story, true},
		"many nodes":  {"<html><body>" + story + strings.Repeat("<b>x</b> ", 200_000), true},
		"50 MB":       {"<html><body>" + story + strings.Repeat("<p>word and word and word</p>\n", 50<<20/28), true},
		"one tag":     {"<html><body>" + story + "<p " + strings.Repeat("a=b ", 5<<20/4), true},
		"unclosed":    {"<html><body><script>" + strings.Repeat("x", 1000) + "</script><p>" + strings.Repeat("Nvidia fell on 27 January 2025. ", 20), false},
	} {
		start := time.Now()
		p, err := ReadPage([]byte(c.page), "")
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.Contains(p.Text, "27 January 2025") || c.told != (len(p.Told) > 0) {
			t.Errorf("%s: told %q, text %.80q", name, p.Told, p.Text)
		}
		if len(p.Text) > 3*MaxText {
			t.Errorf("%s: %d bytes of text", name, len(p.Text))
		}
	}
	if _, err := ReadPage(bytes.Repeat([]byte("<p>"), MaxPage/3+1), ""); err == nil || !strings.Contains(err.Error(), "no article has more than 64") {
		t.Errorf("a page too long: %v", err)
	}
	if _, err := ReadPage([]byte("<html><body><script>x</script></body></html>"), ""); err == nil || !strings.Contains(err.Error(), "no text") {
		t.Errorf("a page without text: %v", err)
	}
}

func FuzzReadPage(f *testing.F) {
	f.Add([]byte(ownPage))
	f.Add([]byte("<html><p>x<table><td><p></b><svg><title>y"))
	f.Add([]byte("<div><![CDATA[x]]><noscript><p>\xff"))
	f.Fuzz(func(t *testing.T, page []byte) {
		text, _ := events.UTF8(page, "")
		if p, err := ReadPage(text, "https://example.org/a"); err == nil {
			Dates(p.Text[:min(len(p.Text), 2000)], time.Time{}, false)
		}
	})
}
