-- Published survival rates (percent) and the rates of the UK life table (shares of 1).

CREATE TABLE coop AS
SELECT * FROM survival_published
WHERE role = 'coop' AND study = getvariable('survie_study');

CREATE TABLE own_comparator AS
SELECT * FROM survival_published
WHERE role = 'comparator' AND study = getvariable('survie_study');

CREATE TABLE canada AS
SELECT * FROM survival_published
WHERE role = 'comparator' AND study = getvariable('survie_canadian_study');

-- The cohorts of both must be written for their rates to be set side by side.
CREATE MACRO same_births() AS (
    SELECT count(*) > 0 AND count(*) = count(cohort_first) AND (SELECT count(*) FROM coop) > 0
        AND (SELECT count(*) = count(cohort_first) FROM coop)
    FROM canada
);

-- survie.coop.{years}_ans
SELECT 'survie.coop.' || years || '_ans' AS name, rate AS value FROM coop;

-- survie.comparateur.{years}_ans
SELECT 'survie.comparateur.' || years || '_ans' AS name, rate AS value FROM own_comparator;

-- survie.canada.{years}_ans
SELECT 'survie.canada.' || years || '_ans' AS name, rate AS value FROM canada;

-- survie.ecart.{years}_ans
SELECT 'survie.ecart.' || years || '_ans' AS name, coop.rate - own_comparator.rate AS value
FROM own_comparator
JOIN coop USING (years);

-- survie.ecart_canada.{years}_ans
SELECT 'survie.ecart_canada.' || years || '_ans' AS name, coop.rate - canada.rate AS value
FROM canada
JOIN coop USING (years)
WHERE same_births();

-- survie.memoire.coop.{years}_ans, survie.memoire.comparateur.{years}_ans
SELECT
    'survie.memoire.'
    || CASE role WHEN 'coop' THEN 'coop' ELSE 'comparateur' END
    || '.' || years || '_ans' AS name,
    rate AS value
FROM survival_published
WHERE study = 'memoire_cqcm_2023' AND getvariable('document') = 'brief-2023-2024';

-- survie.cohorte_incomplete.{end}: births of year b are ten years old by the end of year b + 10.
SELECT
    'survie.cohorte_incomplete.' || bound AS name,
    CASE bound WHEN 'premiere' THEN min(birth) ELSE max(birth) END AS value,
    CASE WHEN count(birth) = 0 THEN '...' END AS symbol
FROM (VALUES ('premiere'), ('derniere')) AS bounds(bound)
LEFT JOIN (
    SELECT unnest(range(cohort_first, cohort_last + 1)) AS birth, study_year
    FROM coop
    WHERE years = 10
) AS births ON birth + 10 > study_year
WHERE same_births()
GROUP BY bound;

-- survie.{base}_unites, survie.{base}_deces, of the co-operatives of `lives`: see register_none.sql.
SELECT
    'survie.' || base || measure AS name,
    value,
    flag
FROM (
    SELECT base, flag, sum(entries) AS _unites, sum(deaths) AS _deces
    FROM lives
    WHERE form = 'cooperative'
    GROUP BY base, flag
)
UNPIVOT (value FOR measure IN (_unites, _deces));

-- Kaplan–Meier by day of age, twice: `delayed`, each unit at risk from the age at which it entered,
-- and naive, all of them from birth.
CREATE TABLE counts AS
SELECT
    form,
    delayed,
    age,
    CASE
        WHEN delayed THEN sum(entries)
        WHEN age = 0 THEN any_value(everybody)
        ELSE 0
    END AS entries,
    sum(deaths) AS deaths,
    sum(exits) AS exits
FROM (
    SELECT form, age, entries, deaths, exits FROM lives
    UNION ALL SELECT DISTINCT form, 0, 0, 0, 0 FROM lives
)
JOIN (SELECT form, sum(entries) AS everybody FROM lives GROUP BY form) USING (form),
    (VALUES (true), (false)) AS estimates(delayed)
GROUP BY form, delayed, age;

