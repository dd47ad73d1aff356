//go:build !manpages

package main

import "github.com/spf13/cobra"

// manpagesCommand is none: the program does not write its manual pages, a release does.
func (a *app) manpagesCommand() *cobra.Command { return nil }
