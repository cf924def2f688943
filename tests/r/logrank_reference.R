# The reference of the log-rank test, by R's survival.
#
#   Rscript logrank_reference.R records ORGANISATIONS.csv [type|nation]
#   Rscript logrank_reference.R rows ROWS.csv
#
# Prints, for each test, its name, the statistic, the degrees of freedom and the p-value:
#   delayed  the score test of coxph with delayed entry and ties = "exact", whose discrete partial
#            likelihood has the log-rank statistic for score test. It is given the risk sets one by
#            one, as strata: on ]start, stop] coxph lists every subset of a risk set, for ever;
#   direct   the same on ]start, stop] itself, where no two deaths are at one age;
#   naive    survdiff, everybody at risk from birth;
# then, for each group, survdiff's observed and expected deaths.
suppressPackageStartupMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "uk_records.R"))
by <- if (length(arguments) > 2) arguments[3] else "type"
x <- if (arguments[1] == "records") read_records(arguments[2], by) else read.csv(arguments[2])
x <- x[x$start < x$stop, ]
x$stop <- as.numeric(x$stop)
x <- x[rep(seq_len(nrow(x)), x$weight), ]

show <- function(name, a, b, c) cat(name, sprintf("%.17g", c(a, b, c)), sep = ",", fill = 200)
cat("#", R.version.string, "- survival", as.character(packageVersion("survival")), "\n")
cat("# Rscript tests/r/logrank_reference.R", arguments, "\n")
cat("name,first,second,third\n")
ages <- sort(unique(x$stop[x$status == 1]))
sets <- do.call(rbind, lapply(ages, function(age) {
  at_risk <- x[x$start < age & age <= x$stop, ]
  data.frame(group = at_risk$group, died = at_risk$stop == age & at_risk$status == 1, set = age)
}))
sets$one <- 1
score <- function(fit) {
  df <- sum(!is.na(coef(fit)))
  c(fit$score, df, pchisq(fit$score, df, lower.tail = FALSE))
}
zero <- coxph.control(iter.max = 0)
fit <- coxph(Surv(one, died) ~ factor(group) + strata(set), data = sets, ties = "exact",
             control = zero)
do.call(show, c("delayed", as.list(score(fit))))
if (!anyDuplicated(x$stop[x$status == 1])) {
  fit <- coxph(Surv(start, stop, status) ~ factor(group), data = x, ties = "exact", control = zero)
  do.call(show, c("direct", as.list(score(fit))))
}
df <- length(unique(x$group)) - 1
naive <- survdiff(Surv(stop, status) ~ group, data = x)
show("naive", naive$chisq, df, pchisq(naive$chisq, df, lower.tail = FALSE))
groups <- sub("group=", "", names(naive$n))
for (i in seq_along(groups)) show(groups[i], naive$n[i], naive$obs[i], naive$exp[i])
