# The reference: Kaplan-Meier by R's survival, from records or from weighted rows.
#
#   Rscript survival_reference.R records ORGANISATIONS.csv 1,3,5,10   rates at these years
#   Rscript survival_reference.R records ORGANISATIONS.csv steps      every step of every curve
#   Rscript survival_reference.R records ORGANISATIONS.csv 1,3,5,10 nation   by nation, not by type
#   Rscript survival_reference.R rows ROWS.csv 1,3,5,10|steps
#
# `records` reads the Co-operatives UK register itself, so nothing of coopreport is between the
# register and these values: births 1960-01-01 to 2017-06-09, deaths observed from 2011-02-01.
# `rows` reads group,start,stop,status,weight. A unit observed from its birth starts at -1 so that
# a death at age 0 falls in ]start, stop]; rows that R's Surv refuses (start >= stop) are dropped
# and counted on stderr.
suppressPackageStartupMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)

here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "uk_records.R"))

by <- if (length(arguments) > 3) arguments[4] else "type"
x <- if (arguments[1] == "records") read_records(arguments[2], by) else read.csv(arguments[2])
empty <- x$start >= x$stop
message(sum(x$weight[empty]), " units with an empty interval; ", sum(x$weight[!empty]), " used")
x <- x[!empty, ]

cat("#", R.version.string, "- survival", as.character(packageVersion("survival")), "\n")
cat("# Rscript tests/r/survival_reference.R", arguments, "\n")
show <- function(estimate, group, time, risk, event, surv, error, lower, upper) {
  digits <- function(value) ifelse(is.na(value), "", sprintf("%.17g", value))
  cat(paste(
    estimate, group, digits(time), digits(risk), digits(event), digits(surv), digits(error),
    digits(lower), digits(upper), sep = ","
  ), sep = "\n")
}

# Between two steps, summary()$n.risk is that of the next step: it has those who enter meanwhile.
# The number at risk at n years is therefore counted from its definition, start < t <= stop.
report <- function(estimate, group, fit, part) {
  if (arguments[3] == "steps") {
    show(estimate, group, fit$time, fit$n.risk, fit$n.event, fit$surv, fit$surv * fit$std.err,
         fit$lower, fit$upper)
  } else {
    years <- as.numeric(strsplit(arguments[3], ",")[[1]])
    at <- summary(fit, times = years * 365.25, extend = TRUE)
    start <- if (estimate == "delayed") part$start else -1
    risk <- sapply(years * 365.25, function(t) sum(part$weight[start < t & t <= part$stop]))
    show(estimate, group, years, risk, cumsum(at$n.event), at$surv, at$std.err, at$lower,
         at$upper)
  }
}

cat("estimate,group,time,n_risk,n_event,surv,std_err,lower,upper\n")
for (group in c("all", sort(unique(x$group), method = "radix"))) {
  part <- if (group == "all") x else x[x$group == group, ]
  report("delayed", group, survfit(Surv(start, stop, status) ~ 1, data = part, weights = weight,
                                   conf.type = "log-log"), part)
  report("naive", group, survfit(Surv(stop, status) ~ 1, data = part, weights = weight,
                                 conf.type = "log-log"), part)
}
