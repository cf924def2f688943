# Rscript bench/registers.R REGISTER.csv FIRST_BIRTH CUT_OFF
# The same register, groups and rules as bench/registers.py, with R's survival.
suppressPackageStartupMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)
first <- as.integer(as.Date(arguments[2]))
cut_off <- as.integer(as.Date(arguments[3]))
wanted <- c(birth = "character", end = "character", end_kind = "character",
            observed_from = "character", legal_form = "character", sector = "character",
            region = "character")
header <- strsplit(readLines(arguments[1], 1), ",")[[1]]
classes <- ifelse(header %in% names(wanted), "character", "NULL")
units <- if (requireNamespace("data.table", quietly = TRUE)) {
  data.table::fread(arguments[1], select = names(wanted), colClasses = "character",
                    data.table = FALSE)
} else {
  read.csv(arguments[1], colClasses = classes, na.strings = "")
}
days <- function(text) {
  known <- unique(text)
  as.integer(as.Date(known, format = "%Y-%m-%d"))[match(text, known)]
}
birth <- days(units$birth)
end <- days(units$end)
since <- days(units$observed_from)
ended <- !is.na(end) & end <= cut_off
stop <- ifelse(ended, end, cut_off) - birth
died <- ended & units$end_kind != "merger"
start <- pmax(first - birth, ifelse(is.na(since), 0L, since - birth), 0L)
used <- !(ended & end < birth) & birth >= first & birth <= cut_off & !(start > 0 & stop <= start)
start <- ifelse(start == 0L, -1L, start)
groups <- list(units$legal_form, paste(units$region, units$sector),
               as.integer(format(as.Date(birth, origin = "1970-01-01"), "%Y")))
for (order in seq_along(groups)) {
  group <- groups[[order]]
  fit <- survfit(Surv(start[used], stop[used], died[used]) ~ group[used], conf.type = "log-log")
  if (order == 1) {
    five <- summary(fit, times = 5 * 365.25)
    cat("taux", paste(sub(".*=", "", five$strata), sprintf("%.9f", five$surv), sep = "="), "\n")
  }
}
