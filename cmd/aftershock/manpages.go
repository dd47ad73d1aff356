//go:build manpages

package main

import (
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manpagesCommand writes the manual pages of all commands into a folder. It is built
// with the tag manpages alone, so that the program does not carry what writes them.
func (a *app) manpagesCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "manpages FOLDER",
		Short:  "Write the manual pages",
		Hidden: true,
		Args:   arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			date := time.Unix(0, 0).UTC()
			if s, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
				date = time.Unix(s, 0).UTC()
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			return doc.GenManTree(root, &doc.GenManHeader{Title: "AFTERSHOCK", Section: "1", Date: &date, Source: "aftershock", Manual: "User commands"}, args[0])
		},
	}
}
