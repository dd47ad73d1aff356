// Package report renders a finished study: as a text that can be sent on
// ([Text]), as tables ([Tables], [WriteCSV]) and as the record of how the
// figures came about ([Manifest]). A report is a function of an io.Writer and
// an *analysis.Result; it computes no abnormal return and no test. What it may
// say of them in words is decided in finding.go, by rules that are tested.
//
// Files hold decimals (0.01 = 1%); only text for people is in per cent.
package report
