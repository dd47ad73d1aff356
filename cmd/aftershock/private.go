package main

import (
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"aftershock/events"
	"aftershock/market"
)

// What a run writes is passed on, and says nothing about the machine: a path is
// relative to the configuration or shortened, a secret is left out.

// home is a folder of the machine, and what stands for it.
type home struct{ dir, shown string }

// homes lists the folders that are shortened, the deeper before the shallower.
func (c *config) homes() []home {
	var out []home
	add := func(dir, shown string, err error) {
		if err == nil && filepath.IsAbs(dir) && len(dir) > 1 {
			out = append(out, home{filepath.Clean(dir) + string(filepath.Separator), shown})
			if real, err := filepath.EvalSymlinks(dir); err == nil && real != dir && len(real) > 1 {
				out = append(out, home{real + string(filepath.Separator), shown})
			}
		}
	}
	if c.file != "" {
		dir, err := filepath.Abs(filepath.Dir(c.file))
		add(dir, "", err)
	}
	wd, err := os.Getwd()
	add(wd, "", err)
	cache, err := os.UserCacheDir()
	add(cache, "cache/", err)
	own, err := os.UserHomeDir()
	add(own, "~/", err)
	slices.SortStableFunc(out, func(a, b home) int { return len(b.dir) - len(a.dir) })
	return out
}

// shown returns a path as it may be passed on: within a known folder relative to
// it, elsewhere its last two parts.
func (c *config) shown(path string) string { return shownIn(path, c.homes()) }

// shownIn is shown by the folders homes, which ask the file system: they are found once
// for many paths.
func shownIn(path string, homes []home) string {
	short := shorten(path, homes)
	if filepath.IsAbs(short) {
		dir, name := filepath.Split(filepath.Clean(short))
		short = "…/" + filepath.Base(dir) + "/" + name
	}
	return filepath.ToSlash(short)
}

// shorten replaces the folders of homes wherever they stand in text.
func shorten(text string, homes []home) string {
	for _, h := range homes {
		text = strings.ReplaceAll(text, h.dir, h.shown)
		if bare := strings.TrimSuffix(h.dir, string(filepath.Separator)); strings.HasSuffix(text, bare) {
			text = strings.TrimSuffix(text, bare) + strings.TrimSuffix(h.shown, "/")
		}
	}
	return text
}

// publish shortens the paths in what was read, which reports repeat.
func (c *config) publish(cat *events.Catalog, panel *market.Panel) {
	homes := c.homes()
	path := func(s *string) {
		switch {
		case filepath.IsAbs(*s):
			*s = shownIn(*s, homes)
		case strings.ContainsRune(*s, filepath.Separator):
			*s = shorten(*s, homes)
		}
	}
	if filepath.IsAbs(cat.Origin) {
		origin := shownIn(cat.Origin, homes)
		for i := range cat.Events {
			e := &cat.Events[i]
			e.Origin = origin + strings.TrimPrefix(e.Origin, cat.Origin)
		}
		for i := range cat.Warnings {
			cat.Warnings[i] = strings.ReplaceAll(cat.Warnings[i], cat.Origin, origin)
		}
		cat.Origin = origin
	}
	for _, col := range panel.Columns {
		path(&col.Origin)
		col.Name = harmless(col.Name)
		for lang, name := range col.Names {
			if clean := harmless(name); clean != name {
				col.Names = maps.Clone(col.Names)
				col.Names[lang] = clean
			}
		}
		for i := range col.Findings {
			shortenAll(reflect.ValueOf(&col.Findings[i]).Elem(), homes)
		}
	}
	for i := range panel.Issues {
		panel.Issues[i].Args = slices.Clone(panel.Issues[i].Args)
		for k, arg := range panel.Issues[i].Args {
			if s, ok := arg.(string); ok {
				path(&s)
				panel.Issues[i].Args[k] = s
			}
		}
	}
}

// upsets reports whether r steers a terminal, or turns the direction of what follows.
func upsets(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}

// harmless returns a name of a source without what upsets who reads it.
func harmless(name string) string {
	if !strings.ContainsFunc(name, upsets) {
		return name
	}
	return strings.Map(func(r rune) rune {
		if upsets(r) {
			return '\ufffd'
		}
		return r
	}, name)
}

// checkTexts refuses settings that hold what would upset who reads a report.
func (c *config) checkTexts(v reflect.Value, key string) {
	switch v.Kind() {
	case reflect.String:
		if i := strings.IndexFunc(v.String(), upsets); i >= 0 && key != "prices.yahoo.user_agent" { // what a header may hold is said there
			r, _ := utf8.DecodeRuneInString(v.String()[i:])
			c.bad(key, "holds a control character (%U); remove it", r)
		}
	case reflect.Slice:
		for i := range v.Len() {
			c.checkTexts(v.Index(i), key+"["+strconv.Itoa(i)+"]")
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			c.checkTexts(it.Value(), key)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := tagOf(v.Type().Field(i))
			if name == "" || !v.Field(i).CanInterface() {
				continue
			}
			if key != "" {
				name = key + "." + name
			}
			c.checkTexts(v.Field(i), name)
		}
	}
}

// shortenAll shortens every text in v.
func shortenAll(v reflect.Value, homes []home) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() && strings.ContainsRune(v.String(), filepath.Separator) {
			v.SetString(shorten(v.String(), homes))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			shortenAll(v.Index(i), homes)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				shortenAll(v.Field(i), homes)
			}
		}
	case reflect.Interface:
		if s, ok := v.Interface().(string); ok && v.CanSet() {
			v.Set(reflect.ValueOf(shorten(s, homes)))
		}
	}
}

// published returns the settings as a manifest may hold them.
func (c *config) published() settings {
	s := c.settings
	homes := c.homes()
	v := reflect.ValueOf(&s).Elem()
	var visit func(v reflect.Value)
	visit = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			if text := v.String(); filepath.IsAbs(text) {
				v.SetString(c.shown(text))
			} else if strings.ContainsRune(text, filepath.Separator) {
				v.SetString(shorten(text, homes))
			}
		case reflect.Slice: // shared with c
			own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			reflect.Copy(own, v)
			if !v.IsNil() {
				v.Set(own)
			}
			for i := range v.Len() {
				visit(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Field(i).CanSet() {
					visit(v.Field(i))
				}
			}
		}
	}
	base := s.Prices.Yahoo.BaseURL
	visit(v)
	// Of defaults those that were taken: the others are of other events.
	s.Study.Name = c.name()
	for key, list := range map[string]*[]string{"events.ids": &s.Events.IDs, "events.categories": &s.Events.Categories, "events.tags": &s.Events.Tags, "events.exclude": &s.Events.Exclude} {
		if c.ofOtherEvents(key) {
			*list = []string{}
		}
	}
	if c.withoutSecurities() {
		s.Securities = []security{}
	}
	if u, err := url.Parse(base); err == nil && base != "" {
		u.User, u.RawQuery, u.Fragment = nil, "", ""
		s.Prices.Yahoo.BaseURL = u.String()
	}
	if len(s.Job.Command) > 0 {
		s.Job.Command = []string{notShown}
	}
	for _, secret := range []*string{&s.Prices.Yahoo.UserAgent, &s.Import.Contact, &s.Job.Webhook} {
		if *secret != "" {
			*secret = notShown
		}
	}
	return s
}

// notShown stands for a value that is nobody's business.
const notShown = "(not shown)"
