package article

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"

	"aftershock/internal/pattern"
)

// Page is the text of an article without what surrounds it on its page.
type Page struct {
	Title string
	Text  string   // lines are paragraphs
	Told  []string // what was odd
}

const (
	// MaxPage is the length in bytes of the longest page that is read.
	MaxPage = 64 << 20
	// mostParsed is the length up to which a page is made a tree and its article looked
	// for; of longer ones all text is taken.
	mostParsed = 4 << 20
	mostNodes  = 100_000
)

var markup = pattern.New(`(?i)<(?:!doctype\s+html|html|head|body|div|p|article|h1|meta|span|br)\b`)

// IsPage reports whether text is HTML.
func IsPage(text []byte) bool { return markup.Match(text[:min(len(text), 1<<16)]) }

// ReadPage returns the article of a page in HTML, as UTF-8; address is that of the
// page, "" where it has none. Where no article can be told from what surrounds it all
// text of the page is taken, and Told says so.
func ReadPage(text []byte, address string) (*Page, error) {
	if len(text) > MaxPage {
		return nil, fmt.Errorf("the page has %d MB; no article has more than %d", len(text)>>20, MaxPage>>20)
	}
	p := &Page{}
	err := error(nil)
	if len(text) > mostParsed {
		err = errors.New("it is too long")
	} else {
		err = p.article(text, address)
	}
	if err == nil {
		return p, nil
	}
	p.Told = append(p.Told, fmt.Sprintf("the article could not be told from the rest of the page (%v): all its text is read", err))
	p.plain(text)
	if letters(p.Text) == 0 {
		return nil, errors.New("the page has no text")
	}
	return p, nil
}

func (p *Page) article(text []byte, address string) (err error) {
	defer func() {
		if x := recover(); x != nil { // of a library that reads what anyone may write
			err = fmt.Errorf("its structure is broken: %v", x)
		}
	}()
	base, bad := url.Parse(address)
	if bad != nil || base.Scheme == "" {
		base = nil
	}
	doc, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return err
	}
	parser := readability.NewParser()
	parser.MaxElemsToParse = mostNodes
	parser.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	a, err := parser.ParseAndMutate(doc, base)
	if err != nil {
		return err
	}
	if a.Node == nil {
		return errors.New("none was found")
	}
	var b strings.Builder
	if err := a.RenderText(&b); err != nil {
		return err
	}
	if letters(b.String()) < 100 {
		return errors.New("hardly any text was found")
	}
	p.Title = strings.Join(strings.Fields(a.Title()), " ")
	p.Text = tidy(b.String())
	return nil
}

func letters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// Elements whose text is no text, and those that begin a line.
var (
	hidden = pattern.NewWords(`script style noscript template svg iframe select option button nav footer textarea object canvas`)
	blocks = pattern.NewWords(`p div br li ul ol tr td th table h1 h2 h3 h4 h5 h6 section article header aside blockquote figure figcaption pre hr dd dt title main form`)
)

// plain takes all text of a page, token by token: neither its length nor its depth
// costs memory.
func (p *Page) plain(text []byte) {
	in := html.NewTokenizer(bytes.NewReader(text))
	in.SetMaxBuf(1 << 20)
	var b strings.Builder
	begin := func() { // a line, of which many elements would make many
		if n := b.Len(); n > 0 && b.String()[n-1] != '\n' {
			b.WriteByte('\n')
		}
	}
	skip, title := "", false
	depth := 0
	for b.Len() < 2*MaxText {
		switch in.Next() {
		case html.ErrorToken:
			p.Text = tidy(b.String())
			return
		case html.StartTagToken:
			name, _ := in.TagName()
			tag := string(name)
			switch {
			case skip == tag:
				depth++
			case skip == "" && hidden.Has(tag):
				skip, depth = tag, 1
			case tag == "title":
				title = true
			}
			if blocks.Has(tag) {
				begin()
			}
		case html.SelfClosingTagToken:
			if name, _ := in.TagName(); blocks.Has(string(name)) {
				begin()
			}
		case html.EndTagToken:
			name, _ := in.TagName()
			tag := string(name)
			if skip == tag {
				if depth--; depth == 0 {
					skip = ""
				}
			}
			if tag == "title" {
				title = false
			}
			if blocks.Has(tag) {
				begin()
			}
		case html.TextToken:
			switch t := in.Text(); {
			case title && p.Title == "":
				p.Title = strings.Join(strings.Fields(string(t)), " ")
			case skip != "" || title:
			case len(bytes.TrimSpace(t)) > 0:
				b.Write(t)
			case b.Len() > 0 && b.String()[b.Len()-1] > ' ': // one blank of many
				b.WriteByte(' ')
			}
		}
	}
	p.Text = tidy(b.String())
	p.Told = append(p.Told, "the page is longer than any article; its rest was not read")
}

// tidy leaves one blank between words, and no empty lines.
func tidy(s string) string {
	var b strings.Builder
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	for line := range strings.Lines(s) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			b.WriteString(line)
			b.WriteByte('\n')
		}
	}
	return b.String()
}
