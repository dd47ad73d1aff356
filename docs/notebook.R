# The table and the chart of notebook.ipynb in R: Rscript docs/notebook.R [folder] [event]
arguments <- commandArgs(trailingOnly = TRUE)
run <- if (length(arguments) > 0) arguments[1] else "out"
event <- if (length(arguments) > 1) arguments[2] else "deepseek-selloff"
pair <- c("event_id", "security") # join on both, never on the security alone
table <- function(name, keys = pair) # T and NA can be shares: keys are text, and only an empty field is missing
  read.csv(file.path(run, paste0(name, ".csv")), na.strings = "", colClasses = sapply(keys, function(k) "character"), encoding = "UTF-8")
day <- subset(table("cars"), event_id == event & from == 0 & to == 0)
day <- merge(day, table("observations")[c(pair, "title", "beta")], by = pair)
stopifnot(nrow(day) > 0, all.equal(day$t, day$car / day$se))
day[c("car", "se")] <- 100 * day[c("car", "se")] # returns are decimals in the files
print(format(day[order(day$car), c("security", "car", "se", "t", "p", "beta")], digits = 3), row.names = FALSE)
mean <- subset(table("averages", c("group_by", "group")), group_by == "event" & group == event)
ar <- subset(table("abnormal_returns"), event_id == event)
plot(range(ar$tau), 100 * range(ar$car, mean$lower, mean$upper, na.rm = TRUE), type = "n", xlab = "sessions from session 0",
  ylab = "CAR (%)", main = paste(strwrap(day$title[1], 50), collapse = "\n"))
for (path in split(ar, ar$security)) lines(path$tau, 100 * path$car, col = "grey70")
lines(mean$tau, 100 * mean$caar, lwd = 2)
matlines(mean$tau, 100 * mean[c("lower", "upper")], lty = 2, col = "black")
abline(h = 0, v = 0, lty = 3)
