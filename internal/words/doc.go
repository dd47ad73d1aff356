// Package words is the languages that reports and charts are written in: their
// phrases, the sentences of package analysis and the issues of package market by
// their codes, numbers of things, lists, dates and direction.
package words
