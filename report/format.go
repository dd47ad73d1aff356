package report

import (
	"io"
	"slices"

	"aftershock/analysis"
)

// A Format is a form in which the tables of a finished study are written.
type Format struct {
	Name   string // in the configuration and in flags
	Ending string // of the names of files with one table
	About  string // one sentence
	// Table writes one table alone.
	Table func(w io.Writer, t Table) error

	each  bool   // a run writes one file a table
	whole string // the file of a run that holds or describes all tables; "": none
	write func(w io.Writer, r *analysis.Result, tables []Table, lang string) error
}

// Formats lists every Format.
var Formats = []Format{
	{Name: "csv", Ending: ".csv", About: "Comma-separated values, a file a table, and a Frictionless data package that types their columns.",
		Table: WriteCSV, each: true, whole: "datapackage.json", write: writeDataPackage},
	{Name: "json", Ending: ".json", About: "One document: the study, its counts, its notes and all tables.",
		Table: writeJSONRows, whole: "results.json", write: writeJSON},
	{Name: "latex", Ending: ".tex", About: "Tables for a paper (booktabs), a file a table: the columns that a reader needs, rounded.",
		Table: writeLaTeX, each: true},
	{Name: "markdown", Ending: ".md", About: "One document of tables: the columns that a reader needs, rounded.",
		Table: writeMarkdownTable, whole: "tables.md", write: writeMarkdown},
	{Name: "xlsx", Ending: ".xlsx", About: "One workbook, a sheet a table, and a sheet that explains the columns.",
		Table: writeSheet, whole: "tables.xlsx", write: writeWorkbook},
	{Name: "parquet", Ending: ".parquet", About: "Apache Parquet, a file a table, for pandas, polars, DuckDB and the like.",
		Table: writeParquet, each: true},
}

// FormatByName returns the format of that name.
func FormatByName(name string) (Format, bool) {
	i := slices.IndexFunc(Formats, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return Formats[i], true
}

// An Output is a file of a run that is yet to be written.
type Output struct {
	Name  string
	Steps int // of writing it, each of which is announced
	Write func(io.Writer) error
}

// Outputs returns the files that a run leaves in format f, with the tables of the
// given names, all where there is none. Two writings of one
// study give the same bytes. lang is the language of the report: a workbook
// opens from right to left where it is written so. step, if not nil, is called
// after each step of writing, by several goroutines at once.
func (f Format) Outputs(r *analysis.Result, names []string, lang string, step func()) []Output {
	tables := slices.DeleteFunc(Tables(r), func(t Table) bool { return names != nil && !slices.Contains(names, t.Name) })
	all := 0
	for k := range tables {
		all += tables[k].watch(step)
	}
	var out []Output
	if f.each {
		for _, t := range tables {
			out = append(out, Output{t.Name + f.Ending, len(t.blocks), func(w io.Writer) error { return f.Table(w, t) }})
		}
	}
	if f.whole != "" {
		if f.each { // it describes the tables, and has none of their rows
			all = 0
		}
		out = append(out, Output{f.whole, all, func(w io.Writer) error { return f.write(w, r, tables, lang) }})
	}
	return out
}
