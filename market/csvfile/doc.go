// Package csvfile reads prices from CSV files as people really have them:
// a directory with one file a security (Dir), or one file with many securities
// (ReadPanel).
//
// The first line that names a date and a price is the header. Names are compared
// by their letters and digits alone, in any case and without accents, in English
// and in nineteen other languages (names.go lists them):
//
//	date      Date, Datetime, Timestamp, Trade Date, <DATE>, Datum, Fecha, Дата, التاريخ
//	close     Close, Close/Last, Last, Price, PX_LAST, Settle, Schlusskurs, Clôture, الإغلاق
//	adjusted  Adj Close, Adj. Close, Adjusted, Adjusted Close, Bereinigter Schlusskurs
//	open      Open, PX_OPEN, Eröffnung, Ouverture       high, low likewise
//	volume    Volume, Vol., PX_VOLUME, Shares Traded, Volumen, Wolumen
//	dividend  Dividends, Div Cash, Dividend Amount, Dividende
//	split     Stock Splits, Split Factor, Split Coefficient
//	return    Ret, Return, Rendite: of a file that has returns in place of prices
//
// A unit may follow a name (Close (USD)), a symbol may stand before or after it
// (ACME.Close, Close_ACME, ('Close', 'ACME')), and the two or three lines of
// headings that yfinance writes are understood. Two columns without headings are a
// date and a price, five or six a date, open, high, low, close and volume where
// each high and low brackets the others. A file that says by its headings or in a
// column that it is of another security than its name is refused.
//
// Rows of a date and "0.25 Dividend" or "10:1 Stock Splits", as web pages have
// them, are corporate actions. Prices as traded are restated by the splits that
// the file names, and dividends added to returns, as market.Mend says.
//
// Dates: 2025-01-27, 2025/01/27, 20250127, 27.01.2025, 27-Jan-2025, 27JAN2025,
// Jan 27, 2025, Monday, January 27, 2025, 27 de enero de 2025, 01/27/2025 or
// 27/01/2025, each with or without a time of day after it, seconds to nanoseconds
// since 1970 (also as decimals, or with an exponent that rounds nothing away), and counts
// of days from those of a spreadsheet, of SAS or of R, told by the days of the week. A date is the civil day that is written; only a time that says
// it is UTC, and is not midnight, is taken to the exchange's zone. Whether the day
// or the month comes first in 01/02/2025 is decided by the whole file; where that
// leaves it open it is an error and Options.Order decides.
//
// Numbers: 1234.5, 1,234.50, 1.234,50, 1 234,50, 1'234.50, ١٢٣٤٫٥, $118.42, 118,42 €;
// volumes also 123.4M. The mark of decimals is decided by the whole file: where no
// number proves it, as in 998 and 1.002, by the reading in which prices do not move
// by a thousandth in a day; where both are possible it is an error and Options.Mark
// decides. An empty field, NaN, null, N/A, #N/A, n.a., .B or a dash is no
// observation, and so are -99, -99.99, -999 and -9999 in place of a price.
// Delimiters are the semicolon, the tab, the bar and the comma, else blanks; a byte-order
// mark, UTF-16, CRLF and, by what the headings say, the encodings of before Unicode
// (Windows-1250 to 1256, Shift-JIS, GBK, EUC-KR, Big5) are understood. Workbooks, Parquet,
// JSON, pages and archives are refused as what they are.
//
// Rows may come in any order. A wrong row is left out and named with file and line
// in the findings of the series; of more than one in ten, all are reported at once,
// the first ten in words.
package csvfile
