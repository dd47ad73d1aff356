package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"aftershock/analysis"
	"aftershock/market"
)

// What a shell completes is read from the configuration and the catalogue and prices
// that it names, and is nothing where these are wrong. The network is not used. All but
// the words of a flag is defined when a shell asks: other calls need not pay for it.

// completedTo annotates a flag with the words that it takes.
const completedTo = "words"

// closed says that a flag of cmd takes words, one or a list as its usage says.
func closed(cmd *cobra.Command, name string, words ...string) {
	f := cmd.Flag(name)
	if f.Annotations == nil {
		f.Annotations = make(map[string][]string, 1)
	}
	f.Annotations[completedTo] = words
}

// asksCompletion reports whether args are those of a shell that completes.
func asksCompletion(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// A source lists what may stand in a place; nil where it cannot be read.
type source func(cmd *cobra.Command) []cobra.Completion

func fixed(words ...string) source {
	return func(*cobra.Command) []cobra.Completion { return words }
}

// completion defines what the flags and arguments of root and of all commands below it
// complete to.
func (a *app) completion(root *cobra.Command) {
	files := func(endings ...string) cobra.CompletionFunc {
		return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(endings) == 0 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return endings, cobra.ShellCompDirectiveFilterFileExt
		}
	}
	folder := func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	catalogue := files("yaml", "yml", "json", "csv")
	zones := []string{"UTC"}
	for _, x := range market.Exchanges {
		zones = append(zones, x.Zone)
	}
	slices.Sort(zones)

	values := map[string][]source{ // by flag, or by command and flag where they differ
		"benchmark": {a.symbols}, "benchmarks": {a.symbols}, "securities": {a.symbols}, "security": {a.symbols}, "peers": {a.symbols},
		"ids": {a.ids}, "event": {a.ids}, "group": {a.ids, fixed(all)}, "groups": {a.ids, fixed(all)}, "plot only": {a.ids, a.symbols},
		"events check format": {fixed("text", "json")}, "events extract format": {fixed("text", "json")}, "events import format": {fixed(catalogFormats...)},
		"forms": {fixed("8-K", "10-Q", "10-K", "6-K", "20-F", "40-F", all)}, "zone": {fixed(slices.Compact(zones)...)}, "dates": {fixed("auto", "dmy", "mdy")},
		"correction": {fixed(string(analysis.BHCorrection), string(analysis.BYCorrection))},
		"kinds":      {fixed(string(analysis.CategoryKinds), string(analysis.TagKinds))},
		"shard":      {fixed(auto)},
	}
	paths := map[string]cobra.CompletionFunc{
		"config": files("yaml", "yml", "json", "toml"), "pack": files(), "names": files("csv"), "score": files("jsonl", "json"), "json": files("json"), "markdown": files("md"),
		"out": folder, "base": folder, "against": folder, "plot from": folder, "events import out": catalogue, "events extract out": catalogue,
		"events":   orFiles(catalogue, shippedEvents),
		"prices":   orFiles(files(), names(priceSources, func(s priceSource) string { return s.name })...),
		"universe": orFiles(files(), all),
	}
	symbols, ids, none := some(false, a.symbols), some(false, a.ids), some(false)
	groups := some(true, a.ids, a.symbols, fixed(all))
	arguments := map[string]cobra.CompletionFunc{
		"compare": places(folder, folder, none), "repeat": places(files("json"), none), "merge": files("bin"),
		"contrast": places(groups, groups, none), "explain": symbols, "impact": places(ids, none), "event": places(none, symbols),
		"events list": places(catalogue, none), "events check": places(catalogue, none), "events extract": places(files(), none), "events import": files(),
		"prices list": symbols, "prices check": symbols, "prices fetch": symbols, "prices import": files(), "prices export": places(folder, symbols),
		"plot": some(false, fixed(chartNames()...)),
	}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		path := strings.TrimPrefix(cmd.CommandPath(), root.Name()+" ")
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			list := f.Value.Type() == "stringSlice" || strings.HasPrefix(f.Usage, "`list`")
			define := func(fn cobra.CompletionFunc) { _ = cmd.RegisterFlagCompletionFunc(f.Name, fn) } // the flag is there, and has none
			for _, name := range []string{path + " " + f.Name, f.Name} {
				switch {
				case f.Annotations[completedTo] != nil:
					define(some(list, fixed(f.Annotations[completedTo]...)))
				case values[name] != nil:
					define(some(list, values[name]...))
				case paths[name] != nil:
					define(paths[name])
				default:
					continue
				}
				return
			}
		})
		switch {
		case cmd.ValidArgsFunction != nil || cmd.HasSubCommands():
		case arguments[path] != nil:
			cmd.ValidArgsFunction = arguments[path]
		default:
			cmd.ValidArgsFunction = none
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(root)
}

// some completes to what any of sources lists and the arguments do not have yet; in a
// list the last of its elements.
func some(list bool, sources ...source) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, text string) ([]cobra.Completion, cobra.ShellCompDirective) {
		directive, before := cobra.ShellCompDirectiveNoFileComp, ""
		if list {
			directive |= cobra.ShellCompDirectiveNoSpace
			before = text[:strings.LastIndexByte(text, ',')+1]
		}
		had := append(strings.Split(before, ","), args...)
		var out []cobra.Completion
		for _, s := range sources {
			for _, x := range s(cmd) {
				word, _, _ := strings.Cut(x, "\t")
				if last := text[len(before):]; len(word) >= len(last) && strings.EqualFold(word[:len(last)], last) && !slices.Contains(had, word) {
					out = append(out, before+x)
				}
			}
		}
		return out, directive
	}
}

// places completes each argument in its own way, those that follow as the last.
func places(own ...cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, text string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return own[min(len(args), len(own)-1)](cmd, args, text)
	}
}

// orFiles completes to words, and to files where what is typed begins none of them.
func orFiles(files cobra.CompletionFunc, words ...string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, text string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if out, _ := some(false, fixed(words...))(cmd, nil, text); len(out) > 0 && text != "" {
			return out, cobra.ShellCompDirectiveNoFileComp
		}
		return files(cmd, args, text)
	}
}

// settingsOf are the flags of cmd that say where events and prices are.
func settingsOf(cmd *cobra.Command) settingsFlags {
	flags := make(settingsFlags)
	for key, name := range map[string]string{"events.file": "events", "prices.dir": "prices"} {
		if f := cmd.Flag(name); f != nil {
			flags[key] = f
		}
	}
	return flags
}

// ids lists the events of the catalogue.
func (a *app) ids(cmd *cobra.Command) []cobra.Completion {
	c, err := a.configured(cmd, settingsOf(cmd))
	if err != nil {
		return nil
	}
	cat, err := c.everyEvent()
	if err != nil {
		return nil
	}
	out := make([]cobra.Completion, len(cat.Events))
	for i := range cat.Events {
		e := &cat.Events[i]
		out[i] = cobra.CompletionWithDesc(e.ID, printable(e.TitleIn(c.Output.Lang), 60))
	}
	return out
}

// symbols lists what the source of prices has.
func (a *app) symbols(cmd *cobra.Command) []cobra.Completion {
	c, p, err := a.planned(cmd, settingsOf(cmd))
	if err != nil {
		return nil
	}
	src, err := a.stored(cmd.Context(), c, p)
	if err != nil {
		return nil
	}
	symbols, err := src.Symbols(cmd.Context())
	if err != nil {
		return nil
	}
	return symbols
}