-- At risk at age a > 0: entered before a and not gone before a. At age 0: all who entered at 0.
CREATE TABLE risk AS
SELECT
    *,
    CASE
        WHEN age = 0 THEN entries
        ELSE sum(entries - deaths - exits) OVER (
            PARTITION BY form, delayed ORDER BY age
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
    END AS at_risk,
    sum(entries - deaths - exits) OVER (PARTITION BY form, delayed ORDER BY age) AS remaining
FROM counts;

-- `survival` is just after each age. Greenwood's term has no value once all at risk died.
CREATE TABLE curve AS
SELECT
    *,
    product(CASE WHEN deaths > 0 THEN 1 - deaths / at_risk ELSE 1 END)
        OVER (PARTITION BY form, delayed ORDER BY age) AS survival,
    CASE WHEN deaths > 0 THEN deaths / nullif(at_risk * (at_risk - deaths), 0) ELSE 0 END AS term
FROM risk;

-- At n years, n × 365.25 days: `at_risk` counts those entered and not gone before; `fewest` is the
-- smallest risk set that met a death; `blind` tells that nobody was at risk for a while, though not
-- all had died; `crude` is the share of all births without a known death by then.
CREATE TABLE at_years AS
SELECT
    form,
    delayed,
    years,
    arg_max(survival, age) AS survival,
    sqrt(fsum(term)) AS sigma,
    sum(entries - deaths - exits) FILTER (age < years * 365.25) AS at_risk,
    min(at_risk) FILTER (deaths > 0) AS fewest,
    1 - sum(deaths) / any_value(births) AS crude,
    any_value(births) AS births,
    coalesce(
        bool_or(
            remaining = 0 AND survival > 0
            AND age < years * 365.25
            AND coalesce(next_age, floor(years * 365.25)) > age
        ),
        false
    ) AS blind
FROM (
    SELECT
        *,
        CASE
            WHEN lead(age) OVER ages < years * 365.25 THEN lead(age) OVER ages
        END AS next_age
    FROM curve
    JOIN (SELECT form, sum(entries) AS births FROM lives GROUP BY form) USING (form),
        (SELECT unnest(getvariable('survie_years')) AS years)
    WHERE age <= years * 365.25
    WINDOW ages AS (PARTITION BY form, delayed, years ORDER BY age)
)
GROUP BY form, delayed, years;

-- A rate exists when some are still at risk and the curve saw every age, or when all had died.
-- Log-log bounds exp(−exp(ln(−ln S) ± zσ ÷ |ln S|)) exist while 0 < S < 1.
CREATE TABLE estimates AS
SELECT
    form,
    delayed,
    years,
    (at_risk > 0 AND NOT blind) OR survival = 0 AS known,
    survival,
    crude,
    CASE
        WHEN survival > 0 AND survival < 1
            THEN getvariable('z') * sigma / -ln(survival)
    END AS spread,
    CASE
        WHEN least(births, at_risk, coalesce(fewest, at_risk))
            < getvariable('survie_unreliable_below') THEN 'F'
        WHEN least(births, at_risk, coalesce(fewest, at_risk))
            < getvariable('survie_caution_below') THEN 'E'
    END AS flag
FROM at_years;

-- The naive rate carries the flag of the rate with delayed entry. Where the observation has no
-- beginning, entering late is the exception, and naive is the crude rate.
CREATE TABLE rates AS
SELECT
    source.base,
    source.flag AS source_flag,
    form,
    years,
    entry.flag,
    CASE WHEN entry.known THEN entry.survival END AS rate,
    CASE WHEN entry.known AND entry.spread IS NOT NULL
        THEN exp(-exp(ln(-ln(entry.survival)) + entry.spread)) END AS low,
    CASE WHEN entry.known AND entry.spread IS NOT NULL
        THEN exp(-exp(ln(-ln(entry.survival)) - entry.spread)) END AS high,
    CASE
        WHEN NOT source.opened THEN entry.crude
        WHEN naive.known THEN naive.survival
    END AS naive
FROM (SELECT * FROM estimates WHERE delayed) AS entry
JOIN (SELECT * FROM estimates WHERE NOT delayed) AS naive USING (form, years),
    (SELECT DISTINCT base, flag, opened FROM lives) AS source;

-- survie.{base}.{years}_ans, _bas, _haut, _naif: `...` where there is no rate, `F` where it is
-- withheld.
SELECT
    'survie.' || base || replace(estimate, '_taux', '') || '.' || years || '_ans' AS name,
    CASE WHEN flag IS DISTINCT FROM 'F' THEN rate END AS rate,
    CASE WHEN rate IS NULL THEN '...' WHEN flag = 'F' THEN 'F' END AS symbol,
    concat_ws(' ', CASE WHEN rate IS NOT NULL AND flag = 'E' THEN 'E' END, source_flag) AS flag
FROM (
    SELECT
        base, years, flag, source_flag,
        rate AS _taux, low AS _bas, high AS _haut, naive AS _naif
    FROM rates
    WHERE form = 'cooperative'
)
UNPIVOT INCLUDE NULLS (rate FOR estimate IN (_taux, _bas, _haut, _naif));

-- survie.registre_autres.{years}_ans, survie.registre_ecart.{years}_ans (percentage points): the
-- register's other firms, at the same ages. A gap is as unreliable as the worse of the two.
CREATE TABLE beside AS
SELECT
    years,
    other.source_flag,
    other.rate,
    other.flag,
    100 * (coop.rate - other.rate) AS gap,
    CASE
        WHEN 'F' IN (coop.flag, other.flag) THEN 'F'
        WHEN 'E' IN (coop.flag, other.flag) THEN 'E'
    END AS gap_flag
FROM (SELECT * FROM rates WHERE form = 'other') AS other
JOIN (SELECT * FROM rates WHERE form = 'cooperative') AS coop USING (years);

SELECT
    'survie.registre_' || measure || '.' || years || '_ans' AS name,
    CASE WHEN flag IS DISTINCT FROM 'F' THEN rate END AS rate,
    CASE WHEN rate IS NULL THEN '...' WHEN flag = 'F' THEN 'F' END AS symbol,
    concat_ws(' ', CASE WHEN rate IS NOT NULL AND flag = 'E' THEN 'E' END, source_flag) AS flag
FROM (
    SELECT 'autres' AS measure, years, rate, flag, source_flag FROM beside
    UNION ALL SELECT 'ecart', years, gap, gap_flag, source_flag FROM beside
);
