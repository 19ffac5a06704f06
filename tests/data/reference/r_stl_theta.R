# Made the files r_stl_*.csv, r_mstl_taylor.csv and r_thetaf.csv in this folder, which the tests of
# forecast/stl.hpp, forecast/mstl.hpp and forecast/theta.hpp compare with.
# R 4.2.2 (Debian 12: r-base-core 4.2.2.20221110-2), package forecast 8.20 (r-cran-forecast 8.20-1).
# The series are R's own (package datasets: nottem, co2, USAccDeaths, AirPassengers, UKgas, Nile, lynx, WWWusage) and
# the first three weeks of the half-hourly electricity demand `taylor` of the package forecast.
#     Rscript r_stl_theta.R        # writes into the current folder
suppressMessages(library(forecast))

save <- function(table, file) write.csv(format(table, digits = 12, trim = TRUE), file, row.names = FALSE, quote = FALSE)

stl_columns <- function(y, name, ...) {
  fit <- stl(y, ...)
  table <- data.frame(as.numeric(fit$time.series[, "seasonal"]), as.numeric(fit$time.series[, "trend"]), fit$weights)
  names(table) <- paste0(name, c("_seasonal", "_trend", "_weight"))
  table
}
# With robustness the lengths are odd: for even ones R hands its partial sort the two middle ranks in descending order,
# which it does not support, and the "median" it gets is now and then another value.
stl_file <- function(y, file) {
  table <- cbind(data.frame(y = as.numeric(y)), stl_columns(y, "periodic", s.window = "periodic"), stl_columns(y, "s7", s.window = 7),
                 stl_columns(y, "even", s.window = 10, t.window = 20, l.window = 20))
  if (length(y) %% 2 == 1) table <- cbind(
    table,
    stl_columns(y, "s11_robust", s.window = 11, robust = TRUE),
    stl_columns(y, "periodic_robust", s.window = "periodic", robust = TRUE),
    stl_columns(y, "exact", s.window = 13, s.degree = 1, t.window = 22, t.degree = 0, l.window = 14, l.degree = 1,
                s.jump = 1, t.jump = 1, l.jump = 1, inner = 3, outer = 2))
  save(table, file)
}
but_last <- function(y) ts(as.numeric(y)[-length(y)], frequency = frequency(y))
stl_file(nottem, "r_stl_nottem.csv")
stl_file(but_last(co2), "r_stl_co2.csv")
stl_file(but_last(USAccDeaths), "r_stl_USAccDeaths.csv")
stl_file(but_last(UKgas), "r_stl_UKgas.csv")

mstl_columns <- function(y, name, ...) {
  fit <- mstl(y, ...)
  table <- data.frame(fit[, "Seasonal48"], fit[, "Seasonal336"], fit[, "Trend"])
  names(table) <- paste0(name, c("_seasonal48", "_seasonal336", "_trend"))
  table
}
week3 <- msts(as.numeric(taylor)[1:1009], c(48, 336))
save(cbind(data.frame(y = as.numeric(week3)),
           mstl_columns(week3, "default"),
           mstl_columns(week3, "robust", robust = TRUE),
           mstl_columns(week3, "periodic3", s.window = "periodic", iterate = 3)), "r_mstl_taylor.csv")

theta_rows <- function(y, name) {
  fit <- thetaf(y, h = 24, level = 95)
  data.frame(series = name, period = frequency(y), alpha = unname(fit$model$alpha), drift = unname(fit$model$drift), sigma2 = fit$model$sigma,
             h = 1:24, mean = as.numeric(fit$mean), lo95 = as.numeric(fit$lower), hi95 = as.numeric(fit$upper))
}
save(rbind(theta_rows(AirPassengers, "AirPassengers"), theta_rows(USAccDeaths, "USAccDeaths"), theta_rows(nottem, "nottem"),
           theta_rows(co2, "co2"), theta_rows(UKgas, "UKgas"), theta_rows(Nile, "Nile"), theta_rows(lynx, "lynx"),
           theta_rows(WWWusage, "WWWusage")), "r_thetaf.csv")

# The series themselves, and the classical decomposition.
save(data.frame(y = as.numeric(AirPassengers), multiplicative = as.numeric(decompose(AirPassengers, "multiplicative")$seasonal),
                additive = as.numeric(decompose(AirPassengers, "additive")$seasonal),
                trend = as.numeric(decompose(AirPassengers, "additive")$trend)), "r_decompose_AirPassengers.csv")
odd <- ts(as.numeric(AirPassengers)[3:143], frequency = 7)
save(data.frame(y = as.numeric(odd), multiplicative = as.numeric(decompose(odd, "multiplicative")$seasonal),
                additive = as.numeric(decompose(odd, "additive")$seasonal),
                trend = as.numeric(decompose(odd, "additive")$trend)), "r_decompose_odd.csv")
series <- list(AirPassengers = AirPassengers, USAccDeaths = USAccDeaths, nottem = nottem, co2 = co2, UKgas = UKgas, Nile = Nile,
               lynx = lynx, WWWusage = WWWusage)
padded <- function(y) c(as.numeric(y), rep(NA, length(co2) - length(y)))
write.csv(as.data.frame(lapply(series, padded)), "r_series.csv", row.names = FALSE, quote = FALSE)
