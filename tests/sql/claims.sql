-- The published claims: how many hold at their printed precision, and what they say of one another.

-- The multiple of `step` nearest to `number`, a half going up; integers, not negative.
CREATE MACRO at_step(number, step) AS (2 * number + step) // (2 * step) * step;

-- A claim holds when its indicator, at the printed precision, is the printed number (or more, for
-- a minimum). A ratio is compared in percent.
CREATE TABLE compared AS
SELECT
    claims.*,
    CAST(survival_published.rate * 10000 AS HUGEINT) AS same_rate,
    again.numerator * 10000 AS again_numerator,
    again.denominator AS again_denominator,
    -- numerator ÷ denominator to the nearest step: (n ÷ d) in steps is n × 10 000 ÷ (d × step).
    at_step(
        computed.numerator * 10000 * CASE
            WHEN claims.unit = 'percent' AND regexp_matches(
                claims.indicator,
                '^(portrait\.part_pib_recalculee|financement\.part_(annuelle|horizon))\.'
            ) THEN 100
            ELSE 1
        END,
        computed.denominator * claims.step
    ) // computed.denominator AS nearest
FROM claims
LEFT JOIN computed ON computed.name = claims.indicator
LEFT JOIN computed AS again ON again.name = claims.read_back
LEFT JOIN survival_published ON survival_published.rate_id = claims.rate_id;

-- Another table that has the same printed number must have the same value.
CREATE TABLE statuses AS
SELECT
    claim_id,
    CASE
        WHEN rate_id IS NOT NULL AND same_rate != value THEN 'ecarts'
        WHEN rate_id IS NULL AND again_numerator != value * again_denominator THEN 'ecarts'
        WHEN nearest IS NULL THEN 'non_calculables'
        WHEN nearest = value OR (minimum AND nearest > value) THEN 'conformes'
        WHEN expected = 'ecart_connu' AND nearest = accepted_value THEN 'ecarts_connus'
        ELSE 'ecarts'
    END AS status
FROM compared;

-- enonces.total
SELECT 'enonces.total' AS name, count(*) AS value FROM claims;

-- enonces.conformes, enonces.ecarts_connus, enonces.ecarts, enonces.non_calculables
SELECT 'enonces.' || status AS name, count(claim_id) AS value
FROM (VALUES ('conformes'), ('ecarts_connus'), ('ecarts'), ('non_calculables')) AS known(status)
LEFT JOIN statuses USING (status)
GROUP BY status;

-- Two claims agree when they can be one number: equal at the coarser step, over a year when both
-- write their period; a minimum agrees with more. Times both periods, everything is an integer.
CREATE TABLE pairs AS
SELECT
    one_id,
    other_id,
    CASE
        WHEN one_minimum = other_minimum THEN one_rounded = other_rounded
        WHEN one_minimum THEN other_rounded >= one_rounded
        ELSE one_rounded >= other_rounded
    END AS agree
FROM (
    SELECT
        one_id,
        other_id,
        one_minimum,
        other_minimum,
        at_step(one_value, greatest(one_step, other_step)) AS one_rounded,
        at_step(other_value, greatest(one_step, other_step)) AS other_rounded
    FROM (
        SELECT
            one.claim_id AS one_id,
            other.claim_id AS other_id,
            one.minimum AS one_minimum,
            other.minimum AS other_minimum,
            one.period_years IS NOT NULL AND other.period_years IS NOT NULL AS yearly,
            one.value * CASE WHEN yearly THEN other.period_years ELSE 1 END AS one_value,
            one.step * CASE WHEN yearly THEN other.period_years ELSE 1 END AS one_step,
            other.value * CASE WHEN yearly THEN one.period_years ELSE 1 END AS other_value,
            other.step * CASE WHEN yearly THEN one.period_years ELSE 1 END AS other_step
        FROM claims AS one, claims AS other
    )
);

-- A quantity printed with several values, two of which do not agree.
CREATE TABLE quantities_apart AS
SELECT quantity
FROM claims
GROUP BY quantity
HAVING
    count(DISTINCT value) > 1
    AND EXISTS (
        SELECT 1
        FROM pairs
        JOIN claims AS one ON one.claim_id = pairs.one_id
        JOIN claims AS other ON other.claim_id = pairs.other_id
        WHERE
            NOT pairs.agree
            AND one.quantity = claims.quantity
            AND other.quantity = claims.quantity
    );

-- An amount whose period is written in one place and not in another.
CREATE TABLE periods_unwritten AS
SELECT quantity
FROM claims
WHERE unit = 'CAD'
GROUP BY quantity
HAVING count(period_years) BETWEEN 1 AND count(*) - 1;

-- Totals against their parts, as printed or else over a year (a part without a period is yearly).
-- 232 792 560 is a multiple of every number of years up to 20.
CREATE TABLE totals AS
SELECT
    at_step(printed, step) = value AS as_printed,
    at_step(yearly, step * 232792560) = value * 232792560 AS over_a_year
FROM (
    SELECT
        whole.value,
        whole.step,
        sum(part.value) AS printed,
        sum(part.value * (232792560 // coalesce(part.period_years, 1))) AS yearly
    FROM claims AS whole
    JOIN claims AS part ON part.part_of = whole.claim_id
    GROUP BY whole.claim_id, whole.value, whole.step
);

-- The published rates that are claims, and those that some of their births were too young for.
CREATE TABLE claimed_rates AS
SELECT survival_published.*, claims.claim_id, claims.quantity
FROM survival_published
JOIN claims USING (rate_id);

CREATE TABLE impossible_rates AS
SELECT rate_id
FROM claimed_rates
WHERE cohort_first IS NOT NULL AND cohort_last + years > study_year;

-- A comparator can be the reprint of another: same age, values that agree, and a population that
-- bears the same quantity among the claims (a document renames the comparator that it borrows).
CREATE TABLE printed_before AS
SELECT comparator.rate_id, min(reprint.printed_year) AS year
FROM claimed_rates AS comparator
JOIN claimed_rates AS reprint USING (years)
JOIN pairs ON pairs.one_id = comparator.claim_id AND pairs.other_id = reprint.claim_id
WHERE
    comparator.role = 'comparator'
    AND reprint.role = 'comparator'
    AND pairs.agree
    AND reprint.population IN (
        SELECT same.population
        FROM claimed_rates AS same
        WHERE same.role = 'comparator' AND same.quantity = comparator.quantity
    )
GROUP BY comparator.rate_id;

-- A comparator older than the co-operatives of the same source and age.
CREATE TABLE old_comparators AS
SELECT coop.rate_id AS coop_id, comparator.rate_id AS comparator_id
FROM claimed_rates AS coop
JOIN claimed_rates AS comparator USING (source, years)
LEFT JOIN printed_before ON printed_before.rate_id = comparator.rate_id
WHERE
    coop.role = 'coop'
    AND comparator.role = 'comparator'
    AND least(printed_before.year, comparator.study_year)
    < coalesce(coop.cohort_last, coop.study_year);

-- enonces.contradictions
SELECT
    'enonces.contradictions' AS name,
    (SELECT count(*) FROM quantities_apart)
    + (SELECT count(*) FROM totals WHERE NOT as_printed AND NOT over_a_year) AS value;

-- enonces.a_preciser
SELECT
    'enonces.a_preciser' AS name,
    (SELECT count(*) FROM periods_unwritten)
    + (SELECT count(*) FROM totals WHERE over_a_year AND NOT as_printed)
    + (SELECT count(*) FROM impossible_rates)
    + (SELECT count(*) FROM old_comparators) AS value;
