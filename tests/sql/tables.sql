-- The raw CSV files of data/, read as text and cast column by column. Run first.
--
-- Parameters of the cycle are variables: getvariable('horizon'), getvariable('survie_study')…
-- A query of the other files returns `name` and one of `value` (integer or DECIMAL),
-- `numerator` and `denominator` (both exact), `rate` (DOUBLE); and, where a number may be absent or
-- flagged, `symbol` and `flag`. A query whose first column is not `name` prepares the next ones.
-- What the queries return is kept in the table `computed`, for the files that come later.

CREATE MACRO raw(file) AS TABLE
SELECT *
FROM read_csv(
    getvariable('data') || '/' || file || '.csv',
    all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', nullstr = ''
);

-- 2023-2024 begins in 2023.
CREATE MACRO starts(fiscal_year) AS CAST(left(fiscal_year, 4) AS INTEGER);
CREATE MACRO fiscal_year(start) AS start || '-' || (start + 1);

CREATE TABLE horizon AS
SELECT CAST(year AS INTEGER) AS start
FROM range(
    starts(getvariable('first_fiscal_year')),
    starts(getvariable('first_fiscal_year')) + getvariable('horizon')
) AS years(year);

CREATE TABLE recommendations AS
SELECT
    ask_id,
    parent_id,
    CAST(amount AS BIGINT) AS amount,
    amount_basis,
    CAST(period_years AS INTEGER) AS period_years,
    CAST(annual_amount AS BIGINT) AS annual_amount,
    starts(first_fiscal_year) AS first,
    starts(last_fiscal_year) AS last,
    CAST(base_amount AS BIGINT) AS base_amount,
    base_grant
FROM raw('recommendations')
WHERE cycle = getvariable('cycle');

CREATE TABLE readings AS
SELECT
    reading_id,
    ambiguity,
    ask_id,
    CAST(annual_amount AS BIGINT) AS annual_amount,
    starts(first_fiscal_year) AS first,
    starts(last_fiscal_year) AS last
FROM raw('readings')
WHERE cycle = getvariable('cycle');

-- The last day of a date written 2013, 2013-04 or 2013-04-17.
CREATE MACRO last_day_of(written) AS
    CASE length(written)
        WHEN 4 THEN make_date(CAST(written AS INTEGER), 12, 31)
        WHEN 7 THEN last_day(CAST(written || '-01' AS DATE))
        ELSE CAST(written AS DATE)
    END;

-- A fact is known from the last day of its period. A row enters a cycle when it was known at its
-- cut-off, or when the cycle has hindsight.
CREATE MACRO is_known(dated) AS
    getvariable('hindsight') OR coalesce(last_day_of(dated) <= getvariable('cut_off'), false);

-- What a recommendation says was granted, and the record, which looks back, take all the grants.
CREATE TABLE all_grants AS
SELECT
    grant_row,
    grant_id,
    CAST(announced AS DATE) AS announced,
    CAST(amount AS BIGINT) AS amount,
    starts(first_fiscal_year) AS first,
    starts(last_fiscal_year) AS last,
    CAST(years AS INTEGER) AS years,
    CAST(preferred AS BOOLEAN) AS preferred,
    CAST(conflict AS BOOLEAN) AS conflict
FROM raw('grants');

CREATE TABLE grants AS SELECT * FROM all_grants WHERE is_known(strftime(announced, '%Y-%m-%d'));

CREATE TABLE portrait AS
SELECT
    point_id,
    CAST(year AS INTEGER) AS year,
    as_of,
    scope,
    measure,
    scope IN ('all', 'coops_and_mutuals') AS whole_movement,
    CAST(value AS DECIMAL(20, 4)) AS value
FROM raw('portrait')
WHERE is_known(published);

CREATE TABLE gdp AS
SELECT CAST(year AS INTEGER) AS year, measure, prices, CAST(value AS BIGINT) AS value
FROM raw('gdp')
WHERE is_known(year);

CREATE TABLE cpi AS SELECT CAST(year AS INTEGER) AS year FROM raw('cpi') WHERE is_known(year);

CREATE TABLE survival_published AS
SELECT
    rate_id,
    population,
    role,
    study,
    CAST(study_year AS INTEGER) AS study_year,
    CAST(printed_year AS INTEGER) AS printed_year,
    CAST(cohort_first AS INTEGER) AS cohort_first,
    CAST(cohort_last AS INTEGER) AS cohort_last,
    CAST(years AS INTEGER) AS years,
    CAST(rate AS DECIMAL(9, 4)) AS rate,
    source
FROM raw('survival_published')
WHERE is_known(printed_year);

CREATE TABLE regions AS SELECT region_code FROM raw('regions');

-- Numbers in ten-thousandths of their unit, as integers: all comparisons are then exact.
CREATE TABLE claims AS
SELECT
    claim_id,
    quantity,
    CAST(CAST(value AS DECIMAL(24, 4)) * 10000 AS HUGEINT) AS value,
    unit,
    CAST(CAST(step AS DECIMAL(24, 4)) * 10000 AS HUGEINT) AS step,
    CAST(period_years AS HUGEINT) AS period_years,
    coalesce(qualifier = 'minimum', false) AS minimum,
    indicator,
    read_back,
    part_of,
    rate_id,
    expected,
    CAST(CAST(accepted_value AS DECIMAL(24, 4)) * 10000 AS HUGEINT) AS accepted_value
FROM raw('claims')
WHERE
    cycle = getvariable('cycle')
    OR (
        cycle IS NULL
        AND (rate_id IS NULL OR rate_id IN (SELECT rate_id FROM survival_published))
    );

CREATE TABLE life_table_uk AS
SELECT
    CAST(age_days AS INTEGER) AS age,
    CAST(entries AS BIGINT) AS entries,
    CAST(deaths AS BIGINT) AS deaths,
    CAST(exits AS BIGINT) AS exits
FROM raw('life_table_uk');

-- Exact values only; without a value, `numerator` and `denominator` are missing.
CREATE TABLE computed (name VARCHAR PRIMARY KEY, numerator HUGEINT, denominator HUGEINT);
