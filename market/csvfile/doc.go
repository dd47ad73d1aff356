// Package csvfile reads prices from CSV files as people really have them:
// a directory with one file a security (Dir), or one file with many securities
// (ReadPanel).
//
// The first line that names a date and a price is the header. Names are
// compared by their letters and digits alone, in any case:
//
//	date      Date, Datetime, Timestamp, Time, Day, Trade Date, <DATE>
//	close     Close, Close/Last, Last, Price, PX_LAST, Closing Price, Settle
//	adjusted  Adj Close, Adj. Close, Adjusted, Adjusted Close, Close Adj
//	open      Open, PX_OPEN, Opening Price      high, low likewise
//	volume    Volume, Vol., PX_VOLUME, Shares Traded
//	dividend  Dividends, Div Cash, Dividend Amount
//	split     Stock Splits, Split Factor, Split Coefficient
//
// Without an adjusted column, AdjClose repeats Close. Prices as traded, in a
// file that also has the splits, are divided by the splits that followed, and
// volumes multiplied, so that Close is adjusted for splits whatever the source;
// they are taken to be as traded if the close fell by the largest split's factor
// on its day.
//
// Dates: 2025-01-27, 2025/01/27, 20250127, 27.01.2025, 27-Jan-2025,
// Jan 27, 2025, 01/27/2025 or 27/01/2025, each with or without a time of day
// after it, and seconds or milliseconds since 1970. A date is the civil day
// that is written; only a time that says it is UTC, and is not midnight, is
// taken to the exchange's zone. Whether the day or the month comes first in
// 01/02/2025 is decided by the whole file; where that leaves it open it is an
// error and Options.Order decides.
//
// Numbers: 1234.5, 1,234.50, 1.234,50, $118.42; volumes also 123.4M. An empty
// field, NaN, null, N/A or a dash is no observation. Delimiters are the comma,
// the semicolon, the tab and the bar; a byte-order mark, UTF-16 and CRLF are
// understood.
//
// Rows may come in any order. A wrong row is an error that names file and
// line; all wrong rows of a file are reported at once, the first ten in words.
package csvfile
