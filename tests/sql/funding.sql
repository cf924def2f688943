-- What the brief asks (R1 to R4, which add up to R0) and what was granted, in whole dollars.

CREATE MACRO last_year() AS (SELECT max(start) FROM horizon);

-- The number of fiscal years of the horizon from `first` to `last`, to the end when it is unknown.
CREATE MACRO years_run(first, last) AS
    greatest(
        0,
        least(coalesce(last, last_year()), last_year())
        - greatest(first, (SELECT min(start) FROM horizon))
        + 1
    );

-- One row per numbered recommendation; `base` is granted already, in dollars a year, or unknown.
CREATE TABLE asks AS
SELECT
    ask_id,
    lower(ask_id) AS ask,
    amount,
    amount_basis,
    period_years,
    annual_amount,
    first,
    last,
    annual_amount * years_run(first, last) AS over_horizon,
    coalesce(
        base_amount,
        (
            SELECT grants.amount // (grants.last - grants.first + 1)
            FROM all_grants AS grants
            WHERE grants.grant_id = recommendations.base_grant AND grants.preferred
        )
    ) AS base
FROM recommendations
WHERE parent_id = 'R0';

-- One row per year of the horizon and recommendation that runs in it.
CREATE TABLE running AS
SELECT horizon.start, asks.*
FROM horizon
LEFT JOIN asks
    ON horizon.start >= asks.first AND (asks.last IS NULL OR horizon.start <= asks.last);

-- One row per preferred grant and fiscal year: equal parts, the odd dollars to the first years.
CREATE TABLE granted AS
SELECT
    year AS start,
    amount // (last - first + 1)
    + CASE WHEN year - first < amount % (last - first + 1) THEN 1 ELSE 0 END AS amount
FROM grants, unnest(range(first, last + 1)) AS years(year)
WHERE preferred AND first IS NOT NULL AND last IS NOT NULL;

-- financement.annonce
SELECT 'financement.annonce' AS name, annual_amount AS value
FROM recommendations
WHERE ask_id = 'R0';

-- financement.total_annuel
SELECT 'financement.total_annuel' AS name, sum(annual_amount) AS value
FROM asks
HAVING count(*) > 0;

-- financement.annuel.{ask}
SELECT 'financement.annuel.' || ask AS name, annual_amount AS value FROM asks;

-- financement.imprime.{ask}
SELECT 'financement.imprime.' || ask AS name, amount AS value FROM asks;

-- financement.somme.{ask}, financement.par_annee.{ask}: of the asks printed as a total with an end.
SELECT 'financement.somme.' || ask AS name, annual_amount * (last - first + 1) AS value
FROM asks
WHERE amount_basis = 'total' AND last IS NOT NULL;

SELECT
    'financement.par_annee.' || ask AS name,
    amount AS numerator,
    period_years AS denominator
FROM asks
WHERE amount_basis = 'total' AND last IS NOT NULL;

-- financement.part_annuelle.{ask}
SELECT
    'financement.part_annuelle.' || ask AS name,
    annual_amount AS numerator,
    sum(annual_amount) OVER () AS denominator
FROM asks;

-- financement.part_horizon.{ask}
SELECT
    'financement.part_horizon.' || ask AS name,
    over_horizon AS numerator,
    sum(over_horizon) OVER () AS denominator
FROM asks;

-- financement.demande.{year}
SELECT
    'financement.demande.' || fiscal_year(start) AS name,
    coalesce(sum(annual_amount), 0) AS value
FROM running
WHERE (SELECT count(*) FROM asks) > 0
GROUP BY start;

-- financement.nouveau.{year}: an unknown base counts as nothing granted, so at most this much.
SELECT
    'financement.nouveau.' || fiscal_year(start) AS name,
    coalesce(sum(greatest(annual_amount - coalesce(base, 0), 0)), 0) AS value
FROM running
WHERE (SELECT count(*) FROM asks) > 0
GROUP BY start;

-- financement.total_horizon
SELECT 'financement.total_horizon' AS name, sum(over_horizon) AS value
FROM asks
HAVING count(*) > 0;

-- financement.horizon
SELECT 'financement.horizon' AS name, count(*) AS value
FROM horizon
WHERE (SELECT count(*) FROM asks) > 0
HAVING count(*) > 0;

-- financement.annees_conformes
SELECT 'financement.annees_conformes' AS name, count(*) AS value
FROM (
    SELECT start
    FROM running
    GROUP BY start
    HAVING sum(annual_amount) = (SELECT annual_amount FROM recommendations WHERE ask_id = 'R0')
)
WHERE (SELECT count(*) FROM asks) > 0
HAVING (SELECT count(*) FROM asks) > 0;

-- financement.lecture.{reading}: the asks as written, with one of them read otherwise; a dated
-- reading of R0 replaces them all.
SELECT
    'financement.lecture.' || readings.reading_id AS name,
    CASE
        WHEN readings.ask_id = 'R0' AND readings.first IS NULL THEN written.total
        WHEN readings.ask_id = 'R0' THEN whole.total
        ELSE written.total - asks.over_horizon + whole.total
    END AS value
