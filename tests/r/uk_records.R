# The Co-operatives UK register as R reads it, without coopreport: group, ]start, stop], status.
#
# Births 1960-01-01 to 2017-06-09, deaths observed from 2011-02-01; `by` is type or nation. A unit
# observed from its birth starts at -1, so that a death at age 0 falls in ]start, stop].
read_records <- function(path, by = "type") {
  x <- read.csv(path, colClasses = "character", check.names = FALSE, encoding = "UTF-8")
  birth <- as.Date(x[["Incorporation Date"]], format = "%d/%m/%Y")
  end <- as.Date(x[["Dissolved Date"]], format = "%d/%m/%Y")
  first <- as.Date("1960-01-01"); opening <- as.Date("2011-02-01"); last <- as.Date("2017-06-09")
  dead <- x[["Registered Status"]] == "Dead"
  column <- if (by == "nation") "UK Nation" else "Ownership Classification"
  group <- gsub("[ -]", "_", tolower(trimws(x[[column]])))
  group[group == ""] <- "unknown"
  group[group == "co_operatives"] <- "cooperatives"
  keep <- !is.na(birth) & birth >= first & !(dead & is.na(end))
  stop_date <- end
  stop_date[is.na(end)] <- last
  data.frame(
    group = group, start = ifelse(birth >= opening, -1, as.numeric(opening - birth)),
    stop = as.numeric(stop_date - birth), status = as.numeric(dead), weight = 1
  )[keep, ]
}
