// Package parquetfile reads Parquet files: their columns, and bulk files of many
// securities (ReadPanel). It is the twin of csvfile.
package parquetfile