FROM readings
JOIN recommendations USING (ask_id)
LEFT JOIN asks USING (ask_id)
CROSS JOIN (SELECT sum(over_horizon) AS total FROM asks) AS written
CROSS JOIN LATERAL (
    SELECT
        coalesce(readings.annual_amount, recommendations.annual_amount)
        * years_run(
            coalesce(readings.first, recommendations.first),
            coalesce(readings.last, recommendations.last)
        ) AS total
) AS whole;

-- financement.base.{ask}
SELECT
    'financement.base.' || ask AS name,
    base AS value,
    CASE WHEN base IS NULL THEN '..' END AS symbol
FROM asks;

-- financement.hausse.{ask}
SELECT
    'financement.hausse.' || ask AS name,
    annual_amount - base AS value,
    CASE WHEN base IS NULL THEN '..' END AS symbol
FROM asks;

-- financement.accorde.{year}: to the end of the horizon, or of the grants when they last longer.
SELECT
    'financement.accorde.' || fiscal_year(year) AS name,
    sum(granted.amount) AS value,
    CASE WHEN count(granted.amount) = 0 THEN '..' END AS symbol
FROM
    range(
        starts(getvariable('financement_first_granted')),
        greatest(last_year(), (SELECT max(start) FROM granted)) + 1
    ) AS years(year)
LEFT JOIN granted ON granted.start = year
WHERE (SELECT count(*) FROM grants) > 0
GROUP BY year;

-- financement.accorde_total
SELECT 'financement.accorde_total' AS name, sum(amount) AS value
FROM grants
WHERE preferred
HAVING count(*) > 0;

-- financement.accorde_coupure
SELECT 'financement.accorde_coupure' AS name, coalesce(sum(amount), 0) AS value
FROM grants
WHERE preferred AND announced <= getvariable('cut_off')
HAVING (SELECT count(*) FROM grants) > 0;

-- financement.conflit
SELECT 'financement.conflit' AS name, max(amount) - min(amount) AS value
FROM grants
WHERE conflict
HAVING count(*) > 1;

-- financement.nombre, financement.sans_fin, financement.sans_niveau
SELECT 'financement.nombre' AS name, count(*) AS value FROM asks HAVING count(*) > 0;

SELECT 'financement.sans_fin' AS name, count(*) - count(last) AS value
FROM asks
HAVING count(*) > 0;

SELECT 'financement.sans_niveau' AS name, count(*) - count(base) AS value
FROM asks
HAVING count(*) > 0;

-- financement.fin.{ask}: a fiscal year ends in the calendar year after the one it starts in.
SELECT
    'financement.fin.' || ask AS name,
    last + 1 AS value,
    CASE WHEN last IS NULL THEN '.' END AS symbol
FROM asks;

-- financement.duree.{ask}
SELECT
    'financement.duree.' || ask AS name,
    last - first + 1 AS value,
    CASE WHEN last IS NULL THEN '.' END AS symbol
FROM asks;

-- financement.subvention_exercices.{grant}
SELECT 'financement.subvention_exercices.' || lower(grant_id) AS name, years AS value
FROM grants
WHERE preferred;

-- financement.ambiguites
SELECT 'financement.ambiguites' AS name, count(DISTINCT ambiguity) AS value
FROM readings
HAVING count(*) > 0;

-- One row per scenario, ask and fiscal year that the ask runs in under it; `nth` counts from 0.
CREATE TABLE scenario_years AS
SELECT
    scenario,
    first + nth AS start,
    CAST(
        round(
            CASE
                WHEN spread IS NULL THEN kept
                ELSE kept * own_years // spread
                    + CASE WHEN nth < kept * own_years % spread THEN 1 ELSE 0 END
            END * pow(1 + indexed, nth)
        ) AS BIGINT
    ) AS amount
FROM (
    SELECT
        scenario,
        first,
        spread,
        indexed,
        coalesce(last, last_year()) - first + 1 AS own_years,
        CAST(round(annual_amount * share) AS BIGINT) AS kept,
        unnest(range(coalesce(spread, coalesce(last, last_year()) - first + 1))) AS nth
    FROM asks
    JOIN scenario_changes USING (ask_id)
);

CREATE TABLE scenario_totals AS
SELECT scenario, CAST(sum(amount) AS BIGINT) AS total
FROM scenario_years
JOIN horizon USING (start)
GROUP BY scenario;

-- financement.scenario.{scenario}
SELECT 'financement.scenario.' || scenario AS name, total AS value FROM scenario_totals;

-- financement.scenario_ecart.{scenario}
SELECT
    'financement.scenario_ecart.' || scenario AS name,
    total - (SELECT sum(over_horizon) FROM asks) AS value
FROM scenario_totals;
