package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/spf13/cobra"

	"aftershock/market"
)

func (a *app) pricesCommand() *cobra.Command {
	prices := &cobra.Command{
		Use:   "prices",
		Short: "Show what prices there are",
		Args:  a.noCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := make(settingsFlags)
	list := &cobra.Command{
		Use:   "list [SYMBOL ...]",
		Short: "List the securities that have prices, with their coverage",
		Long: `List what the source of prices has: of each security the first and the last
session, the number of sessions between them, and how many of these have no price.`,
		Example: `  aftershock prices list
  aftershock prices list NVDA AVGO
  aftershock prices list --prices my-prices`,
		RunE: func(cmd *cobra.Command, symbols []string) error { return a.pricesList(cmd, flags, symbols) },
	}
	pricesFlag(list, flags)
	prices.AddCommand(list)
	return prices
}

func (a *app) pricesList(cmd *cobra.Command, flags settingsFlags, symbols []string) error {
	c, err := a.load(cmd, flags)
	if err != nil {
		return err
	}
	p, err := c.plan()
	if err != nil {
		return err
	}
	src, err := c.source()
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	if len(symbols) == 0 {
		if symbols, err = src.Symbols(ctx); err != nil {
			return err
		}
	}
	var need []market.Security
	for _, s := range symbols {
		need = append(need, p.security(s))
	}
	panel, errs := market.Load(ctx, src, need, p.calendar, p.study.Returns, p.study.Gaps, market.NoDate, market.NoDate)
	err = a.table(func(t io.Writer) {
		fmt.Fprintln(t, "SYMBOL\tNAME\tSESSIONS OF\tFIRST\tLAST\tSESSIONS\tGAPS\tADJUSTED\tSOURCE")
		for _, c := range panel.Columns {
			gaps := 0
			for _, x := range c.Price {
				if math.IsNaN(x) {
					gaps++
				}
			}
			adjusted := "no"
			if c.Adjusted {
				adjusted = "yes"
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\n", c.Symbol, cmp.Or(c.Name, "-"), c.Calendar.Name(),
				c.Calendar.Date(c.First), c.Calendar.Date(c.Last()), c.Len(), gaps, adjusted, c.Origin)
		}
	})
	return errors.Join(append(errs, err)...)
}
