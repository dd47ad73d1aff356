package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// What a shell completes is read from the configuration, and nothing where that is
// wrong. The network is not used.

// completeIDs completes the last of a list of IDs of events in a flag.
func (a *app) completeIDs(cmd *cobra.Command, flags settingsFlags, flag string) {
	// the flag has just been defined, so this cannot fail
	_ = cmd.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, _ []string, text string) ([]cobra.Completion, cobra.ShellCompDirective) {
		c, err := a.configured(cmd, flags)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		cat, err := c.readCatalog(c.path("events.file", c.Events.File))
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		before := text[:strings.LastIndexByte(text, ',')+1]
		var out []cobra.Completion
		for i := range cat.Events {
			if e := &cat.Events[i]; strings.HasPrefix(e.ID, text[len(before):]) {
				out = append(out, cobra.CompletionWithDesc(before+e.ID, printable(e.TitleIn("en"), 60)))
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
}

// completeSymbols completes symbols that the source of prices has, once when says
// that these come.
func (a *app) completeSymbols(flags settingsFlags, when func(args []string) bool) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, text string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if when != nil && !when(args) {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		c, p, err := a.planned(cmd, flags)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		src, err := a.stored(cmd.Context(), c, p)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		symbols, err := src.Symbols(cmd.Context())
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		var out []cobra.Completion
		for _, s := range symbols {
			if strings.HasPrefix(strings.ToUpper(s), strings.ToUpper(text)) {
				out = append(out, s)
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}
